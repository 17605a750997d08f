"""The operations that Django's schema editor would carry out, collected: tables, columns and what it adds by itself.

Source: `BaseDatabaseSchemaEditor` of Django 5.2 and those of its PostgreSQL, MySQL and SQLite backends. Foreign keys and
indexes of new columns are put off to the end of the migration, as Django does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Unpack

from msgspec.structs import replace

from relcheck.sources.migration.django.columns import (
    check_of,
    column_name,
    column_type,
    has_column,
    insert_default,
    is_identity,
    is_indexed,
    is_many_to_many,
    is_relation,
    is_unique,
    like_operators,
)
from relcheck.sources.migration.django.facts import NOWHERE, Field, Index, ModelConstraint, ModelOperation
from relcheck.sources.migration.django.field_kinds import AUTO_KINDS
from relcheck.sources.migration.django.naming import foreign_key_suffix, index_name
from relcheck.sources.migration.operation import (
    UNKNOWN,
    Before,
    Column,
    Constraint,
    Dialect,
    ForeignKey,
    Kind,
    Operation,
)

if TYPE_CHECKING:
    from relcheck.model.finding import Region
    from relcheck.sources.migration.django.details import Details
    from relcheck.sources.migration.django.state import Model, State


class _Deferred(NamedTuple):
    """An operation that is put off to the end. `suffix` is what its name is made with, where Django names it: such a
    name follows the names of its table and columns."""

    operation: Operation
    suffix: str | None

    def named(self, operation: Operation, dialect: Dialect) -> _Deferred:
        """The same with its table or columns renamed."""
        if self.suffix is None or operation.table is None:
            return _Deferred(operation, self.suffix)
        constraint = operation.constraint
        columns = operation.columns if constraint is None else constraint.columns
        suffix = self.suffix
        if constraint is not None and constraint.references is not None:
            suffix = foreign_key_suffix(constraint.references.table, constraint.references.columns[0])
        name = index_name(operation.table, columns, suffix, dialect)
        if constraint is not None:
            constraint = replace(constraint, name=name)
        return _Deferred(replace(operation, name=name, constraint=constraint), suffix)


DIALECTS: tuple[Dialect, ...] = ("postgres", "mysql", "sqlite")

_CREATES = (Kind.CREATE_TABLE, Kind.CREATE_TABLE_AS)


class Editor:
    """Collects the operations of one migration. `state` is changed by who calls it; the editor only reads it."""

    def __init__(self, state: State, *, atomic: bool) -> None:
        self.state = state
        self.dialect = state.dialect
        self.operations: list[Operation] = []
        self.created: set[str] = set()
        self._deferred: list[_Deferred] = []
        self.transaction = 0 if atomic and state.dialect != "mysql" else None
        self._transactions = 0
        self._current = ModelOperation(type="", region=NOWHERE)

    @property
    def deferred(self) -> list[Operation]:
        """What is to be done at the end of the migration, as it stands now."""
        return [one.operation for one in self._deferred]

    def begin(self, operation: ModelOperation) -> None:
        """What follows is done by this operation of the migration."""
        self._current = operation

    def finish(self) -> tuple[Operation, ...]:
        """All operations, those put off to the end included. What drops a table before it is created is about another
        one of its name."""
        self.operations.extend(self.deferred)
        self._deferred = []
        made = {one.table: number for number, one in reversed([*enumerate(self.operations)]) if one.kind in _CREATES}
        return tuple(
            replace(one, created_here=True)
            if one.table in self.created and not one.created_here and number >= made.get(one.table, 0)
            else one
            for number, one in enumerate(self.operations)
        )

    def emit(
        self,
        kind: Kind,
        *,
        at: Region | None = None,
        deferred: bool = False,
        suffix: str | None = None,
        **details: Unpack[Details],
    ) -> None:
        """Add an operation, at the place of the migration's operation or at a part of it; `deferred` to its end."""
        current = self._current
        operation = Operation(
            kind=kind,
            region=at if at is not None and at.line > 1 else current.region,
            dialect=self.dialect,
            **{
                "code": current.code,
                "guards": current.guards,
                "dialects": tuple(one for one in DIALECTS if one in current.dialects),
                "repeated": current.repeated,
                "transaction": self.transaction,
                **details,
            },
        )
        unknown = (*operation.unknown, *_unknown_parts(operation), *current.unknown)
        operation = replace(operation, unknown=tuple(dict.fromkeys(unknown)))
        if self.dialect == "postgres" and len(operation.name or "") > _LONGEST_NAME:
            operation = replace(operation, name=(operation.name or "")[:_LONGEST_NAME])
        if deferred:
            self._deferred.append(_Deferred(operation, suffix))
        else:
            self.operations.append(operation)

    def take(self, operation: Operation) -> None:
        """Add an operation that something else has read."""
        self.operations.append(operation)
        if operation.kind is Kind.CREATE_TABLE and operation.table is not None:
            self.created.add(operation.table)

    def new_transaction(self) -> int:
        """The number of a transaction that an operation of a migration opens for itself."""
        self._transactions += 1
        return self._transactions

    def state_only(self) -> None:
        self.emit(Kind.STATE_ONLY)

    # Tables

    def create_model(self, model: Model) -> None:
        table = self.state.table(model)
        self.created.add(table)
        for group in model.unique_together:
            self._unique_together(model, group, deferred=True)
        columns = [self._column(model, name, field) for name, field in model.fields.items() if has_column(field)]
        if model.complete and not model.bases and model.primary_key is None:
            columns.insert(0, self._column(model, "id", _ID))
        constraints = [constraint for column in columns for constraint in column.constraints]
        for name, field in model.fields.items():
            if is_relation(field) and field.db_constraint:
                if self.dialect == "sqlite":
                    constraints.append(self.foreign_key(model, name, field))
                else:
                    self.add_foreign_key(model, name, field, deferred=True)
        constraints.extend(self._constraint(model, one) for one in model.constraints if not one.index_only)
        self.emit(Kind.CREATE_TABLE, table=table, new_columns=tuple(columns), constraints=tuple(constraints))
        self._new_indexes(model)
        for name, field in model.fields.items():
            if is_many_to_many(field):
                self.create_join_table(model, name, field)

    def _new_indexes(self, model: Model) -> None:
        for constraint in model.constraints:
            if constraint.index_only:
                self.add_constraint(model, constraint, deferred=True)
        for name, field in model.fields.items():
            self._field_indexes(model, name, field)
        for group in model.index_together:
            self._index_together(model, group, deferred=True)
        for index in model.indexes:
            self.add_index(model, index, deferred=True)

    def create_join_table(self, model: Model, name: str, field: Field) -> None:
        """The table of a many-to-many relation."""
        table = self.state.join_table(model, name, field)
        own, other = self.state.join_columns(model, field)
        self.created.add(table)
        ends = ((own, model.key), (other, self.state.key_of(field.to, model.label, model.name)))
        columns = [self._join_key()]
        foreign: list[Constraint] = []
        for column, end in ends:
            columns.append(Column(name=column, type=self.state.key_type(end), nullable=False))
            foreign.append(self.join_foreign_key(table, column, self.state.table_of(end), self.state.key_column(end)))
        inline = columns[0].constraints
        if field.db_constraint and self.dialect == "sqlite":
            inline = (*inline, *foreign)
        self.emit(Kind.CREATE_TABLE, at=field.region, table=table, new_columns=tuple(columns), constraints=inline)
        unique = Constraint(
            type="unique", name=index_name(table, (own, other), "_uniq", self.dialect), columns=(own, other)
        )
        added = [unique, *(foreign if field.db_constraint and self.dialect != "sqlite" else ())]
        for constraint in added:
            self.emit(
                Kind.ADD_CONSTRAINT,
                at=field.region,
                deferred=True,
                suffix="_uniq" if constraint is unique else "",
                table=table,
                name=constraint.name,
                constraint=constraint,
            )
        for column, end in ends:
            like = self.dialect == "postgres" and like_operators(self.state.key_type(end))
            for suffix in ("", "_like") if like else ("",):
                self.emit(
                    Kind.CREATE_INDEX,
                    at=field.region,
                    deferred=True,
                    suffix=suffix,
                    table=table,
                    name=index_name(table, (column,), suffix, self.dialect),
                    columns=(column,),
                    has_where=False,
                )

    def _join_key(self) -> Column:
        """The primary key of a many-to-many table."""
        named = self.state.settings.values.get("DEFAULT_AUTO_FIELD", "BigAutoField").rpartition(".")[2]
        kind = named if named in AUTO_KINDS else "BigAutoField"
        return Column(
            name="id",
            type=column_type(Field(path="", kind=kind), self.dialect),
            nullable=False,
            identity=self.dialect == "postgres",
            serial=self.dialect != "postgres",
            constraints=(Constraint(type="primary_key", columns=("id",)),),
        )

    def join_foreign_key(self, table: str, column: str, to_table: str, to_column: str = "id") -> Constraint:
        return Constraint(
            type="foreign_key",
            name=index_name(table, (column,), foreign_key_suffix(to_table, to_column), self.dialect),
            columns=(column,),
            references=ForeignKey(to_table, (to_column,)),
            deferrable=self.dialect != "mysql",
        )

    def delete_model(self, model: Model) -> None:
        for name, field in model.fields.items():
            if is_many_to_many(field):
                self.drop_table(self.state.join_table(model, name, field))
        self.drop_table(self.state.table(model))

    def drop_table(self, table: str) -> None:
        self.emit(Kind.DROP_TABLE, table=table, cascade=self.dialect != "sqlite", created_here=table in self.created)
        self._deferred = [
            one for one in self._deferred if one.operation.table != table and not _refers_to(one.operation, table)
        ]

    def rename_table(self, old: str, new: str) -> None:
        """Nothing where the name stays."""
        if old == new:
            return
        self.emit(Kind.RENAME_TABLE, table=old, new_name=new)
        self._deferred = [one.named(_with_table(one.operation, old, new), self.dialect) for one in self._deferred]
        if old in self.created:
            self.created.add(new)

    # Columns

    def add_field(self, model: Model, name: str, field: Field) -> None:
        if is_many_to_many(field):
            self.create_join_table(model, name, field)
            return
        if not has_column(field):
            self.state_only()
            return
        table = self.state.table(model)
        column = self._column(model, name, field)
        filled = insert_default(field) if field.db_default is None else None
        if filled is not None:
            column = replace(column, default=filled)
        constraints = column.constraints
        inline = is_relation(field) and field.db_constraint
        if inline:
            constraints = (*constraints, self.foreign_key(model, name, field))
        # SQLite can add a column without copying the table only where it may be null and holds nothing yet.
        plain = field.null and filled is None and field.db_default is None and not is_unique(field)
        self.emit(
            Kind.ADD_COLUMN,
            table=table,
            column=column.name,
            new_columns=(replace(column, constraints=constraints),),
            constraints=constraints,
            batch=self.dialect == "sqlite" and not plain,
        )
        if filled is not None and not (
            self.dialect == "mysql" and column.type.name in {"longtext", "longblob", "json"}
        ):
            self.emit(
                Kind.DROP_DEFAULT, table=table, column=column.name, transient=True, batch=self.dialect == "sqlite"
            )
        self._field_indexes(model, name, field)

    def remove_field(self, model: Model, name: str, field: Field) -> None:
        if is_many_to_many(field):
            self.drop_table(self.state.join_table(model, name, field))
            return
        if not has_column(field):
            self.state_only()
            return
        table, column = self.state.table(model), column_name(name, field)
        self.emit(
            Kind.DROP_COLUMN,
            table=table,
            column=column,
            cascade=self.dialect == "postgres",
            before=self.before(model, name, field),
            batch=self.dialect == "sqlite" and (is_unique(field) or is_indexed(field) or is_relation(field)),
        )
        self._deferred = [one for one in self._deferred if not _names_column(one.operation, table, column)]

    def rename_column(self, table: str, old: str, new: str, at: Region | None = None) -> None:
        self.emit(Kind.RENAME_COLUMN, at=at, table=table, column=old, new_name=new)
        self._deferred = [
            one.named(_with_column(one.operation, old, new), self.dialect) if one.operation.table == table else one
            for one in self._deferred
        ]

    def before(self, model: Model, name: str, field: Field) -> Before:
        """What the models say of a column before it changes."""
        column = column_name(name, field)
        names = [index.name for index in model.indexes if name in index.fields and index.name]
        if is_indexed(field):
            names.append(index_name(self.state.table(model), (column,), "", self.dialect))
        constraints = [
            self._constraint(model, one) for one in model.constraints if name in one.fields and not one.index_only
        ]
        if is_unique(field) and not field.primary_key:
            constraints.append(Constraint(type="unique", columns=(column,)))
        if is_relation(field) and field.db_constraint:
            constraints.append(self.foreign_key(model, name, field))
        return Before(
            type=self.state.type_of(model, field),
            nullable=None if "null" in field.unknown else field.null,
            has_default=field.db_default is not None,
            proven_not_null=any(one.not_null_proof == name for one in model.constraints),
            indexes=tuple(names),
            constraints=tuple(constraints),
        )

    def _column(self, model: Model, name: str, field: Field) -> Column:
        column = column_name(name, field)
        constraints: list[Constraint] = []
        if field.primary_key:
            constraints.append(Constraint(type="primary_key", columns=(column,)))
        elif is_unique(field):
            constraints.append(Constraint(type="unique", columns=(column,)))
        check = check_of(field, column, self.dialect)
        if check:
            constraints.append(Constraint(type="check", columns=(column,), expression=check))
        generated = field.kind == "GeneratedField"
        identity = is_identity(field)
        return Column(
            name=column,
            type=self.state.type_of(model, field),
            nullable=field.null and not field.primary_key if not generated else True,
            default=field.db_default,
            volatile=field.db_default_volatile if field.db_default is not None else False,
            constraints=tuple(constraints),
            identity=identity and self.dialect == "postgres",
            serial=identity and self.dialect != "postgres",
            generated=("stored" if field.stored else "virtual") if generated else "",
            collation=field.collation,
        )

    # Indexes and constraints

    def foreign_key(self, model: Model, name: str, field: Field) -> Constraint:
        column = column_name(name, field)
        key, _, target = self.state.target(field, model.label, model.name)
        to_table = self.state.table_of(key)
        to_column = "id" if target is None else column_name(target.name, target.field)
        return Constraint(
            type="foreign_key",
            name=index_name(self.state.table(model), (column,), foreign_key_suffix(to_table, to_column), self.dialect),
            columns=(column,),
            references=ForeignKey(to_table, (to_column,)),
            deferrable=self.dialect != "mysql",
        )

    def add_foreign_key(self, model: Model, name: str, field: Field, *, deferred: bool = False) -> None:
        constraint = self.foreign_key(model, name, field)
        self.emit(
            Kind.ADD_CONSTRAINT,
            at=field.region if deferred else None,
            deferred=deferred,
            suffix="",
            table=self.state.table(model),
            name=constraint.name,
            constraint=constraint,
        )

    def _field_indexes(self, model: Model, name: str, field: Field) -> None:
        """The indexes that Django makes for a new column, at the end of the migration."""
        if not has_column(field) or is_many_to_many(field):
            return
        if is_indexed(field) and not (self.dialect == "mysql" and is_relation(field) and field.db_constraint):
            self.field_index(model, name, field, deferred=True)
        if (is_indexed(field) or is_unique(field)) and self.dialect == "postgres":
            self.like_index(model, name, field, deferred=True)

    def field_index(self, model: Model, name: str, field: Field, *, deferred: bool = False) -> None:
        table, column = self.state.table(model), column_name(name, field)
        self.emit(
            Kind.CREATE_INDEX,
            at=field.region if deferred else None,
            deferred=deferred,
            suffix="",
            table=table,
            name=index_name(table, (column,), "", self.dialect),
            columns=(column,),
            has_where=False,
        )

    def like_index(self, model: Model, name: str, field: Field, *, deferred: bool = False) -> None:
        """PostgreSQL's second index for LIKE, where the type has one."""
        if not like_operators(self.state.type_of(model, field)) or field.collation:
            return
        table, column = self.state.table(model), column_name(name, field)
        self.emit(
            Kind.CREATE_INDEX,
            at=field.region if deferred else None,
            deferred=deferred,
            suffix="_like",
            table=table,
            name=index_name(table, (column,), "_like", self.dialect),
            columns=(column,),
            has_where=False,
        )

    def add_index(self, model: Model, index: Index, *, concurrently: bool = False, deferred: bool = False) -> None:
        self.emit(
            Kind.CREATE_INDEX,
            at=index.region if deferred else None,
            deferred=deferred,
            table=self.state.table(model),
            name=index.name,
            columns=tuple(self.state.column_of(model, name) for name in index.fields),
            using=index.using,
            has_where=bool(index.condition),
            where=index.condition,
            concurrently=concurrently,
        )

    def drop_index(self, model: Model, name: str | None, *, concurrently: bool = False, unique: bool = False) -> None:
        self.emit(
            Kind.DROP_INDEX,
            table=self.state.table(model),
            name=name,
            concurrently=concurrently,
            if_exists=self.dialect == "postgres",
            before=Before(unique_index=unique),
        )

    def add_constraint(
        self, model: Model, constraint: ModelConstraint, *, not_valid: bool = False, deferred: bool = False
    ) -> None:
        table = self.state.table(model)
        if constraint.index_only:
            self.emit(
                Kind.CREATE_INDEX,
                at=constraint.region if deferred else None,
                deferred=deferred,
                table=table,
                name=constraint.name,
                columns=tuple(self.state.column_of(model, name) for name in constraint.fields),
                unique=True,
                has_where=bool(constraint.condition),
                where=constraint.condition,
            )
            return
        made = self._constraint(model, constraint)
        self.emit(
            Kind.ADD_CONSTRAINT,
            at=constraint.region if deferred else None,
            deferred=deferred,
            table=table,
            name=constraint.name,
            constraint=replace(made, not_valid=not_valid),
            batch=self.dialect == "sqlite",
        )

    def drop_constraint(self, model: Model, constraint: ModelConstraint) -> None:
        if constraint.index_only:
            self.drop_index(model, constraint.name, unique=True)
            return
        made = self._constraint(model, constraint)
        self.drop(model, made)

    def drop(self, model: Model, constraint: Constraint, *, transient: bool = False) -> None:
        self.emit(
            Kind.DROP_CONSTRAINT,
            table=self.state.table(model),
            name=constraint.name,
            constraint=constraint,
            before=Before(constraints=(constraint,)),
            transient=transient,
            batch=self.dialect == "sqlite",
        )

    def _constraint(self, model: Model, constraint: ModelConstraint) -> Constraint:
        fields = constraint.fields or ((constraint.not_null_proof,) if constraint.not_null_proof else ())
        columns = tuple(self.state.column_of(model, name) for name in fields)
        proof = constraint.not_null_proof
        return Constraint(
            type=constraint.type,
            name=constraint.name,
            columns=columns,
            expression=f'"{columns[0]}" IS NOT NULL' if proof else constraint.condition,
            deferrable=constraint.deferrable,
        )

    def _unique_together(self, model: Model, group: tuple[str, ...], *, deferred: bool = False) -> None:
        made = self.unique_of(model, group)
        self.emit(
            Kind.ADD_CONSTRAINT,
            deferred=deferred,
            suffix="_uniq",
            table=self.state.table(model),
            name=made.name,
            constraint=made,
            batch=self.dialect == "sqlite",
        )

    def unique_of(self, model: Model, group: tuple[str, ...]) -> Constraint:
        columns = tuple(self.state.column_of(model, name) for name in group)
        name = index_name(self.state.table(model), columns, "_uniq", self.dialect)
        return Constraint(type="unique", name=name, columns=columns)

    def _index_together(self, model: Model, group: tuple[str, ...], *, deferred: bool = False) -> None:
        table = self.state.table(model)
        columns = tuple(self.state.column_of(model, name) for name in group)
        name = index_name(table, columns, "_idx", self.dialect)
        self.emit(
            Kind.CREATE_INDEX,
            deferred=deferred,
            suffix="_idx",
            table=table,
            name=name,
            columns=columns,
            has_where=False,
        )

    def change_unique_together(
        self, model: Model, old: tuple[tuple[str, ...], ...], new: tuple[tuple[str, ...], ...]
    ) -> None:
        before, after = dict.fromkeys(old), dict.fromkeys(new)
        for group in before:
            if group not in after:
                self.drop(model, self.unique_of(model, group))
        for group in after:
            if group not in before:
                self._unique_together(model, group)

    def change_index_together(
        self, model: Model, old: tuple[tuple[str, ...], ...], new: tuple[tuple[str, ...], ...]
    ) -> None:
        before, after = dict.fromkeys(old), dict.fromkeys(new)
        for group in before:
            if group not in after:
                columns = tuple(self.state.column_of(model, name) for name in group)
                self.drop_index(model, index_name(self.state.table(model), columns, "_idx", self.dialect))
        for group in after:
            if group not in before:
                self._index_together(model, group)


_LONGEST_NAME = 63
"""PostgreSQL cuts longer names (manual, "Identifiers and Key Words")."""

_ID = Field(path="django.db.models.AutoField", kind="AutoField", primary_key=True)


def _unknown_parts(operation: Operation) -> list[str]:
    parts = [name for name in ("table", "column", "name", "new_name") if UNKNOWN in (getattr(operation, name) or "")]
    if any(UNKNOWN in column for column in operation.columns):
        parts.append("columns")
    if operation.type is not None and operation.type.name == UNKNOWN:
        parts.append("type")
    if any(column.type.name == UNKNOWN or UNKNOWN in column.name for column in operation.new_columns):
        parts.append("new_columns")
    constraint = operation.constraint
    if constraint is not None:
        references = constraint.references
        if constraint.type == "unknown" or (references is not None and UNKNOWN in references.table):
            parts.append("constraint")
    return parts


def _refers_to(operation: Operation, table: str) -> bool:
    constraint = operation.constraint
    return constraint is not None and constraint.references is not None and constraint.references.table == table


def _names_column(operation: Operation, table: str, column: str) -> bool:
    if operation.table != table:
        return False
    constraint = operation.constraint
    return column in operation.columns or (constraint is not None and column in constraint.columns)


def _with_table(operation: Operation, old: str, new: str) -> Operation:
    constraint = operation.constraint
    references = None if constraint is None else constraint.references
    if constraint is not None and references is not None and references.table == old:
        constraint = replace(constraint, references=replace(references, table=new))
    return replace(operation, table=new if operation.table == old else operation.table, constraint=constraint)


def _with_column(operation: Operation, old: str, new: str) -> Operation:
    def changed(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if column == old else column for column in columns)

    constraint = operation.constraint
    if constraint is not None:
        constraint = replace(constraint, columns=changed(constraint.columns))
    return replace(operation, columns=changed(operation.columns), constraint=constraint)
