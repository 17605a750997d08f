"""What operations on models do: tables, their names, and what is said of several columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.sources.migration.django.altering import Side, alter_field, alter_many_to_many, side
from relcheck.sources.migration.django.columns import is_many_to_many
from relcheck.sources.migration.django.facts import Field, ModelOperation, Options
from relcheck.sources.migration.django.state import Key, Model, with_field, without_field
from relcheck.sources.migration.operation import UNKNOWN

if TYPE_CHECKING:
    from relcheck.sources.migration.django.replay import Replay

_ORDER = Field(path="django.db.models.fields.proxy.OrderWrt", kind="OrderWrt", default="0", literal="0")


def create_model(replay: Replay, operation: ModelOperation) -> None:
    options = operation.options or Options()
    model = Model(
        label=replay.app,
        name=operation.model,
        fields={name: replay.settled(field) for name, field in operation.fields},
        bases=tuple(base for base in operation.bases if "." in base and not base.startswith("django.")),
        db_table=options.db_table,
        managed=options.managed,
        proxy=options.proxy,
        swappable=options.swappable,
        unique_together=options.unique_together,
        index_together=options.index_together,
        indexes=options.indexes,
        constraints=options.constraints,
        order_with_respect_to=options.order_with_respect_to,
        complete="fields" not in operation.unknown,
    )
    if options.order_with_respect_to is not None:
        model = with_field(model, "_order", _ORDER)
    replay.state.put(model)
    if replay.touches_database(model):
        replay.editor.create_model(model)
    else:
        replay.editor.state_only()


def delete_model(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    if replay.touches_database(model):
        replay.editor.delete_model(model)
    else:
        replay.editor.state_only()
    replay.state.models.pop(model.key, None)


def rename_model(replay: Replay, operation: ModelOperation) -> None:
    old = replay.model(operation.model)
    new = replace(old, name=operation.new_name or UNKNOWN)
    table = replay.state.table(old)
    pointing = [
        (model.key, name, side(replay.state, model, name, field))
        for model, name, field in replay.state.relations_to(old.key)
    ]
    own = [side(replay.state, old, name, field) for name, field in old.fields.items() if is_many_to_many(field)]
    replay.state.models.pop(old.key, None)
    replay.state.put(new)
    for key, name, former in pointing:
        model = replay.state.models[new.key if key == old.key else key]
        if former.field.to != "self":
            replay.state.put(with_field(model, name, replace(former.field, to=f"{replay.app}.{new.name}")))
    replay.in_database(new, lambda: _rename_model(replay, old, new.key, table, pointing, own))


def _rename_model(
    replay: Replay, old: Model, key_now: Key, table: str, pointing: list[tuple[Key, str, Side]], own: list[Side]
) -> None:
    new = replay.state.models[key_now]
    replay.editor.rename_table(table, replay.state.table(new))
    for key, name, former in pointing:
        model = replay.state.models[new.key if key == old.key else key]
        # A relation that is hidden from the model is not among those that Django makes again.
        if not replay.touches_database(model) or (former.field.hidden and former.join is None):
            continue
        current = side(replay.state, model, name, model.fields[name])
        if former.join is not None:
            alter_many_to_many(replay.editor, former, current)
        elif former.table_of_target != current.table_of_target:
            alter_field(replay.editor, former, current)
    for former in own:
        current = side(replay.state, new, former.name, new.fields[former.name])
        if current.table_of_target != current.table:  # relations to the model itself are among those that point at it
            alter_many_to_many(replay.editor, former, current)


def alter_model_table(replay: Replay, operation: ModelOperation) -> None:
    old = replay.model(operation.model)
    new = replace(old, db_table=operation.table)
    _retabled(replay, old, new)


def _retabled(replay: Replay, old: Model, new: Model) -> None:
    table = replay.state.table(old)
    joins = [(name, replay.state.join_table(old, name, field)) for name, field in _many_to_many(old)]
    replay.state.put(new)

    def rename() -> None:
        replay.editor.rename_table(table, replay.state.table(new))
        for name, joined in joins:
            replay.editor.rename_table(joined, replay.state.join_table(new, name, new.fields[name]))

    replay.in_database(new, rename)


def alter_model_options(replay: Replay, operation: ModelOperation) -> None:
    if operation.managed is not None:
        replay.state.put(replace(replay.model(operation.model), managed=operation.managed))
    replay.editor.state_only()


def alter_unique_together(replay: Replay, operation: ModelOperation) -> None:
    old = replay.model(operation.model)
    groups = operation.together or ()
    replay.state.put(replace(old, unique_together=groups))
    replay.in_database(old, lambda: replay.editor.change_unique_together(old, old.unique_together, groups))


def alter_index_together(replay: Replay, operation: ModelOperation) -> None:
    old = replay.model(operation.model)
    groups = operation.together or ()
    replay.state.put(replace(old, index_together=groups))
    replay.in_database(old, lambda: replay.editor.change_index_together(old, old.index_together, groups))


def alter_order(replay: Replay, operation: ModelOperation) -> None:
    old = replay.model(operation.model)
    target = operation.table
    new = replace(old, order_with_respect_to=target)
    if target is not None and old.order_with_respect_to is None:
        replay.state.put(with_field(new, "_order", _ORDER))
        replay.in_database(old, lambda: replay.editor.add_field(new, "_order", _ORDER))
    elif target is None and old.order_with_respect_to is not None:
        replay.state.put(without_field(new, "_order"))
        replay.in_database(old, lambda: replay.editor.remove_field(old, "_order", _ORDER))
    else:
        replay.state.put(new)
        replay.editor.state_only()


def _many_to_many(model: Model) -> list[tuple[str, Field]]:
    return [(name, field) for name, field in model.fields.items() if is_many_to_many(field)]


HANDLERS: dict[str, Callable[[Replay, ModelOperation], None]] = {
    "CreateModel": create_model,
    "DeleteModel": delete_model,
    "RenameModel": rename_model,
    "AlterModelTable": alter_model_table,
    "AlterModelOptions": alter_model_options,
    "AlterUniqueTogether": alter_unique_together,
    "AlterIndexTogether": alter_index_together,
    "AlterOrderWithRespectTo": alter_order,
}
