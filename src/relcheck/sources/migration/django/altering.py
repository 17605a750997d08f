"""What Django does to the database when a field changes: the steps of `_alter_field`, in its order.

A change of `choices`, `help_text`, `validators` and the like does nothing, and neither does one of `default`, except
that a foreign key is dropped and made again around any change that Django does not know to be of that kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias, Unpack

from msgspec.structs import replace

from relcheck.model.finding import Related
from relcheck.sources.migration.django.columns import (
    check_of,
    column_name,
    has_column,
    has_index,
    insert_default,
    is_identity,
    is_many_to_many,
    is_relation,
    is_unique,
)
from relcheck.sources.migration.django.naming import index_name
from relcheck.sources.migration.operation import UNKNOWN, Before, Constraint, Kind, SqlType

if TYPE_CHECKING:
    from relcheck.model.finding import Region
    from relcheck.sources.migration.django.details import Details
    from relcheck.sources.migration.django.editor import Editor
    from relcheck.sources.migration.django.facts import Field
    from relcheck.sources.migration.django.state import Model, State


_UNDETERMINED = {"null": "may be NULL", "unique": "is unique", "db_index": "is indexed"}

_Pointing: TypeAlias = tuple[str, str, Constraint | None]
"""A column that points at another one: its table, its name, and the foreign key that the database has for it."""


class Side(NamedTuple):
    """A field on one side of a change: before it, or behind it."""

    model: Model
    name: str
    field: Field
    type: SqlType
    table: str
    table_of_target: str
    target: str
    """The field that a relation points at."""
    join: tuple[str, str, str] | None
    """Of a many-to-many field: its table, its column for the model itself, that for the other."""


def side(state: State, model: Model, name: str, field: Field) -> Side:
    """A side as the state tells it now; what a relation points at is looked up at once, before the state changes."""
    key = state.key_of(field.to, model.label, model.name) if field.to is not None else None
    pointed = state.find(*key) if key is not None else None
    primary = pointed.primary_key if pointed is not None else None
    target = field.to_field or (primary[0] if primary is not None else "id")
    pointed_table = state.table_of(key) if field.to is not None else ""
    table = state.table(model)
    if is_many_to_many(field):
        join = (state.join_table(model, name, field), *state.join_columns(model, field))
        return Side(model, name, field, SqlType(UNKNOWN), table, pointed_table, target, join)
    return Side(model, name, field, state.type_of(model, field), table, pointed_table, target, None)


def alter_field(editor: Editor, old: Side, new: Side) -> None:
    """Emit what the change does. The state is the new one."""
    counts = editor.counts
    if is_many_to_many(old.field) and is_many_to_many(new.field):
        alter_many_to_many(editor, old, new)
    elif not has_column(old.field) or not has_column(new.field):
        if has_column(old.field) != has_column(new.field):
            editor.emit(Kind.OPAQUE, reason="Django cannot alter a field to or from one without a column of its own")
    else:
        _Alteration(editor, old, new).run()
    if editor.counts == counts:
        editor.state_only()


class _Alteration:
    def __init__(self, editor: Editor, old: Side, new: Side) -> None:
        self.editor = editor
        self.old, self.new = old, new
        self.before, self.after = old.field, new.field
        self.table = editor.state.table(new.model)
        self.old_column = column_name(old.name, old.field)
        self.column = column_name(new.name, new.field)
        self.old_type = old.type
        self.type = new.type

    def run(self) -> None:
        remade = self._drop_foreign_key()
        self._drop_unique()
        referencing = self._referencing() if self.editor.dialect != "sqlite" else []
        self._drop_referencing(referencing)
        self._drop_index()
        self._drop_check()
        if self.old_column != self.column:
            self.editor.rename_column(self.table, self.old_column, self.column)
        self._alter_type(referencing)
        self._alter_default_and_null()
        self._alter_primary_key()
        self._add_unique()
        self._add_indexes()
        self._alter_referencing(referencing)
        missing = remade or not is_relation(self.before) or not self.before.db_constraint
        if missing and is_relation(self.after) and self.after.db_constraint and self.editor.dialect != "sqlite":
            self.editor.add_foreign_key(self.new.model, self.new.name, self.after)
        self._remake_referencing(referencing)
        self._add_check()
        self._add_like_index()
        if self.before.comment != self.after.comment and self.editor.dialect != "sqlite":
            self._emit(Kind.ALTER_TABLE_OPTION, name="comment")
        self._tell_what_is_not_known()

    def _tell_what_is_not_known(self) -> None:
        """Where one side says it by something that cannot be determined, nobody knows whether it changes."""
        doubtful = set(self.before.unknown) ^ set(self.after.unknown)
        said = " and ".join(words for name, words in _UNDETERMINED.items() if name in doubtful)
        if said:
            self._emit(Kind.OPAQUE, reason=f"whether {self.column} {said} depends on what cannot be determined")

    def _emit(self, kind: Kind, **details: Unpack[Details]) -> None:
        said: Details = {
            "table": self.table,
            "column": self.column,
            "before": replace(self.editor.before(self.old.model, self.old.name, self.before), type=self.old_type),
            "batch": self.editor.dialect == "sqlite",
        }
        said.update(details)
        self.editor.emit(kind, **said)

    def _drop_foreign_key(self) -> bool:
        if not (is_relation(self.before) and self.before.db_constraint) or not self._should_be_altered():
            return False
        if self.editor.dialect != "sqlite":
            constraint = self.editor.foreign_key(self.old.model, self.old.name, self.before)
            again = is_relation(self.after) and self.after.db_constraint
            self.editor.drop(self.new.model, constraint, transient=again)
        return True

    def _should_be_altered(self) -> bool:
        """Whether Django finds a difference: it compares all arguments but those that it knows to be harmless."""
        if self.old_column != self.column or self.before.path != self.after.path:
            return True
        old, new = self.old.table_of_target, self.new.table_of_target
        if (old != new and UNKNOWN not in (old, new)) or self.old.target != self.new.target:
            return True
        indexed = has_index(self.before) != has_index(self.after)
        return indexed or self.before.default != self.after.default or self.before.rest != self.after.rest

    def _drop_unique(self) -> None:
        became_key = self.after.primary_key and not self.before.primary_key
        if is_unique(self.before) and not self.before.primary_key and (not is_unique(self.after) or became_key):
            name = index_name(self.table, (self.old_column,), "_uniq", self.editor.dialect)
            self.editor.drop(
                self.new.model, Constraint(type="unique", name=name, columns=(self.old_column,)), transient=became_key
            )

    def _drop_index(self) -> None:
        if (
            has_index(self.before)
            and not is_unique(self.before)
            and (not has_index(self.after) or is_unique(self.after))
        ):
            name = index_name(self.table, (self.old_column,), "", self.editor.dialect)
            self.editor.drop_index(self.new.model, name)

    def _check(self, field: Field) -> str:
        return check_of(field, self.column, self.editor.dialect)

    def _drop_check(self) -> None:
        old = self._check(self.before)
        if old and old != self._check(self.after):
            name = index_name(self.table, (self.old_column,), "_check", self.editor.dialect)
            constraint = Constraint(type="check", name=name, columns=(self.old_column,), expression=old)
            self.editor.drop(self.new.model, constraint)

    def _add_check(self) -> None:
        new = self._check(self.after)
        if new and new != self._check(self.before):
            name = index_name(self.table, (self.column,), "_check", self.editor.dialect)
            constraint = Constraint(type="check", name=name, columns=(self.column,), expression=new)
            self._emit(Kind.ADD_CONSTRAINT, column=None, name=name, constraint=constraint)

    def _alter_type(self, referencing: list[_Pointing]) -> None:
        changed = self._type_changed()
        postgres = self.editor.dialect == "postgres"
        if postgres and is_identity(self.before) and not is_identity(self.after):
            self._emit(Kind.DROP_IDENTITY)
        if changed:
            if postgres and self._loses_like_index():
                name = index_name(self.table, (self.old_column,), "_like", self.editor.dialect)
                self.editor.drop_index(self.new.model, name)
            self._emit(
                Kind.ALTER_COLUMN_TYPE,
                type=self.type,
                value=(self.after.collation or "default") if self._collation_changed() else None,
                using=self._using(self.column),
                unknown=self._unknown_type(),
                related=_related(referencing, self.editor.place),
            )
        if postgres and is_identity(self.after) and not is_identity(self.before):
            self._emit(Kind.ADD_IDENTITY)

    def _type_changed(self) -> bool:
        old, new = self.old_type, self.type
        if self._collation_changed():
            return True
        if UNKNOWN in (old.name, new.name):
            if is_relation(self.before) and is_relation(self.after):
                targets = {self.old.table_of_target, self.new.table_of_target}
                return len(targets) > 1 and UNKNOWN not in targets
            return self.before.path != self.after.path or self.before.rest != self.after.rest
        return (old.name, old.arguments, old.array) != (new.name, new.arguments, new.array)

    def _collation_changed(self) -> bool:
        return self.before.collation != self.after.collation

    def _unknown_type(self) -> tuple[str, ...]:
        return ("type",) if UNKNOWN in (self.old_type.name, *self.old_type.arguments, *self.type.arguments) else ()

    def _using(self, column: str) -> str:
        if self.editor.dialect != "postgres" or self.old_type.name == self.type.name:
            return ""
        return f'"{column}"::{self.type.text}'

    def _loses_like_index(self) -> bool:
        indexed = has_index(self.before) or is_unique(self.before)
        return indexed and self.old_type.name in {"varchar", "text", "citext"} and self.type.name != self.old_type.name

    def _referencing(self) -> list[_Pointing]:
        """Columns that point at this one, where its type changes: they change with it, and their foreign keys are
        dropped and made again."""
        if not self._type_changed() or not (is_unique(self.before) and is_unique(self.after)):
            return []
        state = self.editor.state
        found: list[_Pointing] = []
        key = self.new.model.key
        for model, name, field in state.relations_to(key):
            if is_many_to_many(field):
                if self.after.primary_key:
                    found.append(self._join_end(model, name, field, 1))
            elif field.to_field == self.new.name or (field.to_field is None and self.after.primary_key):
                constraint = self.editor.foreign_key(model, name, field) if field.db_constraint else None
                found.append((state.table(model), column_name(name, field), constraint))
        if self.after.primary_key:
            own = [(name, field) for name, field in self.new.model.fields.items() if is_many_to_many(field)]
            found.extend(self._join_end(self.new.model, name, field, 0) for name, field in own)
        return [(table, column, self._renamed(table, column, one) if one else None) for table, column, one in found]

    def _join_end(self, model: Model, name: str, field: Field, end: int) -> _Pointing:
        state = self.editor.state
        table, column = state.join_table(model, name, field), state.join_columns(model, field)[end]
        return table, column, self.editor.join_foreign_key(table, column, self.table, self.column)

    def _renamed(self, table: str, column: str, constraint: Constraint) -> Constraint:
        """Django makes these foreign keys again under a shorter name."""
        return replace(constraint, name=index_name(table, (column,), "_fk", self.editor.dialect))

    def _drop_referencing(self, referencing: list[_Pointing]) -> None:
        for table, _, constraint in referencing:
            if constraint is not None:
                before = _holding(constraint)
                self.editor.emit(
                    Kind.DROP_CONSTRAINT, table=table, constraint=constraint, transient=True, before=before
                )

    def _alter_referencing(self, referencing: list[_Pointing]) -> None:
        before = Before(type=self.old_type)
        for table, column, _ in referencing:
            self.editor.emit(
                Kind.ALTER_COLUMN_TYPE,
                table=table,
                column=column,
                type=self.type,
                using=self._using(column),
                before=before,
                transient=True,
            )

    def _remake_referencing(self, referencing: list[_Pointing]) -> None:
        for table, _, constraint in referencing:
            if constraint is not None:
                self.editor.emit(
                    Kind.ADD_CONSTRAINT, table=table, name=constraint.name, constraint=constraint, transient=True
                )

    def _alter_default_and_null(self) -> None:
        before, after = self.before, self.after
        if after.db_default is not None and after.db_default != before.db_default:
            self._emit(Kind.SET_DEFAULT, default=after.db_default)
        elif before.db_default is not None and after.db_default is None:
            self._emit(Kind.DROP_DEFAULT)
        if "null" in after.unknown or before.null == after.null or after.kind == "GeneratedField":
            return
        if after.null:
            self._emit(Kind.DROP_NOT_NULL)
            return
        filled = insert_default(after) if after.db_default is None else after.db_default
        once = filled is not None and after.db_default is None and self.editor.dialect != "sqlite"
        if once:
            self._emit(Kind.SET_DEFAULT, default=filled, transient=True)
        if filled is not None and (after.default is not None or after.db_default is not None):
            self._emit(
                Kind.UPDATE, columns=(self.column,), has_where=True, where=f'"{self.column}" IS NULL', value=filled
            )
        self._emit(Kind.SET_NOT_NULL)
        if once:
            self._emit(Kind.DROP_DEFAULT, transient=True)

    def _alter_primary_key(self) -> None:
        if self.before.primary_key and not self.after.primary_key:
            constraint = Constraint(type="primary_key", columns=(self.old_column,))
            self.editor.drop(self.new.model, constraint)
        if self.after.primary_key and not self.before.primary_key:
            constraint = Constraint(type="primary_key", columns=(self.column,))
            self._emit(Kind.ADD_CONSTRAINT, column=None, constraint=constraint)

    def _add_unique(self) -> None:
        added = not is_unique(self.before) or self.before.primary_key
        if is_unique(self.after) and not self.after.primary_key and added:
            name = index_name(self.table, (self.column,), "_uniq", self.editor.dialect)
            constraint = Constraint(type="unique", name=name, columns=(self.column,))
            self._emit(Kind.ADD_CONSTRAINT, column=None, name=name, constraint=constraint)

    def _add_indexes(self) -> None:
        before, after = self.before, self.after
        if (not has_index(before) or is_unique(before)) and has_index(after) and not is_unique(after):
            self.editor.field_index(self.new.model, self.new.name, after)

    def _add_like_index(self) -> None:
        """PostgreSQL's second index of texts comes and goes behind all else."""
        before, after = self.before, self.after
        if self.editor.dialect != "postgres":
            return
        newly = not (has_index(before) or is_unique(before)) and has_index(after)
        lost = self._type_changed() and self._loses_like_index() and (has_index(after) or is_unique(after))
        if newly or (not is_unique(before) and is_unique(after)) or lost:
            self.editor.like_index(self.new.model, self.new.name, after)
        if is_unique(before) and not (has_index(after) or is_unique(after)):
            self.editor.drop_index(
                self.new.model, index_name(self.table, (self.old_column,), "_like", self.editor.dialect)
            )


def alter_many_to_many(editor: Editor, old: Side, new: Side) -> None:
    """The table is renamed where its name changes, its columns where a model's name does, and what it points at."""
    if old.join is None or new.join is None:
        return
    state = editor.state
    table = new.join[0]
    editor.rename_table(old.join[0], table)
    ends = (
        (old.join[2], new.join[2], old.table_of_target, new.table_of_target),
        (old.join[1], new.join[1], old.table, new.table),
    )
    key = state.key_of(new.field.to, new.model.label, new.model.name)
    for end, (former_column, column, former_target, target) in zip((key, new.model.key), ends, strict=True):
        same = former_column == column and former_target == target
        if same or UNKNOWN in "".join((former_column, column, former_target, target)):
            continue
        former = editor.join_foreign_key(table, former_column, former_target)
        editor.emit(
            Kind.DROP_CONSTRAINT,
            table=table,
            name=former.name,
            constraint=former,
            transient=True,
            before=_holding(former),
        )
        if former_column != column:
            editor.rename_column(table, former_column, column)
        if former_target != target and end == key and _is_other_model(state, old, new):
            editor.emit(Kind.ALTER_COLUMN_TYPE, table=table, column=column, type=state.key_type(key))
        constraint = editor.join_foreign_key(table, column, target, state.key_column(key if end == key else end))
        editor.emit(Kind.ADD_CONSTRAINT, table=table, name=constraint.name, constraint=constraint)


def _is_other_model(state: State, old: Side, new: Side) -> bool:
    """Whether the relation points at another model than before, with a key of another type."""
    before = state.key_type(state.key_of(old.field.to, old.model.label, old.model.name))
    after = state.key_type(state.key_of(new.field.to, new.model.label, new.model.name))
    return UNKNOWN not in (before.name, after.name) and before != after


def _related(referencing: list[_Pointing], place: Region) -> tuple[Related, ...]:
    """What else changes with a column that others point at. The path is that of the migration."""
    if not referencing:
        return ()
    names = [f"{table}.{column}" for table, column, _ in referencing]
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    message = f"what points at it changes with it, and its foreign keys are checked again: {shown}"
    return (Related("", place, message),)


def _holding(constraint: Constraint) -> Before:
    return Before(constraints=(constraint,))
