"""Syntax trees of TypeScript, JavaScript and Go, by tree-sitter, within limits.

The parsers are native and repair what they cannot read, so a broken file has a tree with `ERROR` nodes in it. What
walks a tree here does it without recursion first, to know that it is not too deep to be walked with.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from relcheck.sources.python.syntax import UnparseableError
from relcheck.sources.stubs.code import Symbol

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Parser

DEEPEST = 300
"""Levels of a tree that are followed. Real files have fewer than 100."""

_LARGEST = 512 * 1024
"""Bytes of what is parsed: two orders more than a usual file has."""

_SECONDS = 5.0
"""Processor time after which a parser is stopped; it reads the largest file in less than one second, but may take
minutes for half a megabyte of `<-`."""

_CHUNK = 1024
"""Bytes that the parser is given at once. Asked for its text, a node reads a whole chunk again."""

_DEEPEST_BRACKETS = 1_000
_BRACKETS = re.compile(rb"[\[({]|[\])}]")


def parse(data: bytes, grammar: str) -> Node:
    """The root of the tree of a file in UTF-8; `grammar` is `typescript`, `tsx`, `javascript` or `go`.

    Raises UnparseableError.
    """
    nul = data.find(b"\0")
    if nul >= 0:
        raise UnparseableError("it holds a NUL byte: it is no text", data.count(b"\n", 0, nul) + 1)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnparseableError("it is not valid UTF-8", data.count(b"\n", 0, error.start) + 1) from None
    if len(data) > _LARGEST:
        raise UnparseableError(f"it holds {len(data):,} bytes, and code is read up to {_LARGEST:,}")
    _check_brackets(data)
    parser = _parser(grammar)
    ends = time.process_time() + _SECONDS
    try:
        tree = parser.parse(
            lambda at, _: data[at : at + _CHUNK], progress_callback=lambda *_: time.process_time() > ends
        )
    except ValueError:
        parser.reset()
        raise UnparseableError(f"it could not be parsed in {_SECONDS:.0f} seconds") from None
    root = tree.root_node
    _check_depth(root)
    return root


def text(node: Node | None) -> str:
    """The source of a node; empty where there is none."""
    found = node.text if node is not None else None
    return found.decode("utf-8") if found is not None else ""


def line(node: Node) -> int:
    return node.start_point[0] + 1


def first_error(root: Node) -> int | None:
    """The line of the first thing that the parser could not read; None where it read all."""
    node = root
    while node.has_error:
        if node.type == "ERROR" or node.is_missing:
            return line(node)
        below = next((one for one in node.children if one.has_error or one.is_missing), None)
        if below is None:
            return line(node)
        node = below
    return line(node) if node.is_missing else None


class Digests:
    """Hashes of parts of a tree by their tokens. Comments, space, semicolons, commas before a closing bracket and the
    kind of quotes do not count."""

    def __init__(self, root: Node) -> None:
        self._tokens = list(_tokens(root))

    def symbol(self, name: str, node: Node) -> Symbol:
        hasher = hashlib.blake2b(digest_size=16)
        previous = b""
        for start, token in self._tokens:
            if not node.start_byte <= start < node.end_byte:
                continue
            if previous == b"," and token not in (b")", b"]", b"}"):
                hasher.update(b",\0")
            if token != b",":
                hasher.update(token + b"\0")
            previous = token
        return Symbol(name, line(node), node.end_point[0] + 1, hasher.hexdigest())


def _tokens(root: Node) -> Iterator[tuple[int, bytes]]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "comment":
            continue
        if node.child_count and node.type not in _WHOLE:
            waiting.extend(reversed(node.children))
            continue
        token = node.text or b""
        if node.type == "string" and token[:1] == b"'":
            token = b'"' + token[1:-1].replace(b'"', b'\\"').replace(b"\\'", b"'") + b'"'
        if token.strip() and token != b";":
            yield node.start_byte, token


_WHOLE = frozenset({"string", "interpreted_string_literal", "raw_string_literal", "regex"})


def _check_brackets(data: bytes) -> None:
    """The native parser recurses over brackets when it is done; 100,000 levels end the process."""
    depth = 0
    for bracket in _BRACKETS.finditer(data):
        depth = depth + 1 if bracket[0] in b"([{" else max(depth - 1, 0)
        if depth > _DEEPEST_BRACKETS:
            where = data.count(b"\n", 0, bracket.start()) + 1
            raise UnparseableError(f"it has more than {_DEEPEST_BRACKETS:,} brackets in one another", where)


def _check_depth(root: Node) -> None:
    cursor = root.walk()
    depth = 0
    while True:
        if cursor.goto_first_child():
            depth += 1
            if depth > DEEPEST:
                where = cursor.node.start_point if cursor.node is not None else (0, 0)
                raise UnparseableError(f"it is nested deeper than {DEEPEST} levels", where[0] + 1, where[1] + 1)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            depth -= 1


@cache
def _parser(grammar: str) -> Parser:
    from tree_sitter import Parser

    return Parser(_language(grammar))


def _language(grammar: str) -> Language:
    from tree_sitter import Language

    if grammar == "go":
        import tree_sitter_go

        return Language(tree_sitter_go.language())
    if grammar == "javascript":
        import tree_sitter_javascript

        return Language(tree_sitter_javascript.language())
    import tree_sitter_typescript

    return Language(
        tree_sitter_typescript.language_tsx() if grammar == "tsx" else tree_sitter_typescript.language_typescript()
    )
