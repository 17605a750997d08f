"""A column is named twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import UNKNOWN, Kind, Migration, MigrationFindings, MigrationRule, Operation


class DuplicateColumn(MigrationRule):
    """
    ## What it does
    Finds a column that a `CREATE TABLE` declares twice, that an `UPDATE` or `INSERT` sets twice, or that a file of SQL
    adds, without `IF NOT EXISTS`, to a table that has it.

    ## Why is this bad
    The server refuses the statement, and the deployment stops there.

    ## Example
    ```sql
    UPDATE orders SET state = 'new', total = 0, state = 'open';
    ```

    ## Use instead
    ```sql
    UPDATE orders SET state = 'open', total = 0;
    ```
    """

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        match operation.kind:
            case Kind.CREATE_TABLE:
                names = _twice(one.name for one in operation.new_columns)
                message = "{table} is given the column {name} twice: the server refuses it. Take one out"
            case Kind.UPDATE | Kind.INSERT:
                names = _twice(operation.columns)
                message = "{name} of {table} is set twice: the server refuses it. Take one out"
            case Kind.ADD_COLUMN if _is_plain(operation):
                known = operation.before.columns or ()
                names = [one.name for one in operation.new_columns if one.name in known]
                message = "{table} has a column {name} already: the server refuses it. Take this out"
            case _:
                return
        for name in names:
            plain = name.replace("{", "{{").replace("}", "}}")
            yield self.found(operation, migration, message.replace("{name}", plain))

    examples = (
        Invalid(
            sql="UPDATE shop_order SET state = 'new', total = 0, state = 'open' WHERE id = 1;",
            finds="state of shop_order is set twice: the server refuses it. Take one out",
        ),
        Invalid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY, note text, note text);",
            finds="shop_line is given the column note twice: the server refuses it. Take one out",
        ),
        Invalid(
            sql="ALTER TABLE shop_line ADD COLUMN note text;",
            alembic="op.add_column('shop_line', sa.Column('note', sa.Text()))",
            before="CREATE TABLE shop_line (id bigint PRIMARY KEY, note text);",
            finds="shop_line has a column note already: the server refuses it. Take this out",
        ),
        Valid(sql="UPDATE shop_order SET state = 'open', total = 0 WHERE id = 1;"),
        Valid(
            sql="ALTER TABLE shop_line ADD COLUMN IF NOT EXISTS note text;",
            before="CREATE TABLE shop_line (id bigint PRIMARY KEY, note text);",
        ),
    )


def _is_plain(operation: Operation) -> bool:
    """Whether it runs whatever has happened before."""
    return not (operation.if_not_exists or operation.guards or operation.repeated)


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1 and UNKNOWN not in name]
