"""A migration that changes something has a way back, or says that there is none."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFinding, MigrationFindings, MigrationRule

_CHANGES_NOTHING = frozenset({Kind.READ, Kind.SET, Kind.STATE_ONLY, Kind.BEGIN, Kind.COMMIT, Kind.SAVEPOINT})
_HEAD = "from alembic import op\n\nrevision = '2'\ndown_revision = '1'\n\n\n"


class EmptyDowngrade(MigrationRule):
    """
    ## What it does
    Finds migrations that change the database and whose way back does nothing: a `downgrade()` that is missing, empty,
    or raises, or a section `-- migrate:down` or `-- +goose Down` without a statement. A comment `ROLLBACK: …` in the
    file, which says what is done instead, is enough.

    ## Why is this bad
    The tool goes back without a complaint and takes the revision for undone, while the change is still there: the
    next upgrade fails on what exists already. Where `downgrade()` raises, the way back ends here. Which of both it
    is, is found out in the middle of an incident.

    ## Example
    ```python
    def upgrade():
        op.add_column("order", sa.Column("note", sa.Text()))

    def downgrade():
        pass
    ```

    ## Use instead
    ```python
    def downgrade():
        op.drop_column("order", "note")
    ```
    or, where only a backup brings back what was there,
    ```python
    # ROLLBACK: restore from the backup of the same night
    ```
    """

    severity = Severity.WARNING
    message = (
        "the way back {what}, and nothing says why: after a rollback the change is still there. Undo it there, "
        "or say in a comment what is done instead: ROLLBACK: restore from backup"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        if migration.framework == "django" or migration.rollback or not _changes(migration):
            return
        if migration.framework == "alembic":
            if migration.down_raises:
                yield self._said(migration, "raises")
            elif migration.down is None:
                yield self._said(migration, "is missing")
            elif not migration.down:
                yield self._said(migration, "does nothing")
        elif migration.down is not None and migration.down_region is not None and not migration.down:
            yield self._said(migration, "does nothing")

    def _said(self, migration: Migration, what: str) -> MigrationFinding:
        return self.found_in(
            migration,
            self.message.format(what=what),
            key="down",
            region=migration.down_region,
            path=migration.down_path,
        )

    examples = (
        Invalid(
            _HEAD + "def upgrade():\n    op.drop_index('order_number')\n\n\ndef downgrade():\n    pass\n",
            Expect(
                11,
                1,
                17,
                "the way back does nothing, and nothing says why: after a rollback the change is still there. Undo it "
                "there, or say in a comment what is done instead: ROLLBACK: restore from backup",
            ),
            path="alembic/versions/2_drop.py",
        ),
        Valid(
            _HEAD + "def upgrade():\n    op.drop_index('order_number')\n\n\ndef downgrade():\n"
            "    op.create_index('order_number', 'order', ['number'])\n",
            path="alembic/versions/2_drop.py",
        ),
        Valid(
            _HEAD + "# ROLLBACK: restore the table from the backup of the same night\n"
            "def upgrade():\n    op.drop_table('order_archive')\n\n\ndef downgrade():\n    pass\n",
            path="alembic/versions/2_drop.py",
            title="It is said what is done instead:",
        ),
        Valid(
            "-- migrate:up\n-- ROLLBACK: the column is harmless; code goes back without it\n"
            "ALTER TABLE orders ADD COLUMN note text;\n\n-- migrate:down\n",
            path="db/migrations/2_note.sql",
        ),
        Valid(
            "from alembic import op\n\nrevision = '3'\ndown_revision = ('1', '2')\n\n\n"
            "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n",
            path="alembic/versions/3_merge.py",
            title="A merge changes nothing:",
        ),
    )


def _changes(migration: Migration) -> bool:
    return any(one.kind not in _CHANGES_NOTHING for one in migration.operations)
