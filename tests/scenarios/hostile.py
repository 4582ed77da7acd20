"""Texts that are made to break a reader, and a process of its own in which they are read."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SHOP = """\
scenario: a small shop
store: {opens: "08:00", closes: "20:00"}
arrivals: {constant_per_hour: 60}
customers: [{segment: all, share: 1, items: {fixed: 5}}]
lanes: [{lane: tills, kind: staffed, tills: 3}]
"""
SNIPPETS = (
    b"&a ", b"*a", b"<<: ", b"!!python/object:os.system ", b"---\n", b"...\n", b"? ", b"- ", b": ",
    b"{", b"}", b"[", b"]", b'"', b"'", b"|\n", b">-\n", b"#", b"%YAML 1.1\n", b"\t", b"\r", b"\0",
    b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xa8", b".nan", b"-.inf", b"1e999", b"9" * 400, b"~",
    b'"\\ud800"', b'"\\0"', b"0x", b"24:00:01", b"-0", b"off", b"101 %", b"\xf0\x9f\x98\x80",
)  # fmt: skip

_CHILD = """
import faulthandler, json, pickle, resource, sys
from pathlib import Path
from simqueue.scenario import ScenarioError, loads, to_yaml

told = {}
for name, text in pickle.load(sys.stdin.buffer).items():
    faulthandler.dump_traceback_later(60, exit=True)  # a hang ends the process
    try:
        text = to_yaml(loads(text, "s.yaml", Path(sys.argv[1])))
        told[name] = [] if to_yaml(loads(text)) == text else ["written out it reads otherwise"]
    except ScenarioError as error:
        told[name] = str(error).splitlines()
    except BaseException as error:
        told[name] = [f"raised {error!r}"]
try:  # getrusage counts what the parent took before it started this process
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0])
except (OSError, IndexError):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"told": told, "peak_kb": peak}))
"""


def read_apart(cases: dict[str, str | bytes], folder: Path) -> tuple[dict[str, list[str]], float]:
    """The lines told of each text by another process, and the most memory it took, in MB.

    The process ends by itself when one text takes more than a minute.
    """
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(folder)],
        input=pickle.dumps(cases), capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found["told"], found["peak_kb"] / 1024


def mutated(n: int, seed: int) -> dict[str, bytes]:
    """So many sound files with a few bytes or lines changed, by name; always the same ones."""
    rng = random.Random(seed)
    paths = sorted((HERE / "valid").glob("*.yaml"))
    cases = {}
    for k in range(n):
        path = rng.choice(paths)
        data = bytearray(path.read_bytes())
        for _ in range(rng.randint(1, 4)):
            data = rng.choice((_byte, _snippet, _lines))(data, rng)
        cases[f"{k} {path.stem}"] = bytes(data)
    return cases


def _byte(data: bytearray, rng: random.Random) -> bytearray:
    if data:
        data[rng.randrange(len(data))] = rng.randrange(256) if rng.random() < 0.2 else (
            rng.choice(b" :,-{}[]\"'%#&*!\n0123456789.abcxyz_"))  # fmt: skip
    return data


def _snippet(data: bytearray, rng: random.Random) -> bytearray:
    at, cut = rng.randint(0, len(data)), rng.choice((0, 0, 1, 5))
    return data[:at] + rng.choice(SNIPPETS) + data[at + cut :]


def _lines(data: bytearray, rng: random.Random) -> bytearray:
    lines = data.split(b"\n")
    k, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.choice(("drop", "double", "swap", "indent", "cut"))
    if kind == "drop":
        del lines[k]
    elif kind == "double":
        lines.insert(j, lines[k])
    elif kind == "swap":
        lines[k], lines[j] = lines[j], lines[k]
    elif kind == "indent":
        lines[k] = b"  " + lines[k]
    else:
        lines[k] = lines[k][: rng.randint(0, len(lines[k]))]
    return bytearray(b"\n".join(lines))


def random_bytes(n: int, seed: int) -> dict[str, bytes]:
    """So many texts of random bytes, some of them of printable ones only."""
    rng = random.Random(seed)
    cases = {}
    for k in range(n):
        among = range(256) if k % 2 else b' \n:-,{}[]"abc01&*!|>%#?'
        cases[f"random {k}"] = bytes(rng.choice(among) for _ in range(rng.randint(0, 300)))
    return cases


def bombs() -> dict[str, str | bytes]:
    """Texts that are small to write and large to read, or deep, or just large."""
    levels = [f"a{k + 1}: &a{k + 1} [{','.join([f'*a{k}'] * 9)}]" for k in range(30)]
    return {
        "alias bomb": "\n".join(["a0: &a0 [x,x,x,x,x,x,x,x,x]", *levels]),
        "alias in itself": "a: &a [*a]",
        "alias in its mapping": "a: &a {b: *a}",
        "alias in its key": "? &a [*a]\n: 1",
        "open brackets": "[" * 100_000,
        "closed brackets": "[" * 100_000 + "]" * 100_000,
        "open braces": "{a: " * 100_000,
        "dashes": "- " * 100_000,
        "question marks": "? " * 100_000,
        "5 MB of lines": "a: b\n" * 1_000_000,
        "5 MB of one word": b"a" * 5_000_000,
        "as much as may be, one word": "scenario: " + "a" * 990_000,
        "as much as may be, escapes": '"' + "\\" * 900_000,
        "as many entries as may be": "lanes: [" + "1," * 9_990 + "]",
        "as many faults as may be": "lanes:\n- breaks: [" + "{}," * 9_980 + "]",
        "as many keys as may be": "".join(f"rep{k}licat: 1\n" for k in range(4_990)),
        "too many entries": "lanes:\n" + "- {}\n" * 100_000,
        "too many keys": "".join(f"k{k}: 1\n" for k in range(90_000)),
        "too many observations": SHOP.replace(
            "{fixed: 5}", "{empirical: {values: [" + "1," * 100_001 + "]}}"
        ),
        "one key again and again": "a: 1\n" * 100_000,
        "anchors": "&a " * 100_000,
    }  # fmt: skip


def odd_texts() -> dict[str, str | bytes]:
    """Encodings, numbers, tags and documents that no scenario should have; all are faults."""
    rate = "constant_per_hour: 60"
    numbers = (
        ".nan",
        ".NaN",
        ".inf",
        "-.inf",
        "1e999",
        "-1e999",
        "9" * 299,
        "9" * 5000,
        "0x",
        "1_0",
    )
    named = (
        '"\\ud800x"',
        '"\\udfff"',
        '"\\0"',
        '"\\e[31m"',
        '""',
        "' '",
        "[]",
        "{}",
        "null",
        "yes:",
    )
    return {
        **{f"rate {n[:9]} {len(n)}": SHOP.replace(rate, f"{rate[:-2]}{n}") for n in numbers},
        **{f"segment {n}": SHOP.replace("segment: all", f"segment: {n}") for n in named},
        **{f"key {n}": SHOP + f"{n}: 1\n" for n in named[:5]},
        "key with a line break": SHOP + '"a\\nb\\u2028c": 1\n',
        "NUL": SHOP.replace("small", "sm\0all"),
        "UTF-16": SHOP.encode("utf-16"),
        "UTF-16 without mark": SHOP.encode("utf-16-be"),
        "UTF-32": SHOP.encode("utf-32"),
        "Latin-1": SHOP.replace("small", "sm\xe4ll").encode("latin-1"),
        "raw surrogate": SHOP.replace("small", "sm\ud800ll").encode("utf-8", "surrogatepass"),
        "Python object": SHOP + "about: !!python/object/apply:os.system ['touch touched']\n",
        "Python name": SHOP + "about: !!python/name:os.system\n",
        "Python module": SHOP + "? !!python/module:os\n: 1\n",
        "binary": SHOP + "about: !!binary aGFsbG8=\n",
        "two documents": SHOP + "---\n" + SHOP,
        "an empty second document": SHOP + "---\n",
        "merge": SHOP + "<<: {seed: 2}\n",
        "empty": b"",
        "a mark and nothing": "\ufeff",
    }  # fmt: skip
