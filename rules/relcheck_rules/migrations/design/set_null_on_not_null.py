"""A foreign key sets a column to NULL that must not be NULL."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.migration import Constraint, Kind, Migration, MigrationFindings, MigrationRule, Operation


class SetNullOnNotNull(MigrationRule):
    """
    ## What it does
    Finds a foreign key with `ON DELETE SET NULL` or `ON UPDATE SET NULL` of a column that is `NOT NULL` or part of the
    primary key, and `SET NOT NULL` of a column that has such a foreign key.

    ## Why is this bad
    Nothing complains when it is made. The first `DELETE` of a row that is referred to fails: an error in another part
    of the application, months later.

    ## Example
    ```sql
    CREATE TABLE lines (
        id bigint PRIMARY KEY,
        order_id bigint NOT NULL REFERENCES orders (id) ON DELETE SET NULL
    );
    ```

    ## Use instead
    `ON DELETE CASCADE` or `RESTRICT`, or a column that may be `NULL`.
    """

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        for one, column in _clashes(operation):
            if _is_dropped(one, operation, migration):
                continue
            event = "deleted" if one.references is not None and one.references.on_delete == "SET NULL" else "changed"
            message = (
                f"{column} must not be NULL, and its foreign key sets it to NULL when the row that it refers to is "
                f"{event}: that will fail. Say CASCADE or RESTRICT, or let it be NULL"
            )
            yield self.found(operation, migration, message.replace("{", "{{").replace("}", "}}"))

    examples = (
        Invalid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY,"
            " order_id bigint NOT NULL REFERENCES shop_order (id) ON DELETE SET NULL);",
            finds="order_id must not be NULL, and its foreign key sets it to NULL when the row that it refers to is "
            "deleted: that will fail. Say CASCADE or RESTRICT, or let it be NULL",
        ),
        Invalid(
            sql="ALTER TABLE shop_line ADD CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES shop_order (id)"
            " ON DELETE SET NULL NOT VALID;",
            before="CREATE TABLE shop_line (id bigint, order_id bigint NOT NULL);",
            finds=Found(
                "order_id must not be NULL, and its foreign key sets it to NULL when the row that it refers to is "
                "deleted: that will fail. Say CASCADE or RESTRICT, or let it be NULL"
            ),
        ),
        Invalid(
            sql="ALTER TABLE shop_line ALTER COLUMN order_id SET NOT NULL;",
            before="CREATE TABLE shop_line (id bigint, order_id bigint REFERENCES shop_order (id) ON DELETE SET NULL);",
            finds="order_id must not be NULL, and its foreign key sets it to NULL when the row that it refers to is "
            "deleted: that will fail. Say CASCADE or RESTRICT, or let it be NULL",
        ),
        Valid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY,"
            " order_id bigint REFERENCES shop_order (id) ON DELETE SET NULL);"
        ),
        Valid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY,"
            " order_id bigint NOT NULL REFERENCES shop_order (id) ON DELETE CASCADE);"
        ),
        Valid(sql="ALTER TABLE shop_line ALTER COLUMN order_id SET NOT NULL;"),
        Valid(
            sql="ALTER TABLE shop_line ALTER COLUMN order_id SET NOT NULL;\n"
            "ALTER TABLE shop_line DROP CONSTRAINT of_order;\n"
            "ALTER TABLE shop_line ADD CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES shop_order (id)"
            " ON DELETE CASCADE;",
            before="CREATE TABLE shop_line (id bigint, order_id bigint, CONSTRAINT of_order FOREIGN KEY (order_id) "
            "REFERENCES shop_order (id) ON DELETE SET NULL);",
            title="The key is replaced:",
        ),
    )


def _is_dropped(key: Constraint, operation: Operation, migration: Migration) -> bool:
    """Whether the same migration drops the foreign key that was there."""
    return operation.kind is Kind.SET_NOT_NULL and any(
        one.kind is Kind.DROP_CONSTRAINT
        and one.table == operation.table
        and any(each.type == "foreign_key" and each.columns == key.columns for each in one.before.constraints)
        for one in migration.operations
    )


def _clashes(operation: Operation) -> list[tuple[Constraint, str]]:
    """The foreign keys that set NULL, each with a column that must not be NULL."""
    match operation.kind:
        case Kind.CREATE_TABLE | Kind.ADD_COLUMN:
            filled = {column.name for column in operation.new_columns if not column.nullable}
            keys = [one for one in operation.constraints if one.type == "primary_key"]
            filled |= {name for one in keys for name in one.columns}
            constraints = operation.constraints
        case Kind.ADD_CONSTRAINT if operation.constraint is not None:
            filled, constraints = set(operation.before.not_null), (operation.constraint,)
        case Kind.SET_NOT_NULL if operation.column is not None:
            filled, constraints = {operation.column}, operation.before.constraints
        case _:
            return []
    found: list[tuple[Constraint, str]] = []
    for one in constraints:
        columns = [name for name in one.columns if name in filled]
        if (
            columns
            and one.references is not None
            and "SET NULL" in (one.references.on_delete, one.references.on_update)
        ):
            found.append((one, columns[0]))
    return found
