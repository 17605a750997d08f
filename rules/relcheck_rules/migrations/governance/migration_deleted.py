"""A migration that others may have applied stays in the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sdk import Expect, Invalid, Valid
from relcheck.sdk.migration import MigrationFindings, MigrationRule

if TYPE_CHECKING:
    from relcheck.sdk import Project

_FIRST = "db/migration/V1__orders.sql"
_SECOND = "db/migration/V2__add_note.sql"
_TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY);\n"
_NOTE = "ALTER TABLE orders ADD COLUMN note text;\n"


class MigrationDeleted(MigrationRule):
    """
    ## What it does
    With `--base`: reports a migration that the base has and the change has deleted, at the migration that comes next
    (or at the last one). One that a squashed migration replaces by name is not missing.

    ## Why is this bad
    Databases that have it know a revision that the code does not know any more: Alembic stops at it, and a new
    database gets another schema than an old one.

    ## Example
    ```
    deleted: db/migration/V2__add_note.sql
    ```

    ## Use instead
    A new migration that takes back what it did; or a squash that names what it replaces.
    """

    examples = (
        Invalid(
            _TABLE,
            Expect(
                1,
                1,
                1,
                "the migration db/migration/V2__add_note.sql was there before and is deleted here: databases that have "
                "it know more than the code. Bring it back, and undo what it did in a new one",
            ),
            path=_FIRST,
            earlier={_FIRST: _TABLE, _SECOND: _NOTE},
        ),
        Valid(_TABLE, path=_FIRST, files={_SECOND: _NOTE}, earlier={_FIRST: _TABLE, _SECOND: _NOTE}),
    )

    def check_project(self, project: Project[object]) -> MigrationFindings:
        now = project.migrations.migrations
        if project.before is None or not now:
            return
        stayed = {project.origin(one.path) for one in now}
        known = {(one.environment, name) for one in now for name in (one.id, *one.replaces)}
        for old in project.before.migrations.migrations:
            if old.path in stayed or (old.environment, old.id) in known:
                continue
            beside = [one for one in now if one.environment == old.environment] or now
            place = next((one for one in beside if old.id in one.parents), beside[-1])
            yield self.found_in(
                place,
                f"the migration {old.path} was there before and is deleted here: databases that have it know more than "
                "the code. Bring it back, and undo what it did in a new one",
                key=f"deleted:{old.id}",
            )
