"""What operations do that are no changes of models: SQL, Python, extensions, and what other packages add."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from relcheck.model.finding import Region
from relcheck.sources.migration.django.code import lower_code, lower_sql
from relcheck.sources.migration.django.columns import column_name
from relcheck.sources.migration.django.editor import Editor
from relcheck.sources.migration.django.facts import ModelOperation
from relcheck.sources.migration.django.mismatch import mismatches
from relcheck.sources.migration.migration import Annotation
from relcheck.sources.migration.operation import UNKNOWN, Kind

if TYPE_CHECKING:
    from relcheck.sources.migration.django.replay import Replay


def state_only(replay: Replay, _operation: ModelOperation) -> None:
    replay.editor.state_only()


def comment(replay: Replay, operation: ModelOperation) -> None:
    model = replay.model(operation.model)
    table = replay.state.table(model)
    replay.in_database(model, lambda: replay.editor.emit(Kind.ALTER_TABLE_OPTION, table=table, name="comment"))


def extension(replay: Replay, operation: ModelOperation) -> None:
    if replay.state.dialect == "postgres":
        replay.editor.emit(Kind.CREATE_EXTENSION, name=operation.name, if_not_exists=True)
    else:
        replay.editor.state_only()


def create_collation(replay: Replay, operation: ModelOperation) -> None:
    replay.editor.emit(Kind.CREATE_TYPE, name=operation.name, object_type="collation")


def remove_collation(replay: Replay, operation: ModelOperation) -> None:
    replay.editor.emit(Kind.DROP_OBJECT, name=operation.name, object_type="collation")


def database_default(replay: Replay, operation: ModelOperation) -> None:
    """`AddDefaultValue` of django-add-default-value: the default that AddField dropped is set again."""
    model = replay.model(operation.model)
    field = model.fields.get(operation.name or "")
    column = column_name(operation.name or UNKNOWN, field) if field is not None else operation.name
    replay.editor.emit(
        Kind.SET_DEFAULT, table=replay.state.table(model), column=column, default=operation.value or UNKNOWN
    )


def create_trigger(replay: Replay, operation: ModelOperation) -> None:
    table = replay.state.table(replay.model(operation.model))
    replay.editor.emit(Kind.CREATE_TRIGGER, table=table, name=operation.name)


def drop_trigger(replay: Replay, operation: ModelOperation) -> None:
    table = replay.state.table(replay.model(operation.model))
    replay.editor.emit(Kind.DROP_TRIGGER, table=table, name=operation.name)


def ignored_by_another(replay: Replay, operation: ModelOperation) -> None:
    replay.annotations.append(Annotation(region=operation.region, word="IgnoreMigration", problem="foreign"))
    replay.editor.state_only()


def run_sql(replay: Replay, operation: ModelOperation) -> None:
    script = lower_sql(replay.editor, operation)
    replay.annotations.extend(script.annotations)
    replay.problems.extend(script.problems)
    _in_state(replay, operation)


def run_python(replay: Replay, operation: ModelOperation) -> None:
    lower_code(replay.editor, replay.state, operation)


def separate(replay: Replay, operation: ModelOperation) -> None:
    """The operations for the database are carried out on a copy of the state; the others change the state."""
    kept, editor = replay.state, replay.editor
    counts = editor.counts
    replay.state = editor.state = kept.copy()
    for inner in operation.database:
        replay.operation(inner)
    done = editor.since(counts)
    if editor.counts == counts:
        editor.begin(operation)
        editor.state_only()
    replay.state = editor.state = kept
    scratch = _in_state(replay, operation)
    if operation.database and operation.state:
        replay.mismatches.extend(mismatches(tuple(one.operation for one in scratch.finish()), done, _head(operation)))


def _in_state(replay: Replay, operation: ModelOperation) -> Editor:
    """Carries out what changes the state alone; gives what the database would have done."""
    editor, replay.editor = replay.editor, Editor(replay.state, atomic=True)
    for inner in operation.state:
        replay.operation(inner)
    scratch, replay.editor = replay.editor, editor
    return scratch


def _head(operation: ModelOperation) -> Region:
    """What is called, where it stands on one line."""
    line, column = operation.region.line, operation.region.column
    return Region(line, column, line, column + len(operation.code.partition("(")[0]))


HANDLERS: dict[str, Callable[[Replay, ModelOperation], None]] = {
    "AlterModelTableComment": comment,
    "AlterModelManagers": state_only,
    "RunSQL": run_sql,
    "RunPython": run_python,
    "SeparateDatabaseAndState": separate,
    "CreateExtension": extension,
    "CreateCollation": create_collation,
    "RemoveCollation": remove_collation,
    "AddDefaultValue": database_default,
    "AddTrigger": create_trigger,
    "RemoveTrigger": drop_trigger,
    "IgnoreMigration": ignored_by_another,
    "NoOperation": state_only,
}
