"""The values of a MySQL ENUM or SET are changed other than by adding at the end."""

from __future__ import annotations

from relcheck.sdk import Confidence, Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, SqlType, operation

_SIZES = {"enum": (255,), "set": (8, 16, 24, 32)}
"""The numbers of values up to which one more byte is not needed: MySQL manual, "Data Type Storage Requirements"."""


def _what(old: SqlType, new: SqlType, removed: list[str]) -> str:
    if removed:
        return f"lose {', '.join(removed)}"
    if new.arguments[: len(old.arguments)] != old.arguments:
        return "get other places"
    for limit in _SIZES[new.name]:
        if len(old.arguments) <= limit < len(new.arguments):
            return f"become more than {limit}"
    return ""


class EnumReorderOrRemove(MigrationRule):
    """
    ## What it does
    Finds `MODIFY` and `CHANGE` of a column of the type `ENUM` or `SET` that removes values, puts new ones between or
    before the old ones, or changes their order; and those that need more bytes than before (above 255 values of an
    ENUM; 8, 16, 24 and 32 of a SET).

    ## Why is this bad
    MySQL keeps numbers in the rows: other places mean that the whole table is copied while writes wait, and a removed
    value becomes the empty string, or an error in strict mode.

    ## Example
    ```sql
    ALTER TABLE shop_order MODIFY state ENUM('paid', 'open');
    ```

    ## Use instead
    Add new values at the end only. Stop using a value before it goes, and change its rows first.
    """

    message = (
        "the values of {table}.{column} {what}: MySQL copies the whole table while writes wait{more}. "
        "Add new values at the end only"
    )

    @on(operation("alter_column_type", dialect="mysql"))
    def changed(self, operation: Operation, migration: Migration) -> MigrationFindings:
        old, new = operation.before.type, operation.type
        if new is None or new.name not in _SIZES:
            return
        if old is None or old.name != new.name:
            if old is None:
                yield self.found(
                    operation,
                    migration,
                    "whether {table}.{column} keeps its values in their order cannot be told: the chain does not "
                    "say which it "
                    "had. Say beside it why nothing is lost: MIGRATION_APPROVED: reason",
                    kind="unknown",
                    severity=Severity.WARNING,
                    confidence=Confidence.LOW,
                )
            return
        removed = [one for one in old.arguments if one not in new.arguments]
        what = _what(old, new, removed)
        if what:
            more = ", and rows that hold them become empty or make it fail" if removed else ""
            yield self.found(operation, migration, self.message, words={"what": what, "more": more})

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order MODIFY state ENUM('paid', 'open');",
            before="CREATE TABLE shop_order (id bigint, state ENUM('open', 'paid'));",
            dialect="mysql",
            finds="the values of shop_order.state get other places: MySQL copies the whole table while writes "
            "wait. Add new values at the end only",
        ),
        Invalid(
            sql="ALTER TABLE shop_order MODIFY state ENUM('open');",
            before="CREATE TABLE shop_order (id bigint, state ENUM('open', 'paid'));",
            dialect="mysql",
            finds="the values of shop_order.state lose 'paid': MySQL copies the whole table while writes wait, "
            "and rows that hold them become empty or make it fail. Add new values at the end only",
        ),
        Valid(
            sql="ALTER TABLE shop_order MODIFY state ENUM('open', 'paid', 'sent');",
            before="CREATE TABLE shop_order (id bigint, state ENUM('open', 'paid'));",
            dialect="mysql",
            title="At the end:",
        ),
    )
