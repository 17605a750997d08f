"""A migration whose tool has a second half for the way back has that half."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule

_HALVES = {
    "golang-migrate": "no file {stem}.down.sql",
    "sqitch": "no script in revert/",
    "dbmate": "no line `-- migrate:down`",
    "goose": "no line `-- +goose Down`",
}


class MissingDownFile(MigrationRule):
    """
    ## What it does
    Finds migrations of golang-migrate and sqitch without the file for the way back, and of dbmate and goose without the
    section for it. A comment `ROLLBACK: …` in the file, which says what is done instead, is enough.

    ## Why is this bad
    The tool cannot go back beyond this migration, and says so when it is tried: in the middle of an incident.

    ## Example
    `migrations/2_note.up.sql` alone

    ## Use instead
    `migrations/2_note.up.sql` with `migrations/2_note.down.sql`
    """

    severity = Severity.WARNING

    def check_migration(self, migration: Migration) -> MigrationFindings:
        missing = _HALVES.get(migration.framework)
        if missing is None or migration.down is not None or migration.rollback or not migration.operations:
            return
        if migration.down_path == migration.path:  # a way down alone is told elsewhere
            return
        stem = migration.path.rpartition("/")[2].removesuffix(".sql").removesuffix(".up")
        yield self.found_in(
            migration,
            f"there is {missing.format(stem=stem)}: {migration.framework} cannot go back beyond this migration. Write "
            "the way back, or say in a comment what is done instead: ROLLBACK: restore from backup",
            key="down",
        )

    examples = (
        Invalid(
            "ALTER TABLE orders ADD COLUMN note text;\n",
            Expect(
                1,
                1,
                1,
                "there is no file 2_note.down.sql: golang-migrate cannot go back beyond this migration. Write the way "
                "back, or say in a comment what is done instead: ROLLBACK: restore from backup",
            ),
            path="migrations/2_note.up.sql",
        ),
        Invalid(
            "-- migrate:up\nALTER TABLE orders ADD COLUMN note text;\n",
            Expect(
                1,
                1,
                14,
                "there is no line `-- migrate:down`: dbmate cannot go back beyond this migration. Write the way back, "
                "or say in a comment what is done instead: ROLLBACK: restore from backup",
            ),
            path="db/migrations/2_note.sql",
        ),
        Valid(
            "ALTER TABLE orders ADD COLUMN note text;\n",
            path="migrations/2_note.up.sql",
            files={"migrations/2_note.down.sql": "ALTER TABLE orders DROP COLUMN note;\n"},
        ),
        Valid(
            "-- ROLLBACK: the column is harmless; code goes back without it\n"
            "ALTER TABLE orders ADD COLUMN note text;\n",
            path="migrations/2_note.up.sql",
        ),
        Valid(
            "ALTER TABLE orders ADD COLUMN note text;\n",
            path="db/migration/V2__note.sql",
            title="Flyway goes forward only:",
        ),
    )
