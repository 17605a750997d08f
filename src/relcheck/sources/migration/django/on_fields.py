"""What operations on fields do to columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.sources.migration.django.altering import alter_field as altered
from relcheck.sources.migration.django.altering import side
from relcheck.sources.migration.django.columns import column_name, has_column, is_many_to_many
from relcheck.sources.migration.django.facts import ModelOperation
from relcheck.sources.migration.django.state import with_field, with_field_renamed, without_field
from relcheck.sources.migration.operation import UNKNOWN, Kind

if TYPE_CHECKING:
    from relcheck.sources.migration.django.replay import Replay


def add_field(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    name, field = operation.name or UNKNOWN, operation.field
    if field is None:
        replay.editor.emit(Kind.OPAQUE, reason="the field cannot be determined")
        return
    field = replay.settled(field)
    kept = field if operation.preserve_default else replace(field, default=None, literal=None)
    new = with_field(model, name, kept)
    replay.state.put(new)
    replay.in_database(model, lambda: replay.editor.add_field(new, name, field))


def remove_field(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    name = operation.name or UNKNOWN
    field = model.fields.get(name)
    replay.state.put(without_field(model, name))
    if field is None:
        table = replay.state.table(model)
        replay.in_database(
            model, lambda: replay.editor.emit(Kind.DROP_COLUMN, table=table, column=name, unknown=("column",))
        )
        return
    replay.in_database(model, lambda: replay.editor.remove_field(model, name, field))


def alter_field(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    name, field = operation.name or UNKNOWN, operation.field
    old = model.fields.get(name)
    if field is None:
        replay.editor.emit(Kind.OPAQUE, reason="the field cannot be determined")
        return
    field = replay.settled(field)
    kept = field if operation.preserve_default else replace(field, default=None, literal=None)
    new = with_field(model, name, kept)
    former = None if old is None else side(replay.state, model, name, old)
    replay.state.put(new)
    if not replay.touches_database(model):
        replay.editor.state_only()
    elif former is None:
        replay.editor.emit(
            Kind.ALTER_COLUMN_TYPE,
            table=replay.state.table(new),
            column=column_name(name, field),
            type=replay.state.type_of(new, field),
            reason="what the field was before is not known: no migration in the project creates it",
            unknown=("before",),
        )
    else:
        altered(replay.editor, former, side(replay.state, new, name, field))


def rename_field(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    old_name, new_name = operation.name or UNKNOWN, operation.new_name or UNKNOWN
    field = model.fields.get(old_name)
    former = None if field is None else side(replay.state, model, old_name, field)
    new = with_field_renamed(model, old_name, new_name)
    replay.state.put(new)
    for other, name, relation in list(replay.state.relations_to(new.key)):
        if relation.to_field == old_name:
            replay.state.put(with_field(other, name, replace(relation, to_field=new_name)))
    if field is None or former is None:
        table = replay.state.table(new)
        replay.in_database(
            model,
            lambda: replay.editor.emit(
                Kind.RENAME_COLUMN, table=table, column=old_name, new_name=new_name, unknown=("column",)
            ),
        )
    elif not replay.touches_database(model) or (not has_column(field) and not is_many_to_many(field)):
        replay.editor.state_only()
    else:
        altered(replay.editor, former, side(replay.state, new, new_name, field))


HANDLERS: dict[str, Callable[[Replay, ModelOperation], None]] = {
    "AddField": add_field,
    "RemoveField": remove_field,
    "AlterField": alter_field,
    "RenameField": rename_field,
}
