"""libcst's writer, which also notes where each node starts and ends. Importing this module imports libcst."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import libcst as cst
from libcst._nodes.internal import CodegenState


class Measured:
    """Where the nodes of a module stand in its text. The module is written out statement by statement, as far as
    somebody asks; libcst's metadata provider does the same with all of it, at four times the cost."""

    def __init__(self, module: cst.Module, text: str) -> None:
        self._module = module
        self._text = text
        self._state = _Measuring(module.default_indent, module.default_newline)
        self._parts = iter([*module.header, *module.body, *module.footer])
        self._compared = 0
        self._moved: Callable[[int], int] | None = None

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """The offsets of a node. Raises KeyError for one of another module."""
        if node is self._module:
            return 0, len(self._text)
        spans = self._state.spans
        while id(node) not in spans:
            self._write_on(node)
        start, end = spans[id(node)]
        return (start, end) if self._moved is None else (self._moved(start), self._moved(end))

    def _write_on(self, node: cst.CSTNode) -> None:
        part = next(self._parts, None)
        if part is None:
            raise KeyError(node)
        part._codegen(self._state)  # noqa: SLF001  # the one way in
        written = "".join(self._state.tokens)
        self._state.tokens.clear()
        same = self._text.startswith(written, self._compared)
        self._compared += len(written)
        if not same and self._moved is None and self._compared <= len(self._text):
            self._moved = _aligned(self._module.code, self._text)


def _aligned(written: str, source: str) -> Callable[[int], int]:
    """libcst drops a form feed at the start of a line; maps offsets of what it wrote to the file as it is."""
    gaps: list[int] = []
    at = 0
    for index, character in enumerate(written):
        while at < len(source) and source[at] != character:
            gaps.append(index)
            at += 1
        at += 1
    return lambda offset: offset + bisect_right(gaps, offset)


class _Measuring(CodegenState):
    """What is written to it gets into `spans`: the offsets of every node by its id."""

    def __init__(self, default_indent: str, default_newline: str) -> None:
        super().__init__(default_indent=default_indent, default_newline=default_newline)
        self.spans: dict[int, tuple[int, int]] = {}
        self.offset = 0
        self._exact: set[int] = set()

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        self.offset += len(value)

    def add_indent_tokens(self) -> None:
        for indent in self.indent_tokens:
            self.add_token(indent)

    def before_codegen(self, node: cst.CSTNode) -> None:
        self.spans[id(node)] = (self.offset, self.offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        if id(node) not in self._exact:
            self.spans[id(node)] = (self.spans[id(node)][0], self.offset)

    def record_syntactic_position(  # type: ignore[override]  # a generator of contextlib costs three times as much
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _Exactly:
        """Called by libcst around the part of a node that is no white space."""
        return _Exactly(self, node, start_node, end_node)

    def place(self, node: cst.CSTNode, start: int, end: int) -> None:
        """Say where a node stands without the white space around it."""
        self.spans[id(node)] = (start, end)
        self._exact.add(id(node))


class _Exactly:
    """From where to where a node is written while this is open."""

    __slots__ = ("_end", "_first", "_node", "_start", "_state")

    def __init__(
        self, state: _Measuring, node: cst.CSTNode, start: cst.CSTNode | None, end: cst.CSTNode | None
    ) -> None:
        self._state = state
        self._node = node
        self._start = start
        self._end = end

    def __enter__(self) -> None:
        self._first = self._state.offset

    def __exit__(self, *_: object) -> None:
        state = self._state
        first = self._first if self._start is None else state.spans[id(self._start)][0]
        final = state.offset if self._end is None else state.spans[id(self._end)][1]
        state.place(self._node, first, final)
