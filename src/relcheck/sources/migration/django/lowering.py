"""Django's migrations as operations of the one vocabulary: the state of models is replayed over all apps."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from relcheck.sources.migration.django.approving import approved
from relcheck.sources.migration.django.facts import DjangoSettings
from relcheck.sources.migration.django.graph import AppMigration, in_order
from relcheck.sources.migration.django.replay import Replay
from relcheck.sources.migration.django.reverse import way_back
from relcheck.sources.migration.django.state import State
from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.operation import Dialect, Operation


def lower(
    migrations: Sequence[AppMigration], settings: DjangoSettings | None = None, dialect: Dialect | None = None
) -> list[Migration]:
    """All migrations of a project, in an order in which Django may apply them.

    A squashed migration is read from the state before those that it replaces, and what follows goes on from these where
    they are all still there; where some are not, it stands for them, and those that are left are beside it.
    """
    settings = DjangoSettings() if settings is None else settings
    state = State(dialect or settings.dialect or "postgres", settings)
    names = {migration.node for migration in migrations}
    replaced = {
        old for one in migrations if set(one.facts.replaces) - names for old in one.facts.replaces if old in names
    }
    lowered: list[Migration] = []
    for migration in in_order(migrations):
        replaces = set(migration.facts.replaces)
        restates = (bool(replaces) and replaces <= names) or migration.node in replaced
        lowered.append(_lowered(state.copy() if restates else state, migration, restates=restates))
    return lowered


def _lowered(state: State, source: AppMigration, *, restates: bool) -> Migration:
    """One migration; the state is changed by it."""
    facts, app = source.facts, source.app
    replay = Replay(state, app, atomic=facts.atomic)
    for operation in facts.operations:
        replay.operation(operation)
    operations, annotations = approved(replay.editor.finish(), facts.comments)
    own = tuple(f"{label}.{name}" for label, name in facts.dependencies if label == app)
    placed = tuple(_placed(one, source.path) for one in operations)
    return Migration(
        framework="django",
        path=source.path,
        id=f"{app}.{source.name}",
        region=facts.region,
        environment=app,
        dialect=state.dialect,
        parents=own,
        depends_on=tuple(f"{label}.{name}" for label, name in facts.dependencies if label != app),
        replaces=tuple(f"{label}.{name}" for label, name in facts.replaces),
        restates=restates,
        initial=bool(facts.initial),
        merge=len(own) > 1 and not facts.operations,
        atomic=facts.atomic,
        operations=placed,
        down=way_back(placed, facts, state.dialect),
        steps=facts.steps,
        mismatches=tuple(replay.mismatches),
        annotations=(*annotations, *replay.annotations),
        problems=(*facts.problems, *replay.problems),
        rollback=facts.rollback,
        unresolved=facts.unresolved,
    )


def _placed(operation: Operation, path: str) -> Operation:
    """With the path of the migration for places in it."""
    if not operation.related:
        return operation
    return replace(operation, related=tuple(replace(one, path=one.path or path) for one in operation.related))
