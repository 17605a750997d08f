"""The functions of the generated repository that break a rule on purpose, each of them exactly one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.source.service import Declaration
    from bench.source.vocabulary import Entity, Words


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule broken in a function: `make` writes it, `kind` is the kind of module that it stands in.

    There is one in so many files (`every`), in the ways of `make` by turns.
    """

    rule: str
    kind: str
    every: int
    make: tuple[Callable[[Entity, str, Declaration], str], ...]


def name_for(e: Entity, w: Words) -> str:
    """The name of the function that breaks the rule."""
    return w.name(
        w.pick("settle", "reconcile", "rebalance", "refresh", "collect"), e.plural, w.pick("now", "today", "again")
    )


def _chained_lock(e: Entity, name: str, _said: Declaration) -> str:
    return f'''\
def {name}(session: Session) -> {e.cls} | None:
    """The next one, for this worker alone."""
    return session.execute(
        select({e.cls})
        .where({e.cls}.state == {e.cls}State.OPEN)
        .order_by({e.cls}.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar_one_or_none()
'''


def _keyword_lock(e: Entity, name: str, _said: Declaration) -> str:
    return f'''\
def {name}(session: Session, identity: int) -> bool:
    """Close one {e.noun}."""
    row = session.get({e.cls}, identity, with_for_update=True)
    if row is None or row.state is {e.cls}State.CLOSED:
        return False
    row.state = {e.cls}State.CLOSED
    return True
'''


def _sql_lock(e: Entity, name: str, _said: Declaration) -> str:
    return f'''\
def {name}(session: Session, limit: int) -> list[int]:
    """The ids that this worker got."""
    rows = session.execute(
        text(
            """
            SELECT id
            FROM {e.domain}_{e.plural}
            WHERE state = 'open'
            ORDER BY id
            LIMIT :limit
            FOR UPDATE SKIP LOCKED
            """
        ),
        {{"limit": limit}},
    )
    return [row.id for row in rows]
'''  # noqa: S608


def _joined_lock(e: Entity, name: str, _said: Declaration) -> str:
    return f'''\
def {name}(session: Session, state: str) -> int:
    """How many rows were held."""
    query = f"SELECT id FROM {e.domain}_{{state}} " "WHERE state = 'open' " "FOR NO KEY UPDATE"
    return len(session.execute(text(query)).all())
'''  # noqa: S608


def _without_intent(e: Entity, name: str, _said: Declaration) -> str:
    return f'''\
def {name}(session: Session, ids: Sequence[int]) -> int:
    """Close the named {e.plural}."""
    rows = session.scalars(select({e.cls}).where({e.cls}.id.in_(ids))).all()
    for row in rows:
        row.state = {e.cls}State.CLOSED
    session.flush()
    return len(rows)
'''


def _without_intent_own_session(e: Entity, name: str, _said: Declaration) -> str:
    return f'''\
def {name}(days: int = 30) -> list[int]:
    """The ids of what is old."""
    with session_scope() as session:
        return list(session.scalars(select({e.cls}.id).where({e.cls}.created_at < days_ago(days))))
'''


def _wrong_parameter(e: Entity, name: str, said: Declaration) -> str:
    return f'''\
{said.on("LOCKED_MUTATION")}
def {name}(session: Session, ids: Sequence[int]) -> int:
    """Close the named {e.plural}."""
    rows = session.scalars(select({e.cls}).where({e.cls}.id.in_(ids))).all()
    for row in rows:
        row.state = {e.cls}State.CLOSED
    return len(rows)
'''


def _locked_coroutine(e: Entity, name: str, said: Declaration) -> str:
    return f'''\
{said.on("LOCKED_MUTATION")}
async def {name}(txn: {said.txn}, identity: int) -> bool:
    """Close one {e.noun}."""
    row = txn.lock_row(select({e.cls}).where({e.cls}.id == identity))
    if row is not None:
        row.state = {e.cls}State.CLOSED
    return row is not None
'''


def _reader_that_adds(e: Entity, name: str, said: Declaration) -> str:
    return f'''\
{said.on("READ_ONLY")}
def {name}(session: Session, identity: int) -> {e.cls}:
    """The {e.noun}; made when there is none."""
    found = session.get({e.cls}, identity)
    if found is None:
        found = {e.cls}(id=identity, state={e.cls}State.DRAFT)
        session.add(found)
    return found
'''


def _reader_that_calls_a_writer(e: Entity, name: str, said: Declaration) -> str:
    return f'''\
{said.on("READ_ONLY")}
def {name}(session: Session) -> list[{e.cls}]:
    """What is left when the old ones are gone."""
    archive_{e.plural}(session, older_than_days=BATCH_SIZE)
    return list(session.scalars(select({e.cls}).limit(BATCH_SIZE)))
'''


def _unused_primitive(e: Entity, name: str, _said: Declaration) -> str:
    return f'''\
def {name}(identity: int) -> None:
    """Mark one {e.noun} as seen."""
    with single_connection_transaction(engine) as txn:
        row = txn.session.get({e.cls}, identity)
        if row is not None:
            row.updated_at = now()
'''


def _two_commits(e: Entity, name: str, _said: Declaration) -> str:
    return f'''\
def {name}(session: Session, identity: int) -> None:
    """Close one {e.noun} and say when."""
    row = session.get({e.cls}, identity)
    if row is None:
        return
    row.state = {e.cls}State.CLOSED
    session.commit()
    row.updated_at = now()
    session.commit()
'''


def _caught_error(e: Entity, name: str, _said: Declaration) -> str:
    return f'''\
@router.post("/{name.replace("_", "-")}")
def {name}(session: RequestSession) -> dict[str, int]:
    """Archive all that is closed."""
    try:
        return {{"archived": archive_{e.plural}(session, older_than_days=0)}}
    except IntentViolationError:
        logger.warning("could not archive {e.plural}")
        return {{"archived": 0}}
'''


VIOLATIONS = (
    Violation("transactions/raw-row-lock", "job", 200, (_chained_lock, _sql_lock, _keyword_lock, _joined_lock)),
    Violation("transactions/missing-intent", "service", 100, (_without_intent, _without_intent_own_session)),
    Violation("transactions/intent-signature", "service", 400, (_wrong_parameter, _locked_coroutine)),
    Violation("transactions/intent-exceeded", "service", 400, (_reader_that_adds, _reader_that_calls_a_writer)),
    Violation("transactions/primitive-without-intent", "job", 500, (_unused_primitive,)),
    Violation("transactions/split-write", "job", 500, (_two_commits,)),
    Violation("transactions/intent-error-caught", "api", 500, (_caught_error,)),
)
