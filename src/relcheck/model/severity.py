"""How grave a finding is, and how sure relcheck is of it. The two are separate."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is; the gate fails at or above `--fail-on`."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info, rising with gravity."""
        return _RANKS[self]

    def at_least(self, other: Severity) -> bool:
        return self.rank >= other.rank


_RANKS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class Confidence(StrEnum):
    """How sure a rule is that what it reports is what it names."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
