"""The one model of a stated exception, whatever it is written in."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec


class Origin(StrEnum):
    """Where an exception is written."""

    INLINE = "inline"
    CONFIG = "config"
    BASELINE = "baseline"


class Waiver(msgspec.Struct, frozen=True):
    """An exception with its reason. `path` and `line` say where it is written, `until` is the last day on which it
    holds.

    `rules` are names of rules or packs. An inline waiver covers the lines `first` to `last` of its own file; one of the
    configuration covers the files that `globs` match; one of the baseline covers one finding.
    """

    origin: Origin
    rules: tuple[str, ...]
    path: str
    line: int
    reason: str | None = None
    until: date | None = None
    owner: str | None = None
    globs: tuple[str, ...] = ()
    first: int = 0
    last: int = 0

    @property
    def explained(self) -> bool:
        """Whether there is a reason in words: signs and emoji alone are none."""
        return self.reason is not None and any(one.isalnum() for one in self.reason)

    def names(self, rule: str) -> bool:
        """Whether it speaks of this rule, by its name or its pack's."""
        return rule in self.rules or rule.partition("/")[0] in self.rules

    def expired(self, today: date) -> bool:
        return self.until is not None and self.until < today
