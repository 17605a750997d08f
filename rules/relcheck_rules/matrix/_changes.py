"""What a change does to the rows of matrices: pairs of a row as it was and as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from relcheck.sdk import Project
from relcheck.sdk.matrix import Row

_REFERENCE = re.compile(
    r"(?<![\w&])[#!]\d+\b|/(?:pull|merge_requests|pulls)/\d+|\b(?:PR|MR|CR)[- #]?\d+|\b[A-Z]{2,}-\d+\b"
)


class Change(Struct, frozen=True):
    """A row before and after; one of the two is None where the row is new, or gone."""

    old: Row | None
    new: Row | None


def changes(project: Project[object]) -> list[Change]:
    """All rows that a change has, pair by pair; none without another revision to compare with.

    A row is the same by its number or its guarantee, in its document or in another one; a row that was renamed, by its
    mechanism and the paths that it names.
    """
    if project.before is None:
        return []
    old = [row for one in project.before.documents.matrices for row in one.rows if row.key]
    new = [row for one in project.documents.matrices for row in one.rows if row.key]
    origins = {path: project.origin(path) for path in {row.path for row in new}}
    found: list[Change] = []
    for same in (_in_document(origins, _names), _names, _in_document(origins, _does)):
        found += _pairs(old, new, same)
    found += [Change(row, None) for row in old]
    found += [Change(None, row) for row in new]
    return found


def status_of(row: Row | None) -> str:
    """The status as one word, in lower case; empty where there is none."""
    return re.split(r"[(:;,–—]| until | since ", row.text("status"))[0].strip().lower() if row is not None else ""


def references(row: Row) -> bool:
    """Whether a row names a pull request, or an issue."""
    return any(_REFERENCE.search(cell.raw) for cell in row.cells if cell.column not in ("id", "guarantee"))


_Same = Callable[[Row, Row], bool]


def _pairs(old: list[Row], new: list[Row], same: _Same) -> Iterator[Change]:
    """The rows that are the same; they are taken out of both lists."""
    for row in list(new):
        was = next((one for one in old if same(one, row)), None)
        if was is not None:
            old.remove(was)
            new.remove(row)
            yield Change(was, row)


def _in_document(origins: dict[str, str | None], same: _Same) -> _Same:
    return lambda old, new: origins[new.path] == old.path and same(old, new)


def _names(old: Row, new: Row) -> bool:
    return old.key == new.key or (old.id is not None and old.id == new.id)


def _does(old: Row, new: Row) -> bool:
    mechanism = old.text("mechanism")
    paths = {ref.path for ref in old.refs}
    return bool(mechanism or paths) and mechanism == new.text("mechanism") and paths == {ref.path for ref in new.refs}
