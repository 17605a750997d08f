"""What a migration does is worked out from its source, without running it."""

from __future__ import annotations

import pytest
from alembic_case import cases, migration, said

from relcheck.sources.migration.alembic.read import read_alembic

TABLE = cases("alembic_cases_evaluation.txt")


@pytest.mark.parametrize(("code", "expected"), TABLE, ids=[code.strip().splitlines()[0][:60] for code, _ in TABLE])
def test_code_is_evaluated(code: str, expected: list[str]) -> None:
    assert said(code) == expected


HELPERS = """
from alembic import op

OLD = "legacy_orders"

def drop_columns(table, *names):
    for name in names:
        op.drop_column(table, name)
"""


def test_helpers_and_constants_of_other_files_are_read() -> None:
    code = "drop_columns('orders', 'a')\nop.drop_table(OLD)\nop.execute(f'DROP TABLE {OLD}')"
    before = "from shop.migrations.helpers import OLD, drop_columns"
    known = {"shop.migrations.helpers": HELPERS}
    found = migration(code, before=before, resolve=known.get)
    assert said(code, before=before, resolve=known.get) == [
        "drop_column orders.a",
        "drop_table legacy_orders",
        "drop_table legacy_orders",
    ]
    assert found.unresolved == ()
    assert found.operations[0].region.line == 13
    assert [(one.path, one.region.line) for one in found.operations[0].related] == [("shop.migrations.helpers", 8)]


def test_helpers_that_are_not_found_are_named_and_opaque_where_they_may_act() -> None:
    before = "from shop.migrations.helpers import OLD, drop_columns, tidy, colour"
    code = "drop_columns('orders', 'a')\ntidy(op.get_bind())\ncolour('red')\nop.drop_table(OLD)"
    found = migration(code, before=before)
    assert [str(one.kind) for one in found.operations] == ["opaque", "opaque", "drop_table"]
    assert "shop.migrations.helpers.drop_columns()" in found.operations[0].reason
    assert found.operations[2].unknown == ("table",)
    assert "shop.migrations.helpers" in found.unresolved


def test_what_a_package_passes_on_is_found_where_it_is_defined() -> None:
    known = {
        "shop.tools": "from .tables import *\n",
        "shop.tools.tables": HELPERS,
        "shop.other": "from shop.tools import drop_columns as remove\n",
    }
    code = "remove('orders', 'a')"
    assert said(code, before="from shop.other import remove", resolve=known.get) == ["drop_column orders.a"]


def test_modules_that_import_each_other_in_a_circle_end() -> None:
    known = {"a": "from b import f\n", "b": "from a import f\n"}
    assert said("f(op)", before="from a import f", resolve=known.get) == ["opaque"]


def test_helpers_are_followed_five_deep() -> None:
    chain = "\n".join(f"def h{n}():\n    h{n + 1}()" for n in range(9)) + "\ndef h9():\n    op.drop_table('orders')"
    assert said("h5()", before=chain) == ["drop_table orders"]
    assert said("h0()", before=chain) == ["opaque"]


def test_loops_without_end_are_cut_and_said_to_be() -> None:
    code = "for a in range(150):\n    for b in range(150):\n        op.drop_table(f't_{a}_{b}')"
    found = migration(code).operations
    assert len(found) == 3001
    assert found[-1].kind == "opaque"
    assert "more steps" in found[-1].reason


def test_functions_of_several_databases_are_all_read() -> None:
    found = read_alembic(
        "from alembic import op\nrevision = 'b'\ndown_revision = 'a'\n"
        "def upgrade(engine_name):\n    globals()['upgrade_%s' % engine_name]()\n"
        "def upgrade_one():\n    op.drop_table('x')\ndef upgrade_two():\n    op.drop_table('y')\n"
    )
    assert found is not None
    assert [one.table for one in found.operations] == ["x", "y"]


def test_a_model_gives_its_table_and_its_columns() -> None:
    models = """
    from sqlalchemy.orm import declarative_base, Session

    Base = declarative_base()

    class Order(Base):
        __tablename__ = "orders"
        id = sa.Column(sa.Integer, primary_key=True)
        note = sa.Column(sa.Text)
    """
    code = """
    bind = op.get_bind()
    Base.metadata.create_all(bind, tables=[Order.__table__])
    op.drop_column(Order.__tablename__, "note")
    Order.__table__.drop(bind)
    session = Session(bind=bind)
    for order in session.query(Order).all():
        order.note = None
    session.query(Order).filter(Order.id == 1).delete()
    session.add(Order(id=1))
    """
    assert said(code, before=models) == [
        "create_table orders (id int4 not null serial primary_key, note text) primary_key(id) if_not_exists",
        "drop_column orders.note",
        "drop_table orders",
        "data_code orders named update on (note) repeated without where",
        "delete orders with where",
        "data_code orders named insert",
    ]


def test_code_that_reads_and_commits_nothing_is_empty() -> None:
    assert said("import logging\nlogging.getLogger().info('x')\nrows = [1, 2]\nprint(len(rows))") == []


def test_rows_that_come_in_batches_are_told_from_all_at_once() -> None:
    loop = "session = Session(bind=op.get_bind())\nfor one in {}:\n    one.note = 'x'"
    for source, batched in (
        ("session.query(Order)", False),
        ("session.query(Order).all()", False),
        ("session.query(Order).yield_per(100)", True),
        ("session.query(Order).limit(100).all()", True),
        ("paginated_update(session.query(Order))", True),
        ("enumerate(session.query(Order).order_by(Order.id))", False),
    ):
        (found,) = migration(loop.format(source)).operations[-1:]
        assert (str(found.kind), found.batched) == ("data_code", batched), source


def test_models_of_the_project_that_change_rows_are_named() -> None:
    code = """
    session = Session(bind=op.get_bind())
    session.query(Shop).filter(Shop.open).delete()
    session.query(Own).delete()
    session.query(Kept).delete()
    op.drop_column(Shop.__tablename__, "note")
    """
    before = """
    from sqlalchemy.orm import Session
    from shop.models import Shop
    from shop.migrations.models import Kept

    class Own:
        __tablename__ = "own"
    """
    found = migration(code, before=before)
    assert [(name, region.line, region.column) for name, region in found.model_imports] == [
        ("shop.models.Shop", 19, 19)
    ]
