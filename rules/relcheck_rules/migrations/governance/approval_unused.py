"""An approval stands beside what it approves."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation, effect_of

_ALONE = (
    "this approval stands beside no operation: it covers the statement or call on its own lines, or directly below. "
    "Move it there, or take it out"
)
_HARMLESS = (
    "this approval covers nothing that needs one: who reads it looks for a danger that is not there. Take it out"
)
_NEED_ONE = frozenset({Kind.OPAQUE, Kind.UNPARSEABLE, Kind.OTHER, Kind.DATA_CODE, Kind.UPDATE, Kind.DELETE})


class ApprovalUnused(MigrationRule):
    """
    ## What it does
    Reports `MIGRATION_APPROVED` that stands beside no operation, and one beside an operation that takes no lock that
    others wait for, loses nothing and changes no rows.

    ## Why is this bad
    The operation that somebody meant to approve is not approved. Or it was rewritten, and the approval waits for the
    next one that is put in its place.

    ## Example
    ```sql
    -- MIGRATION_APPROVED: everything in this file was agreed on

    CREATE TABLE order_notes (id bigint PRIMARY KEY);
    ```

    ## Use instead
    One approval beside each operation that needs one.
    """

    severity = Severity.WARNING

    examples = (
        Invalid(
            sql="-- MIGRATION_APPROVED: everything here was agreed on\n\nALTER TABLE shop_order DROP COLUMN note;",
            finds=Found(_ALONE, at="MIGRATION_APPROVED: everything here was agreed on"),
        ),
        Invalid(
            sql="-- MIGRATION_APPROVED: new and empty\nCREATE TABLE shop_note (id bigint PRIMARY KEY);",
            finds=Found(_HARMLESS, at="MIGRATION_APPROVED: new and empty"),
        ),
        Valid(
            sql="-- MIGRATION_APPROVED: note is in order_notes\nALTER TABLE shop_order DROP COLUMN note;",
        ),
        Valid(
            sql="ALTER TABLE shop_order\n  DROP COLUMN note, -- MIGRATION_APPROVED: note is in order_notes\n"
            "  ADD COLUMN memo text;",
        ),
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for one in migration.annotations:
            if one.approval is None:
                continue
            covered = [each for each in migration.operations if each.approval == one.approval]
            down = [each for each in migration.down or () if each.approval == one.approval]
            if not covered and not down:
                yield self.found_in(migration, _ALONE, key=f"alone:{one.approval.reason}", region=one.region)
            elif covered and not any(_needs_one(each, migration) for each in covered):
                yield self.found_in(migration, _HARMLESS, key=f"harmless:{one.approval.reason}", region=one.region)


def _needs_one(operation: Operation, migration: Migration) -> bool:
    effect = effect_of(operation, migration.server_version)
    return bool(effect.loss) or "writes" in effect.blocks or operation.kind in _NEED_ONE or bool(operation.unknown)
