"""Service modules: every function that touches the database declares its intent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.source.assemble import assemble

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.source.vocabulary import Entity, Words


@dataclass(frozen=True, slots=True)
class Declaration:
    """How a module speaks of the intents: the import, and the prefix of names."""

    imports: str
    decorator: str
    intent: str
    primitive: str
    txn: str

    def on(self, intent: str, *, keyword: bool = False) -> str:
        """The decorator's line."""
        return f"@{self.decorator}({'intent=' if keyword else ''}{self.intent}.{intent})"


_BY_NAME = Declaration(
    imports="""from app.infra.transaction import (
    SingleConnectionTxn,
    TransactionIntent,
    single_connection_transaction,
    transactional,
)""",
    decorator="transactional",
    intent="TransactionIntent",
    primitive="single_connection_transaction",
    txn="SingleConnectionTxn",
)
_BY_MODULE = Declaration(
    imports="from app.infra import transaction",
    decorator="transaction.transactional",
    intent="transaction.TransactionIntent",
    primitive="transaction.single_connection_transaction",
    txn="transaction.SingleConnectionTxn",
)
_BY_ALIAS = Declaration(
    imports="import app.infra.transaction as t",
    decorator="t.transactional",
    intent="t.TransactionIntent",
    primitive="t.single_connection_transaction",
    txn="t.SingleConnectionTxn",
)


def declaration(w: Words) -> Declaration:
    """The module's way of declaring, mostly by plain names."""
    return w.rng.choices((_BY_NAME, _BY_MODULE, _BY_ALIAS), weights=(84, 8, 8))[0]


def service(e: Entity, w: Words, said: Declaration, *, seeded: str = "") -> str:
    """A service module; `seeded` is the text of a function that breaks a rule, put among the others."""
    head = f'''\
"""What is done with {e.plural}: {e.domain}."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.infra.clock import days_ago, now
from app.infra.database import engine, session_scope
from app.infra.errors import ConflictError, NotFoundError, RejectedError
{said.imports}
from app.models.{e.domain}.{e.noun} import {e.cls}, {e.cls}State

logger = logging.getLogger(__name__)

BATCH_SIZE = {w.number(10, 500)}
'''
    core = tuple(make(e, w, said) for make in (_list, _get, _create, _revise, _archive))
    blocks = (*core, seeded) if seeded else core
    return assemble(head, w, lambda: w.rng.choice(_MORE)(e, w, said), blocks=blocks)


def _list(e: Entity, w: Words, said: Declaration) -> str:
    order = e.fields[0].name
    return f'''\
{said.on("READ_ONLY", keyword=w.chance(0.15))}
def list_{e.plural}(session: Session, *, state: {e.cls}State | None = None, limit: int = BATCH_SIZE) -> list[{e.cls}]:
    """The {e.plural} in this state, or all of them; the newest first."""
    query = select({e.cls}).order_by({e.cls}.created_at.desc(), {e.cls}.{order})
    if state is not None:
        query = query.where({e.cls}.state == state)
    return list(session.scalars(query.limit(limit)))
'''


def _get(e: Entity, _w: Words, said: Declaration) -> str:
    return f'''\
{said.on("READ_ONLY")}
def get_{e.noun}(session: Session, {e.noun}_id: int) -> {e.cls}:
    """One {e.noun}; NotFoundError where there is none."""
    found = session.get({e.cls}, {e.noun}_id)
    if found is None:
        raise NotFoundError("no such {e.noun}", id={e.noun}_id)
    return found
'''


def _create(e: Entity, w: Words, said: Declaration) -> str:
    number, word = w.field(e, "int"), w.field(e, "str")
    return f'''\
{said.on("ATOMIC_WRITE")}
def create_{e.noun}(session: Session, *, {word}: str, {number}: int = {w.number(0, 9)}) -> {e.cls}:
    """Store a new {e.noun} as a draft."""
    if not {word}.strip():
        raise RejectedError("the {word} of a {e.noun} must not be empty")
    created = {e.cls}({word}={word}.strip(), {number}={number}, state={e.cls}State.DRAFT)
    session.add(created)
    session.flush()
    logger.info("{e.noun} %s was created with {number}=%d", created.id, {number})
    return created
'''


def _revise(e: Entity, w: Words, said: Declaration) -> str:
    first, second = w.field(e, "str"), w.field(e, "int")
    return f'''\
{said.on("ATOMIC_WRITE", keyword=w.chance(0.15))}
def revise_{e.noun}(session: Session, {e.noun}_id: int, changes: dict[str, object]) -> {e.cls}:
    """Take over the changes that a client may make."""
    revised = session.get({e.cls}, {e.noun}_id)
    if revised is None:
        raise NotFoundError("no such {e.noun}", id={e.noun}_id)
    wanted = changes.get("{first}")
    if isinstance(wanted, str) and wanted != revised.{first}:
        revised.{first} = wanted
    amount = changes.get("{second}", revised.{second})
    if isinstance(amount, int) and amount >= 0:
        revised.{second} = amount
    session.flush()
    return revised
'''


def _archive(e: Entity, w: Words, said: Declaration) -> str:
    return f'''\
{said.on("ATOMIC_WRITE")}
def archive_{e.plural}(session: Session, *, older_than_days: int = {w.number(30, 400)}) -> int:
    """Archive what has been closed for long; how many there were."""
    limit = days_ago(older_than_days)
    closed = select({e.cls}.id).where({e.cls}.state == {e.cls}State.CLOSED, {e.cls}.updated_at < limit)
    statement = update({e.cls}).where({e.cls}.id.in_(closed)).values(state={e.cls}State.ARCHIVED, updated_at=now())
    return session.execute(statement.execution_options(synchronize_session=False)).rowcount
'''


def _totals(e: Entity, w: Words, said: Declaration) -> str:
    group, number = w.field(e, "str"), w.field(e, "int")
    name = w.name(number, "by", group)
    return f'''\
{said.on("READ_ONLY")}
def {name}(session: Session, *, since: datetime | None = None) -> dict[str, int]:
    """The sum of {number} for each {group}. {w.sentence()}"""
    query = select({e.cls}.{group}, func.coalesce(func.sum({e.cls}.{number}), 0)).group_by({e.cls}.{group})
    if since is not None:
        query = query.where({e.cls}.created_at >= since)
    totals: dict[str, int] = {{}}
    for key, total in session.execute(query):
        totals[key or "unknown"] = totals.get(key or "unknown", 0) + int(total)
    return totals
'''


def _search(e: Entity, w: Words, said: Declaration) -> str:
    first, second, number = w.field(e, "str"), w.field(e, "str"), w.field(e, "int")
    name = w.name("search", e.plural, "by", first)
    return f'''\
{said.on("READ_ONLY")}
def {name}(
    session: Session,
    words: Sequence[str],
    *,
    at_least: int | None = None,
    states: Iterable[{e.cls}State] = (),
    page: int = 1,
) -> tuple[list[{e.cls}], int]:
    """One page of what matches all the words, and how many match."""
    query = select({e.cls})
    for word in words:
        pattern = f"%{{word.strip().lower()}}%"
        query = query.where(func.lower({e.cls}.{first}).like(pattern) | func.lower({e.cls}.{second}).like(pattern))
    if at_least is not None:
        query = query.where({e.cls}.{number} >= at_least)
    wanted = set(states)
    if not wanted:
        wanted.add({e.cls}State.OPEN)
    query = query.where({e.cls}.state.in_(wanted))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(query.order_by({e.cls}.id).offset((page - 1) * BATCH_SIZE).limit(BATCH_SIZE)).all()
    # {w.sentence()}
    return list(rows), total
'''


def _stale(e: Entity, w: Words, said: Declaration) -> str:
    moment, days = w.field(e, "datetime"), w.number(2, 90)
    name = w.name("find_stale", e.plural, "by", moment)
    return f'''\
{said.on("READ_ONLY")}
def {name}(session: Session, *, days: int = {days}) -> list[int]:
    """The ids of {e.plural} that wait for an update longer than they should."""
    limit = days_ago(days)
    rows = session.execute(
        select({e.cls}.id, {e.cls}.{moment}).where(
            {e.cls}.state.in_(({e.cls}State.OPEN, {e.cls}State.PENDING)),
            {e.cls}.{moment}.is_not(None),
            {e.cls}.{moment} < limit,
        )
    )
    stale = [identity for identity, moment in rows if moment is not None]
    if stale:
        logger.warning("%d {e.plural} have been waiting since %s", len(stale), limit.isoformat())
    return stale
'''


def _import(e: Entity, w: Words, said: Declaration) -> str:
    word, number = w.field(e, "str"), w.field(e, "int")
    name = w.name("import", e.plural, "from", w.pick("rows", "feed", "export", "partner", "sheet"))
    return f'''\
{said.on("ATOMIC_WRITE")}
def {name}(session: Session, rows: Iterable[dict[str, str]]) -> dict[str, int]:
    """Create or change one {e.noun} for each row; says how many were new, changed and refused."""
    seen: set[str] = set()
    outcome = {{"created": 0, "changed": 0, "refused": 0}}
    for row in rows:
        key = row.get("{word}", "").strip()
        if not key or key in seen:
            outcome["refused"] += 1
            continue
        seen.add(key)
        try:
            value = int(row.get("{number}", "0"))
        except ValueError:
            logger.info("refused %r: {number} is not a number", key)
            outcome["refused"] += 1
            continue
        known = session.scalar(select({e.cls}).where({e.cls}.{word} == key))
        if known is None:
            session.add({e.cls}({word}=key, {number}=value, state={e.cls}State.DRAFT))
            outcome["created"] += 1
        elif known.{number} != value:
            known.{number} = value
            outcome["changed"] += 1
    session.flush()
    return outcome
'''


def _purge(e: Entity, w: Words, said: Declaration) -> str:
    name = w.name("purge", w.pick("old", "rejected", "empty", "test", "duplicate"), e.plural)
    return f'''\
{said.on("ATOMIC_WRITE")}
def {name}(session: Session, ids: Sequence[int]) -> int:
    """Delete archived {e.plural}; ConflictError where one of them is not archived. {w.sentence()}"""
    kept = session.scalars(select({e.cls}.id).where({e.cls}.id.in_(ids), {e.cls}.state != {e.cls}State.ARCHIVED)).all()
    if kept:
        raise ConflictError("only archived {e.plural} can be deleted", ids=sorted(kept))
    removed = 0
    for start in range(0, len(ids), BATCH_SIZE):
        part = ids[start : start + BATCH_SIZE]
        removed += session.execute(delete({e.cls}).where({e.cls}.id.in_(part))).rowcount
    return removed
'''


def _claim(e: Entity, w: Words, said: Declaration) -> str:
    verb, state = w.pick("claim", "take", "reserve", "lease"), w.pick("ACTIVE", "PENDING", "PAUSED")
    number, order = w.field(e, "int"), w.field(e, "int")
    name = w.name(verb, "next", e.noun)
    return f'''\
{said.on("LOCKED_MUTATION")}
def {name}(txn: {said.txn}, *, step: int = 1) -> {e.cls} | None:
    """The next open {e.noun}, locked and marked; None when there is nothing to do."""
    waiting = select({e.cls}).where({e.cls}.state == {e.cls}State.OPEN).order_by({e.cls}.{order}).limit(1)
    claimed = txn.lock_row(waiting, skip_locked=True)
    if claimed is None:
        return None
    claimed.state = {e.cls}State.{state}
    claimed.{number} += step
    txn.session.flush()
    return claimed


def {name}_alone(*, step: int = 1) -> int | None:
    """Claim in a transaction of its own; the id of what was claimed."""
    with {said.primitive}(engine) as txn:
        claimed = {name}(txn, step=step)
        return None if claimed is None else claimed.id
'''


def _transition(e: Entity, w: Words, said: Declaration) -> str:
    start, end = w.rng.sample(("DRAFT", "OPEN", "PENDING", "ACTIVE", "PAUSED", "CLOSED"), 2)
    name = w.name("move", e.plural, "to", end.lower())
    return f'''\
{said.on("LOCKED_MUTATION")}
def {name}(txn: {said.txn}, ids: Sequence[int]) -> list[{e.cls}]:
    """Move {e.plural} on; all of them are locked, in the order of their ids, before one is changed."""
    rows = txn.lock_rows(select({e.cls}).where({e.cls}.id.in_(ids)).order_by({e.cls}.id))
    wrong = [row.id for row in rows if row.state is not {e.cls}State.{start}]
    if wrong or len(rows) != len(set(ids)):
        raise ConflictError("not every {e.noun} is {start.lower()}", wrong=wrong, missing=len(set(ids)) - len(rows))
    for row in rows:
        row.state = {e.cls}State.{end}
        row.updated_at = now()
    return rows
'''


def _validate(e: Entity, w: Words, _said: Declaration) -> str:
    word, number = w.field(e, "str"), w.field(e, "int")
    name = w.name("_check", e.noun, w.pick("payload", "changes", "form", "message", "event"))
    return f'''\
def {name}(payload: dict[str, object]) -> list[str]:
    """What is wrong with the payload, in the client's words; empty where it may be stored."""
    problems: list[str] = []
    allowed = {{"{word}", "{number}", "state", "updated_at"}}
    unknown = sorted(set(payload) - allowed)
    if unknown:
        problems.append(f"unknown: {{', '.join(unknown)}}")
    text = payload.get("{word}")
    if text is not None and (not isinstance(text, str) or len(text) > {w.number(20, 250)}):
        problems.append("{word} must be a text of at most that many characters")
    value = payload.get("{number}", 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= {w.number(1000, 90000)}:
        problems.append("{number} is out of range")
    # {w.sentence()}
    return problems
'''


_MORE: tuple[Callable[[Entity, Words, Declaration], str], ...] = (
    _totals, _totals, _search, _stale, _stale, _import, _purge, _claim, _transition, _validate, _validate,
)  # fmt: skip
