"""Which operations a rule is about, and what a rule about migrations gives to the engine."""

from __future__ import annotations

import pytest

from relcheck.model.finding import Region
from relcheck.sdk.migration import (
    Constraint,
    Hazard,
    Kind,
    Migration,
    MigrationRule,
    Operation,
    Step,
    blocks,
    operation,
)
from relcheck.sdk.migration import MigrationFindings as Findings
from relcheck.sdk.rule import on

HERE = Region(1, 1, 1, 5)


def index(**fields: object) -> Operation:
    return Operation(kind=Kind.CREATE_INDEX, region=HERE, table="shop_order", name="i", columns=("a",), **fields)  # type: ignore[arg-type]  # fields of Operation


def test_what_the_same_migration_creates_is_left_alone_unless_it_is_asked_for() -> None:
    new = index(created_here=True)
    assert not operation("create_index").matches(new)
    assert operation("create_index", created_here=None).matches(new)
    assert operation("create_index", created_here=True).matches(new)
    assert not operation("create_index", created_here=True).matches(index())


def test_passing_steps_are_left_alone_unless_they_are_asked_for() -> None:
    assert not operation("create_index").matches(index(transient=True))
    assert operation("create_index", transient=None).matches(index(transient=True))


def test_a_guard_that_keeps_it_from_the_database_of_the_rule_keeps_the_rule_from_it() -> None:
    assert not operation("create_index", dialect="postgres").matches(index(dialects=("mysql",)))
    assert not operation("create_index", dialect="postgres").matches(index(dialect="mysql"))
    assert operation("create_index", dialect=("mysql", "postgres")).matches(index())


def test_versions_count_only_where_they_are_known() -> None:
    old = operation("create_index", before_version=(11,))
    assert old.matches(index(), (10,))
    assert not old.matches(index(), (11,))
    assert not old.matches(index())
    assert not operation("create_index", since=(14, 0), before_version=(14, 4)).matches(index(), (14,))


def test_fields_of_operations_and_constraints_are_compared() -> None:
    check = Operation(kind=Kind.ADD_CONSTRAINT, region=HERE, constraint=Constraint(type="check", not_valid=True))
    assert operation("add_constraint", constraint="check").matches(check)
    assert operation("add_constraint", constraint=("check", "unique"), constraint_not_valid=True).matches(check)
    assert not operation("add_constraint", constraint="check", constraint_not_valid=False).matches(check)
    assert not operation("add_constraint", constraint="check").matches(index())
    assert operation(concurrently=(True, False)).matches(index())


def test_what_it_does_to_others_is_asked_of_the_effects_table() -> None:
    waits = operation(effect=blocks("writes", during="build"))
    assert waits.matches(index())
    assert not waits.matches(index(concurrently=True))
    assert not operation(effect=blocks("reads")).matches(index())


@pytest.mark.parametrize("fields", [{"tabel": "t"}, {"constraint_valid": True}])
def test_a_field_that_no_operation_has_is_refused_when_the_rule_is_loaded(fields: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="neither Operation nor Constraint has such a field"):
        operation("create_index", **fields)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(TypeError, match="no kind of operation"):
        operation("create_indices")


class Slow(Hazard):
    on = operation("create_index", concurrently=False, dialect="postgres")
    message = "{blocks} of {table} wait ({lock})"
    safe = (Step("CREATE INDEX CONCURRENTLY {name} ON {table} ({columns})", transaction=False),)


class Chain(MigrationRule):
    @on(operation("create_index"))
    def one(self, found: Operation, migration: Migration) -> Findings:
        yield self.found(found, migration, "the index {name}")

    def check_migration(self, migration: Migration) -> Findings:
        yield self.found_in(migration, "whole", key="whole")


def migration(*operations: Operation) -> Migration:
    return Migration(framework="sql", path="db/V1__a.sql", id="1", operations=operations)


def test_a_hazard_tells_lock_and_way_out_with_these_very_names() -> None:
    [found] = Slow(Slow.Options()).judge([migration(index())])
    assert found.message == "writes of shop_order wait (SHARE)"
    assert (found.path, found.region, found.key) == ("db/V1__a.sql", HERE, "1:create_index:shop_order.i")
    assert found.details["lock"] == "SHARE"
    assert found.details["blocks"] == ["writes", "ddl"]
    assert found.details["build"] is True
    assert found.details["safe"] == ["-- outside a transaction\nCREATE INDEX CONCURRENTLY i ON shop_order (a);"]


def test_what_one_call_does_twice_is_told_once() -> None:
    assert len(list(Slow(Slow.Options()).judge([migration(index(), index())]))) == 1


def test_a_rule_may_see_operations_and_whole_migrations() -> None:
    messages = [one.message for one in Chain(Chain.Options()).judge([migration(index())])]
    assert messages == ["the index i", "whole"]


def test_names_that_look_like_templates_stay_what_they_are() -> None:
    odd = Operation(kind=Kind.CREATE_INDEX, region=HERE, table="{lock}", name="{x}", columns=("a",))
    [found] = Slow(Slow.Options()).judge([migration(odd)])
    assert found.message == "writes of {lock} wait (SHARE)"


def test_what_is_not_known_is_called_so() -> None:
    [found] = Slow(Slow.Options()).judge([migration(Operation(kind=Kind.CREATE_INDEX, region=HERE, table="?"))])
    assert found.message == "writes of (unknown) wait (SHARE)"
