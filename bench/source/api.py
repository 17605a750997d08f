"""API modules: they pass the request's session on to the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.source.assemble import assemble

if TYPE_CHECKING:
    from bench.source.vocabulary import Entity, Words


def api(e: Entity, w: Words, *, seeded: str = "") -> str:
    """The routes of an entity."""
    columns = "\n".join(
        f"    {one.name}: {one.kind}{'' if one.kind == 'int' else ' | None = None'}" for one in e.fields
    )
    path = e.plural.replace("_", "-")
    extra = "from app.infra.transaction import IntentViolationError\n" if "IntentViolationError" in seeded else ""
    head = f'''\
"""The routes of {e.plural}."""

from __future__ import annotations

import csv
import io
import logging
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.infra.database import get_session
from app.infra.errors import DomainError, NotFoundError
{extra}from app.models.{e.domain}.{e.noun} import {e.cls}State
from app.services.{e.domain}.{e.noun}_service import (
    archive_{e.plural},
    create_{e.noun},
    get_{e.noun},
    list_{e.plural},
    revise_{e.noun},
)

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/{e.domain}/{path}", tags=["{e.domain}"])
RequestSession = Annotated[Session, Depends(get_session)]


class {e.cls}Out(BaseModel):
    """A {e.noun} as the client sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    state: {e.cls}State
{columns}
'''
    core = (_index(e, w), _show(e), _revise(e, w))
    return assemble(head, w, lambda: _more(e, w), blocks=(*core, seeded) if seeded else core)


def _index(e: Entity, w: Words) -> str:
    return f'''\
@router.get("", response_model=list[{e.cls}Out])
def index(
    session: RequestSession,
    state: {e.cls}State | None = None,
    limit: Annotated[int, Query(le=500)] = {w.number(20, 200)},
):
    """The newest {e.plural}."""
    return list_{e.plural}(session, state=state, limit=limit)
'''


def _show(e: Entity) -> str:
    return f'''\
@router.get("/{{{e.noun}_id}}", response_model={e.cls}Out)
def show({e.noun}_id: int, session: RequestSession):
    """One {e.noun}."""
    try:
        return get_{e.noun}(session, {e.noun}_id)
    except NotFoundError as error:
        raise HTTPException(status_code=error.status, detail=error.message) from error
'''


def _revise(e: Entity, w: Words) -> str:
    return f'''\
@router.patch(
    "/{{{e.noun}_id}}",
    response_model={e.cls}Out,
    responses={{404: {{"description": "there is no such {e.noun}"}}}},
)
def revise({e.noun}_id: int, changes: dict[str, object], session: RequestSession):
    """Change what a client may change. {w.sentence()}"""
    try:
        return revise_{e.noun}(session, {e.noun}_id, changes)
    except DomainError as error:
        logger.info("refused the revision of {e.noun} %d: %s", {e.noun}_id, error)
        raise HTTPException(status_code=error.status, detail=error.message) from error
'''


def _more(e: Entity, w: Words) -> str:
    return w.rng.choice((_schema, _schema, _export, _archive, _create))(e, w)


def _schema(e: Entity, w: Words) -> str:
    name = w.name(e.cls + w.pick("Filter", "Page", "Created", "Changed", "Totals", "Reference"))
    columns = "\n".join(
        f'    {one.name}: {one.kind} | None = Field(default=None, description="what the {e.noun} has as {one.name}")'
        for one in w.rng.sample(e.fields, min(len(e.fields), w.number(2, 6)))
    )
    return f'''\
class {name}(BaseModel):
    """{w.sentence()}"""

    kind: Literal["{e.noun}", "{w.state()}"] = "{e.noun}"
{columns}
    limit: int = Field(default={w.number(10, 200)}, ge=1, le=1000, description="at most so many")

    def given(self) -> dict[str, object]:
        return {{key: value for key, value in self.model_dump().items() if value is not None and key != "kind"}}
'''


def _export(e: Entity, w: Words) -> str:
    first, second = w.field(e, "str"), w.field(e, "int")
    name = w.name("export", w.pick("csv", "table", "sheet", "list"))
    return f'''\
@router.get("/{name.replace("_", "-")}", response_class=Response)
def {name}(session: RequestSession, state: {e.cls}State = {e.cls}State.{w.state().upper()}) -> Response:
    """All {e.plural} of one state as a file."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="{w.pick(";", ",")}")
    writer.writerow(["id", "state", "{first}", "{second}"])
    for row in list_{e.plural}(session, state=state, limit={w.number(1000, 9000)}):
        writer.writerow([row.id, row.state.value, row.{first} or "", row.{second}])
    headers = {{"Content-Disposition": 'attachment; filename="{e.plural}.csv"'}}
    return Response(buffer.getvalue(), media_type="text/csv", headers=headers)
'''


def _archive(e: Entity, w: Words) -> str:
    name = w.name("archive", w.pick("old", "closed", "stale"))
    return f'''\
@router.post("/{name.replace("_", "-")}")
def {name}(
    session: RequestSession,
    days: Annotated[int, Query(ge={w.number(1, 30)})] = {w.number(90, 400)},
) -> dict[str, int]:
    """Archive old {e.plural}; says how many."""
    count = archive_{e.plural}(session, older_than_days=days)
    logger.info("%d {e.plural} were archived by hand", count)
    return {{"archived": count, "days": days}}
'''


def _create(e: Entity, w: Words) -> str:
    word = w.field(e, "str")
    name = w.name("create", "with", word)
    return f'''\
@router.post("/{name.replace("_", "-")}", response_model={e.cls}Out, status_code=201)
def {name}(body: dict[str, str], session: RequestSession):
    """A new {e.noun}, refused where a word of the input is not known."""
    unknown = set(body) - {{"{word}", "comment"}}
    if unknown:
        raise HTTPException(status_code=422, detail=f"unknown: {{', '.join(sorted(unknown))}}")
    try:
        return create_{e.noun}(session, {word}=body.get("{word}", ""))
    except (DomainError, TypeError) as error:
        raise HTTPException(status_code=400, detail=str(error)) from error
'''
