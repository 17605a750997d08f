"""libcst's writer, which also notes where each node starts and ends. Importing this module imports libcst."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst
from libcst._nodes.internal import CodegenState


class Measuring(CodegenState):
    """After a module was written to it, `spans` has the offsets of every node by its id, and `tokens` the text."""

    def __init__(self, default_indent: str, default_newline: str) -> None:
        super().__init__(default_indent=default_indent, default_newline=default_newline)
        self.spans: dict[int, tuple[int, int]] = {}
        self._offset = 0
        self._exact: set[int] = set()

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        self._offset += len(value)

    def add_indent_tokens(self) -> None:
        for indent in self.indent_tokens:
            self.add_token(indent)

    def before_codegen(self, node: cst.CSTNode) -> None:
        self.spans[id(node)] = (self._offset, self._offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        if id(node) not in self._exact:
            self.spans[id(node)] = (self.spans[id(node)][0], self._offset)

    @contextmanager
    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> Iterator[None]:
        """Called by libcst around the part of a node that is no white space."""
        start = self._offset
        yield
        first = self.spans[id(start_node)][0] if start_node is not None else start
        final = self.spans[id(end_node)][1] if end_node is not None else self._offset
        self.spans[id(node)] = (first, final)
        self._exact.add(id(node))
