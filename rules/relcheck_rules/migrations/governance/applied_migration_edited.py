"""A migration that others may have applied stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sdk import Expect, Invalid, Valid
from relcheck.sdk.migration import MigrationFindings, MigrationRule
from relcheck_rules.migrations.governance._written import CHECKSUMS, does_the_same

if TYPE_CHECKING:
    from relcheck.sdk import Project

_PATH = "db/migration/V2__add_note.sql"


class AppliedMigrationEdited(MigrationRule):
    """
    ## What it does
    With `--base`: reports a migration that the base has, too, and that the change has edited or renamed. Flyway and
    Prisma keep checksums, so there any edit counts; elsewhere what counts is what the migration does, and comments
    and layout may change. Flyway's repeatable migrations (`R__…`) are made to be edited.

    ## Why is this bad
    Where it was applied already, it never runs again: databases drift apart without a word, or the tool finds another
    checksum and refuses to deploy anything.

    ## Example
    ```sql
    -- V2__add_note.sql, which is on the main branch since last week
    ALTER TABLE orders ADD COLUMN note text, ADD COLUMN memo text;
    ```

    ## Use instead
    A new migration that does what is missing.
    """

    examples = (
        Invalid(
            "ALTER TABLE orders ADD COLUMN note text, ADD COLUMN memo text;\n",
            Expect(
                1,
                1,
                1,
                "this migration was there before and is edited here: databases that have it will never see the "
                "difference, and flyway refuses a changed checksum. Put the difference into a new migration",
            ),
            path=_PATH,
            earlier={_PATH: "ALTER TABLE orders ADD COLUMN note text;\n"},
        ),
        Valid(
            "ALTER TABLE orders ADD COLUMN memo text;\n",
            path="db/migration/V3__add_memo.sql",
            files={_PATH: "ALTER TABLE orders ADD COLUMN note text;\n"},
            earlier={_PATH: "ALTER TABLE orders ADD COLUMN note text;\n"},
        ),
    )

    def check_project(self, project: Project[object]) -> MigrationFindings:
        if project.before is None:
            return
        was = {one.path: one for one in project.before.migrations.migrations}
        for migration in project.migrations.migrations:
            old = was.get(project.origin(migration.path) or "")
            if old is None or not project.is_gated(migration) or "/R__" in f"/{migration.path}":
                continue
            checked = migration.framework in CHECKSUMS
            if old.path == migration.path and (
                project.read(migration.path) == project.before.read(old.path)
                or (not checked and does_the_same(migration, old))
            ):
                continue
            done = "edited" if old.path == migration.path else f"renamed (it was {old.path})"
            then = f", and {migration.framework} refuses a changed checksum" if checked else ""
            yield self.found_in(
                migration,
                f"this migration was there before and is {done} here: databases that have it will never see the "
                f"difference{then}. Put the difference into a new migration",
                key="edited",
            )
