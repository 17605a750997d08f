"""Which operations run without a limit on their time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from relcheck.sdk.migration import LockMode, Migration, Operation, effect_of
from relcheck.sdk.rule import Project


def without_timeout(
    project: Project[object], name: Literal["lock_timeout", "statement_timeout"]
) -> Iterator[tuple[Operation, Migration, int]]:
    """For each environment the first operation that needs the limit and has none, and how many there are. The apps of
    Django are one environment: they share their connection."""
    found: dict[str, list[tuple[Operation, Migration]]] = {}
    for migration in project.migrations.migrations:
        if not project.is_gated(migration):
            continue
        environment = "" if migration.framework == "django" else migration.environment
        for one in migration.operations:
            if _needs(one, migration, name) and not _has(project, migration, name, one):
                found.setdefault(f"{migration.framework}:{environment}", []).append((one, migration))
    for each in found.values():
        yield (*each[0], len(each))


def _needs(operation: Operation, migration: Migration, name: str) -> bool:
    if operation.created_here or operation.dialect == "sqlite" or operation.table is None:
        return False
    if operation.dialect == "mysql":
        return name == "lock_timeout" and operation.kind.startswith(("alter_", "add_", "drop_", "rename_"))
    effect = effect_of(operation, migration.server_version)
    strong = any(lock.mode >= LockMode.SHARE for lock in effect.locks)
    return strong if name == "lock_timeout" else strong and bool(effect.work)


def _has(project: Project[object], migration: Migration, name: str, before: Operation) -> bool:
    names = (name, "lock_wait_timeout", "innodb_lock_wait_timeout") if before.dialect == "mysql" else (name,)
    return any(project.governance.has_timeout(migration, each, before) for each in names)
