"""What one Django migration file says, before any state of models is known: symbolic operations, nothing lowered."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from relcheck.model.finding import Region
from relcheck.sources.migration.migration import Annotation, Problem, Step

Effect: TypeAlias = Literal["insert", "update", "delete", "write", "sql", "schema", "opaque"]
"""What a call in a RunPython function does: `write` is a `save()` or the like, `schema` a call of the schema editor."""

ConstraintKind: TypeAlias = Literal["check", "unique", "exclude", "unknown"]

NOWHERE = Region(1, 1, 1, 1)


class Field(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model field as a migration writes it.

    `path` is the dotted name of its class, `kind` the name of Django's own class that it is or inherits from (empty:
    not known). `default` is the source of `default=`, `literal` its value as SQL where it is a constant. `to` is the
    model of a relation as written: `app.Model`, `Model`, `self`, or `settings.NAME`. `rest` is whatever else has a part
    in Django's decision whether a field was altered. `unknown` names the arguments that cannot be determined.
    """

    path: str
    kind: str = ""
    region: Region = NOWHERE
    null: bool = False
    blank: bool = False
    primary_key: bool = False
    unique: bool = False
    db_index: bool | None = None
    default: str | None = None
    literal: str | None = None
    db_default: str | None = None
    db_default_volatile: bool | None = False
    max_length: int | None = None
    max_digits: int | None = None
    decimal_places: int | None = None
    size: int | None = None
    db_column: str | None = None
    collation: str = ""
    comment: str = ""
    to: str | None = None
    to_field: str | None = None
    through: str | None = None
    db_table: str | None = None
    db_constraint: bool = True
    hidden: bool = False
    """Whether the model at the other end does not know of the relation (`related_name="+"`)."""
    base: Field | None = None
    """The elements of an ArrayField, the value of a GeneratedField."""
    stored: bool = True
    auto_now: bool = False
    rest: str = ""
    unknown: tuple[str, ...] = ()


class Index(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An index of a model. `using` is its method, empty for the usual B-tree; `fields` are names of model fields."""

    name: str | None = None
    fields: tuple[str, ...] = ()
    expressions: bool = False
    condition: str = ""
    using: str = ""
    region: Region = NOWHERE


class ModelConstraint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A constraint of a model. `index_only` says that Django makes an index of it and no constraint."""

    type: ConstraintKind
    name: str | None = None
    fields: tuple[str, ...] = ()
    condition: str = ""
    index_only: bool = False
    deferrable: bool = False
    not_null_proof: str = ""
    """The field of a check that says no more than that this field is not null."""
    region: Region = NOWHERE


class Options(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The options of a model that have a part in its table; None where a migration says nothing of it."""

    db_table: str | None = None
    managed: bool = True
    proxy: bool = False
    swappable: str | None = None
    unique_together: tuple[tuple[str, ...], ...] = ()
    index_together: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[ModelConstraint, ...] = ()
    order_with_respect_to: str | None = None
    unknown: tuple[str, ...] = ()


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of a text: the characters from `start` on stand in the file from `line` and `column` on, one for one,
    line ends included. Line 0 is for what does not stand there."""

    start: int
    line: int
    column: int


class SqlText(msgspec.Struct, frozen=True, omit_defaults=True):
    """SQL in a Python file. `text` holds a `HOLE` for each part that is not known; it is None for SQL of which nothing
    is known. `region` is the whole expression."""

    region: Region
    text: str | None = None
    pieces: tuple[Piece, ...] = ()
    holes: bool = False


class CodeCall(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a RunPython function does. `model` is `app.Model` where `apps.get_model` says it; `filtered` says
    whether the queryset was narrowed (None: cannot be told, or does not matter). `field` names of an `update()`."""

    effect: Effect
    region: Region
    code: str = ""
    model: str | None = None
    fields: tuple[str, ...] = ()
    filtered: bool | None = None
    repeated: bool = False
    batched: bool = False
    sql: SqlText | None = None
    guards: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    reason: str = ""


class ModelOperation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One operation of a migration. Which fields are filled depends on its type; names are as Django's arguments.

    `type` is the name of the class (`AddField`); `path` its dotted name, which tells `OPAQUE` ones apart. `guards` are
    the conditions that it stands under.
    """

    type: str
    region: Region
    path: str = ""
    code: str = ""
    model: str = ""
    name: str | None = None
    new_name: str | None = None
    fields: tuple[tuple[str, Field], ...] = ()
    field: Field | None = None
    preserve_default: bool = True
    bases: tuple[str, ...] = ()
    options: Options | None = None
    together: tuple[tuple[str, ...], ...] | None = None
    """Of AlterUniqueTogether and AlterIndexTogether, and the old fields of RenameIndex."""
    table: str | None = None
    managed: bool | None = None
    index: Index | None = None
    constraint: ModelConstraint | None = None
    sql: tuple[SqlText, ...] = ()
    reverse_sql: tuple[SqlText, ...] = ()
    calls: tuple[CodeCall, ...] = ()
    own_transaction: bool | None = None
    database: tuple[ModelOperation, ...] = ()
    state: tuple[ModelOperation, ...] = ()
    guards: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    repeated: bool = False
    value: str | None = None
    reason: str = ""
    unknown: tuple[str, ...] = ()


class Comment(msgspec.Struct, frozen=True, omit_defaults=True):
    """Comments on the lines `first` to `last`, with what they claim to approve. `alone` says that there is no code
    beside them."""

    first: int
    last: int
    alone: bool
    annotations: tuple[Annotation, ...]


class DjangoMigration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One migration file. Dependencies are pairs of app label and migration name; a swappable one is
    `("settings.NAME", "__first__")`."""

    region: Region
    dependencies: tuple[tuple[str, str], ...] = ()
    run_before: tuple[tuple[str, str], ...] = ()
    replaces: tuple[tuple[str, str], ...] = ()
    initial: bool | None = None
    atomic: bool = True
    operations: tuple[ModelOperation, ...] = ()
    steps: tuple[Step, ...] = ()
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()
    rollback: str = ""
    unresolved: tuple[str, ...] = ()


class DjangoSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What literal settings say. `values` are settings that hold text, such as AUTH_USER_MODEL."""

    dialect: Literal["postgres", "mysql", "sqlite"] | None = None
    values: dict[str, str] = {}
    migration_modules: dict[str, str] = {}
    timeouts: tuple[str, ...] = ()
    """Settings such as `lock_timeout` that the connection has for all migrations."""
