"""An approval says why."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule

_WRONG = {
    "empty-reason": "this approval gives no reason, so it approves nothing. Write MIGRATION_APPROVED: and why the "
    "operation may run",
    "negated": "this says that nothing is approved, and nothing is. Take it out, or write MIGRATION_APPROVED: and why "
    "the operation may run",
    "bad-until": "the date of this approval cannot be read, so it approves nothing. Write until=YYYY-MM-DD",
    "alike": "this looks like MIGRATION_APPROVED and has letters of another alphabet in it, so it approves nothing. "
    "Type it anew",
    "in-prose": "an approval begins its comment; this one stands in a sentence and approves nothing. Write "
    "MIGRATION_APPROVED: and why the operation may run on a line of its own",
}


class ApprovalReasonEmpty(MigrationRule):
    """
    ## What it does
    Reports `MIGRATION_APPROVED` without a reason, or with a word in its place that says nothing (`ok`, `tbd`,
    `approved`), with a date that is none, in the middle of a sentence, denied (`NOT MIGRATION_APPROVED`), or with
    letters that only look like it. Such a comment approves nothing.

    ## Why is this bad
    Who looks for it after the incident has to find out why the data could go. And whoever wrote it believes that the
    gate is satisfied.

    ## Example
    ```sql
    -- MIGRATION_APPROVED: ok
    ALTER TABLE orders DROP COLUMN note;
    ```

    ## Use instead
    ```sql
    -- MIGRATION_APPROVED: note is in order_notes since release 41; ticket=OPS-204; backup=snapshot-311
    ALTER TABLE orders DROP COLUMN note;
    ```
    """

    examples = (
        Invalid(
            sql="-- MIGRATION_APPROVED: ok\nALTER TABLE shop_order DROP COLUMN note;",
            finds=Found(_WRONG["empty-reason"], at="MIGRATION_APPROVED: ok"),
        ),
        Invalid(
            sql="-- NOT MIGRATION_APPROVED: data is lost\nALTER TABLE shop_order DROP COLUMN note;",
            finds=Found(_WRONG["negated"], at="MIGRATION_APPROVED: data is lost"),
        ),
        Invalid(
            sql="-- MIGRATION_APPROVED: moved to notes; until=soon\nALTER TABLE shop_order DROP COLUMN note;",
            finds=Found(_WRONG["bad-until"], at="MIGRATION_APPROVED: moved to notes; until=soon"),
        ),
        Invalid(
            sql="-- MIGRATION_\u0410PPROVED: note is in order_notes\nALTER TABLE shop_order DROP COLUMN note;",
            finds=Found(_WRONG["alike"], at="MIGRATION_\u0410PPROVED: note is in order_notes"),
            title="A Cyrillic A:",
        ),
        Invalid(
            alembic="# M\u0406GRATION_APPROVED: note is in order_notes\n    op.drop_column('shop_order', 'note')",
            finds=Found(_WRONG["alike"], at="M\u0406GRATION_APPROVED: note is in order_notes"),
        ),
        Valid(
            sql="-- MIGRATION_APPROVED: note is in order_notes; ticket=OPS-204\n"
            "ALTER TABLE shop_order DROP COLUMN note;"
        ),
        Valid(sql="-- Needs MIGRATION_APPROVED\nALTER TABLE shop_order DROP COLUMN note;"),
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for number, one in enumerate(migration.annotations):
            problem, _, part = one.problem.partition(" ")
            message = _WRONG.get(problem)
            if problem == "unknown-part":
                message = f"this approval has a part {part}=, which means nothing, so it approves nothing. Known are "
                message += "ticket=, until=, backup=, rollback= and by="
            if message is not None:
                yield self.found_in(migration, message, key=f"{problem}:{number}", region=one.region)
