"""SQL in a migration says how it is undone."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Severity, Valid
from relcheck.sdk.migration import UNKNOWN, Kind, Migration, MigrationFindings, MigrationRule


def _code(operation: str) -> str:
    return (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = []\n"
        f"    operations = [\n        {operation},\n    ]\n"
    )


def _revision(sql: str, undo: str) -> str:
    return (
        "from alembic import op\n\nrevision = '2'\ndown_revision = '1'\n\n\n"
        f"def upgrade():\n    op.execute('{sql}')\n\n\ndef downgrade():\n    {undo}\n"
    )


_ANYTHING = frozenset({Kind.OPAQUE, Kind.UNPARSEABLE, Kind.OTHER})
_NAMED = frozenset({Kind.CREATE_INDEX, Kind.DROP_INDEX, Kind.CREATE_TRIGGER, Kind.DROP_TRIGGER})
_NO_CHANGE = frozenset(
    {
        *_ANYTHING,
        Kind.READ,
        Kind.SET,
        Kind.INSERT,
        Kind.UPDATE,
        Kind.DELETE,
        Kind.TRUNCATE,
        Kind.COPY,
        Kind.LOCK_TABLE,
        Kind.VALIDATE_CONSTRAINT,
        Kind.REINDEX,
        Kind.REFRESH_MATERIALIZED_VIEW,
        Kind.VACUUM_FULL,
        Kind.CLUSTER,
        Kind.DATA_CODE,
        Kind.ALTER_SEQUENCE,
        Kind.CREATE_EXTENSION,
    }
)


class IrreversibleRunsql(MigrationRule):
    """
    ## What it does
    Finds `RunSQL` without `reverse_sql` in Django, and SQL in `op.execute` of Alembic that changes a table, an index, a
    view or the like of which a `downgrade()` that does other things says nothing. A comment `ROLLBACK: …` in the
    file, which says what is done instead, is enough.

    ## Why is this bad
    Django stops at it with `IrreversibleError`: whoever rolls back in an emergency has to edit the migration first,
    and all migrations behind it stay applied until then. Alembic goes on and leaves the change behind, and the next
    upgrade fails on what exists already.

    ## Example
    ```python
    migrations.RunSQL("CREATE VIEW shop_open AS SELECT * FROM shop_order WHERE open")
    ```

    ## Use instead
    ```python
    migrations.RunSQL(
        "CREATE VIEW shop_open AS SELECT * FROM shop_order WHERE open",
        reverse_sql="DROP VIEW shop_open",
    )
    ```
    """

    severity = Severity.WARNING
    message = (
        "there is no reverse_sql: migrate stops here on the way back, and with it every migration before this one. "
        "Give the SQL that undoes it, or migrations.RunSQL.noop where nothing need be undone"
    )

    left_behind = (
        "the way back says nothing of {what}: after a rollback this change is still there, and the next upgrade meets "
        "it. Undo it in downgrade()"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        if migration.rollback:
            return
        if migration.framework == "alembic":
            yield from self._left_behind(migration)
        for number, step in enumerate(migration.steps):
            if step.type == "sql" and step.reverse == "missing":
                yield self.found_in(migration, self.message, key=f"sql:{number}", region=step.region)

    def _left_behind(self, migration: Migration) -> MigrationFindings:
        down = migration.down or ()
        if not down or any(one.kind in _ANYTHING or UNKNOWN in f"{one.table}{one.name}" for one in down):
            return
        undone = {name for one in down for name in (one.table, one.name, one.new_name) if name}
        for one in migration.operations:
            what = one.name if one.kind in _NAMED else one.table or one.name
            again = one.or_replace or one.if_not_exists or one.if_exists or one.temporary
            if not one.sql or not what or again or one.kind in _NO_CHANGE or what.startswith("pg_temp."):
                continue
            if not {one.table, one.name, one.new_name} & undone:
                yield self.found(one, migration, self.left_behind, kind="execute", words={"what": what})

    examples = (
        Invalid(
            _code("migrations.RunSQL('UPDATE shop_order SET open = true WHERE open IS NULL')"),
            Expect(
                7,
                9,
                26,
                "there is no reverse_sql: migrate stops here on the way back, and with it every migration before "
                "this one. Give the SQL that undoes it, or migrations.RunSQL.noop where nothing need be undone",
            ),
            path="shop/migrations/0001_open.py",
        ),
        Invalid(
            _revision("CREATE VIEW orders_open AS SELECT 1", "op.drop_column('orders', 'note')"),
            Expect(
                8,
                17,
                52,
                "the way back says nothing of orders_open: after a rollback this change is still there, and the next "
                "upgrade meets it. Undo it in downgrade()",
                kind="execute",
            ),
            path="alembic/versions/2_open.py",
        ),
        Valid(
            _revision("CREATE VIEW orders_open AS SELECT 1", "op.execute('DROP VIEW orders_open')"),
            path="alembic/versions/2_open.py",
        ),
        Valid(
            _code("migrations.RunSQL('CREATE VIEW shop_open AS SELECT 1', reverse_sql='DROP VIEW shop_open')"),
            path="shop/migrations/0001_open.py",
        ),
        Valid(
            _code("migrations.RunSQL('ANALYZE shop_order', migrations.RunSQL.noop)"),
            path="shop/migrations/0001_open.py",
        ),
    )
