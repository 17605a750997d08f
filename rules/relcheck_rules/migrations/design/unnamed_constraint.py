"""A constraint gets its name from the server."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation

_WORDS = {
    "foreign_key": "foreign key",
    "unique": "unique constraint",
    "check": "check",
    "exclude": "exclusion constraint",
}


class UnnamedConstraint(MigrationRule):
    """
    ## What it does
    Finds foreign keys, unique constraints and checks that are made without a name.

    ## Why is this bad
    The server gives one, by rules of its own and with a number where it is taken. A later migration that drops the
    constraint has to guess it, and the guess may be wrong on some of the databases.

    ## Example
    ```sql
    ALTER TABLE orders ADD CHECK (total >= 0);
    ```

    ## Use instead
    ```sql
    ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total >= 0);
    ```
    In SQLAlchemy set a `naming_convention` of the `MetaData`.
    """

    enabled = False
    severity = Severity.WARNING

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.kind is Kind.ADD_CONSTRAINT:
            found = [operation.constraint] if operation.constraint is not None else []
        elif operation.kind in (Kind.CREATE_TABLE, Kind.ADD_COLUMN):
            found = list(operation.constraints)
        else:
            return
        for one in found:
            if one.type in _WORDS and not (one.name or operation.name):
                columns = ", ".join(one.columns).replace("{", "{{").replace("}", "}}")
                of = f" ({columns})" if columns else ""
                message = (
                    f"this {_WORDS[one.type]} of {{table}}{of} has no name: the one that the server gives has to be "
                    "guessed to drop it. Name it"
                )
                yield self.found(operation, migration, message)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD CHECK (total >= 0);",
            finds="this check of shop_order (total) has no name: the one that the server gives has to be guessed to "
            "drop it. Name it",
        ),
        Invalid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY, order_id bigint REFERENCES shop_order (id));",
            finds="this foreign key of shop_line (order_id) has no name: the one that the server gives has to be "
            "guessed to drop it. Name it",
        ),
        Valid(sql="ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total >= 0);"),
        Valid(sql="CREATE TABLE shop_line (id bigint PRIMARY KEY);"),
    )
