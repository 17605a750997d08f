"""The operations that Django's schema editor would carry out, collected: tables, columns and what it adds by itself.

Source: `BaseDatabaseSchemaEditor` of Django 5.2 and those of its PostgreSQL, MySQL and SQLite backends. Foreign keys
and indexes of new columns are put off to the end of the migration, as Django does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from relcheck.sources.migration.django.constraining import Constraining
from relcheck.sources.migration.django.facts import Field
from relcheck.sources.migration.django.field_kinds import AUTO_KINDS
from relcheck.sources.migration.django.naming import index_name
from relcheck.sources.migration.operation import Before, Column, Constraint, Kind

if TYPE_CHECKING:
    from relcheck.model.finding import Region
    from relcheck.sources.migration.django.state import Model

_ID = Field(path="django.db.models.AutoField", kind="AutoField", primary_key=True)


class Editor(Constraining):
    """Collects what becomes of tables and columns."""

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
        constraints.extend(self.constraint_of(model, one) for one in model.constraints if not one.index_only)
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

    def delete_model(self, model: Model) -> None:
        for name, field in model.fields.items():
            if is_many_to_many(field):
                self.drop_table(self.state.join_table(model, name, field))
        self.drop_table(self.state.table(model))

    def drop_table(self, table: str) -> None:
        # Django always writes CASCADE, which is not the author's choice: `cascade` is for those who choose it.
        self.emit(Kind.DROP_TABLE, table=table, created_here=table in self.created)
        self._forget_table(table)

    def rename_table(self, old: str, new: str) -> None:
        """Nothing where the name stays."""
        if old == new:
            return
        self.emit(Kind.RENAME_TABLE, table=old, new_name=new)
        self._follow_table(old, new)
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
            before=self.before(model, name, field),
            batch=self.dialect == "sqlite" and (is_unique(field) or is_indexed(field) or is_relation(field)),
        )
        self._forget_column(table, column)

    def rename_column(self, table: str, old: str, new: str, at: Region | None = None) -> None:
        self.emit(Kind.RENAME_COLUMN, at=at, table=table, column=old, new_name=new)
        self._follow_column(table, old, new)

    def before(self, model: Model, name: str, field: Field) -> Before:
        """What the models say of a column before it changes."""
        column = column_name(name, field)
        names = [index.name for index in model.indexes if name in index.fields and index.name]
        if is_indexed(field):
            names.append(index_name(self.state.table(model), (column,), "", self.dialect))
        constraints = [
            self.constraint_of(model, one) for one in model.constraints if name in one.fields and not one.index_only
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
