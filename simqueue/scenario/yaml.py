"""YAML with places: text to plain data, and from each path of the data back to line and column.

PyYAML's scanner and parser (in Python: the C one can crash on hostile input) give events; the tree
is built here, without recursion, within caps on size, depth and number of nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from simqueue.fields import Place
from simqueue.scenario.faults import Fault, ScenarioError, shortened
from simqueue.scenario.scalars import Scalar, resolved

MOST_BYTES = 1_000_000
DEEPEST = 50
MOST_NODES = 10_000  # each may be a fault of its own, and a hundred thousand faults take long
MOST_NUMBERS = 100_000  # in lists of observations, which have one fault at most
_OBSERVATIONS = (
    *("values", "weights"),  # of a distribution
    *("arrival_s", "arrival", "items", "service_s", "patience_s", "lane"),  # of a trace
)
Mark = tuple[int, int]  # line and column, from 1
_HALF = re.compile("[\ud800-\udfff]")


@dataclass
class Node:
    """A value of the file with its place; `size` and `height` count it with all below it."""

    mark: Mark
    value: Scalar = None
    items: list[Node] | None = None
    entries: dict[str, Node] | None = None
    keys: dict[str, Mark] = field(default_factory=dict)
    size: int = 1
    height: int = 1

    def plain(self) -> Any:  # noqa: ANN401 - data of any shape
        """The value as plain data, nothing shared."""
        if self.entries is not None:
            return {key: node.plain() for key, node in self.entries.items()}
        if self.items is not None:
            return [node.plain() for node in self.items]
        return self.value

    def child(self, part: str | int) -> Node | None:
        """The node below, by key or index."""
        if self.entries is not None:
            return self.entries.get(str(part))
        if self.items is not None and isinstance(part, int) and 0 <= part < len(self.items):
            return self.items[part]
        return None

    def find(self, place: Place, at_key: bool = False) -> tuple[Mark, Place]:
        """Line and column of a place, and the place without parts that are not in the file.

        A last part that is missing is kept; its mark is that of the block it is missing from.
        """
        node, mark, known = self, self.mark, []
        for k, part in enumerate(place):
            below = node.child(part)
            if below is not None:
                key_mark = node.keys.get(str(part), below.mark)
                last = k == len(place) - 1
                node, mark = below, key_mark if at_key and last else below.mark
                known.append(part)
            elif not str(part).startswith("("):  # pydantic's branches are no keys
                return mark, (*known, *(p for p in place[k:] if not str(p).startswith("(")))
        return mark, tuple(known)


def read(source: str | bytes, name: str) -> Node:
    """The tree of one YAML document; ScenarioError with every fault when it is not sound."""
    text = _text(source, name)
    return _Builder(name, text).build()


def _text(source: str | bytes, name: str) -> str:
    size = len(source)
    if size > MOST_BYTES:
        _fail(name, (1, 1), f"must be a file of at most {MOST_BYTES:,} bytes")
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    if source.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in source[:4]:
        _fail(name, (1, 1), "must be text in UTF-8; this looks like UTF-16 or UTF-32")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = source[: error.start]
        mark = (before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        _fail(name, mark, "must be text in UTF-8")


def _fail(name: str, mark: Mark, text: str) -> NoReturn:
    raise ScenarioError([Fault(*mark, "", text, name)])


@dataclass
class _Open:
    """A mapping or list that is being read."""

    node: Node
    key: str | None = None
    key_mark: Mark = (1, 1)
    anchor: str | None = None


class _Builder:
    """Builds the tree from the parser's events."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.faults: list[Fault] = []
        self.anchors: dict[str, Node | None] = {}  # None while the anchored node is being read
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.n_nodes = 0
        self.n_numbers = 0

    def build(self) -> Node:
        """The root of the document, a mapping."""
        for event in self._events():
            self._take(event)
        root = self.root
        if root is None or root.entries is None:
            mark = root.mark if root is not None else (1, 1)
            self._fault(mark, "must be a mapping of keys to values; this is no scenario")
        if self.faults or root is None:
            raise ScenarioError(self.faults)
        return root

    def _events(self) -> Iterator[yaml.Event]:
        try:
            yield from yaml.parse(self.text, Loader=yaml.SafeLoader)
        except yaml.reader.ReaderError as error:
            at = min(error.position, len(self.text))
            before = self.text[:at]
            mark = (before.count("\n") + 1, at - before.rfind("\n"))
            code = ord(self.text[at]) if at < len(self.text) else 0
            _fail(self.name, mark, f"must be readable text; character U+{code:04X} is not allowed")
        except yaml.MarkedYAMLError as error:
            place = error.problem_mark or error.context_mark
            mark = (place.line + 1, place.column + 1) if place else (1, 1)
            told = Fault(*mark, "", _syntax(error), self.name)
            raise ScenarioError([*self.faults, told]) from None
        except (RecursionError, ValueError):
            _fail(self.name, (1, 1), "is no valid YAML")

    def _take(self, event: yaml.Event) -> None:
        begins = event.start_mark
        mark = (begins.line + 1, begins.column + 1) if begins else (1, 1)
        if isinstance(event, yaml.DocumentStartEvent):
            if self.root is not None:
                _fail(self.name, mark, "must be one document; '---' begins a second one")
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), mark)
        elif isinstance(event, yaml.ScalarEvent):
            plain = event.style is None
            text = self._whole(event.value, mark)
            node = Node(mark, resolved(text) if plain else text)
            self._check(event, mark)
            self._anchor(event.anchor, node)
            self._place(node, text)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._open(event, mark)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = self.stack.pop()
            self._anchor(done.anchor, done.node)
            self._place(done.node, None)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent, mark: Mark) -> None:
        mapping = isinstance(event, yaml.MappingStartEvent)
        node = Node(mark, entries={}) if mapping else Node(mark, items=[])
        self._check(event, mark)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(node, anchor=event.anchor))
        if len(self.stack) > DEEPEST:
            _fail(self.name, mark, f"must not be nested more than {DEEPEST} deep")

    def _whole(self, text: str, mark: Mark) -> str:
        """The text, halves of characters (JSON writes emoji as two) put together."""
        if not _HALF.search(text):
            return text
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._fault(mark, "must not hold half a character (a lone surrogate)")
            return _HALF.sub("?", text)

    def _check(self, event: Any, mark: Mark) -> None:  # noqa: ANN401 - any event of a node
        if isinstance(event, yaml.ScalarEvent) and self._among_observations():
            self.n_numbers += 1
            if self.n_numbers > MOST_NUMBERS:
                _fail(self.name, mark, f"must not hold more than {MOST_NUMBERS:,} observations")
        else:
            self._count(1, mark)
        if event.tag is not None and event.tag != "!":
            self._fault(mark, f"must not have a tag such as {shortened(event.tag)!r}")

    def _among_observations(self) -> bool:
        if len(self.stack) < 2 or self.stack[-1].node.items is None:
            return False
        return self.stack[-2].key in _OBSERVATIONS

    def _count(self, nodes: int, mark: Mark) -> None:
        self.n_nodes += nodes
        if self.n_nodes > MOST_NODES:
            text = f"must not hold more than {MOST_NODES:,} values, aliases written out"
            _fail(self.name, mark, text)

    def _anchor(self, anchor: str | None, node: Node) -> None:
        if anchor:
            self.anchors[anchor] = node

    def _alias(self, anchor: str, mark: Mark) -> None:
        if anchor not in self.anchors:
            _fail(self.name, mark, f"no anchor named {shortened(anchor)!r}")
        node = self.anchors[anchor]
        if node is None:
            _fail(self.name, mark, f"alias {shortened(anchor)!r} must not lie within itself")
        self._count(node.size, mark)
        if len(self.stack) + node.height - 1 > DEEPEST:
            _fail(self.name, mark, f"must not be nested more than {DEEPEST} deep")
        key = str(node.value) if node.entries is None and node.items is None else None
        self._place(node, key)

    def _place(self, node: Node, key_text: str | None) -> None:
        """Put a finished node where it belongs: a key, a value, an item, or the root."""
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        holder = parent.node
        if holder.items is not None:
            holder.items.append(node)
        elif parent.key is None:
            if key_text is None:
                _fail(self.name, node.mark, "must have text as a key, not a list or a mapping")
            parent.key, parent.key_mark = key_text, node.mark
            return
        else:
            self._entry(parent, node)
        holder.size += node.size
        holder.height = max(holder.height, node.height + 1)

    def _entry(self, parent: _Open, node: Node) -> None:
        key, mark, holder = parent.key, parent.key_mark, parent.node
        parent.key = None
        assert holder.entries is not None
        assert key is not None
        if key in holder.entries:
            first = holder.keys[key][0]
            self._fault(mark, f"{shortened(key)!r} is given twice, on lines {first} and {mark[0]}")
            return
        if key == "<<":
            self._fault(mark, "merge keys ('<<') are not read; write the values out")
        holder.entries[key], holder.keys[key] = node, mark

    def _fault(self, mark: Mark, text: str) -> None:
        self.faults.append(Fault(*mark, "", text, self.name))


_HINTS = {
    "mapping values are not allowed here": "a ':' stands where none can; put text with ': ' in "
    "quotes, and check the indentation",
    "found character '\\t' that cannot start any token": "indent with spaces, not with tabs",
    "could not find expected ':'": "a ':' after the key is missing",
}


def _syntax(error: yaml.MarkedYAMLError) -> str:
    problem = (error.problem or "cannot be read").strip()
    hint = _HINTS.get(problem)
    plain = problem.replace("<", "").replace(">", "")
    return f"is no valid YAML: {hint or shortened(plain)}"
