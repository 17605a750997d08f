"""No index serves a foreign key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Constraint, Kind, Migration, MigrationFindings, MigrationRule, Operation
from relcheck.sdk.rule import Project
from relcheck_rules.migrations._replaced import behind


class ForeignKeyWithoutIndex(MigrationRule):
    """
    ## What it does
    Finds new foreign keys of which no column is the first of an index, a primary key or a unique constraint of their
    table, in this migration or in any other one. A partial index does not count. On MySQL every foreign key gets an
    index.

    ## Why is this bad
    Each `DELETE` of a row that may be referred to, and each change of its key, reads the whole referring table, and
    holds its locks meanwhile. PostgreSQL makes an index for the one side only (manual, "Foreign Keys").

    ## Example
    ```sql
    CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id));
    ```

    ## Use instead
    ```sql
    CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id));
    CREATE INDEX lines_order_id ON lines (order_id);
    ```
    """

    severity = Severity.WARNING

    def check_project(self, project: Project[object]) -> MigrationFindings:
        for chain in project.migrations.chains:
            indexed = _indexed(chain.migrations)
            for migration in chain.migrations:
                for one in migration.operations if project.is_gated(migration) else ():
                    if one.dialect == "mysql":
                        continue
                    # Django makes an index for each; a key that is made anew for an old column has kept its own.
                    remade = one.kind is Kind.ADD_CONSTRAINT and not one.before.column_is_new and not one.sql
                    for key in () if remade and migration.framework == "django" else _foreign_keys(one):
                        if not _is_served(one.table, key.columns, indexed) and not _goes(one, key, migration):
                            columns = " or ".join(key.columns).replace("{", "{{").replace("}", "}}")
                            message = (
                                f"no index of {{table}} begins with {columns}: whoever deletes a row of "
                                f"{_referenced(key)} reads the whole table. Create one"
                            )
                            yield self.found(one, migration, message)

    examples = (
        Invalid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY, order_id bigint REFERENCES shop_order (id));",
            finds="no index of shop_line begins with order_id: whoever deletes a row of shop_order reads the whole "
            "table. Create one",
        ),
        Invalid(
            sql="ALTER TABLE shop_line ADD CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES shop_order NOT VALID;",
            before="CREATE TABLE shop_line (id bigint, order_id bigint, PRIMARY KEY (id, order_id));",
            finds="no index of shop_line begins with order_id: whoever deletes a row of shop_order reads the whole "
            "table. Create one",
        ),
        Valid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY, order_id bigint REFERENCES shop_order (id));\n"
            "CREATE INDEX shop_line_order ON shop_line (order_id, id);"
        ),
        Valid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY, kind text, "
            "FOREIGN KEY (kind, id) REFERENCES shop_item (kind, id));",
            title="An index over one of the columns finds them:",
        ),
        Valid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY, order_id bigint REFERENCES shop_order (id));\n"
            "ALTER TABLE shop_line DROP COLUMN order_id;"
        ),
        Valid(sql="CREATE TABLE shop_note (order_id bigint PRIMARY KEY REFERENCES shop_order (id));"),
        Valid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY, order_id bigint REFERENCES shop_order (id));",
            dialect="mysql",
        ),
    )


def _indexed(migrations: Sequence[Migration]) -> dict[str, list[tuple[str, ...]]]:
    """Table to the columns of each of its indexes, of the whole chain."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for migration in migrations:
        for one in migration.operations:
            held = found.setdefault(_plain(one.table), [])
            if one.kind is Kind.CREATE_INDEX and not one.has_where:
                held.append(one.columns)
            for each in (*one.constraints, *((one.constraint,) if one.constraint is not None else ())):
                if each.type in ("primary_key", "unique"):
                    held.append(each.columns)
            if one.kind is Kind.RENAME_COLUMN and one.column and one.new_name:
                new = one.new_name
                held.extend(tuple(new if name == one.column else name for name in each) for each in tuple(held))
            if one.kind is Kind.RENAME_TABLE:
                found.setdefault(_plain(one.new_name), []).extend(held)
    return found


def _foreign_keys(operation: Operation) -> Iterator[Constraint]:
    if operation.kind is Kind.ADD_CONSTRAINT:
        found: tuple[Constraint, ...] = (operation.constraint,) if operation.constraint is not None else ()
    else:
        found = operation.constraints if operation.kind in (Kind.CREATE_TABLE, Kind.ADD_COLUMN) else ()
    for one in found:
        if one.type == "foreign_key" and one.columns and "?" not in "".join(one.columns):
            yield one


def _is_served(table: str | None, columns: tuple[str, ...], indexed: dict[str, list[tuple[str, ...]]]) -> bool:
    """Whether an index begins with one of the columns: the server looks for the rows by it, and at these alone."""
    return any(each[0] in columns for each in indexed.get(_plain(table), ()) if each)


def _goes(operation: Operation, key: Constraint, migration: Migration) -> bool:
    """Whether the same migration drops the key's column, or the table, afterwards."""
    return any(
        (one.kind is Kind.DROP_COLUMN and one.column in key.columns) or one.kind is Kind.DROP_TABLE
        for one in behind(operation, migration)
        if one.table == operation.table
    )


def _plain(table: str | None) -> str:
    return (table or "").removeprefix("public.")


def _referenced(key: Constraint) -> str:
    table = key.references.table if key.references is not None else "the other table"
    return table.replace("{", "{{").replace("}", "}}")
