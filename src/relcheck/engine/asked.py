"""What rules have asked of a project, so that what they found can be kept as long as the answers are the same."""

from __future__ import annotations

import msgspec


class Search(msgspec.Struct, frozen=True):
    """Words that were looked for in the files that match, with those in which each was found."""

    words: tuple[str, ...]
    globs: tuple[str, ...]
    found: dict[str, tuple[str, ...]]


class Asked:
    """What rules have asked beside facts and configuration: which files they have read, or whether for all of them;
    where words stand, with the answers; whether something stands beside the project, with the answers; whether for its
    past."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.everything = False
        self.searches: list[Search] = []
        self.beyond: dict[str, bool] = {}
        self.past = False
