"""What the rules over the import graph found, kept between runs.

It follows from the facts of all files, the configuration, the day, and the files that rules read beside them. As long
as none of these is another, nothing is linked or judged anew: an edit that touches no import costs what its file costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b

import msgspec

from relcheck.engine.examining.examination import Known
from relcheck.engine.examining.examiner import Examined, RuleCrash
from relcheck.engine.examining.packed import pack, unpack
from relcheck.engine.examining.shared import GRAPH
from relcheck.engine.plan import Planned
from relcheck.engine.project import ProjectView
from relcheck.model.finding import Finding

_PLACE = "\0graph"
"""No file has such a name. There is one result of a plan at a time."""


class _Linked(msgspec.Struct, frozen=True):
    """What a result was worked out from, beside the facts: what rules read, and the exceptions that they used."""

    key: str
    read: dict[str, str]
    asked: tuple[str, ...]
    used: tuple[tuple[str, int], ...]


def linked_findings(
    project: ProjectView,
    rules: Sequence[Planned],
    known: Known,
    judge: Callable[[ProjectView], tuple[list[Finding], list[RuleCrash]]],
) -> tuple[list[Finding], list[RuleCrash]]:
    """The findings of these rules over the import graph: those of the run before where nothing has changed for them, or
    what `judge` finds."""
    if not known.keeps or project.compared is not None:
        return judge(project)
    key = _key(project, rules)
    kept = known.get(_PLACE, "")
    if kept is not None and (said := _said(kept)) is not None and said.key == key and _still_reads(project, said):
        if project.exceptions is not None:
            project.exceptions.restore(said.asked, said.used)
        return list(kept.findings), []
    read: dict[str, str] = {}
    found, crashes = judge(_watched(project, read))
    if not crashes:
        asked, used = project.exceptions.state() if project.exceptions is not None else ((), ())
        linked = _Linked(key, read, asked, used)
        known.add(_PLACE, "", Examined(findings=tuple(found), facts={"linked": pack(linked)}))
    return found, crashes


def _key(project: ProjectView, rules: Sequence[Planned]) -> str:
    """A hash of all that rules can see, but for the files that they read."""
    hashed = blake2b(digest_size=20)
    said = [(layer.document.shown, layer.document.text) for layer in project.config.layers]
    named = [(one.spec.name, one.spec.digest) for one in rules]
    hashed.update(msgspec.json.encode([project.config.digest, project.today, project.scopes.prefix, said, named]))
    for path in project.paths:
        one = project.files[path]
        facts = one.facts.get(GRAPH.facts, b"")
        hashed.update(b"%d %d " % (len(facts), one.broken is not None))
        hashed.update(path.encode("utf-8", "surrogateescape"))
        hashed.update(b"\0")
        hashed.update(facts)
    return hashed.hexdigest()


def _said(kept: Examined) -> _Linked | None:
    try:
        return unpack(kept.facts.get("linked", b""), _Linked)
    except msgspec.MsgspecError:
        return None


def _still_reads(project: ProjectView, said: _Linked) -> bool:
    return all(_digest(project.read(path)) == digest for path, digest in said.read.items())


def _watched(project: ProjectView, read: dict[str, str]) -> ProjectView:
    """The project, with a note of each file that is read."""
    contents = project.contents
    if contents is None:
        return project

    def noted(path: str) -> bytes:
        read[path] = _digest(None)
        data = contents(path)
        read[path] = _digest(data)
        return data

    return msgspec.structs.replace(project, contents=noted)


def _digest(data: bytes | None) -> str:
    return "" if data is None else blake2b(data, digest_size=20).hexdigest()
