"""One place where a rule is broken, with all that a reader needs to act on it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

import msgspec

from relcheck.model.exceptions import Waiver
from relcheck.model.fingerprint import fingerprint
from relcheck.model.severity import Confidence, Severity

Detail: TypeAlias = str | int | float | bool | list[str] | dict[str, str] | None


class Status(StrEnum):
    """Where a finding stands; only `NEW` ones can fail the gate."""

    NEW = "new"
    EXISTING = "existing"
    BASELINED = "baselined"
    WAIVED = "waived"
    APPROVED = "approved"


class Region(msgspec.Struct, frozen=True, order=True):
    """A span of one file. Lines and columns count from 1, columns in characters; `end_column` is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Related(msgspec.Struct, frozen=True):
    """Another place that explains a finding, with a sentence of its own."""

    path: str
    region: Region
    message: str


class Edit(msgspec.Struct, frozen=True):
    """Replace the text of `region` in `path` by `text`."""

    path: str
    region: Region
    text: str


class Fix(msgspec.Struct, frozen=True):
    """A change that mends the finding; `safe` means that behaviour stays the same."""

    safe: bool
    description: str
    edits: tuple[Edit, ...]


class Finding(msgspec.Struct, frozen=True):
    """One place where a rule is broken.

    `path` is relative to the repository's root, with `/`. `kind` is the rule's stable key for this message.
    `identity` is what the fingerprint is made of beside rule, kind, contract and symbol: the tokens of the reported
    region, or the rule's own key. `snippet` is the source line of the region, for people. `waiver` is the exception
    that covers the finding.
    """

    rule: str
    kind: str
    message: str
    path: str
    region: Region
    severity: Severity
    confidence: Confidence = Confidence.HIGH
    symbol: str | None = None
    contract: str | None = None
    identity: str = ""
    snippet: str | None = None
    related: tuple[Related, ...] = ()
    details: Mapping[str, Detail] = {}
    fix: Fix | None = None
    help: str | None = None
    status: Status = Status.NEW
    waiver: Waiver | None = None

    @property
    def fingerprint(self) -> str:
        """Stable under moved lines, reformatting and renaming of the file; see `relcheck.model.fingerprint`."""
        return fingerprint(self.rule, self.kind, self.contract, self.symbol, self.identity)

    def former_fingerprint(self, *, rule: str, version: int) -> str:
        """The one that it had under a former name of its rule, or has in a former version of fingerprints."""
        return fingerprint(rule, self.kind, self.contract, self.symbol, self.identity, version=version)

    @property
    def sort_key(self) -> tuple[str, Region, str, str, str]:
        return (self.path, self.region, self.rule, self.kind, self.message)
