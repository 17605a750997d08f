"""Indexes and constraints as Django's schema editor makes and drops them, with those that it adds by itself."""

from __future__ import annotations

from msgspec.structs import replace

from relcheck.sources.migration.django.collecting import Collector
from relcheck.sources.migration.django.columns import (
    column_name,
    has_column,
    is_indexed,
    is_many_to_many,
    is_relation,
    is_unique,
    like_operators,
)
from relcheck.sources.migration.django.facts import Field, Index, ModelConstraint
from relcheck.sources.migration.django.naming import foreign_key_suffix, index_name
from relcheck.sources.migration.django.state import Model
from relcheck.sources.migration.operation import Before, Constraint, ForeignKey, Kind


class Constraining(Collector):
    """The part of the editor that is about indexes and constraints."""

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
        made = self.constraint_of(model, constraint)
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
        made = self.constraint_of(model, constraint)
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

    def constraint_of(self, model: Model, constraint: ModelConstraint) -> Constraint:
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

    def join_foreign_key(self, table: str, column: str, to_table: str, to_column: str = "id") -> Constraint:
        return Constraint(
            type="foreign_key",
            name=index_name(table, (column,), foreign_key_suffix(to_table, to_column), self.dialect),
            columns=(column,),
            references=ForeignKey(to_table, (to_column,)),
            deferrable=self.dialect != "mysql",
        )
