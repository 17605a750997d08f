"""Approvals in the comments of a migration written in Python, and the operations that they stand at."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from relcheck.model.finding import Region
from relcheck.sources.migration.alembic.reader import Emitted
from relcheck.sources.migration.migration import Annotation
from relcheck.sources.migration.python.module import Module

_CLAIM = re.compile(r"migration[ _-](?:app|over|allow|ack|waive|skip|ignore|exempt)|rollback\s*:")
"""In small letters: a pattern for letters of any case would take ten times as long, in every file."""


class _Comment(NamedTuple):
    """Comments on lines one below the other, or one beside code."""

    start: int
    end: int
    first: int
    last: int
    alone: bool


class Commented(NamedTuple):
    annotations: tuple[Annotation, ...]
    rollback: str


def approve(module: Module, groups: Sequence[list[Emitted]]) -> Commented:
    """The approvals of a file. Operations that one covers are replaced by approved ones in their lists.

    A comment covers what is called on its own line; one that stands alone on its line covers the call that it stands
    in, or the one that begins on the line below.
    """
    from relcheck.sources.migration.approvals import as_latin, read_annotations, rollback_note

    if not _CLAIM.search(as_latin(module.text).lower()):
        return Commented((), "")

    annotations: list[Annotation] = []
    rollback = ""
    for comment in _comments(module):
        text = module.text[comment.start : comment.end]
        rollback = rollback or rollback_note(text)
        found = read_annotations(text, _placing(module, comment.start))
        covered = _covered(comment, groups) if found else []
        for annotation in found:
            if annotation.approval is not None:
                for group, number in covered:
                    one = groups[group][number]
                    if one.operation.approval is None:
                        approved = replace(one.operation, approval=annotation.approval)
                        groups[group][number] = one._replace(operation=approved)
            annotations.append(replace(annotation, covers=len(covered)))
    return Commented(tuple(annotations), rollback)


def _placing(module: Module, shift: int) -> Callable[[int, int], Region]:
    return lambda start, end: module.between(shift + start, shift + end)


def _comments(module: Module) -> list[_Comment]:
    found: list[_Comment] = []
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(module.text).readline))
    except (tokenize.TokenError, SyntaxError):
        return found
    for token in tokens:
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        begin = module.starts[line - 1] + token.start[1]
        alone = not token.line[: token.start[1]].strip()
        last = found[-1] if found else None
        if last is not None and alone and last.alone and last.last == line - 1:
            found[-1] = last._replace(end=begin + len(token.string), last=line)
        else:
            found.append(_Comment(begin, begin + len(token.string), line, line, alone))
    return found


def _covered(comment: _Comment, groups: Sequence[list[Emitted]]) -> list[tuple[int, int]]:
    """The operations, by group and number, of the innermost call that the comment stands in, at or above."""
    best: list[tuple[int, int]] = []
    size = 0
    for number, group in enumerate(groups):
        for position, one in enumerate(group):
            for first, last in one.lines:
                if not (first <= comment.first <= last or (comment.alone and comment.last == first - 1)):
                    continue
                height = last - first
                if best and height > size:
                    continue
                if not best or height < size:
                    best, size = [], height
                if (number, position) not in best:
                    best.append((number, position))
    return best
