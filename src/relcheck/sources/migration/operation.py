"""What a migration does, one operation at a time, whatever it was written in.

Names are those that the server looks for: in PostgreSQL unquoted ones are in small letters, quoted ones as they stand,
without their quotes; a schema stands before its table (`billing.invoice`). Where a part of a name or a value cannot be
determined, its place holds `UNKNOWN` and its field's name stands in `Operation.unknown`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec

from relcheck.model.finding import Region, Related

UNKNOWN = "?"
"""What stands for a name, or a part of one, that cannot be determined."""

Dialect: TypeAlias = Literal["postgres", "mysql", "sqlite"]


class Kind(StrEnum):
    """What an operation is: one kind for each change that the rules tell apart. An ALTER TABLE with three actions is
    three operations."""

    CREATE_TABLE = "create_table"
    CREATE_TABLE_AS = "create_table_as"
    DROP_TABLE = "drop_table"
    RENAME_TABLE = "rename_table"
    MOVE_TABLE_SCHEMA = "move_table_schema"
    ALTER_TABLE_STORAGE = "alter_table_storage"
    """SET TABLESPACE, LOGGED, UNLOGGED or ACCESS METHOD; `name` says which."""
    ALTER_TABLE_OPTION = "alter_table_option"
    """Anything else that is altered of a table and neither rewrites nor scans it: owner, comment, statistics, …"""
    ADD_COLUMN = "add_column"
    DROP_COLUMN = "drop_column"
    RENAME_COLUMN = "rename_column"
    ALTER_COLUMN_TYPE = "alter_column_type"
    SET_NOT_NULL = "set_not_null"
    DROP_NOT_NULL = "drop_not_null"
    SET_DEFAULT = "set_default"
    DROP_DEFAULT = "drop_default"
    ADD_IDENTITY = "add_identity"
    DROP_IDENTITY = "drop_identity"
    DROP_EXPRESSION = "drop_expression"
    ADD_CONSTRAINT = "add_constraint"
    DROP_CONSTRAINT = "drop_constraint"
    RENAME_CONSTRAINT = "rename_constraint"
    VALIDATE_CONSTRAINT = "validate_constraint"
    ALTER_CONSTRAINT = "alter_constraint"
    CREATE_INDEX = "create_index"
    DROP_INDEX = "drop_index"
    RENAME_INDEX = "rename_index"
    REINDEX = "reindex"
    ATTACH_PARTITION = "attach_partition"
    DETACH_PARTITION = "detach_partition"
    DROP_PARTITION = "drop_partition"
    CREATE_TYPE = "create_type"
    CREATE_ENUM = "create_enum"
    CREATE_DOMAIN = "create_domain"
    ALTER_DOMAIN = "alter_domain"
    DROP_TYPE = "drop_type"
    ADD_ENUM_VALUE = "add_enum_value"
    RENAME_ENUM_VALUE = "rename_enum_value"
    CREATE_VIEW = "create_view"
    CREATE_MATERIALIZED_VIEW = "create_materialized_view"
    DROP_VIEW = "drop_view"
    REFRESH_MATERIALIZED_VIEW = "refresh_materialized_view"
    CREATE_ROUTINE = "create_routine"
    DROP_ROUTINE = "drop_routine"
    CREATE_TRIGGER = "create_trigger"
    DROP_TRIGGER = "drop_trigger"
    ENABLE_TRIGGER = "enable_trigger"
    DISABLE_TRIGGER = "disable_trigger"
    CREATE_SEQUENCE = "create_sequence"
    ALTER_SEQUENCE = "alter_sequence"
    DROP_SEQUENCE = "drop_sequence"
    CREATE_SCHEMA = "create_schema"
    RENAME_SCHEMA = "rename_schema"
    DROP_SCHEMA = "drop_schema"
    DROP_DATABASE = "drop_database"
    CREATE_EXTENSION = "create_extension"
    ALTER_EXTENSION = "alter_extension"
    DROP_EXTENSION = "drop_extension"
    RENAME_OBJECT = "rename_object"
    """A view, function, sequence or type; `object_type` says which."""
    DROP_OBJECT = "drop_object"
    """Anything else that is dropped; `object_type` says what."""
    CREATE_OBJECT = "create_object"
    """Anything else that is created and holds no rows: a publication, a rule, a cast; `object_type` says what."""
    ALTER_OBJECT = "alter_object"
    """Anything else that is altered of what is no table: its owner, its options, its comment. `object_type` says of
    what, `name` is the object's and `value` says which property."""
    TRUNCATE = "truncate"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    COPY = "copy"
    GRANT = "grant"
    REVOKE = "revoke"
    CREATE_POLICY = "create_policy"
    DROP_POLICY = "drop_policy"
    ENABLE_ROW_SECURITY = "enable_row_security"
    DISABLE_ROW_SECURITY = "disable_row_security"
    CREATE_ROLE = "create_role"
    ALTER_ROLE = "alter_role"
    DROP_ROLE = "drop_role"
    LOCK_TABLE = "lock_table"
    SET = "set"
    """A setting of the session or transaction: `name` and `value` (`lock_timeout`, `2s`)."""
    VACUUM_FULL = "vacuum_full"
    CLUSTER = "cluster"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    READ = "read"
    """A statement that changes nothing: SELECT, SHOW, ANALYZE, NOTIFY, …"""
    STATE_ONLY = "state_only"
    """Known to the framework alone: the database is not touched."""
    DATA_CODE = "data_code"
    """Python that changes rows through an ORM or in ways that are not SQL text; `code` says what it calls."""
    OPAQUE = "opaque"
    """Its kind cannot be determined: a dynamic EXECUTE, SQL that is put together elsewhere, an unknown helper."""
    UNPARSEABLE = "unparseable"
    """SQL that the parser of its dialect refuses; `reason` says why."""
    OTHER = "other"
    """Parsed and of no kind above; `object_type` names the statement. Reported as unknown."""


class SqlType(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column type in the vocabulary of its dialect: PostgreSQL's `int4`, `varchar`, `timestamptz`, `numeric`.

    `arguments` are length, precision and scale, or what else stands in brackets. `array` counts dimensions. `text` is
    the type as written, for people. `name` is `UNKNOWN` for a type that cannot be determined.
    """

    name: str
    arguments: tuple[str, ...] = ()
    array: int = 0
    text: str = ""


class ForeignKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a foreign key points at. Actions are in capitals: CASCADE, SET NULL, …"""

    table: str
    columns: tuple[str, ...] = ()
    on_delete: str = ""
    on_update: str = ""


ConstraintType: TypeAlias = Literal["primary_key", "foreign_key", "unique", "check", "exclude", "not_null", "unknown"]


class Constraint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A constraint, of a table or of one column.

    `expression` is that of a CHECK, as SQL. `not_valid` says that existing rows are not looked at. `using_index` is
    the index that it takes over.
    """

    type: ConstraintType
    name: str | None = None
    columns: tuple[str, ...] = ()
    expression: str = ""
    references: ForeignKey | None = None
    not_valid: bool = False
    using_index: str | None = None
    deferrable: bool = False


class Column(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column of CREATE TABLE or ADD COLUMN.

    `default` is the server's default as SQL, None where there is none. `volatile` says whether it differs from row to
    row (None: cannot be told). `constraints` are those written inline, NOT NULL apart. `serial` says SERIAL or
    AUTO_INCREMENT, `identity` GENERATED AS IDENTITY; `generated` is `stored` or `virtual`.
    """

    name: str
    type: SqlType = SqlType(UNKNOWN)
    nullable: bool = True
    default: str | None = None
    volatile: bool | None = False
    constraints: tuple[Constraint, ...] = ()
    serial: bool = False
    identity: bool = False
    generated: Literal["", "stored", "virtual"] = ""
    collation: str = ""


class Approval(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`MIGRATION_APPROVED: reason` beside an operation. `by` is a claim and proves nothing."""

    region: Region
    reason: str
    ticket: str | None = None
    until: str | None = None
    backup: str | None = None
    rollback: str | None = None
    by: str | None = None


class Before(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the chain of migrations says of the operation's table and column before it; None where it says nothing."""

    type: SqlType | None = None
    nullable: bool | None = None
    has_default: bool | None = None
    proven_not_null: bool = False
    """A validated CHECK says that the column holds no NULL."""
    generated: Literal["", "stored", "virtual"] = ""
    not_null: tuple[str, ...] = ()
    """The columns of the table that are known to hold no NULL."""
    column_is_new: bool = False
    """The same migration added the column, or all columns of the constraint or index."""
    indexes: tuple[str, ...] = ()
    """The names of indexes that hold the column."""
    unique_index: bool | None = None
    """For DROP INDEX and USING INDEX: whether the index is a unique one."""
    index_columns: tuple[str, ...] = ()
    """The columns of that index."""
    index_where: str = ""
    """Its condition, where it is a partial one."""
    checked_domain: bool = False
    """For ADD COLUMN: whether its type is a domain that has a constraint."""
    constraints: tuple[Constraint, ...] = ()
    """Constraints of the table that hold the column; for DROP CONSTRAINT the one that is dropped, for DROP TABLE all of
    its own, for ATTACH PARTITION those of the partition."""
    columns: tuple[str, ...] | None = None
    """The table's columns."""
    view_columns: tuple[str, ...] | None = None


class Operation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change of a migration.

    `region` is the call or statement (an action of ALTER TABLE has its own) in the migration's file; `related` are
    further places, such as the line of a helper. `transaction` numbers the transaction within the file: operations
    with the same number are committed together; None runs outside of any. `guards` are the conditions under which it
    runs, as written; `dialects` the dialects that a guard leaves (empty: all). `repeated` says that it stands in a
    loop whose turns are not known. `unknown` names the fields that hold something undetermined.
    """

    kind: Kind
    region: Region
    dialect: Dialect = "postgres"
    table: str | None = None
    column: str | None = None
    name: str | None = None
    new_name: str | None = None
    value: str | None = None
    object_type: str = ""
    columns: tuple[str, ...] = ()
    """Of an index, an INSERT or a view."""
    new_columns: tuple[Column, ...] = ()
    constraint: Constraint | None = None
    constraints: tuple[Constraint, ...] = ()
    """Of CREATE TABLE, those of its columns among them."""
    type: SqlType | None = None
    """The new type."""
    using: str = ""
    """USING of a type change, or the method of an index."""
    default: str | None = None
    volatile: bool | None = False
    targets: tuple[str, ...] = ()
    """All objects, where a statement names several: DROP TABLE a, b gives one operation each."""
    reads: tuple[str, ...] = ()
    """Other tables that it reads: INSERT … SELECT, UPDATE … FROM, a view's query."""
    has_where: bool | None = None
    """UPDATE, DELETE, SELECT of an INSERT; for an index, whether it is partial. None: not applicable."""
    where: str = ""
    unique: bool = False
    concurrently: bool = False
    if_exists: bool = False
    if_not_exists: bool = False
    cascade: bool = False
    or_replace: bool = False
    partitioned: bool = False
    algorithm: str = ""
    """MySQL's ALGORITHM= of ALTER TABLE or an index, in capitals; empty where it is not said."""
    lock: str = ""
    """MySQL's LOCK= of the same."""
    temporary: bool = False
    created_here: bool = False
    """Whether the table (or other object) is created by the same migration, or by one that is applied with it."""
    batch: bool = False
    """Alembic's batch mode: SQLite copies the table."""
    before: Before = Before()
    transaction: int | None = 0
    guards: tuple[str, ...] = ()
    dialects: tuple[Dialect, ...] = ()
    repeated: bool = False
    batched: bool = False
    """Code that changes rows takes them in batches: `limit`, `yield_per`, `iterator`, `fetchmany`."""
    transient: bool = False
    """A step that the same call takes back or completes: the default that exists while rows are filled, the foreign key
    that is dropped and made again around a change of its column. What it is a part of stands beside it."""
    approval: Approval | None = None
    sql: str = ""
    """The statement or action as SQL, where it was written so."""
    code: str = ""
    """The call as Python, where it was written so."""
    reason: str = ""
    """Why it is opaque, unparseable or partly unknown, for people."""
    unknown: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    statement: Region | None = None
    """The statement that it is an action of, where that holds more than the action."""

    @property
    def subject(self) -> str:
        """What it is about, for fingerprints: the object, and the part of it."""
        parts = (self.table, self.column, self.name, self.new_name)
        return f"{self.kind}:" + ".".join(part for part in parts if part)
