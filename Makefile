# Two commands for everybody: `make demo` and `make test`. `uv` is used when it is there.
# The folder may have spaces in its name: every path below is relative.

PYTHON ?= python3
PY := .venv/bin/python
DATA ?=

.PHONY: demo test lint truth bench mutants reproduce scenarios-table reference clean

demo: .venv/run.stamp
	.venv/bin/simqueue run scenarios/supermarket.yaml

test: .venv/test.stamp
	$(PY) -m pytest -n 2 -m "not truth"

lint: .venv/lint.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

truth: .venv/test.stamp
	$(PY) -m pytest -m truth --hypothesis-profile=searching
	$(PY) -m pytest -m "not truth" tests/property --hypothesis-profile=searching

bench: .venv/test.stamp
	@missed=; for name in engine compiled auto pipeline demo sweep; do \
	echo "== benchmarks/$$name.py"; $(PY) benchmarks/$$name.py || missed="$$missed $$name"; done; \
	test -z "$$missed" || { echo "Targets missed in:$$missed"; exit 1; }

mutants: .venv/test.stamp
	$(PY) tests/sensitivity

reproduce: .venv/run.stamp
	@test -n "$(DATA)" || { echo "make reproduce DATA=folder: see docs/reproduction.md"; exit 2; }
	$(PY) -m benchmarks.reproduce "$(DATA)"

scenarios-table: .venv/run.stamp
	$(PY) -m benchmarks.scenario_table

reference: .venv/run.stamp
	$(PY) -m simqueue.scenario.reference > docs/reference.new
	mv docs/reference.new docs/reference.md

clean:
	rm -rf .venv build *.egg-info

# $(call install,extras): into .venv, with pinned versions
define install
	@if command -v uv >/dev/null 2>&1; \
	then uv pip install --quiet --python $(PY) -c constraints.txt -e ".$(1)"; \
	else $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".$(1)"; fi
endef

$(PY):
	@if command -v uv >/dev/null 2>&1; then uv venv --quiet .venv; else $(PYTHON) -m venv .venv; fi

.venv/run.stamp: $(PY) pyproject.toml constraints.txt
	$(call install)
	@touch $@

.venv/test.stamp: $(PY) pyproject.toml constraints.txt
	$(call install,[test])
	@touch $@ .venv/run.stamp

.venv/lint.stamp: $(PY) pyproject.toml constraints.txt
	$(call install,[lint$(comma)test])
	@touch $@

comma := ,
