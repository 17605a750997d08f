"""Columns that teams give to their matrices, under the names by which rules know them."""

from __future__ import annotations

import re

_TITLES: dict[str, tuple[str, ...]] = {
    "id": ("id", "#", "no", "guarantee id", "ref"),
    "guarantee": ("guarantee", "reliability guarantee", "promise", "invariant"),
    "mechanism": (
        "mechanism",
        "mechanism stub",
        "stub",
        "enforcement",
        "enforcement mechanism",
        "enforced by",
        "control",
    ),
    "location": ("location", "system location", "where"),
    "layer": ("layer", "mechanism layer", "enforcement layer"),
    "owner": ("owner", "human owner", "owned by", "responsible", "accountable"),
    "status": ("status", "implementation status", "mechanism status", "state"),
    "notes": ("notes", "note", "comment", "comments", "remarks"),
    "detection": ("detection", "detection signal", "detected by", "signal"),
    "recovery": ("recovery", "recovery path", "recovered by"),
    "path": ("path", "code", "code path", "file", "files", "source"),
    "evidence": ("evidence", "proof", "test", "tests", "verified by"),
    "rule": ("rule", "check", "ci check", "gate"),
    "pull-request": ("pr", "pull request", "change"),
    "rationale": ("rationale", "reason"),
    "until": ("until", "deferred until", "target date", "due", "revisit"),
    "runbook": ("runbook",),
    "domain": ("domain", "area"),
}

KNOWN: dict[str, str] = {title: name for name, titles in _TITLES.items() for title in titles}
"""Titles in lower case, and the names that they stand for."""

FEWEST = 4
"""Known columns, the key included, that make a table a matrix."""

_SIGNS = re.compile(r"[\s_:*`-]+")


def column_name(title: str) -> str:
    """The canonical name of a column; the title in lower case where it is none that is known."""
    said = spelled(title)
    return KNOWN.get(said, said)


def spelled(title: str) -> str:
    """A title in lower case, with single spaces for all else that separates words."""
    return _SIGNS.sub(" ", title).strip().lower()


def is_known(name: str) -> bool:
    """Whether it is a canonical name."""
    return name in _TITLES


def looks_like_matrix(names: tuple[str, ...]) -> bool:
    """Whether the canonical names are those of a matrix: the key, and at least three more that are known."""
    return "guarantee" in names and len({one for one in names if one in _TITLES}) >= FEWEST
