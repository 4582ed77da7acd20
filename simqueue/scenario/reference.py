"""The reference page of the scenario file, written from the models: `make reference`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from simqueue.customers.spec import ArrivalsSpec, SegmentSpec, day_shapes
from simqueue.experience.parameter_table import TABLE
from simqueue.experience.spec import ExperienceSpec
from simqueue.fields import LATER, Spec
from simqueue.registry import Entry, choices
from simqueue.scenario.model import Scenario
from simqueue.scenario.schema import schema
from simqueue.scenario.schema_values import Schema
from simqueue.scenario.written import basis_of, flow
from simqueue.shop.spec import LaneSpec, StaffingSpec

NAMES: Final[dict[str, str]] = {
    "duration": "a duration",
    "some_time": "a duration above 0",
    "share": "a share",
    "clock": "a clock time",
    "duration_distribution": "a [distribution](#distributions) of durations",
    "items_distribution": "a [distribution](#distributions) of whole numbers",
    "factor_distribution": "a [distribution](#distributions) of factors",
    "service": "a [service model](#service-models), or a distribution of durations",
}
# Entries of a list have names; the paths of --set use them.
LISTS: Final = {
    "customers": ".<segment>",
    "lanes": ".<lane>",
    "stations": ".<station>",
    "outages": "[0]",
    "week": ".<day>",
}
BLOCKS: Final[dict[str, str]] = {
    "store": "`opens` and `closes` for a day of a shop; or `horizon`, with or without `warm_up`, "
    "for a steady state (see `scenarios/theory/`). Never both.",
    "arrivals": "One of `shape`, `per_hour`, `constant_per_hour`, `csv`, `trace`. A named shape "
    "needs `customers_per_day`; with a table, `customers_per_day` stretches the table to this "
    "total. `shopping` goes with `at: door`. A trace is a CSV file with the columns `arrival_s` "
    "(or `arrival`, by the clock), `items`, `service_s`, `patience_s` and `lane`, as many as you "
    "have; its rows become part of the scenario.",
    "customers": "A list with an entry for each kind of customer. The shares add up to 100 % at "
    "every hour.",
    "lanes": "A list with an entry for each kind of place to pay. `staffed` and `express` need "
    "`tills`, `self_service` and `scan_and_go` need `machines`, `express` needs `max_items`. "
    "`attendants`, `age_checks` and `sends_failed_to` go with machines only, `help` with "
    "`self_service`, `rechecks` with `scan_and_go`, `breaks`, `trainees` and `price_checks` with "
    "tills.",
    "stations": "A list with an entry for each place that people go to before the lanes. Who goes "
    "there is said by the segments: `visits: {deli: 30 %}`. People keep the order of `at`, then of "
    "the file. Who gives up waiting there, or passes by, goes on to his next stop.",
    "returns_desk": "Needs `arrivals`, or a share `after_paying`. Its name among lanes and "
    "stations is `returns desk`.",
    "outages": "A list. Each begins `at` and `lasts` so long, or goes on `until` a time. What "
    "somebody does without his card is the same in all outages of cards.",
    "behaviour": "What is off is not simulated, and its measures are not shown as zeros.",
    "staffing": "`on_demand` needs `spare`, or `on_duty` with `shift`; not both.",
    "experience": "See [psychology.md](psychology.md) for what these mean and how weak they are.",
    "economics": "An empty cost is not counted, never guessed; [costs.md](costs.md) says how each "
    "is counted.",
    "week": "A mapping of named days. `set` takes the paths of `--set`; [week.md](week.md) says "
    "how days are added up.",
}
BY_CLOCK: Final = "by clock: "
APART: Final = ("experience.parameters", "targets")  # in sections of their own
INTRODUCTION: Final = """\
# The scenario file, key by key

This page is written by `make reference` from the program itself, so it cannot lag behind it. To
learn by doing, start with [the tutorial](tutorial.md); for single questions there is
[the cookbook](cookbook.md).

* **Key** is the way through the file, as `--set` takes it too: `lanes.<lane>.tills` is the key
  `tills` of the lane with that name, as in `--set lanes.express.tills=3`. Names with spaces, dots
  or @ go in double quotes. One hour of a roster is `lanes.staffed.roster@12:00`.
* **Default** is what holds when you leave the key out, and how it is known. *evidence*: published
  measurements stand behind it; *assumption*: a choice, nobody has published a number. A key that
  is *needed* has no default; `-` is empty.
* `simqueue resolve FILE` prints your file with every default written in, `simqueue validate FILE`
  names every fault. `simqueue schema` writes what an editor needs to complete and explain the keys.
"""
VALUES: Final = """\
## How values are written

| value | is written | refused |
|---|---|---|
| a duration | `90 s`, `4 min`, `1.5 h`, `2 min 30 s`, `1:30 min` | `4`: the unit is missing |
| a clock time | `"08:00"`, `"17:30"`, up to `"24:00"`; quotes are not needed | `25:00` |
| a share | `55 %` or `0.55` | `55`: more than all |
| a rate per hour | `60`, or with a unit as in `2 per min` | |
| on or off | `on`, `yes`, `true`; `off`, `no`, `false` | |
| by clock | `{"08:00": 3, "12:00": 7}`: a value holds until the next time | a time when closed |

An unknown key is a fault, and so is a key that is given twice.
"""
DISTRIBUTIONS: Final = """\
Where a value differs from customer to customer. The first four are enough for a shop; the others
are for researchers. `most` (no value is larger) may be added to all but `bands`, `fixed` and
`empirical`.
"""
KEPT: Final[tuple[tuple[str, type[Spec]], ...]] = (
    ("", Scenario),
    ("arrivals.", ArrivalsSpec),
    ("customers.<segment>.", SegmentSpec),
    ("lanes.<lane>.", LaneSpec),
    ("staffing.", StaffingSpec),
    ("experience.", ExperienceSpec),
)


def page() -> str:
    """The whole page as Markdown, the same every time."""
    known = schema()
    needed = known["required"]
    parts: list[str] = [INTRODUCTION, VALUES, "## At the top of the file\n"]
    top = {k: v for k, v in known["properties"].items() if k not in BLOCKS}
    parts.append(_table(_row(k, v, k in needed, "") for k, v in top.items()))
    for name, note in BLOCKS.items():
        rows = list(_rows(known["properties"][name], f"{name}{LISTS.get(name, '')}"))
        parts += [f"## {name}\n", f"{note}\n", _table(rows)]
    parts += _targets(known["properties"]["targets"])
    parts += _distributions(known["definitions"])
    parts += _services(known["definitions"]["service"])
    parts += _named()
    parts += [_parameters(), _later()]
    return "\n".join(parts)


def _rows(node: Schema, path: str) -> Iterator[str]:
    """A row for each key below, in the order of the model, deeper ones after their block."""
    for block in _blocks(node):
        for name, key in block["properties"].items():
            here = f"{path}.{name}"
            yield _row(here, key, name in block["required"], path)
            if here not in APART:
                yield from _rows(key, here)


def _blocks(node: Schema) -> Iterator[Schema]:
    """The blocks of keys that the value may be, without those that have a section of their own."""
    if "properties" in node and "type" in node:
        yield node
    named = node.get("additionalProperties")
    nested = (*node.get("anyOf", ()), node.get("then", {}), node.get("else", {}),
              named if isinstance(named, dict) else {})  # fmt: skip
    for one in (*nested, node.get("items", {})):
        yield from _blocks(one) if one.get("type") or "anyOf" in one or "if" in one else ()


def _row(path: str, key: Schema, needed: bool, block: str) -> str:
    """One line of a table: key, what it takes, default and how it is known, hover text."""
    name = path.rpartition(".")[2]
    default = key.get("markdownDescription", "").partition("\n\nDefault: ")[2].removesuffix(".")
    if not default and block == "lanes.<lane>" and name in ("line", "service"):
        default = _filled_in(name)
    if not default:
        default = "needed" if needed else "-"
    return _cells(f"`{path}`", takes(key), default, key.get("description", ""))


def _filled_in(name: str) -> str:
    """What a lane fills in by itself, by kind of lane; it stands in no default of the model."""
    staffed = LaneSpec.model_validate({"lane": "x", "kind": "staffed", "tills": 1})
    machines = LaneSpec.model_validate({"lane": "x", "kind": "self_service", "machines": 1})
    said = [flow(lane.model_dump()[name]) for lane in (staffed, machines)]
    why = basis_of(LaneSpec.model_fields[name])
    return f"`{said[0]}`; for machines `{said[1]}` ({why})"


def takes(node: Schema) -> str:
    """What a value may be, in words for a table."""
    found = list(dict.fromkeys(filter(None, _takes(node))))
    always = [one for one in found if f"{BY_CLOCK}{one}" in found]
    found = [one for one in found if one.removeprefix(BY_CLOCK) not in always]
    return " or ".join([*(f"{one}, or by clock" for one in always), *found])


def _takes(node: Schema) -> Iterator[str]:
    """Each thing the value may be; '' for what needs no mention."""
    if "$ref" in node:
        yield NAMES[node["$ref"].rpartition("/")[2].removesuffix("_or_nothing")]
    elif "if" in node and "then" in node and "else" in node and "properties" not in node:
        yield from _takes(node["then"])
        yield from _takes(node["else"])
    elif "anyOf" in node and "properties" not in node:
        for one in node["anyOf"]:
            yield from _takes(one)
    elif "enum" in node:
        yield _words(node["enum"])
    elif node.get("type") == "array":
        inner = takes(node["items"])
        yield "a list; each entry has the keys below" if "keys below" in inner else f"list: {inner}"
    elif node.get("type") == "object":
        yield _mapping(node)
    else:
        yield _plain(node)


def _words(words: list[Any]) -> str:
    """The words, those for on and off once."""
    if True in words and False in words:
        return "`on` or `off`"
    if True in words or False in words:
        return "`on`" if True in words else "`off`"
    return ", ".join(f"`{word}`" for word in words if word is not None)


def _mapping(node: Schema) -> str:
    if "properties" in node:
        return "the keys below"
    if "patternProperties" in node:
        (value,) = node["patternProperties"].values()
        return f"{BY_CLOCK}{takes(value)}"
    if node["additionalProperties"] is True:
        return "by path: any value"
    return f"by name: {takes(node['additionalProperties'])}"


def _plain(node: Schema) -> str:
    """A number or a text, by what a fault would ask for."""
    kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
    if kinds == ["null"] or (kinds == ["string"] and "errorMessage" not in node):
        return "" if "pattern" in node or kinds == ["null"] else "text"
    if "errorMessage" in node:
        what = str(node["errorMessage"]).removeprefix("must be ").partition(", as in")[0]
    elif "string" in kinds:
        return "text"
    else:
        what = "a whole number" if "integer" in kinds else "a number"
    return what + _limits(node, what)


def _limits(node: Schema, what: str) -> str:
    """Limits that the words do not say yet; huge ones only stop nonsense and are left out."""
    low, high = node.get("minimum"), node.get("maximum")
    high = None if high is not None and (high >= 1_000_000 or "share" in what) else high
    low = None if low is None or "at least" in what or (low == 0 and high is None) else low
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f" of at least {low:g}"
    return f", at most {high:g}" if high is not None else ""


def _table(rows: Iterable[str]) -> str:
    return "\n".join(["| key | takes | default | means |", "|---|---|---|---|", *rows, ""])


def _cells(*cells: str) -> str:
    """One row of a table; a bar within a cell would end it."""
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"


def _targets(node: Schema) -> list[str]:
    rows = [_cells(f"`targets.{k}`", takes(v), v["description"])
            for k, v in node["properties"].items()]  # fmt: skip
    text = (
        "What you aim at. `one_in_front`, `checkout_csat`, `checkout_top2`, `csat`, `csat_top2` "
        "and `nps` should be at least this, all others at most. `wait_vs_benchmark` needs "
        "`benchmark_wait`.\n"
    )
    head = ["| key | takes | means |", "|---|---|---|"]
    return ["## targets\n", text, "\n".join([*head, *rows, ""])]


def _distributions(definitions: Mapping[str, Schema]) -> list[str]:
    """A row for each family: how durations, numbers of items and factors are written."""
    kinds = ("duration", "items", "factor")
    forms = {kind: _examples(definitions[f"{kind}_distribution"]) for kind in kinds}
    head = ["| is | durations | numbers of items | factors |", "|---|---|---|---|"]
    rows = [
        _cells(about, *(forms[kind].get(about, "-") for kind in kinds))
        for about in forms["duration"]
    ]
    return ["## Distributions\n", DISTRIBUTIONS, "\n".join([*head, *rows, ""])]


def _examples(node: Schema) -> dict[str, str]:
    """Each form of a distribution by what it is, written as in a file."""
    return {form["$comment"]: f"`{{{_example(form)}}}`" for form in node["then"]["anyOf"]}


def _example(form: Schema) -> str:
    """The keys that a form needs, with the example of their hover texts."""
    said = form["properties"]
    return ", ".join(f"{k}: {_as_in(said[k]['description'])}" for k in form["required"])


def _as_in(description: str) -> str:
    return description.partition(", as in ")[2].removesuffix(".")


def _services(node: Schema) -> list[str]:
    text = (
        "How long serving takes: a name of this table, `{linear: {...}}` with your own times, or "
        "any distribution of durations, as in `{about: 90 s}`.\n"
    )
    own = [form for form in node["anyOf"] if "linear" in form.get("properties", {})]
    rows = list(_rows(own[0], "lanes.<lane>.service"))
    return ["## Service models\n", text, _entries("service"), _table(rows)]


def _named() -> list[str]:
    """What can be chosen by name, family by family."""
    families = {
        "lane_choice": ("Rules of lane choice", "For `behaviour.lane_choice.rule`."),
        "perception": ("Forms of the psychology", "For `experience.model`."),
    }
    shapes = ", ".join(f"`{name}`" for name in day_shapes())
    days = (
        f"For `arrivals.shape`, with `customers_per_day`: {shapes}. Customers by quarter\n"
        "hour, from Antczak, Weron and Zabawa (2020); see [numbers.md](numbers.md).\n"
    )
    rules = [text for family, (title, use) in families.items()
             for text in (f"## {title}\n", f"{use}\n", _entries(family))]  # fmt: skip
    return ["## Shapes of a day\n", days, *rules]


def _entries(family: str) -> str:
    head = ["| name | is | source |", "|---|---|---|"]
    rows = [_entry(entry) for entry in choices(family).values()]
    return "\n".join([*head, *rows, ""])


def _entry(entry: Entry) -> str:
    return _cells(f"`{entry.name}`", entry.summary, entry.source or "-")


def _parameters() -> str:
    """Every number of the psychology, with its range and how it is known."""
    lines = [
        "## Parameters of the psychology\n",
        "For `experience.parameters`, as in `--set experience.parameters.rho=1.2`. A number given",
        "there is certain: it no longer adds to the range marked *(psychology)*. Names marked with",
        "a star have keys of their own elsewhere in the file and are not given here.\n",
        "| name | low | default | high | unit | may be | known by | is | source |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        _cells(
            f"`{p.name}`" + ("" if p.settable else " *"),
            *(f"{x:g}" for x in (p.low, p.central, p.high)),
            p.unit,
            f"{p.at_least:g} to {p.at_most:g}",
            p.kind,
            p.basis,
            p.source or "-",
        )
        for p in TABLE.values()
    ]
    return "\n".join([*lines, ""])


def _later() -> str:
    """The keys that are kept for later versions and refused until then."""
    rows = [f"* `{path}{key}`" for path, kind in KEPT for key in sorted(kind.later)]
    text = f'These names are kept; until they do something they are refused with "{LATER}".\n'
    return "\n".join(["## Kept for later versions\n", text, *rows, ""])


if __name__ == "__main__":
    print(page(), end="")
