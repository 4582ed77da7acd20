"""Rules and engines use only arithmetic that gives the same last bit everywhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import simqueue.rules
from simqueue.engine import reference

FOLDERS = [Path(str(package.__file__)).parent for package in (simqueue.rules, reference)]
FILES = sorted(path for folder in FOLDERS for path in folder.glob("*.py"))
LIBRARIES = {"math", "numpy", "np", "scipy", "statistics"}
CONSTANTS = {"inf", "nan"}


def offences(tree: ast.AST) -> list[str]:
    """Powers, library functions and sums of seconds, with their lines."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Pow):
            found.append(f"{node.lineno}: a power")
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in LIBRARIES:
            found.append(f"{node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.ImportFrom) and node.module in LIBRARIES:
            names = {alias.name for alias in node.names} - CONSTANTS
            found += [f"{node.lineno}: {name}" for name in names]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "sum":
            added = node.args[0]
            element = added.elt if isinstance(added, (ast.GeneratorExp, ast.ListComp)) else added
            counted = isinstance(element, (ast.Compare, ast.BoolOp))  # how many, not how long
            if not counted and "_s" in {ast.unparse(part)[-2:] for part in ast.walk(element)}:
                found.append(f"{node.lineno}: a sum of seconds")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_only_plain_arithmetic(path):
    """No power, no library function and no sum of seconds stands in rules or in an engine."""
    assert offences(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    ["x = y ** 2", "import numpy as np\nx = np.exp(1.0)", "from math import log",
     "total_s = sum(wait_s for wait_s in waits)", "x **= 2"],
)  # fmt: skip
def test_the_lint_sees_each_offence(code):
    """Each kind of forbidden arithmetic is found."""
    assert offences(ast.parse(code))
