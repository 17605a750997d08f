"""A primary key runs out of numbers."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation

_LAST = {"int4": 2147483647, "int": 2147483647, "int2": 32767, "smallint": 32767, "mediumint": 8388607}


class ShortIntegerPrimaryKey(MigrationRule):
    """
    ## What it does
    Finds new tables whose primary key is one column of a type shorter than 64 bits.

    ## Why is this bad
    When the numbers are used up every `INSERT` fails. Deleted rows and failed inserts use them up as well. To change
    the type then means to write the table anew, and with it every table that refers to it.

    ## Example
    ```sql
    CREATE TABLE orders (id serial PRIMARY KEY);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
    ```
    """

    requires = (Kind.CREATE_TABLE,)
    severity = Severity.WARNING

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.kind is not Kind.CREATE_TABLE or operation.dialect == "sqlite" or operation.temporary:
            return
        keys = [one.columns for one in operation.constraints if one.type == "primary_key"]
        foreign = {name for one in operation.constraints if one.type == "foreign_key" for name in one.columns}
        for column in operation.new_columns:
            last = _LAST.get(column.type.name)
            if (column.name,) in keys and last is not None and column.name not in foreign:
                message = (
                    f"the primary key of {{table}} ends at {last}, and then no row can be added: changing it later "
                    "rewrites the table and all that refer to it. Use bigint"
                )
                yield self.found(operation, migration, message)

    examples = (
        Invalid(
            sql="CREATE TABLE shop_order (id serial PRIMARY KEY);",
            alembic="op.create_table('shop_order', sa.Column('id', sa.Integer(), primary_key=True))",
            finds="the primary key of shop_order ends at 2147483647, and then no row can be added: changing it later "
            "rewrites the table and all that refer to it. Use bigint",
        ),
        Invalid(
            sql="CREATE TABLE shop_order (id smallint, PRIMARY KEY (id));",
            finds="the primary key of shop_order ends at 32767, and then no row can be added: changing it later "
            "rewrites the table and all that refer to it. Use bigint",
        ),
        Valid(sql="CREATE TABLE shop_order (id bigserial PRIMARY KEY);"),
        Valid(sql="CREATE TABLE shop_order (id uuid PRIMARY KEY, lines int);"),
        Valid(
            sql="CREATE TABLE shop_state (country int, state int, PRIMARY KEY (country, state));",
            title="A key of several columns numbers nothing:",
        ),
        Valid(
            sql="CREATE TABLE shop_note (order_id int PRIMARY KEY REFERENCES shop_order (id));",
            title="It is as long as the key that it refers to:",
        ),
    )
