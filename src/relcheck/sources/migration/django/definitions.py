"""Fields, indexes, constraints and options of models, from the calls that migrations make them with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from relcheck.sources.migration.django.facts import ConstraintKind, Field, Index, ModelConstraint, Options
from relcheck.sources.migration.django.field_kinds import default_length, kind_of
from relcheck.sources.migration.django.inheriting import passed_on
from relcheck.sources.migration.django.written import Places, Written, is_none, items_of, shortened, text_of, written
from relcheck.sources.migration.operation import UNKNOWN
from relcheck.sources.migration.python.values import (
    Attribute,
    Class,
    Constant,
    Entries,
    Instance,
    Items,
    Maybe,
    Symbol,
    Text,
    Value,
)

if TYPE_CHECKING:
    from relcheck.model.finding import Region
    from relcheck.sources.migration.python.run import Run

_NOT_IN_THE_DATABASE = frozenset(
    [
        "blank",
        "choices",
        "db_column",
        "editable",
        "error_messages",
        "help_text",
        "limit_choices_to",
        "on_delete",
        "related_name",
        "related_query_name",
        "validators",
        "verbose_name",
    ]
)
"""`Field.non_db_attrs` of Django: a change of these changes nothing in the database."""

_COMPARED_BY_MEANING = frozenset({"to", "to_field", "default", "db_index"})
"""What may be said in several ways, or not at all, and mean the same."""

_USUAL = ("verbose_name", "name", "primary_key", "max_length", "unique", "blank", "null", "db_index")
_POSITIONAL = {
    "ForeignKey": ("to", "on_delete"),
    "OneToOneField": ("to", "on_delete"),
    "ManyToManyField": ("to",),
    "ArrayField": ("base_field", "size"),
    "DecimalField": ("verbose_name", "name", "max_digits", "decimal_places"),
}

_CONSTRAINTS: dict[str, ConstraintKind] = {
    "CheckConstraint": "check",
    "UniqueConstraint": "unique",
    "ExclusionConstraint": "exclude",
}

_METHODS = {
    "Index": "",
    "BTreeIndex": "",
    "BloomIndex": "bloom",
    "BrinIndex": "brin",
    "GinIndex": "gin",
    "GistIndex": "gist",
    "HashIndex": "hash",
    "SpGistIndex": "spgist",
}

_VOLATILE = frozenset({"RandomUUID", "Random", "UUID4", "UUID7"})


class Definitions:
    """Reads the definitions of one file."""

    def __init__(self, run: Run, places: Places) -> None:
        self._run = run
        self._places = places

    def field(self, value: Value | None) -> Field:
        """A model field; what is no call is of an unknown kind."""
        found = written(value)
        region = self._places.of(found)
        if found is None:
            return Field(path=UNKNOWN, region=region, unknown=("type",))
        kind = kind_of(found.func)
        path = found.path
        said = found.named
        if type(value) is Instance and kind and (call := passed_on(self._run, value)) is not None:
            found = Written(call, found.func)
        # What a class of the project makes of `**kwargs` may not be known; then what it was given counts.
        named = dict(found.named) if found.call.exact else {**said, **found.named}
        if not kind and "to" in named:  # a class of an unknown package that points at a model is a relation
            kind = "ForeignKey" if "on_delete" in named else "ManyToManyField"
        for name, argument in zip(_POSITIONAL.get(kind, _USUAL), found.args, strict=False):
            named.setdefault(name, argument)
        return self._built(found, path, kind, named, region)

    def _built(self, found: Written, path: str, kind: str, named: Mapping[str, Value], region: Region) -> Field:
        unknown: list[str] = [] if found.call.exact else ["**"]
        db_default, volatile = _database_default(found, named.get("db_default"))
        length = _number(named, "max_length", unknown)
        base = named.get("base_field") or named.get("output_field")
        literal = _sql_literal(named.get("default"))
        relation = kind in {"ForeignKey", "OneToOneField"}
        return Field(
            path=path,
            kind=kind,
            region=region,
            null=_flag(named, "null", unknown) or kind == "NullBooleanField",
            blank=_flag(named, "blank", []),
            primary_key=_flag(named, "primary_key", unknown),
            unique=_flag(named, "unique", unknown),
            db_index=_flag(named, "db_index", unknown) if "db_index" in named else None,
            default=(found.source("default") or UNKNOWN) if "default" in named else None,
            literal=literal,
            db_default=db_default,
            db_default_volatile=volatile,
            max_length=default_length(path, kind) if length is None else length,
            max_digits=_number(named, "max_digits", unknown),
            decimal_places=_number(named, "decimal_places", unknown),
            size=_number(named, "size", unknown),
            db_column=_text(named, "db_column", unknown),
            collation=_text(named, "db_collation", unknown) or "",
            comment=_text(named, "db_comment", unknown) or "",
            to=_model(named["to"], unknown) if "to" in named else None,
            to_field=_text(named, "to_field", unknown),
            through=_model(named["through"], unknown) if not is_none(named.get("through")) else None,
            db_table=_text(named, "db_table", unknown),
            db_constraint=_flag(named, "db_constraint", unknown, absent=True),
            hidden=(text_of(named.get("related_name")) or "").endswith("+"),
            base=self.field(base) if base is not None else None,
            stored=_flag(named, "db_persist", unknown, absent=True),
            auto_now=_flag(named, "auto_now", []) or _flag(named, "auto_now_add", []),
            rest=_rest(found, named) if relation or not kind else "",
            unknown=tuple(unknown),
        )

    def index(self, value: Value | None) -> Index:
        found = written(value)
        if found is None:
            return Index(name=UNKNOWN, expressions=True)
        method = _METHODS.get(found.name)
        if method is None:
            method = _inherited_method(found.func)
        return Index(
            name=text_of(found.named.get("name")) or (UNKNOWN if "name" in found.named else None),
            fields=tuple(name.lstrip("-") for name in _names(found.argument("fields"))),
            expressions=bool(found.args),
            condition=found.source("condition") or "",
            using=method,
            region=self._places.of(found),
        )

    def constraint(self, value: Value | None) -> ModelConstraint:
        found = written(value)
        if found is None:
            return ModelConstraint(type="unknown")
        named = found.named
        kind = _constraint_type(found.func)
        condition = "condition" if "condition" in named else "check"
        partial = any(not is_none(named.get(name)) for name in ("condition", "include", "opclasses"))
        return ModelConstraint(
            type=kind,
            name=text_of(named.get("name")) or UNKNOWN,
            fields=_names(named.get("fields")),
            condition=found.source(condition) or "",
            index_only=kind == "unique" and (partial or bool(found.args)),
            deferrable=not is_none(named.get("deferrable")),
            not_null_proof=_not_null_proof(named.get(condition)) if kind == "check" else "",
            region=self._places.of(found),
        )

    def options(self, value: Value | None) -> Options:
        if value is None or is_none(value):
            return Options()
        if type(value) is not Entries:
            return Options(unknown=("options",))
        entries = {name: item for key, item in value.entries if (name := text_of(key)) is not None}
        unknown: list[str] = [] if value.complete else ["options"]
        return Options(
            db_table=_text(entries, "db_table", unknown),
            managed=_flag(entries, "managed", unknown, absent=True),
            proxy=_flag(entries, "proxy", unknown),
            swappable=_text(entries, "swappable", unknown),
            unique_together=together(entries.get("unique_together"), unknown),
            index_together=together(entries.get("index_together"), unknown),
            indexes=tuple(self.index(item) for item in _all(entries.get("indexes"))),
            constraints=tuple(self.constraint(item) for item in _all(entries.get("constraints"))),
            order_with_respect_to=_text(entries, "order_with_respect_to", unknown),
            unknown=tuple(unknown),
        )


def together(value: Value | None, unknown: list[str]) -> tuple[tuple[str, ...], ...]:
    """The sets of fields of `unique_together`: one, or several."""
    if is_none(value):
        return ()
    items = items_of(value)
    if items is None:
        unknown.append("together")
        return ()
    if items and all(type(item) is Text for item in items):
        return (tuple(text_of(item) or UNKNOWN for item in items),)
    return tuple(_names(item) for item in items)


def model_name(value: Value | None) -> str | None:
    """A model as a text, or as `settings.AUTH_USER_MODEL`; None where it cannot be told."""
    text = text_of(value)
    if text is not None:
        return text
    if type(value) is Maybe:
        return model_name(value.value)
    if type(value) is Symbol and value.name.startswith("django.conf.settings."):
        return f"settings.{value.name.rpartition('.')[2]}"
    if type(value) is Attribute and type(value.of) is Symbol and value.of.name.endswith("settings"):
        return f"settings.{value.name}"
    found = written(value)
    if found is not None and found.name == "get_model_name":  # swapper
        return ".".join(text_of(argument) or UNKNOWN for argument in found.args[:2])
    return None


def _model(value: Value, unknown: list[str]) -> str:
    name = model_name(value)
    if name is None:
        unknown.append("to")
        return UNKNOWN
    return name


def _names(value: Value | None) -> tuple[str, ...]:
    if value is None:
        return ()
    items = items_of(value)
    return (UNKNOWN,) if items is None else tuple(text_of(item) or UNKNOWN for item in items)


def _all(value: Value | None) -> tuple[Value, ...]:
    return value.items if type(value) is Items else ()


def _text(named: Mapping[str, Value], name: str, unknown: list[str]) -> str | None:
    value = named.get(name)
    if is_none(value):
        return None
    text = text_of(value)
    if text is None or UNKNOWN in text:
        unknown.append(name)
    return UNKNOWN if text is None else text


def _flag(named: Mapping[str, Value], name: str, unknown: list[str], *, absent: bool = False) -> bool:
    value = named.get(name)
    if value is None:
        return absent
    if type(value) is Constant:
        return bool(value.value)
    unknown.append(name)
    return absent


def _number(named: Mapping[str, Value], name: str, unknown: list[str]) -> int | None:
    value = named.get(name)
    if is_none(value):
        return None
    if type(value) is Constant and type(value.value) is int:
        return value.value
    unknown.append(name)
    return None


def _sql_literal(value: Value | None) -> str | None:
    """A default as SQL, where it is a constant; what a callable gives is told by a run only."""
    if type(value) is Text:
        text = text_of(value)
        return None if text is None or UNKNOWN in text else "'" + shortened(text, 300).replace("'", "''") + "'"
    if type(value) is Constant:
        return _constant_sql(value.value)
    if type(value) is Entries and not value.entries:
        return "'{}'"
    if type(value) is Items and not value.items:
        return "'[]'"
    if type(value) is Symbol:
        return {"builtins.dict": "'{}'", "builtins.list": "'[]'"}.get(value.name)
    found = written(value)
    if found is not None and found.path == "decimal.Decimal" and len(found.args) == 1:
        return text_of(found.args[0])
    return None


def _constant_sql(value: object) -> str | None:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return "''" if value == b"" else None


def _database_default(field: Written, value: Value | None) -> tuple[str | None, bool | None]:
    """`db_default` as SQL, and whether it differs from row to row."""
    if value is None:
        return None, False
    literal = _sql_literal(value)
    if literal is not None:
        return literal, False
    found = written(value)
    if found is None:
        return field.source("db_default") or UNKNOWN, None
    if found.name == "Value" and found.args:
        return _sql_literal(found.args[0]) or UNKNOWN, False
    if found.name == "Now" and not found.args:
        return "statement_timestamp()", False
    return field.source("db_default") or UNKNOWN, True if found.name in _VOLATILE else None


def _not_null_proof(value: Value | None) -> str:
    """The field of `Q(name__isnull=False)`."""
    found = written(value)
    if found is None or found.name != "Q":
        return ""
    pairs = dict(found.named)
    for argument in found.args:  # migrations write Q(("name__isnull", False))
        items = items_of(argument)
        name = text_of(items[0]) if items is not None and len(items) == 2 else None
        if items is None or name is None:
            return ""
        pairs[name] = items[1]
    pairs.pop("_connector", None)
    if len(pairs) != 1:
        return ""
    name, condition = next(iter(pairs.items()))
    denied = type(condition) is Constant and condition.value is False
    return name.removesuffix("__isnull") if denied and name.endswith("__isnull") else ""


def _constraint_type(func: Value) -> ConstraintKind:
    if type(func) is Symbol:
        return _CONSTRAINTS.get(func.name.rpartition(".")[2], "unknown")
    if type(func) is Class:
        return next((kind for base in func.bases if (kind := _constraint_type(base)) != "unknown"), "unknown")
    return "unknown"


def _inherited_method(func: Value) -> str:
    """The method of an index of a class of the project."""
    if type(func) is Symbol:
        return _METHODS.get(func.name.rpartition(".")[2], UNKNOWN)
    if type(func) is Class:
        return next((found for base in func.bases if (found := _inherited_method(base)) != UNKNOWN), UNKNOWN)
    return UNKNOWN


def _rest(found: Written, named: Mapping[str, Value]) -> str:
    """Everything else that Django compares to see whether a field was altered, as a digest."""
    ignored = _NOT_IN_THE_DATABASE | _COMPARED_BY_MEANING
    kept = sorted(name for name in found.named if name not in ignored)
    by_place = [name for name in named if name not in found.named and name not in ignored]
    text = ";".join(f"{name}={found.source(name)}" for name in kept) + f";{len(by_place)}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:12]
