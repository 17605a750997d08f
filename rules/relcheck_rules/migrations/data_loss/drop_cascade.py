"""Whatever depends on something is dropped with it."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, Operation, operation


class DropCascade(Hazard):
    """
    ## What it does
    Finds `CASCADE` of any `DROP`, of `DROP COLUMN` and `DROP CONSTRAINT` too.

    ## Why is this bad
    What depends on it goes as well: views, foreign keys of other tables, columns of a dropped type, functions. Nobody
    can tell from the migration what that is, and in another environment it may be something else.

    ## Example
    ```sql
    DROP TYPE order_state CASCADE;
    ```

    ## Use instead
    Leave `CASCADE` out. The server then lists what depends on it; drop that by name first, each with its own approval.
    """

    on = operation(cascade=True, dialect="postgres")
    message = (
        "CASCADE also drops whatever depends on {target}: views, foreign keys, columns that nobody names here. "
        "Leave it out, and drop what the server then lists by name"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        if migration.framework == "django" and not operation.sql:
            return False  # Django writes CASCADE behind every column and table that it drops
        return operation.kind.value.startswith("drop_") and operation.kind is not Kind.DROP_SCHEMA

    examples = (
        Invalid(
            sql="DROP TYPE order_state CASCADE;",
            finds="CASCADE also drops whatever depends on order_state: views, foreign keys, columns that nobody "
            "names here. Leave it out, and drop what the server then lists by name",
            title="Columns of the type go with it:",
        ),
        Invalid(
            sql="DROP VIEW IF EXISTS shop_sales CASCADE;",
            finds="CASCADE also drops whatever depends on shop_sales: views, foreign keys, columns that nobody "
            "names here. Leave it out, and drop what the server then lists by name",
        ),
        Invalid(
            sql="ALTER TABLE shop_order DROP COLUMN customer_id CASCADE;",
            finds="CASCADE also drops whatever depends on shop_order.customer_id: views, foreign keys, columns "
            "that nobody names here. Leave it out, and drop what the server then lists by name",
        ),
        Valid(sql="DROP VIEW shop_sales;"),
        Valid(
            django="migrations.RemoveField('order', 'note')",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('note', models.TextField())])",
            title="Django writes CASCADE behind every column that it drops:",
        ),
        Valid(sql="DROP TYPE order_state RESTRICT;"),
        Valid(
            sql="ALTER TABLE shop_order ADD FOREIGN KEY (customer_id) REFERENCES shop_customer ON DELETE CASCADE;",
            title="Another CASCADE:",
        ),
    )
