"""What each status has to show, as a table that teams may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

Wanted: TypeAlias = Literal[
    "no-path", "path", "inert", "working", "active", "called", "owner", "pull-request", "checklist"
]

DEFAULT: dict[str, str] = {
    "Defined": "no-path",
    "Stubbed": "path, inert",
    "Implemented": "path, working",
    "Enabled": "path, active, called, owner, pull-request, checklist",
    "Deferred": "",
}


def wanted(table: Mapping[str, str]) -> dict[str, frozenset[Wanted]]:
    """The table, read. Raises ValueError for a word that it does not know."""
    known: dict[str, Wanted] = {word: word for word in get_args(Wanted)}
    found: dict[str, frozenset[Wanted]] = {}
    for status, said in table.items():
        words = [word.strip() for word in said.split(",") if word.strip()]
        unknown = next((word for word in words if word not in known), None)
        if unknown is not None:
            raise ValueError(f"{unknown!r} is no evidence for {status}: there are {', '.join(known)}")
        found[status] = frozenset(known[word] for word in words)
    return found
