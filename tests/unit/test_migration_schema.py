"""What a chain of migrations says of tables and columns before each operation."""

from __future__ import annotations

from relcheck.model.finding import Region
from relcheck.sources.migration.operation import Column, Constraint, Kind, Operation, SqlType
from relcheck.sources.migration.schema import Schemas

_REGION = Region(1, 1, 1, 1)
_INT = SqlType("int4")


def _op(kind: Kind, table: str | None = "orders", **more: object) -> Operation:
    return Operation(kind=kind, region=_REGION, table=table, **more)  # type: ignore[arg-type]  # any of its fields


def _table(name: str = "orders", **more: object) -> Operation:
    columns = (Column(name="id", type=_INT, nullable=False), Column(name="state", type=SqlType("text")))
    return _op(Kind.CREATE_TABLE, name, new_columns=columns, **more)


def _last(*migrations: list[Operation]) -> Operation:
    schemas = Schemas()
    done: list[Operation] = []
    for operations in migrations:
        done = list(schemas.completed(operations, "postgres"))
    return done[-1]


def test_a_table_made_by_the_same_migration_is_created_here() -> None:
    assert _last([_table(), _op(Kind.CREATE_INDEX, name="i", columns=("state",))]).created_here
    assert not _last([_table()], [_op(Kind.CREATE_INDEX, name="i", columns=("state",))]).created_here


def test_if_not_exists_creates_where_the_chain_has_no_such_table() -> None:
    assert _last([_table(if_not_exists=True), _op(Kind.DROP_COLUMN, column="state")]).created_here
    again = [_table(if_not_exists=True), _op(Kind.DROP_COLUMN, column="state")]
    assert not _last([_table()], again).created_here


def test_a_table_that_was_dropped_and_made_again_is_new() -> None:
    again = [_op(Kind.DROP_TABLE), _table(), _op(Kind.DROP_COLUMN, column="state")]
    assert _last([_table()], again).created_here


def test_a_renamed_table_keeps_what_is_known_of_it() -> None:
    done = _last(
        [_table()], [_op(Kind.RENAME_TABLE, new_name="sales"), _op(Kind.SET_NOT_NULL, "sales", column="state")]
    )
    assert done.before.type == SqlType("text")
    assert done.before.nullable is True
    assert not done.created_here


def test_the_searched_schema_is_no_part_of_a_name() -> None:
    assert _last([_table("public.orders"), _op(Kind.DROP_COLUMN, column="state")]).created_here


def test_the_type_before_a_change_is_looked_up_in_the_chain() -> None:
    wider = _op(Kind.ALTER_COLUMN_TYPE, column="id", type=SqlType("int8"))
    assert _last([_table()], [wider]).before.type == _INT
    assert _last([_table()], [wider], [wider]).before.type == SqlType("int8")
    assert _last([wider]).before.type is None


def test_an_index_finds_its_table_and_says_whether_it_is_unique() -> None:
    index = _op(Kind.CREATE_INDEX, name="orders_state", columns=("state",), unique=True)
    done = _last([_table(), index], [_op(Kind.DROP_INDEX, None, name="orders_state")])
    assert (done.table, done.before.unique_index) == ("orders", True)


def test_a_validated_check_proves_that_a_column_holds_no_null() -> None:
    check = Constraint(type="check", name="state_set", expression="state IS NOT NULL", not_valid=True)
    added = _op(Kind.ADD_CONSTRAINT, name="state_set", constraint=check)
    validated = _op(Kind.VALIDATE_CONSTRAINT, name="state_set")
    required = _op(Kind.SET_NOT_NULL, column="state")
    assert not _last([_table()], [added], [required]).before.proven_not_null
    assert _last([_table()], [added], [validated], [required]).before.proven_not_null


def test_a_table_that_the_chain_does_not_make_has_unknown_columns() -> None:
    done = _last([_op(Kind.ADD_COLUMN, new_columns=(Column(name="note"),))], [_op(Kind.DROP_COLUMN, column="note")])
    assert done.before.columns is None
    assert done.before.nullable is True
    assert _last([_table()], [_op(Kind.DROP_COLUMN, column="state")]).before.columns == ("id", "state")


def test_a_column_added_by_the_same_migration_is_new() -> None:
    added = _op(Kind.ADD_COLUMN, new_columns=(Column(name="note"),))
    assert _last([_table()], [added, _op(Kind.SET_NOT_NULL, column="note")]).before.column_is_new
    assert not _last([_table()], [added], [_op(Kind.SET_NOT_NULL, column="note")]).before.column_is_new


def test_what_stands_in_a_loop_of_unknown_turns_changes_nothing_that_is_known() -> None:
    dropped = _op(Kind.DROP_COLUMN, "?", column="state", unknown=("table",))
    assert _last([_table()], [dropped], [_op(Kind.DROP_COLUMN, column="id")]).before.columns == ("id", "state")


def test_a_view_made_and_dropped_by_the_same_migration_is_created_here() -> None:
    view = _op(Kind.CREATE_VIEW, None, name="open_orders", columns=("id",))
    assert _last([view, _op(Kind.DROP_VIEW, None, name="open_orders")]).created_here
    done = _last([view], [_op(Kind.DROP_VIEW, None, name="open_orders")])
    assert not done.created_here
    assert done.before.view_columns == ("id",)


def test_what_one_database_gets_another_has_not() -> None:
    added = {"new_columns": (Column(name="note"),)}
    sqlite = _op(Kind.ADD_COLUMN, dialect="sqlite", dialects=("sqlite",), **added)
    others = _op(Kind.ADD_COLUMN, dialects=("postgres", "mysql"), **added)
    dropped = _op(Kind.DROP_TABLE, dialect="sqlite", dialects=("sqlite",))
    assert _last([_table()], [sqlite, others]).before.columns == ("id", "state")
    assert _last([_table()], [sqlite], [others]).before.columns == ("id", "state")
    assert _last([_table()], [dropped, others]).before.columns == ("id", "state")


def test_what_all_databases_get_each_of_them_has() -> None:
    sqlite = _op(Kind.ADD_COLUMN, dialect="sqlite", dialects=("sqlite",), new_columns=(Column(name="note"),))
    assert _last([_table()], [sqlite]).before.columns == ("id", "state")
    assert _last([_table(), sqlite]).created_here
    both = _op(Kind.ADD_COLUMN, new_columns=(Column(name="note"),))
    assert _last([_table()], [sqlite], [both], [sqlite]).before.columns == ("id", "state", "note")


def test_a_type_is_what_it_is_in_each_database() -> None:
    made = _op(
        Kind.CREATE_TABLE,
        new_columns=(Column(name="id", type=SqlType("uuid")), Column(name="spot", type=SqlType("inet"))),
    )
    changes = [_op(Kind.ALTER_COLUMN_TYPE, column=one, dialect="mysql", dialects=("mysql",)) for one in ("id", "spot")]
    assert _last([made], changes[:1]).before.type == SqlType("char", ("32",), 0, "char(32)")
    assert _last([made], changes).before.type is None
    assert _last([changes[0], made], changes[:1]).before.type == SqlType("char", ("32",), 0, "char(32)")


def test_a_column_that_is_added_where_it_is_missing_may_have_been_there() -> None:
    state = Column(name="state", type=SqlType("text"), nullable=False, default="''")
    added = _op(Kind.ADD_COLUMN, new_columns=(state,), guards=("'state' not in columns",))
    before = _last([_table()], [added], [_op(Kind.SET_NOT_NULL, column="state")]).before
    assert (before.type, before.nullable, before.has_default) == (SqlType("text"), None, None)
    assert not _last([_table()], [added, _op(Kind.SET_NOT_NULL, column="state")]).before.column_is_new
