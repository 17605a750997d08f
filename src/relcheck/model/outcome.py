"""What a run came to: all that a report may say."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from relcheck.model.finding import Finding, Status
from relcheck.model.severity import Confidence, Severity


class RuleRecord(msgspec.Struct, frozen=True):
    """What one rule did in a run: how many files it looked at, and what explains it.

    `help` is an address, `page` the rule's own text in Markdown, `upholds` the guarantee that it enforces.
    """

    name: str
    summary: str
    severity: Severity
    files: int
    help: str | None = None
    confidence: Confidence = Confidence.HIGH
    page: str = ""
    upholds: str | None = None

    @property
    def pack(self) -> str:
        return self.name.partition("/")[0]


class Compared(msgspec.Struct, frozen=True):
    """Another revision that played a part: what the user called it, and the commit that it came to."""

    ref: str
    commit: str

    def __str__(self) -> str:
        short = self.commit[:7]
        return short if self.ref == self.commit else f"{self.ref} ({short})"


class Outcome(msgspec.Struct, frozen=True):
    """The result of a scan, in the order in which it is printed.

    `findings` holds every finding with its status, sorted. `files` is how many files were looked at, `parsed` how
    many of them a full parser had to read (cached results count as they were when made), `not_examined` maps a reason
    (submodule, symlink, …) to the paths that were left out for it. `partial` is true where only some of the project's
    files were asked for. `notes` are proposals for the person at the terminal. `stats` is empty unless statistics
    were asked for. `base` is the merge base that the scan was compared with, `policy` the revision that the policy was
    read from. `own_rules` are those of the pack `relcheck`, which look at the run and not at files. `fail_on` is
    the severity at which the gate fails.
    """

    root: str
    findings: tuple[Finding, ...] = ()
    files: int = 0
    parsed: int = 0
    partial: bool = False
    rules: tuple[RuleRecord, ...] = ()
    rules_skipped: tuple[str, ...] = ()
    not_examined: dict[str, tuple[str, ...]] = {}
    notes: tuple[str, ...] = ()
    stats: dict[str, str] = {}
    base: Compared | None = None
    policy: Compared | None = None
    own_rules: tuple[RuleRecord, ...] = ()
    fail_on: Severity = Severity.ERROR

    def new(self) -> Iterator[Finding]:
        return (finding for finding in self.findings if finding.status is Status.NEW)

    def count(self, status: Status) -> int:
        return sum(finding.status is status for finding in self.findings)

    def count_new(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.new())

    @property
    def packs(self) -> tuple[str, ...]:
        """The packs that ran, sorted."""
        return tuple(sorted({rule.pack for rule in self.rules}))

    @property
    def fails(self) -> bool:
        """Whether a new finding is at or above the level at which the gate fails."""
        return any(finding.severity.at_least(self.fail_on) for finding in self.new())
