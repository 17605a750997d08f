"""A stored generated column is added."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation


class AddGeneratedStored(MigrationRule):
    """
    ## What it does
    Finds `ADD COLUMN … GENERATED ALWAYS AS (…) STORED`, `sa.Computed(…, persisted=True)` and
    `GeneratedField(db_persist=True)` of PostgreSQL. Virtual ones (PostgreSQL 18) are left alone.

    ## Why is this bad
    The value of every row is computed and written: the whole table is written anew under `ACCESS EXCLUSIVE` (PostgreSQL
    manual, ALTER TABLE, "Notes": "adding a stored generated column … will require the entire table and its indexes to
    be rewritten").

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN gross int GENERATED ALWAYS AS (net + tax) STORED;
    ```

    ## Use instead
    A plain column that a trigger fills for new rows, and batches for the old ones; from PostgreSQL 18 on a `VIRTUAL`
    column where no index is needed over it.
    """

    message = (
        "readers and writers of {table} wait while every row is written anew for the generated column {column} "
        "({lock} lock). "
        "{instead}"
    )

    @on(operation("add_column", dialect="postgres"))
    def added(self, operation: Operation, migration: Migration) -> MigrationFindings:
        virtual = migration.server_version >= (18,)
        instead = (
            "Make it VIRTUAL, or a plain column that a trigger fills"
            if virtual
            else "Add a plain column that a trigger fills, and fill the old rows in batches"
        )
        if any(column.generated == "stored" for column in operation.new_columns):
            yield self.found(operation, migration, self.message.replace("{instead}", instead))

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN gross int GENERATED ALWAYS AS (net + tax) STORED;",
            alembic="op.add_column('shop_order', sa.Column('gross', sa.Integer(), sa.Computed('net + tax', "
            "persisted=True)))",
            finds="readers and writers of shop_order wait while every row is written anew for the generated "
            "column gross (ACCESS EXCLUSIVE lock). Add a plain column that a trigger fills, and fill the old "
            "rows in batches",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN gross int GENERATED ALWAYS AS (net + tax) STORED;",
            server="18",
            finds="readers and writers of shop_order wait while every row is written anew for the generated "
            "column gross (ACCESS EXCLUSIVE lock). Make it VIRTUAL, or a plain column that a trigger fills",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN gross int GENERATED ALWAYS AS (net + tax) VIRTUAL;"),
        Valid(sql="CREATE TABLE shop_line (net int, gross int GENERATED ALWAYS AS (net * 2) STORED);"),
    )
