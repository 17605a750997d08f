"""The column of a model field, in the words of each database.

Source: `data_types`, `data_types_suffix` and `data_type_check_constraints` of Django's backends (5.2), and the field
classes of `django.contrib.postgres` and `django.contrib.gis`.
"""

from __future__ import annotations

from relcheck.sources.migration.django.facts import Field
from relcheck.sources.migration.django.field_kinds import (
    AUTO_KINDS,
    COLUMNLESS_KINDS,
    GEOMETRY,
    RELATION_KINDS,
    may_be_empty_text,
)
from relcheck.sources.migration.operation import UNKNOWN, Dialect, SqlType

_POSTGRES = {
    "AutoField": "int4",
    "BigAutoField": "int8",
    "SmallAutoField": "int2",
    "BigIntegerField": "int8",
    "BinaryField": "bytea",
    "BooleanField": "bool",
    "DateField": "date",
    "DateTimeField": "timestamptz",
    "DurationField": "interval",
    "FloatField": "float8",
    "GenericIPAddressField": "inet",
    "IPAddressField": "inet",
    "IntegerField": "int4",
    "JSONField": "jsonb",
    "NullBooleanField": "bool",
    "OrderWrt": "int4",
    "PositiveBigIntegerField": "int8",
    "PositiveIntegerField": "int4",
    "PositiveSmallIntegerField": "int2",
    "SmallIntegerField": "int2",
    "TextField": "text",
    "TimeField": "time",
    "UUIDField": "uuid",
    "HStoreField": "hstore",
    "CICharField": "citext",
    "CIEmailField": "citext",
    "CITextField": "citext",
    "IntegerRangeField": "int4range",
    "BigIntegerRangeField": "int8range",
    "DecimalRangeField": "numrange",
    "FloatRangeField": "numrange",
    "DateTimeRangeField": "tstzrange",
    "DateRangeField": "daterange",
    "SearchVectorField": "tsvector",
    "RasterField": "raster",
}

_MYSQL = {
    "AutoField": "int",
    "BigAutoField": "bigint",
    "SmallAutoField": "smallint",
    "BigIntegerField": "bigint",
    "BinaryField": "longblob",
    "BooleanField": "bool",
    "DateField": "date",
    "DateTimeField": "datetime",
    "DurationField": "bigint",
    "FloatField": "double",
    "IntegerField": "int",
    "JSONField": "json",
    "NullBooleanField": "bool",
    "OrderWrt": "int",
    "PositiveBigIntegerField": "bigint unsigned",
    "PositiveIntegerField": "int unsigned",
    "PositiveSmallIntegerField": "smallint unsigned",
    "SmallIntegerField": "smallint",
    "TextField": "longtext",
    "TimeField": "time",
}

_SQLITE = {
    "AutoField": "integer",
    "BigAutoField": "integer",
    "SmallAutoField": "integer",
    "BigIntegerField": "bigint",
    "BinaryField": "blob",
    "BooleanField": "bool",
    "DateField": "date",
    "DateTimeField": "datetime",
    "DurationField": "bigint",
    "FloatField": "real",
    "IntegerField": "integer",
    "JSONField": "text",
    "NullBooleanField": "bool",
    "OrderWrt": "integer",
    "PositiveBigIntegerField": "bigint unsigned",
    "PositiveIntegerField": "integer unsigned",
    "PositiveSmallIntegerField": "smallint unsigned",
    "SmallIntegerField": "smallint",
    "TextField": "text",
    "TimeField": "time",
}

_ARGUMENTS = {("DateTimeField", "mysql"): ("6",), ("TimeField", "mysql"): ("6",)}
_CHARS = {
    ("GenericIPAddressField", "mysql"): "39",
    ("GenericIPAddressField", "sqlite"): "39",
    ("IPAddressField", "mysql"): "15",
    ("IPAddressField", "sqlite"): "15",
    ("UUIDField", "mysql"): "32",
    ("UUIDField", "sqlite"): "32",
}
_TYPES = {"postgres": _POSTGRES, "mysql": _MYSQL, "sqlite": _SQLITE}

_VARCHAR = frozenset(
    {
        "CharField",
        "CommaSeparatedIntegerField",
        "EmailField",
        "FileField",
        "FilePathField",
        "ImageField",
        "SlugField",
        "URLField",
    }
)

_COLUMNS_OF_TARGETS = {
    "AutoField": "IntegerField",
    "BigAutoField": "BigIntegerField",
    "SmallAutoField": "SmallIntegerField",
}


def has_column(field: Field) -> bool:
    return field.kind not in COLUMNLESS_KINDS


def is_many_to_many(field: Field) -> bool:
    """Whether the field makes a table of its own: a relation without a `through` model."""
    return field.kind == "ManyToManyField" and field.through is None


def is_relation(field: Field) -> bool:
    return field.kind in RELATION_KINDS


def is_unique(field: Field) -> bool:
    return field.unique or field.primary_key or field.kind == "OneToOneField"


def has_index(field: Field) -> bool:
    """`db_index`, with what a class has by itself."""
    if field.db_index is not None:
        return field.db_index
    return field.kind in {"ForeignKey", "OneToOneField", "SlugField"}


def is_indexed(field: Field) -> bool:
    """Whether Django makes an index for it: not where a unique constraint brings one."""
    return has_index(field) and not is_unique(field)


def column_name(name: str, field: Field) -> str:
    if field.db_column is not None:
        return field.db_column
    return f"{name}_id" if is_relation(field) else name


def column_type(field: Field, dialect: Dialect) -> SqlType:
    """The type of a column that is no foreign key."""
    kind = field.kind
    if kind in _VARCHAR:
        length = UNKNOWN if "max_length" in field.unknown else "" if field.max_length is None else str(field.max_length)
        if not length and not _is_django(field):
            length = UNKNOWN  # a class of the project may have a length of its own
        return _typed("varchar", (length,) if length else ())
    if kind == "DecimalField":
        return _decimal(field, dialect)
    if kind == "ArrayField" and field.base is not None:
        inner = column_type(field.base, dialect)
        shown = f"{inner.text}[{'' if field.size is None else field.size}]"
        return SqlType(inner.name, inner.arguments, inner.array + 1, shown)
    if kind == "GeneratedField" and field.base is not None:
        return column_type(field.base, dialect)
    if kind in GEOMETRY:
        return _typed("geometry", ())
    if (kind, dialect) in _CHARS:
        return _typed("char", (_CHARS[kind, dialect],))
    name = _TYPES[dialect].get(kind)
    if name is None:
        return SqlType(UNKNOWN, text=field.path)
    return _typed(name, _ARGUMENTS.get((kind, dialect), ()))


def reference_type(target: Field | None, dialect: Dialect) -> SqlType:
    """The type of a foreign key's column: that of the column that it points at, without its sequence."""
    if target is None:
        return SqlType(UNKNOWN)
    kind = _COLUMNS_OF_TARGETS.get(target.kind)
    if kind is not None:
        return column_type(Field(path=target.path, kind=kind), dialect)
    return column_type(target, dialect)


def is_identity(field: Field) -> bool:
    return field.kind in AUTO_KINDS


def check_of(field: Field, column: str, dialect: Dialect) -> str:
    """The CHECK that Django puts on a column by itself, as SQL; empty for none."""
    if dialect == "mysql":
        return ""
    if field.kind in {"PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"}:
        return f'"{column}" >= 0'
    if dialect == "sqlite" and field.kind == "JSONField":
        return f'(JSON_VALID("{column}") OR "{column}" IS NULL)'
    return ""


def like_operators(type_: SqlType) -> bool:
    """Whether PostgreSQL gets a second index for LIKE: on columns of varchar and text."""
    return type_.name in {"varchar", "text"} and not type_.array


def insert_default(field: Field) -> str | None:
    """The default with which Django fills existing rows, as SQL; None for none, `UNKNOWN` where a run tells it."""
    if field.default is not None:
        if field.literal == "NULL":
            return None
        return UNKNOWN if field.literal is None else field.literal
    if field.kind == "GeneratedField":
        return None
    if not field.null and field.blank and may_be_empty_text(field.kind):
        return "''"
    return UNKNOWN if field.auto_now else None


def _is_django(field: Field) -> bool:
    return field.path.startswith("django.")


def _decimal(field: Field, dialect: Dialect) -> SqlType:
    name = "decimal" if dialect == "sqlite" else "numeric"
    if dialect == "sqlite":
        return _typed(name, ())
    if field.max_digits is None or field.decimal_places is None:
        whole = not field.unknown and _is_django(field)
        return _typed(name, () if whole else (UNKNOWN, UNKNOWN))
    return _typed(name, (str(field.max_digits), str(field.decimal_places)))


def _typed(name: str, arguments: tuple[str, ...]) -> SqlType:
    return SqlType(name, arguments, 0, f"{name}({', '.join(arguments)})" if arguments else name)
