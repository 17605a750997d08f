"""Which constraint a migration drops."""

from __future__ import annotations

from relcheck.sdk.migration import Kind, Migration, Operation

_BY_NAME = {"_pkey": "primary_key", "_fkey": "foreign_key", "_pk": "primary_key", "_fk": "foreign_key"}
"""The ends of the names that PostgreSQL, and people, give: told only where the chain of migrations tells nothing."""
_BY_BEGIN = {"fk_": "foreign_key", "pk_": "primary_key"}


def dropped_type(operation: Operation) -> str:
    """The type of a dropped constraint: by the migration itself, by the chain, at last by its name; or `unknown`."""
    if operation.constraint is not None and operation.constraint.type != "unknown":
        return operation.constraint.type
    for one in operation.before.constraints:
        return one.type
    name = (operation.name or "").lower()
    by_end = next((kind for end, kind in _BY_NAME.items() if name.endswith(end)), None)
    by_begin = next((kind for begin, kind in _BY_BEGIN.items() if name.startswith(begin)), None)
    django = "foreign_key" if "_fk_" in name else None
    return by_end or by_begin or django or "unknown"


def is_added_again(operation: Operation, migration: Migration) -> bool:
    """Whether the same migration adds a constraint of its name, or of its type for its columns."""
    columns = {one.columns for one in operation.before.constraints if one.columns}
    kind = dropped_type(operation)
    for one in migration.operations:
        if one.kind is not Kind.ADD_CONSTRAINT or one.table != operation.table or one.constraint is None:
            continue
        if operation.name is not None and operation.name in (one.name, one.constraint.name):
            return True
        if one.constraint.type == kind and (one.constraint.columns in columns or one.region == operation.region):
            return True  # the same call that drops it defines it anew
    return False
