"""Approvals and notes in the comments of a Python file."""

from __future__ import annotations

import io
import tokenize
from typing import NamedTuple

from relcheck.model.finding import Region
from relcheck.sources.migration import approvals
from relcheck.sources.migration.django.facts import Comment


class _Block(NamedTuple):
    """Comments one below the other, or one beside code: the lines with their first characters' places."""

    lines: list[tuple[int, int, str]]
    alone: bool


def read_comments(text: str) -> tuple[tuple[Comment, ...], str]:
    """The comments that claim to approve, and what any says of the way back."""
    folded = approvals.as_latin(text).upper()
    if "MIGRATION" not in folded or "#" not in text:
        return (), ""
    if not any(word in folded for word in ("MIGRATION_", "MIGRATION-", "MIGRATION A", "MIGRATION O", "ROLLBACK")):
        return (), ""
    found: list[Comment] = []
    rollback = ""
    for block in _blocks(text):
        shown = "\n".join(line for _, _, line in block.lines)
        rollback = rollback or approvals.rollback_note(shown)
        annotations = approvals.read_annotations(shown, _Places(block))
        if annotations:
            found.append(Comment(block.lines[0][0], block.lines[-1][0], block.alone, tuple(annotations)))
    return tuple(found), rollback


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type != tokenize.COMMENT:
                continue
            line, column = token.start
            alone = not token.line[:column].strip()
            last = blocks[-1] if blocks else None
            if last is not None and alone and last.alone and last.lines[-1][0] == line - 1:
                last.lines.append((line, column, token.string))
            else:
                blocks.append(_Block([(line, column, token.string)], alone))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        pass
    return blocks


class _Places:
    """Gives the region of two offsets in the joined lines of a block."""

    def __init__(self, block: _Block) -> None:
        self._block = block

    def __call__(self, start: int, end: int) -> Region:
        return Region(*self._position(start), *self._position(end))

    def _position(self, offset: int) -> tuple[int, int]:
        for line, column, text in self._block.lines:
            if offset <= len(text):
                return line, column + offset + 1
            offset -= len(text) + 1
        line, column, text = self._block.lines[-1]
        return line, column + len(text) + 1
