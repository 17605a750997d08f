"""Rows of a table cannot be told apart."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation


class TableWithoutPrimaryKey(MigrationRule):
    """
    ## What it does
    Finds new tables without a primary key. Temporary tables, partitions, children and tables whose columns come from
    another one are left alone, and so is one that gets its key in the same migration.

    ## Why is this bad
    Two equal rows cannot be told apart: one of them can neither be deleted nor referred to. Logical replication does
    not pass on changes of such a table (PostgreSQL manual, "Publication").

    ## Example
    ```sql
    CREATE TABLE order_tags (order_id bigint, tag text);
    ```

    ## Use instead
    ```sql
    CREATE TABLE order_tags (order_id bigint, tag text, PRIMARY KEY (order_id, tag));
    ```
    """

    requires = (Kind.CREATE_TABLE,)
    severity = Severity.WARNING
    message = (
        "{table} has no primary key: equal rows cannot be told apart, and changes of it are not replicated. Add one"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for number, one in enumerate(migration.operations):
            plain = one.kind is Kind.CREATE_TABLE and not one.temporary and not one.unknown and not one.object_type
            if plain and not _has_key(one) and not any(_is_key_of(each, one) for each in migration.operations[number:]):
                yield self.found(one, migration, self.message)

    examples = (
        Invalid(
            sql="CREATE TABLE shop_tag (order_id bigint, tag text);",
            alembic="op.create_table('shop_tag', sa.Column('order_id', sa.BigInteger()), sa.Column('tag', sa.Text()))",
            finds="shop_tag has no primary key: equal rows cannot be told apart, and changes of it are not replicated. "
            "Add one",
        ),
        Valid(sql="CREATE TABLE shop_tag (order_id bigint, tag text, PRIMARY KEY (order_id, tag));"),
        Valid(sql="CREATE TABLE shop_tag (id bigint PRIMARY KEY);"),
        Valid(sql="CREATE TABLE shop_tag (id bigint);\nALTER TABLE shop_tag ADD PRIMARY KEY (id);"),
        Valid(sql="CREATE TEMP TABLE shop_moved (id bigint);"),
        Valid(sql="CREATE TABLE shop_order_2025 PARTITION OF shop_order FOR VALUES IN (2025);"),
    )


def _has_key(operation: Operation) -> bool:
    return any(one.type == "primary_key" for one in operation.constraints)


def _is_key_of(operation: Operation, table: Operation) -> bool:
    if operation.table != table.table:
        return False
    adds = operation.constraint is not None and operation.constraint.type == "primary_key"
    dropped = operation.kind is Kind.DROP_TABLE
    inline = operation.kind is Kind.ADD_COLUMN and _has_key(operation)
    return adds or inline or dropped
