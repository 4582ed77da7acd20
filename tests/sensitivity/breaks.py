"""Ways to break one line of a program: what a slip of the hand might have made of it.

A break changes one operator, number or word, or takes one statement away; the line stays where it
was. From each line at most one is taken, and which lines are taken depends on their text alone, so
that most breaks stay the same when the program changes elsewhere.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OPERATORS: dict[type, tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}


@dataclass(frozen=True)
class Break:
    """One line of a module, and what it becomes."""

    path: Path
    module: str
    line: int
    before: str
    after: str

    def source(self) -> str:
        """The broken module."""
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
        end = lines[self.line - 1][len(lines[self.line - 1].rstrip("\r\n")) :]
        lines[self.line - 1] = self.after + end
        return "".join(lines)

    @property
    def place(self) -> str:
        """Where it is, as in servers.py:42."""
        return f"{self.path.name}:{self.line}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is, wherever the line has moved to."""
        return self.path.name, self.before.strip(), self.after.strip()

    def __str__(self) -> str:
        return f"{self.place}: {self.before.strip()}  ->  {self.after.strip()}"


def breaks(path: Path, module: str) -> list[Break]:
    """One break of every line of a module that can be broken."""
    lines = path.read_text(encoding="utf-8").splitlines()
    by_line: dict[int, list[Break]] = {}
    for line, start, end, text in _edits(ast.parse("\n".join(lines)), lines):
        before = lines[line - 1]
        raw = before.encode()
        after = (raw[:start] + text.encode() + raw[end:]).decode()
        by_line.setdefault(line, []).append(Break(path, module, line, before, after))
    return [min(found, key=_lot) for found in by_line.values()]


def chosen(found: list[Break], n: int) -> list[Break]:
    """So many of them, by a lot that depends on their text alone."""
    return sorted(found, key=_lot)[:n]


def _lot(one: Break) -> str:
    return hashlib.sha256("\n".join(one.key).encode()).hexdigest()


Edit = tuple[int, int, int, str]  # line, first and last byte, what stands there instead


def _edits(tree: ast.Module, lines: list[str]) -> Iterator[Edit]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                for node in ast.walk(statement):
                    yield from _of_node(node, lines)


def _of_node(node: ast.AST, lines: list[str]) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            yield from _between(left, right, type(operator), lines)
    elif isinstance(node, ast.BinOp):
        yield from _between(node.left, node.right, type(node.op), lines)
    elif isinstance(node, ast.BoolOp):
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield from _between(left, right, type(node.op), lines)
    elif isinstance(node, ast.AugAssign):
        yield from _between(node.target, node.value, type(node.op), lines)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield (node.lineno, node.col_offset, node.operand.col_offset, "")
    elif isinstance(node, ast.Constant) and node.lineno == node.end_lineno:
        yield from _of_constant(node)
    elif _can_be_left_out(node):
        yield (node.lineno, node.col_offset, node.end_col_offset or 0, "pass")


def _between(left: ast.expr, right: ast.expr, operator: type, lines: list[str]) -> Iterator[Edit]:
    """The operator between two expressions, if both stand on one line."""
    if operator not in OPERATORS or left.end_lineno != right.lineno:
        return
    was, becomes = OPERATORS[operator]
    start, end = left.end_col_offset or 0, right.col_offset
    between = lines[right.lineno - 1].encode()[start:end].decode()
    if between.count(was) == 1:
        yield right.lineno, start, end, between.replace(was, becomes)


def _of_constant(node: ast.Constant) -> Iterator[Edit]:
    end = node.end_col_offset or 0
    if isinstance(node.value, bool):
        yield node.lineno, node.col_offset, end, str(not node.value)
    elif isinstance(node.value, int) and node.value in (0, 1):  # a flag, nobody, a first entry
        yield node.lineno, node.col_offset, end, str(1 - node.value)
    elif isinstance(node.value, int | float):
        yield node.lineno, node.col_offset, end, str(node.value + 1)


def _can_be_left_out(node: ast.AST) -> bool:
    """Whether it is a call for its effect, or writes to something that lives on."""
    if getattr(node, "lineno", 0) != getattr(node, "end_lineno", -1):
        return False
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    return False
