"""Data is lost on a database that the migrations are not for."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Dialect, Migration, MigrationFindings, MigrationRule, Operation, effect_of
from relcheck_rules.migrations._replaced import is_made_again

_DATA = frozenset(("rows", "columns"))
_IN_SQLITE = "op.get_bind().dialect.name == 'sqlite'"


class FakeSqliteOnlyBranch(MigrationRule):
    """
    ## What it does
    Finds operations that lose rows or columns on a branch for another database than the one the migrations are for
    (`dialect.name == "sqlite"` where they are for PostgreSQL), while that one does nothing to the table on a branch
    of its own. Every branch is judged by the rules of its own database; this rule says that there is a branch. With
    `migrations.dialect` the branches of other databases are not looked at, and this rule has nothing to say.

    ## Why is this bad
    Either nobody runs the branch, and what it drops is still there where it counts; or somebody does, and the two
    databases have different tables from here on: tests that run on the one say nothing of the other.

    ## Example
    ```python
    if op.get_bind().dialect.name == "sqlite":
        op.drop_column("orders", "note")
    ```

    ## Use instead
    ```python
    with op.batch_alter_table("orders") as orders:
        orders.drop_column("note")
    ```
    """

    severity = Severity.INFO

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        own = migration.dialect or "postgres"
        if not operation.dialects or own in operation.dialects:
            return
        if operation.created_here or operation.transient or is_made_again(operation, migration):
            return
        lost = effect_of(operation, migration.server_version).loss
        if _DATA.intersection(lost) and not any(_has_its_own(one, operation, own) for one in migration.operations):
            yield self.found(
                operation,
                migration,
                "this loses {lost} ({target}) on {others} alone, and nothing like it happens on {own}: from here on "
                "the databases differ. Do it on both, or say in migrations.dialect which one counts",
                words={"lost": " and ".join(lost), "others": " and ".join(operation.dialects), "own": own},
            )

    examples = (
        Invalid(
            alembic=f"if {_IN_SQLITE}:\n    op.drop_column('orders', 'note')",
            finds="this loses columns (orders.note) on sqlite alone, and nothing like it happens on postgres: from "
            "here on the databases differ. Do it on both, or say in migrations.dialect which one counts",
            dialect="",
        ),
        Valid(
            alembic=f"if {_IN_SQLITE}:\n    with op.batch_alter_table('orders') as orders:\n"
            "        orders.drop_column('note')\nelse:\n    op.drop_column('orders', 'note')",
            dialect="",
            title="Each database in its own way:",
        ),
        Valid(
            alembic="if op.get_bind().dialect.name != 'sqlite':\n    op.drop_column('orders', 'note')",
            dialect="",
            title="What SQLite cannot do:",
        ),
        Valid(alembic=f"if {_IN_SQLITE}:\n    op.add_column('orders', sa.Column('note', sa.Text()))", dialect=""),
        Valid(
            alembic=f"if {_IN_SQLITE}:\n    op.drop_column('orders', 'note')",
            title="The configuration says that the migrations are for PostgreSQL:",
        ),
    )


def _has_its_own(one: Operation, other: Operation, dialect: Dialect) -> bool:
    """Whether the dialect's own branch changes the same table, or one that all run does the same."""
    if not one.dialects:
        return one.subject == other.subject
    return dialect in one.dialects and one.table == other.table
