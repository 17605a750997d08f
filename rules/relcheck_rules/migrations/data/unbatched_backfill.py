"""A whole table is read or copied in one go."""

from __future__ import annotations

import re

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import UNKNOWN, Migration, MigrationFindings, MigrationRule, Operation, operation

_LIMITED = re.compile(r"\b(?:limit|fetch\s+(?:first|next)|top)\b", re.IGNORECASE)
_IN_BATCHES = re.compile(r"\.(?:iterator|yield_per|limit|paginate)\(|\[[^\]]*:[^\]]*\]")


class UnbatchedBackfill(MigrationRule):
    """
    ## What it does
    Finds `INSERT … SELECT` of all rows of another table into one that exists already, and Python code that loads all
    rows of a model (`session.query(Order).all()`, `Order.objects.all()`) to change them one by one. An `UPDATE` of all
    rows is `migrations/update-without-where`.

    ## Why is this bad
    A migration is one transaction: while it copies or loops, no dead row is cleaned away, replicas fall behind, and
    the locks that it has taken are held. Rows that are loaded all at once need as much memory as there are rows.

    ## Example
    ```python
    for order in session.query(Order).all():
        order.total = total_of(order)
    ```

    ## Use instead
    Batches with a commit after each, outside of the deployment; in code at least `yield_per(…)` or `iterator()`, and
    only the rows that are not done yet.
    ```python
    for order in session.query(Order).filter(Order.total.is_(None)).yield_per(500):
        order.total = total_of(order)
    ```
    """

    severity = Severity.WARNING
    copied = (
        "all rows of {source} are copied into {table} in one statement, in the transaction of the deployment: replicas "
        "fall behind, and nothing is cleaned up meanwhile. Copy them in batches by the key"
    )
    looped = (
        "all rows of {table} are loaded at once and changed one by one, in the transaction of the deployment. "
        "Take those that are not done yet, in batches: a filter, and yield_per() or iterator()"
    )

    @on(operation("insert", has_where=False, object_type=""))
    def copy(self, operation: Operation, migration: Migration) -> MigrationFindings:
        sources = [name for name in operation.reads if name != UNKNOWN]
        if sources and not operation.repeated and not _LIMITED.search(operation.sql):
            yield self.found(operation, migration, self.copied, words={"source": " and ".join(sources)})

    @on(operation("data_code", has_where=False, repeated=True, batched=False))
    def loop(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if not _IN_BATCHES.search(operation.code):
            yield self.found(operation, migration, self.looped, kind="code")

    examples = (
        Invalid(
            sql="INSERT INTO shop_archive (id, total) SELECT id, total FROM shop_order;",
            finds="all rows of shop_order are copied into shop_archive in one statement, in the transaction of the "
            "deployment: replicas fall behind, and nothing is cleaned up meanwhile. Copy them in batches by the key",
        ),
        Invalid(
            alembic="from sqlalchemy.orm import Session, declarative_base\n"
            "class Order(declarative_base()):\n"
            "    __tablename__ = 'shop_order'\n"
            "    id = sa.Column(sa.Integer, primary_key=True)\n"
            "    total = sa.Column(sa.Integer)\n"
            "session = Session(bind=op.get_bind())\n"
            "for order in session.query(Order).all():\n"
            "    order.total = 0",
            finds="all rows of shop_order are loaded at once and changed one by one, in the transaction of the "
            "deployment. Take those that are not done yet, in batches: a filter, and yield_per() or iterator()",
            title="A loop over all objects:",
        ),
        Valid(sql="INSERT INTO shop_archive (id) SELECT id FROM shop_order WHERE total = 0;"),
        Valid(sql="INSERT INTO shop_state (name) VALUES ('new'), ('paid');"),
        Valid(
            sql="CREATE TABLE shop_total (id bigint);\nINSERT INTO shop_total (id) SELECT id FROM shop_order;",
            title="A new table is filled before anybody uses it:",
        ),
        Valid(
            alembic="from sqlalchemy.orm import Session, declarative_base\n"
            "class Order(declarative_base()):\n"
            "    __tablename__ = 'shop_order'\n"
            "    id = sa.Column(sa.Integer, primary_key=True)\n"
            "    total = sa.Column(sa.Integer)\n"
            "session = Session(bind=op.get_bind())\n"
            "for order in session.query(Order).filter(Order.total.is_(None)).yield_per(500):\n"
            "    order.total = 0",
        ),
    )
