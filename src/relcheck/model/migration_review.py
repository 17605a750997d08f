"""What a person who must sign for migrations has to know about them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from relcheck.model.finding import Region, Related
from relcheck.model.severity import Severity


class Remark(msgspec.Struct, frozen=True):
    """A finding, as the review tells it. `status` is that of the finding."""

    rule: str
    severity: Severity
    status: str
    message: str
    path: str
    line: int


class SafeStep(msgspec.Struct, frozen=True):
    """One step of the way that is safe, as code in `language` (`sql` or `python`). `note` says what lies before it."""

    language: str
    code: str
    note: str = ""


class ReviewedOperation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation.

    `what` says what it does. `rewrite`, `scan` and `build` (of an index) are None where the migration alone does not
    tell. `rollback` is how it is taken back. `change` is its class for sign-offs, `signs` the roles that must sign,
    `unsigned` those that have not. `uses` are places in the code that use what goes away. `written` is the operation as
    it stands in the file.
    """

    what: str
    region: Region
    phase: str
    change: str
    lock: str | None
    blocks: tuple[str, ...]
    rewrite: bool | None
    scan: bool | None
    build: bool | None
    loss: tuple[str, ...]
    rollback: str
    facets: Mapping[str, str] = {}
    signs: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    uses: tuple[Related, ...] = ()
    remarks: tuple[Remark, ...] = ()
    safe: tuple[SafeStep, ...] = ()
    written: str = ""
    guards: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    operation_hash: str = ""


class ReviewedMigration(msgspec.Struct, frozen=True, kw_only=True):
    """One migration. `summary` says what it does as a whole, `way_back` whether it has a way down."""

    id: str
    path: str
    framework: str
    dialect: str
    transaction: str
    summary: str
    way_back: str
    operations: tuple[ReviewedOperation, ...]
    remarks: tuple[Remark, ...] = ()


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A review of migrations. `fails` is the verdict of the gate, `history` says what was left out."""

    migrations: tuple[ReviewedMigration, ...]
    fails: bool
    errors: int
    warnings: int
    approved: int
    history: str = ""
    others: tuple[Remark, ...] = ()
    """Findings about no migration that is reviewed: chains, models, files that cannot be read."""
