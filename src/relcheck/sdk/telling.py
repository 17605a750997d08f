"""What an operation does, in words."""

from __future__ import annotations

from relcheck.sdk.steps import shown_words
from relcheck.sources.migration.operation import Column, Constraint, Kind, Operation, SqlType

_TEMPLATES: dict[Kind, str] = {
    Kind.CREATE_TABLE: "creates the table {table}",
    Kind.CREATE_TABLE_AS: "creates the table {table} and fills it from a query",
    Kind.DROP_TABLE: "drops the table {table}",
    Kind.RENAME_TABLE: "renames the table {table} to {new_name}",
    Kind.MOVE_TABLE_SCHEMA: "moves the table {table} to the schema {new_name}",
    Kind.ALTER_TABLE_STORAGE: "changes how the table {table} is stored",
    Kind.ALTER_TABLE_OPTION: "changes an option of the table {table}",
    Kind.DROP_COLUMN: "drops the column {table}.{column}",
    Kind.RENAME_COLUMN: "renames the column {table}.{column} to {new_name}",
    Kind.ALTER_COLUMN_TYPE: "changes the type of {table}.{column} from {old_type} to {type}",
    Kind.SET_NOT_NULL: "makes {table}.{column} required",
    Kind.DROP_NOT_NULL: "lets {table}.{column} be empty",
    Kind.SET_DEFAULT: "sets the default of {table}.{column}",
    Kind.DROP_DEFAULT: "drops the default of {table}.{column}",
    Kind.ADD_IDENTITY: "makes {table}.{column} an identity column",
    Kind.DROP_IDENTITY: "makes {table}.{column} an ordinary column",
    Kind.DROP_EXPRESSION: "makes {table}.{column} an ordinary column",
    Kind.DROP_CONSTRAINT: "drops the constraint {name} of {table}",
    Kind.RENAME_CONSTRAINT: "renames the constraint {name} of {table} to {new_name}",
    Kind.VALIDATE_CONSTRAINT: "checks the constraint {name} of {table} against all rows",
    Kind.ALTER_CONSTRAINT: "changes the constraint {name} of {table}",
    Kind.DROP_INDEX: "drops the index {name}",
    Kind.RENAME_INDEX: "renames the index {name} to {new_name}",
    Kind.REINDEX: "rebuilds {name}",
    Kind.ATTACH_PARTITION: "attaches the partition {name} to {table}",
    Kind.DETACH_PARTITION: "detaches the partition {name} from {table}",
    Kind.DROP_PARTITION: "drops the partition {name} of {table}",
    Kind.CREATE_TYPE: "creates the type {name}",
    Kind.CREATE_ENUM: "creates the enum {name}",
    Kind.CREATE_DOMAIN: "creates the domain {name}",
    Kind.ALTER_DOMAIN: "changes the domain {name}",
    Kind.DROP_TYPE: "drops the type {name}",
    Kind.ADD_ENUM_VALUE: "adds {value} to the enum {name}",
    Kind.RENAME_ENUM_VALUE: "renames {value} of the enum {name} to {new_name}",
    Kind.CREATE_VIEW: "creates the view {name}",
    Kind.CREATE_MATERIALIZED_VIEW: "creates the materialized view {name}",
    Kind.DROP_VIEW: "drops the view {name}",
    Kind.REFRESH_MATERIALIZED_VIEW: "refreshes the materialized view {name}",
    Kind.CREATE_ROUTINE: "creates the function {name}",
    Kind.DROP_ROUTINE: "drops the function {name}",
    Kind.CREATE_TRIGGER: "creates the trigger {name} on {table}",
    Kind.DROP_TRIGGER: "drops the trigger {name} of {table}",
    Kind.ENABLE_TRIGGER: "enables the trigger {name} of {table}",
    Kind.DISABLE_TRIGGER: "disables the trigger {name} of {table}",
    Kind.CREATE_SEQUENCE: "creates the sequence {name}",
    Kind.ALTER_SEQUENCE: "changes the sequence {name}",
    Kind.DROP_SEQUENCE: "drops the sequence {name}",
    Kind.CREATE_SCHEMA: "creates the schema {name}",
    Kind.RENAME_SCHEMA: "renames the schema {name} to {new_name}",
    Kind.DROP_SCHEMA: "drops the schema {name}",
    Kind.DROP_DATABASE: "drops the database {name}",
    Kind.CREATE_EXTENSION: "creates the extension {name}",
    Kind.ALTER_EXTENSION: "changes the extension {name}",
    Kind.DROP_EXTENSION: "drops the extension {name}",
    Kind.RENAME_OBJECT: "renames the {object} {name} to {new_name}",
    Kind.DROP_OBJECT: "drops the {object} {name}",
    Kind.TRUNCATE: "deletes all rows of {table}",
    Kind.INSERT: "inserts rows into {table}",
    Kind.COPY: "copies rows into {table}",
    Kind.GRANT: "grants rights",
    Kind.REVOKE: "revokes rights",
    Kind.CREATE_POLICY: "creates the row policy {name} on {table}",
    Kind.DROP_POLICY: "drops the row policy {name} of {table}",
    Kind.ENABLE_ROW_SECURITY: "turns row security on for {table}",
    Kind.DISABLE_ROW_SECURITY: "turns row security off for {table}",
    Kind.CREATE_ROLE: "creates the role {name}",
    Kind.ALTER_ROLE: "changes the role {name}",
    Kind.DROP_ROLE: "drops the role {name}",
    Kind.LOCK_TABLE: "locks the table {table}",
    Kind.SET: "sets {name} to {value}",
    Kind.VACUUM_FULL: "rewrites {table} with VACUUM FULL",
    Kind.CLUSTER: "rewrites {table} in the order of an index",
    Kind.BEGIN: "begins a transaction",
    Kind.COMMIT: "commits",
    Kind.ROLLBACK: "rolls back",
    Kind.SAVEPOINT: "sets a savepoint",
    Kind.READ: "reads",
    Kind.STATE_ONLY: "changes what the framework knows, and nothing in the database",
}


def told(operation: Operation) -> str:
    """What an operation does, as the end of a sentence about the migration. No operation is silent."""
    words = shown_words(operation)
    match operation.kind:
        case Kind.ADD_COLUMN:
            columns = ", ".join(_column(one) for one in operation.new_columns) or words["column"]
            return f"adds to {words['table']} {columns}"
        case Kind.CREATE_INDEX:
            unique = "unique " if operation.unique else ""
            how = " concurrently" if operation.concurrently else ""
            return f"builds the {unique}index {words['name']} on {words['table']} ({words['columns']}){how}"
        case Kind.ADD_CONSTRAINT:
            return f"adds to {words['table']} {_constraint(operation.constraint)}"
        case Kind.UPDATE | Kind.DELETE:
            verb = "changes" if operation.kind is Kind.UPDATE else "deletes"
            return f"{verb} {'rows' if operation.has_where else 'all rows'} of {words['table']}"
        case Kind.DATA_CODE:
            return f"runs code that changes rows ({operation.code})" if operation.code else "runs code on rows"
        case Kind.OPAQUE | Kind.UNPARSEABLE | Kind.OTHER:
            return f"does something that cannot be told: {operation.reason or operation.object_type or 'unknown'}"
    return _TEMPLATES[operation.kind].format_map(words)


def _column(column: Column) -> str:
    required = "" if column.nullable else ", required"
    default = f", default {column.default}" if column.default is not None else ""
    return f"the column {column.name} ({_type(column.type)}{required}{default})"


def _constraint(constraint: Constraint | None) -> str:
    if constraint is None:
        return "a constraint"
    kind = constraint.type.replace("_", " ") if constraint.type != "unknown" else "constraint"
    named = f" {constraint.name}" if constraint.name else ""
    columns = f" on {', '.join(constraint.columns)}" if constraint.columns else ""
    points = f" to {constraint.references.table}" if constraint.references is not None else ""
    unchecked = ", not checked against the rows that are there" if constraint.not_valid else ""
    return f"the {kind}{named}{columns}{points}{unchecked}"


def _type(given: SqlType) -> str:
    arguments = f"({', '.join(given.arguments)})" if given.arguments else ""
    return (given.text or f"{given.name}{arguments}{'[]' * given.array}").replace("?", "unknown type")
