"""A statement that cannot run in a transaction runs in one."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation, runs_alone
from relcheck_rules.migrations._transactions import way_out


class ConcurrentInTransaction(MigrationRule):
    """
    ## What it does
    Finds statements that PostgreSQL refuses in a transaction block (`CREATE INDEX CONCURRENTLY`, `DROP INDEX
    CONCURRENTLY`, `REINDEX … CONCURRENTLY`, `DETACH PARTITION … CONCURRENTLY`, `VACUUM`, `CREATE DATABASE`) where the
    tool, or a `BEGIN`, has opened one. Several statements in one file of Prisma or golang-migrate are a transaction
    too, for they are sent together (PostgreSQL manual, "Multiple Statements in a Simple Query").

    ## Why is this bad
    The server refuses the statement, and the deployment stops there.

    ## Example
    ```python
    def upgrade() -> None:
        op.create_index("order_number", "order", ["number"], postgresql_concurrently=True)
    ```

    ## Use instead
    ```python
    def upgrade() -> None:
        with op.get_context().autocommit_block():
            op.create_index("order_number", "order", ["number"], postgresql_concurrently=True)
    ```
    """

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.dialect == "postgres" and operation.transaction is not None and runs_alone(operation):
            message = f"{_said(operation)} cannot run in a transaction, and here it does: the server refuses it"
            yield self.found(operation, migration, f"{message}. {way_out(migration)}")

    examples = (
        Invalid(
            alembic="op.create_index('shop_order_number', 'shop_order', ['number'], postgresql_concurrently=True)",
            finds="CREATE INDEX CONCURRENTLY cannot run in a transaction, and here it does: the server refuses it. "
            "Put it into `with op.get_context().autocommit_block():`",
        ),
        Invalid(
            django="AddIndexConcurrently('order', models.Index(fields=['number'], name='shop_order_number'))",
            models="migrations.CreateModel('Order', fields=[('number', models.TextField())])",
            finds="CREATE INDEX CONCURRENTLY cannot run in a transaction, and here it does: the server refuses it. "
            "Give it a migration of its own with `atomic = False`",
        ),
        Invalid(
            "DROP INDEX CONCURRENTLY a;\nDROP INDEX CONCURRENTLY b;\n",
            Expect(
                1,
                1,
                26,
                "DROP INDEX CONCURRENTLY cannot run in a transaction, and here it does: the server refuses it. Give it "
                "a migration of its own: a file of one statement is sent without a transaction",
            ),
            Expect(
                2,
                1,
                26,
                "DROP INDEX CONCURRENTLY cannot run in a transaction, and here it does: the server refuses it. Give it "
                "a migration of its own: a file of one statement is sent without a transaction",
            ),
            path="prisma/migrations/2_indexes/migration.sql",
            title="Prisma sends both together, which makes them a transaction:",
        ),
        Invalid(
            "-- +goose Up\nVACUUM shop_order;\n",
            Expect(
                2,
                1,
                18,
                "VACUUM cannot run in a transaction, and here it does: the server refuses it. Give it a file of its "
                "own that says `-- +goose NO TRANSACTION`",
            ),
            path="migrations/0002_vacuum.sql",
        ),
        Valid("DROP INDEX CONCURRENTLY a;\n", path="prisma/migrations/2_index/migration.sql"),
        Valid("-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM shop_order;\n", path="migrations/0002_vacuum.sql"),
        Valid("-- migrate:up transaction:false\nDROP INDEX CONCURRENTLY a;\n", path="db/migrations/2_index.sql"),
        Valid(
            alembic="with op.get_context().autocommit_block():\n"
            "    op.create_index('shop_order_number', 'shop_order', ['number'], postgresql_concurrently=True)"
        ),
        Valid(sql="REFRESH MATERIALIZED VIEW CONCURRENTLY shop_report;", title="It may run in a transaction:"),
    )


def _said(operation: Operation) -> str:
    verb = {
        Kind.CREATE_INDEX: "CREATE INDEX",
        Kind.DROP_INDEX: "DROP INDEX",
        Kind.DETACH_PARTITION: "DETACH PARTITION",
        Kind.VACUUM_FULL: "VACUUM FULL",
        Kind.READ: "VACUUM",
        Kind.CREATE_OBJECT: f"CREATE {operation.object_type.upper()}",
        Kind.DROP_OBJECT: f"DROP {operation.object_type.upper()}",
        Kind.ALTER_OBJECT: f"ALTER {operation.object_type.upper()}",
    }.get(operation.kind, operation.kind.value.replace("_", " ").upper())
    return f"{verb} CONCURRENTLY" if operation.concurrently else verb
