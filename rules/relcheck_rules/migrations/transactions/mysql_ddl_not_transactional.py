"""A migration of MySQL can be applied by half."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Related, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation

_ROWS = (Kind.INSERT, Kind.UPDATE, Kind.DELETE, Kind.COPY, Kind.DATA_CODE)
_SCHEMA = ("create_", "drop_", "alter_", "add_", "rename_", "set_not_null", "set_default", "truncate")


class MysqlDdlNotTransactional(MigrationRule):
    """
    ## What it does
    Finds the second statement in a migration of MySQL or MariaDB where at least one of the two changes the schema of
    something that was there before. It is told once for each migration.

    ## Why is this bad
    Each such statement commits by itself (MySQL manual, "Statements That Cause an Implicit Commit"): when a later one
    fails, the earlier ones stay, and neither up nor down works from there.

    ## Example
    ```sql
    ALTER TABLE orders ADD COLUMN note text;
    ALTER TABLE orders ADD COLUMN memo text;
    ```

    ## Use instead
    One change in a migration: several columns in one `ALTER TABLE`, and a migration for each table.
    """

    severity = Severity.INFO
    message = (
        "MySQL commits each change of the schema by itself: if this fails, what came before stays, and the migration "
        "cannot be tried again. Make it one statement, or give this one a migration of its own"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        first: Operation | None = None
        for one in migration.operations:
            # What is done on all but PostgreSQL says nothing of a MySQL.
            is_mysql = one.dialect == "mysql" and ("mysql",) in (one.dialects, (migration.dialect,))
            if not is_mysql or one.created_here or not (_is_schema(one) or one.kind in _ROWS):
                continue
            if first is None or _is_one(first, one):
                first = one
            elif _is_schema(first) or _is_schema(one):
                related = [Related(migration.path, first.region, "the statement before it")]
                yield self.found(one, migration, self.message, related=related)
                return

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN note text;\nALTER TABLE shop_line ADD COLUMN memo text;",
            dialect="mysql",
            finds=Found(
                "MySQL commits each change of the schema by itself: if this fails, what came before stays, and the "
                "migration cannot be tried again. Make it one statement, or give this one a migration of its own",
                at="ADD COLUMN memo text",
            ),
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN note text, ADD COLUMN memo text;", dialect="mysql"),
        Valid(
            alembic="if op.get_bind().dialect.name != 'postgresql':\n"
            "    op.add_column('shop_order', sa.Column('note', sa.Text()))\n"
            "    op.add_column('shop_line', sa.Column('memo', sa.Text()))",
            title="Who is not PostgreSQL need not be MySQL:",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN note text;\nALTER TABLE shop_line ADD COLUMN memo text;"),
    )


def _is_schema(operation: Operation) -> bool:
    return operation.kind.startswith(_SCHEMA) and operation.kind is not Kind.CREATE_TABLE


def _is_one(first: Operation, second: Operation) -> bool:
    """Whether both stand in one statement."""
    return first.region == second.region or (first.statement is not None and first.statement == second.statement)
