"""What models look like between two migrations: Django's project state, as far as migrations tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace

from relcheck.sources.migration.django.columns import (
    column_name,
    column_type,
    has_column,
    is_many_to_many,
    is_relation,
    reference_type,
)
from relcheck.sources.migration.django.facts import DjangoSettings, Field, Index, ModelConstraint
from relcheck.sources.migration.django.naming import table_name
from relcheck.sources.migration.operation import UNKNOWN, SqlType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relcheck.sources.migration.operation import Dialect

Key = tuple[str, str]
"""A model: app label and name in small letters."""


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A model at one point of the chain. `label` is the app's; `complete` says that its fields are all known."""

    label: str
    name: str
    fields: dict[str, Field]
    bases: tuple[str, ...] = ()
    db_table: str | None = None
    managed: bool = True
    proxy: bool = False
    swappable: str | None = None
    unique_together: tuple[tuple[str, ...], ...] = ()
    index_together: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[ModelConstraint, ...] = ()
    order_with_respect_to: str | None = None
    complete: bool = True

    @property
    def key(self) -> Key:
        return self.label, self.name.lower()

    @property
    def primary_key(self) -> tuple[str, Field] | None:
        return next(((name, field) for name, field in self.fields.items() if field.primary_key), None)


_AUTO = Field(path="django.db.models.AutoField", kind="AutoField", primary_key=True)

# Tables of Django's own apps, which have no migrations in a project. Their first ones say AutoField, and no setting
# changes that.
_CONTRIB = {
    ("admin", "logentry"): "django_admin_log",
    ("auth", "group"): "auth_group",
    ("auth", "permission"): "auth_permission",
    ("auth", "user"): "auth_user",
    ("contenttypes", "contenttype"): "django_content_type",
    ("flatpages", "flatpage"): "django_flatpage",
    ("redirects", "redirect"): "django_redirect",
    ("sites", "site"): "django_site",
}


_PROXIES = 10
"""Proxies that stand for one another; in a circle of them none has a table."""


class Column(NamedTuple):
    """A field of a model, and the column it is kept in."""

    name: str
    field: Field


class State:
    """All models. It is changed by the operations of migrations, in their order; models themselves never change."""

    def __init__(self, dialect: Dialect, settings: DjangoSettings, models: dict[Key, Model] | None = None) -> None:
        self.dialect = dialect
        self.settings = settings
        self.models = {} if models is None else models

    def copy(self) -> State:
        return State(self.dialect, self.settings, dict(self.models))

    def put(self, model: Model) -> None:
        self.models[model.key] = model

    def find(self, label: str, name: str) -> Model | None:
        return self.models.get((label, name.lower()))

    def key_of(self, reference: str | None, label: str, model: str = "") -> Key | None:
        """The model that a relation of `label.model` names; None where a setting or an unknown part hides it."""
        if reference is None or reference == UNKNOWN:
            return None
        if reference.startswith("settings."):
            reference = self.settings.values.get(reference.removeprefix("settings."), "")
        if reference == "self":
            return label, model.lower()
        app, _, name = reference.rpartition(".")
        return ((app or label), name.lower()) if name else None

    def exists_in_database(self, model: Model) -> bool:
        """Whether Django makes a table of it: not of proxies, unmanaged models and those that a setting replaces."""
        return model.managed and not model.proxy and not self.is_swapped(model)

    def is_swapped(self, model: Model) -> bool:
        value = self.settings.values.get(model.swappable) if model.swappable else None
        return value is not None and value.lower() != f"{model.label}.{model.name}".lower()

    def table(self, model: Model, depth: int = 0) -> str:
        named = model.db_table or None
        if named is None and model.proxy and depth < _PROXIES:
            base = next((self.models.get(key) for key in self._bases(model)), None)
            if base is not None:
                return self.table(base, depth + 1)
        return table_name(named or f"{model.label}_{model.name.lower()}", self.dialect)

    def table_of(self, key: Key | None) -> str:
        """The table of a model; by the usual rule where its app has no migrations in the project and cannot tell
        otherwise, unknown where the model itself is."""
        if key is None:
            return UNKNOWN
        model = self.models.get(key)
        if model is not None:
            return self.table(model)
        return _CONTRIB.get(key) or table_name(f"{key[0]}_{key[1]}", self.dialect)

    def _bases(self, model: Model) -> Iterator[Key]:
        for base in model.bases:
            key = self.key_of(base, model.label, model.name) if "." in base else None
            if key is not None:
                yield key

    def target(self, field: Field, label: str, model: str) -> tuple[Key | None, Model | None, Column | None]:
        """What a relation points at: the model, and the column of it."""
        key = self.key_of(field.to, label, model)
        found = self.models.get(key) if key is not None else None
        if found is None:
            known = key in _CONTRIB and field.to_field is None
            return key, None, Column("id", _AUTO) if known else None
        if field.to_field is not None:
            named = found.fields.get(field.to_field)
            return key, found, Column(field.to_field, named) if named is not None else None
        primary = found.primary_key
        if primary is None and found.complete and not list(self._bases(found)):
            primary = ("id", _AUTO)
        return key, found, Column(*primary) if primary is not None else None

    def final_field(self, field: Field | None, label: str, model: str, depth: int = 0) -> Field | None:
        """The field whose type a column has in the end: a foreign key to a foreign key has that of the last."""
        if field is None or not is_relation(field):
            return field
        if depth > 10:
            return None
        key, _, column = self.target(field, label, model)
        if key is None or column is None:
            return None
        return self.final_field(column.field, key[0], key[1], depth + 1)

    def type_of(self, model: Model, field: Field) -> SqlType:
        """The type of a field's column."""
        if is_relation(field):
            return reference_type(self.final_field(field, model.label, model.name), self.dialect)
        return column_type(field, self.dialect)

    def key_type(self, key: Key | None) -> SqlType:
        """The type of a column that points at the primary key of a model."""
        if key is None:
            return SqlType(UNKNOWN)
        reference = Field(path="", kind="ForeignKey", to=f"{key[0]}.{key[1]}")
        return reference_type(self.final_field(reference, *key), self.dialect)

    def key_column(self, key: Key | None) -> str:
        """The column of a model's primary key; `id` where nothing else is known."""
        if key is None:
            return "id"
        _, _, column = self.target(Field(path="", kind="ForeignKey", to=f"{key[0]}.{key[1]}"), *key)
        return "id" if column is None else column_name(column.name, column.field)

    def columns(self, model: Model) -> list[Column]:
        return [Column(column_name(name, field), field) for name, field in model.fields.items() if has_column(field)]

    def column_of(self, model: Model, name: str) -> str:
        """The column of a field, by the field's name."""
        field = model.fields.get(name)
        if field is None and name == "pk" and model.primary_key is not None:
            name, field = model.primary_key
        return name if field is None else column_name(name, field)

    def join_table(self, model: Model, name: str, field: Field) -> str:
        """The table of a many-to-many field."""
        return table_name(field.db_table or f"{model.db_table or self.table(model)}_{name}", self.dialect)

    def join_columns(self, model: Model, field: Field) -> tuple[str, str]:
        """The columns of a many-to-many table: to the model itself, and to the other."""
        key = self.key_of(field.to, model.label, model.name)
        own = model.name.lower()
        if key == model.key:
            return f"from_{own}_id", f"to_{own}_id"
        return f"{own}_id", f"{key[1]}_id" if key is not None else f"{UNKNOWN}_id"

    def relations_to(self, key: Key) -> Iterator[tuple[Model, str, Field]]:
        """Fields of all models that point at a model; many-to-many ones among them."""
        for model in list(self.models.values()):
            for name, field in model.fields.items():
                if field.to is None or not (is_relation(field) or is_many_to_many(field)):
                    continue
                if self.key_of(field.to, model.label, model.name) == key:
                    yield model, name, field


def with_field(model: Model, name: str, field: Field) -> Model:
    return replace(model, fields={**model.fields, name: field})


def without_field(model: Model, name: str) -> Model:
    return replace(model, fields={key: field for key, field in model.fields.items() if key != name})


def with_field_renamed(model: Model, old: str, new: str) -> Model:
    """The model with a field under its new name, in all options that name it."""
    renamed = {old: new}

    def sets(groups: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(renamed.get(name, name) for name in group) for group in groups)

    return replace(
        model,
        fields={renamed.get(name, name): field for name, field in model.fields.items()},
        unique_together=sets(model.unique_together),
        index_together=sets(model.index_together),
        indexes=tuple(replace(one, fields=sets((one.fields,))[0]) for one in model.indexes),
    )
