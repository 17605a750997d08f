"""What operations on indexes and constraints do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.sources.migration.django.facts import Index, ModelConstraint, ModelOperation
from relcheck.sources.migration.django.naming import index_name
from relcheck.sources.migration.operation import UNKNOWN, Kind

if TYPE_CHECKING:
    from relcheck.sources.migration.django.replay import Replay


def add_index(replay: Replay, operation: ModelOperation) -> None:
    model, index = replay.model(operation.model), operation.index or Index(name=UNKNOWN)
    replay.state.put(replace(model, indexes=(*model.indexes, index)))
    concurrently = operation.type.endswith("Concurrently")
    replay.in_database(model, lambda: replay.editor.add_index(model, index, concurrently=concurrently))


def remove_index(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    kept = tuple(index for index in model.indexes if index.name != operation.name)
    replay.state.put(replace(model, indexes=kept))
    concurrently = operation.type.endswith("Concurrently")
    replay.in_database(model, lambda: replay.editor.drop_index(model, operation.name, concurrently=concurrently))


def rename_index(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    old = operation.name
    table = replay.state.table(model)
    if old is None:
        group = operation.together[0] if operation.together else ()
        columns = tuple(replay.state.column_of(model, name) for name in group)
        old = index_name(table, columns, "_idx", replay.state.dialect)
        index = Index(name=operation.new_name, fields=group)
        together = tuple(one for one in model.index_together if one != group)
        replay.state.put(replace(model, index_together=together, indexes=(*model.indexes, index)))
    else:
        renamed = tuple(
            replace(index, name=operation.new_name) if index.name == old else index for index in model.indexes
        )
        replay.state.put(replace(model, indexes=renamed))
    replay.in_database(
        model, lambda: replay.editor.emit(Kind.RENAME_INDEX, table=table, name=old, new_name=operation.new_name)
    )


def add_constraint(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    constraint = operation.constraint or ModelConstraint(type="unknown")
    replay.state.put(replace(model, constraints=(*model.constraints, constraint)))
    not_valid = operation.type == "AddConstraintNotValid"
    replay.in_database(model, lambda: replay.editor.add_constraint(model, constraint, not_valid=not_valid))


def remove_constraint(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    found = next((one for one in model.constraints if one.name == operation.name), None)
    kept = tuple(one for one in model.constraints if one.name != operation.name)
    replay.state.put(replace(model, constraints=kept))
    constraint = found or ModelConstraint(type="unknown", name=operation.name)
    replay.in_database(model, lambda: replay.editor.drop_constraint(model, constraint))


def alter_constraint(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    constraint = operation.constraint
    if constraint is not None:
        kept = tuple(one for one in model.constraints if one.name != constraint.name)
        replay.state.put(replace(model, constraints=(*kept, constraint)))
    replay.editor.state_only()


def validate_constraint(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    table = replay.state.table(model)
    replay.editor.emit(Kind.VALIDATE_CONSTRAINT, table=table, name=operation.name)


HANDLERS: dict[str, Callable[[Replay, ModelOperation], None]] = {
    "AddIndex": add_index,
    "AddIndexConcurrently": add_index,
    "RemoveIndex": remove_index,
    "RemoveIndexConcurrently": remove_index,
    "RenameIndex": rename_index,
    "AddConstraint": add_constraint,
    "AddConstraintNotValid": add_constraint,
    "RemoveConstraint": remove_constraint,
    "AlterConstraint": alter_constraint,
    "ValidateConstraint": validate_constraint,
}
