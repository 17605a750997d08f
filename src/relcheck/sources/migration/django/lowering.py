"""Django's migrations as operations of the one vocabulary: the state of models is replayed over all apps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.sources.migration.django.altering import Side, alter_field, alter_many_to_many, side
from relcheck.sources.migration.django.code import lower_code, lower_sql
from relcheck.sources.migration.django.columns import column_name, has_column, is_many_to_many
from relcheck.sources.migration.django.editor import Editor
from relcheck.sources.migration.django.facts import (
    DjangoSettings,
    Field,
    Index,
    ModelConstraint,
    ModelOperation,
    Options,
)
from relcheck.sources.migration.django.field_kinds import DEFAULT_AUTO
from relcheck.sources.migration.django.graph import AppMigration, in_order
from relcheck.sources.migration.django.mismatch import mismatches
from relcheck.sources.migration.django.naming import index_name
from relcheck.sources.migration.django.state import Key, Model, State, with_field, with_field_renamed, without_field
from relcheck.sources.migration.migration import Annotation, Migration, Problem
from relcheck.sources.migration.operation import UNKNOWN, Dialect, Kind

if TYPE_CHECKING:
    from relcheck.sources.migration.operation import Operation


def lower(
    migrations: Sequence[AppMigration], settings: DjangoSettings | None = None, dialect: Dialect | None = None
) -> list[Migration]:
    """All migrations of a project, in an order in which Django may apply them.

    A squashed migration is read from the state before those that it replaces, and what follows goes on from these where
    they are all still there.
    """
    settings = DjangoSettings() if settings is None else settings
    state = State(dialect or settings.dialect or "postgres", settings)
    names = {migration.node for migration in migrations}
    replaced = {
        old for one in migrations if set(one.facts.replaces) - names for old in one.facts.replaces if old in names
    }
    lowered: list[Migration] = []
    for migration in in_order(migrations):
        replaces = set(migration.facts.replaces)
        aside = (bool(replaces) and replaces <= names) or migration.node in replaced
        lowered.append(_Lowering(state.copy() if aside else state, migration).migration())
    return lowered


class _Lowering:
    """One migration. The state is changed as its operations go by."""

    def __init__(self, state: State, migration: AppMigration) -> None:
        self.state = state
        self.app = migration.app
        self.source = migration
        self.editor = Editor(state, atomic=migration.facts.atomic)
        self.annotations: list[Annotation] = list(migration.facts.annotations)
        self.problems: list[Problem] = list(migration.facts.problems)

    def migration(self) -> Migration:
        facts = self.source.facts
        for operation in facts.operations:
            self.operation(operation)
        return Migration(
            framework="django",
            path=self.source.path,
            id=f"{self.app}.{self.source.name}",
            region=facts.region,
            environment=self.app,
            dialect=self.state.dialect,
            parents=tuple(f"{app}.{name}" for app, name in facts.dependencies if app == self.app),
            depends_on=tuple(f"{app}.{name}" for app, name in facts.dependencies if app != self.app),
            replaces=tuple(f"{app}.{name}" for app, name in facts.replaces),
            initial=bool(facts.initial),
            merge=len([app for app, _ in facts.dependencies if app == self.app]) > 1 and not facts.operations,
            atomic=facts.atomic,
            operations=self.editor.finish(),
            down=None if any(step.reverse == "missing" for step in facts.steps) else (),
            steps=facts.steps,
            annotations=tuple(self.annotations),
            problems=tuple(self.problems),
            rollback=facts.rollback,
            unresolved=facts.unresolved,
        )

    def operation(self, operation: ModelOperation) -> None:
        if operation.dialects and self.state.dialect not in operation.dialects:
            return
        self.editor.begin(operation)
        handler = _HANDLERS.get(operation.type)
        if handler is None:
            reason = operation.reason or f"relcheck does not know what {operation.path or operation.type} does"
            self.editor.emit(Kind.OPAQUE, reason=reason)
            return
        handler(self, operation)

    def _settled(self, field: Field) -> Field:
        """The field, with the class that a setting names for it."""
        named = self.state.settings.values.get("DEFAULT_AUTO_FIELD")
        return field if field.kind != DEFAULT_AUTO or named is None else replace(field, kind=named.rpartition(".")[2])

    # Models

    def _model(self, name: str) -> Model:
        """A model of this app; one of which no migration tells is put together from what is known of it."""
        found = self.state.find(self.app, name)
        if found is not None:
            return found
        return Model(label=self.app, name=name, fields={}, complete=False)

    def _touches_database(self, model: Model) -> bool:
        return self.state.exists_in_database(model)

    def create_model(self, operation: ModelOperation) -> None:
        options = operation.options or Options()
        model = Model(
            label=self.app,
            name=operation.model,
            fields={name: self._settled(field) for name, field in operation.fields},
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
        self.state.put(model)
        if self._touches_database(model):
            self.editor.create_model(model)
        else:
            self.editor.state_only()

    def delete_model(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        if self._touches_database(model):
            self.editor.delete_model(model)
        else:
            self.editor.state_only()
        self.state.models.pop(model.key, None)

    def rename_model(self, operation: ModelOperation) -> None:
        old = self._model(operation.model)
        new = replace(old, name=operation.new_name or UNKNOWN)
        table = self.state.table(old)
        pointing = [
            (model.key, name, side(self.state, model, name, field))
            for model, name, field in self.state.relations_to(old.key)
        ]
        own = [side(self.state, old, name, field) for name, field in old.fields.items() if is_many_to_many(field)]
        self.state.models.pop(old.key, None)
        self.state.put(new)
        for key, name, former in pointing:
            model = self.state.models[new.key if key == old.key else key]
            if former.field.to != "self":
                self.state.put(with_field(model, name, replace(former.field, to=f"{self.app}.{new.name}")))
        self._in_database(new, lambda: self._rename_model(old, new.key, table, pointing, own))

    def _rename_model(
        self, old: Model, key_now: Key, table: str, pointing: list[tuple[Key, str, Side]], own: list[Side]
    ) -> None:
        new = self.state.models[key_now]
        self.editor.rename_table(table, self.state.table(new))
        for key, name, former in pointing:
            model = self.state.models[new.key if key == old.key else key]
            # A relation that is hidden from the model is not among those that Django makes again.
            if not self._touches_database(model) or (former.field.hidden and former.join is None):
                continue
            current = side(self.state, model, name, model.fields[name])
            if former.join is not None:
                alter_many_to_many(self.editor, former, current)
            elif former.table_of_target != current.table_of_target:
                alter_field(self.editor, former, current)
        for former in own:
            current = side(self.state, new, former.name, new.fields[former.name])
            if (
                current.table_of_target != current.table
            ):  # relations to the model itself are among those that point at it
                alter_many_to_many(self.editor, former, current)

    def alter_model_table(self, operation: ModelOperation) -> None:
        old = self._model(operation.model)
        new = replace(old, db_table=operation.table)
        self._retabled(old, new)

    def _retabled(self, old: Model, new: Model) -> None:
        table = self.state.table(old)
        joins = [(name, self.state.join_table(old, name, field)) for name, field in _many_to_many(old)]
        self.state.put(new)

        def rename() -> None:
            self.editor.rename_table(table, self.state.table(new))
            for name, joined in joins:
                self.editor.rename_table(joined, self.state.join_table(new, name, new.fields[name]))

        self._in_database(new, rename)

    def alter_model_options(self, operation: ModelOperation) -> None:
        if operation.managed is not None:
            self.state.put(replace(self._model(operation.model), managed=operation.managed))
        self.editor.state_only()

    def alter_unique_together(self, operation: ModelOperation) -> None:
        old = self._model(operation.model)
        groups = operation.together or ()
        self.state.put(replace(old, unique_together=groups))
        self._in_database(old, lambda: self.editor.change_unique_together(old, old.unique_together, groups))

    def alter_index_together(self, operation: ModelOperation) -> None:
        old = self._model(operation.model)
        groups = operation.together or ()
        self.state.put(replace(old, index_together=groups))
        self._in_database(old, lambda: self.editor.change_index_together(old, old.index_together, groups))

    def alter_order(self, operation: ModelOperation) -> None:
        old = self._model(operation.model)
        target = operation.table
        new = replace(old, order_with_respect_to=target)
        if target is not None and old.order_with_respect_to is None:
            self.state.put(with_field(new, "_order", _ORDER))
            self._in_database(old, lambda: self.editor.add_field(new, "_order", _ORDER))
        elif target is None and old.order_with_respect_to is not None:
            self.state.put(without_field(new, "_order"))
            self._in_database(old, lambda: self.editor.remove_field(old, "_order", _ORDER))
        else:
            self.state.put(new)
            self.editor.state_only()

    def _in_database(self, model: Model, act: Callable[[], None]) -> None:
        """Do it if the model has a table; where nothing came of it, say that only the state changed."""
        count = len(self.editor.operations)
        if self._touches_database(model):
            act()
        if len(self.editor.operations) == count:
            self.editor.state_only()

    # Fields

    def add_field(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        name, field = operation.name or UNKNOWN, operation.field
        if field is None:
            self.editor.emit(Kind.OPAQUE, reason="the field cannot be determined")
            return
        field = self._settled(field)
        kept = field if operation.preserve_default else replace(field, default=None, literal=None)
        new = with_field(model, name, kept)
        self.state.put(new)
        self._in_database(model, lambda: self.editor.add_field(new, name, field))

    def remove_field(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        name = operation.name or UNKNOWN
        field = model.fields.get(name)
        self.state.put(without_field(model, name))
        if field is None:
            table = self.state.table(model)
            self._in_database(
                model, lambda: self.editor.emit(Kind.DROP_COLUMN, table=table, column=name, unknown=("column",))
            )
            return
        self._in_database(model, lambda: self.editor.remove_field(model, name, field))

    def alter_field(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        name, field = operation.name or UNKNOWN, operation.field
        old = model.fields.get(name)
        if field is None:
            self.editor.emit(Kind.OPAQUE, reason="the field cannot be determined")
            return
        field = self._settled(field)
        kept = field if operation.preserve_default else replace(field, default=None, literal=None)
        new = with_field(model, name, kept)
        former = None if old is None else side(self.state, model, name, old)
        self.state.put(new)
        if not self._touches_database(model):
            self.editor.state_only()
        elif former is None:
            self.editor.emit(
                Kind.ALTER_COLUMN_TYPE,
                table=self.state.table(new),
                column=column_name(name, field),
                type=self.state.type_of(new, field),
                reason="what the field was before is not known: no migration in the project creates it",
                unknown=("before",),
            )
        else:
            alter_field(self.editor, former, side(self.state, new, name, field))

    def rename_field(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        old_name, new_name = operation.name or UNKNOWN, operation.new_name or UNKNOWN
        field = model.fields.get(old_name)
        former = None if field is None else side(self.state, model, old_name, field)
        new = with_field_renamed(model, old_name, new_name)
        self.state.put(new)
        for other, name, relation in list(self.state.relations_to(new.key)):
            if relation.to_field == old_name:
                self.state.put(with_field(other, name, replace(relation, to_field=new_name)))
        if field is None or former is None:
            table = self.state.table(new)
            self._in_database(
                model,
                lambda: self.editor.emit(
                    Kind.RENAME_COLUMN, table=table, column=old_name, new_name=new_name, unknown=("column",)
                ),
            )
        elif not self._touches_database(model) or (not has_column(field) and not is_many_to_many(field)):
            self.editor.state_only()
        else:
            alter_field(self.editor, former, side(self.state, new, new_name, field))

    # Indexes and constraints

    def add_index(self, operation: ModelOperation) -> None:
        model, index = self._model(operation.model), operation.index or Index(name=UNKNOWN)
        self.state.put(replace(model, indexes=(*model.indexes, index)))
        concurrently = operation.type.endswith("Concurrently")
        self._in_database(model, lambda: self.editor.add_index(model, index, concurrently=concurrently))

    def remove_index(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        kept = tuple(index for index in model.indexes if index.name != operation.name)
        self.state.put(replace(model, indexes=kept))
        concurrently = operation.type.endswith("Concurrently")
        self._in_database(model, lambda: self.editor.drop_index(model, operation.name, concurrently=concurrently))

    def rename_index(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        old = operation.name
        table = self.state.table(model)
        if old is None:
            group = operation.together[0] if operation.together else ()
            columns = tuple(self.state.column_of(model, name) for name in group)
            old = index_name(table, columns, "_idx", self.state.dialect)
            index = Index(name=operation.new_name, fields=group)
            together = tuple(one for one in model.index_together if one != group)
            self.state.put(replace(model, index_together=together, indexes=(*model.indexes, index)))
        else:
            renamed = tuple(
                replace(index, name=operation.new_name) if index.name == old else index for index in model.indexes
            )
            self.state.put(replace(model, indexes=renamed))
        self._in_database(
            model, lambda: self.editor.emit(Kind.RENAME_INDEX, table=table, name=old, new_name=operation.new_name)
        )

    def add_constraint(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        constraint = operation.constraint or ModelConstraint(type="unknown")
        self.state.put(replace(model, constraints=(*model.constraints, constraint)))
        not_valid = operation.type == "AddConstraintNotValid"
        self._in_database(model, lambda: self.editor.add_constraint(model, constraint, not_valid=not_valid))

    def remove_constraint(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        found = next((one for one in model.constraints if one.name == operation.name), None)
        kept = tuple(one for one in model.constraints if one.name != operation.name)
        self.state.put(replace(model, constraints=kept))
        constraint = found or ModelConstraint(type="unknown", name=operation.name)
        self._in_database(model, lambda: self.editor.drop_constraint(model, constraint))

    def alter_constraint(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        constraint = operation.constraint
        if constraint is not None:
            kept = tuple(one for one in model.constraints if one.name != constraint.name)
            self.state.put(replace(model, constraints=(*kept, constraint)))
        self.editor.state_only()

    def validate_constraint(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        table = self.state.table(model)
        self.editor.emit(Kind.VALIDATE_CONSTRAINT, table=table, name=operation.name)

    # What is no change of a model

    def state_only(self, _operation: ModelOperation) -> None:
        self.editor.state_only()

    def comment(self, operation: ModelOperation) -> None:
        model = self._model(operation.model)
        table = self.state.table(model)
        self._in_database(model, lambda: self.editor.emit(Kind.ALTER_TABLE_OPTION, table=table, name="comment"))

    def extension(self, operation: ModelOperation) -> None:
        if self.state.dialect == "postgres":
            self.editor.emit(Kind.CREATE_EXTENSION, name=operation.name, if_not_exists=True)
        else:
            self.editor.state_only()

    def create_collation(self, operation: ModelOperation) -> None:
        self.editor.emit(Kind.CREATE_TYPE, name=operation.name, object_type="collation")

    def remove_collation(self, operation: ModelOperation) -> None:
        self.editor.emit(Kind.DROP_OBJECT, name=operation.name, object_type="collation")

    def database_default(self, operation: ModelOperation) -> None:
        """`AddDefaultValue` of django-add-default-value: the default that AddField dropped is set again."""
        model = self._model(operation.model)
        field = model.fields.get(operation.name or "")
        column = column_name(operation.name or UNKNOWN, field) if field is not None else operation.name
        self.editor.emit(
            Kind.SET_DEFAULT, table=self.state.table(model), column=column, default=operation.value or UNKNOWN
        )

    def create_trigger(self, operation: ModelOperation) -> None:
        table = self.state.table(self._model(operation.model))
        self.editor.emit(Kind.CREATE_TRIGGER, table=table, name=operation.name)

    def drop_trigger(self, operation: ModelOperation) -> None:
        table = self.state.table(self._model(operation.model))
        self.editor.emit(Kind.DROP_TRIGGER, table=table, name=operation.name)

    def ignored_by_another(self, operation: ModelOperation) -> None:
        self.annotations.append(Annotation(region=operation.region, word="IgnoreMigration", problem="foreign"))
        self.editor.state_only()

    def run_sql(self, operation: ModelOperation) -> None:
        script = lower_sql(self.editor, operation)
        self.annotations.extend(script.annotations)
        self.problems.extend(script.problems)

    def run_python(self, operation: ModelOperation) -> None:
        lower_code(self.editor, self.state, operation)

    def separate(self, operation: ModelOperation) -> None:
        """The operations for the database are carried out on a copy of the state; the others change the state."""
        kept, editor = self.state, self.editor
        count = len(editor.operations)
        self.state = editor.state = kept.copy()
        for inner in operation.database:
            self.operation(inner)
        done: tuple[Operation, ...] = (*editor.operations[count:], *editor.deferred)
        if len(editor.operations) == count:
            editor.begin(operation)
            editor.state_only()
        self.editor = scratch = Editor(kept, atomic=True)
        self.state = kept
        for inner in operation.state:
            self.operation(inner)
        self.editor, editor.state = editor, kept
        if operation.database and operation.state:
            self.problems.extend(mismatches(scratch.finish(), done, operation.region))


def _many_to_many(model: Model) -> list[tuple[str, Field]]:
    return [(name, field) for name, field in model.fields.items() if is_many_to_many(field)]


_ORDER = Field(path="django.db.models.fields.proxy.OrderWrt", kind="OrderWrt", default="0", literal="0")

_HANDLERS: dict[str, Callable[[_Lowering, ModelOperation], None]] = {
    "CreateModel": _Lowering.create_model,
    "DeleteModel": _Lowering.delete_model,
    "RenameModel": _Lowering.rename_model,
    "AlterModelTable": _Lowering.alter_model_table,
    "AlterModelTableComment": _Lowering.comment,
    "AlterModelOptions": _Lowering.alter_model_options,
    "AlterModelManagers": _Lowering.state_only,
    "AlterUniqueTogether": _Lowering.alter_unique_together,
    "AlterIndexTogether": _Lowering.alter_index_together,
    "AlterOrderWithRespectTo": _Lowering.alter_order,
    "AddField": _Lowering.add_field,
    "RemoveField": _Lowering.remove_field,
    "AlterField": _Lowering.alter_field,
    "RenameField": _Lowering.rename_field,
    "AddIndex": _Lowering.add_index,
    "AddIndexConcurrently": _Lowering.add_index,
    "RemoveIndex": _Lowering.remove_index,
    "RemoveIndexConcurrently": _Lowering.remove_index,
    "RenameIndex": _Lowering.rename_index,
    "AddConstraint": _Lowering.add_constraint,
    "AddConstraintNotValid": _Lowering.add_constraint,
    "RemoveConstraint": _Lowering.remove_constraint,
    "AlterConstraint": _Lowering.alter_constraint,
    "ValidateConstraint": _Lowering.validate_constraint,
    "RunSQL": _Lowering.run_sql,
    "RunPython": _Lowering.run_python,
    "SeparateDatabaseAndState": _Lowering.separate,
    "CreateExtension": _Lowering.extension,
    "CreateCollation": _Lowering.create_collation,
    "RemoveCollation": _Lowering.remove_collation,
    "AddDefaultValue": _Lowering.database_default,
    "AddTrigger": _Lowering.create_trigger,
    "RemoveTrigger": _Lowering.drop_trigger,
    "IgnoreMigration": _Lowering.ignored_by_another,
    "NoOperation": _Lowering.state_only,
}
