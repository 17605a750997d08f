"""What the rules over all files found, but for those about the import graph, kept between runs.

Such rules read code where they need it, search it for words, and ask for what was there before. So what they found
holds as long as no file of the project is another, and all else that they may see is as it was: the configuration, the
rules, the day, the base, who has signed. Questions whose answers lie outside of that (whether something stands beside
the project, what the branches of the repository are) are noted with their answers, and asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec

from relcheck.engine.examining.examination import Examination, Known
from relcheck.engine.examining.examiner import Examined, RuleCrash
from relcheck.engine.examining.packed import pack, unpack
from relcheck.engine.files.worktree import ContentError
from relcheck.engine.old import Old
from relcheck.engine.plan import Planned
from relcheck.engine.project import ProjectView
from relcheck.model.finding import Finding

_PLACE = "\0project"
"""No file has such a name. There is one result of a plan at a time, and one beside a base."""

_FACTS = "remembered"

_WORTH_HASHING = 64 * 1024 * 1024
"""Bytes of files whose object ids git does not tell, up to which they are hashed."""


class _Remembered(msgspec.Struct, frozen=True):
    """What a result was worked out from: the hash of all that is known beforehand, the places that rules asked about
    beside the project, the branches where they asked for the past; and which migrations were left out as history."""

    key: str
    beyond: dict[str, bool]
    past: str | None
    old: Old | None


class Basis(msgspec.Struct, frozen=True):
    """What else findings follow from. `examination` knows the contents of the files below `root`, `revision` tells the
    base, `past` all that history is told from, `history` that old migrations are gated, too."""

    root: Path
    examination: Examination
    revision: str
    past: Callable[[], str]
    history: bool


def remembered_findings(
    project: ProjectView,
    rules: Sequence[Planned],
    known: Known,
    basis: Basis,
    judge: Callable[[], tuple[list[Finding], list[RuleCrash]]],
) -> tuple[list[Finding], list[RuleCrash]]:
    """The findings of the run before where nothing has changed for these rules, or what `judge` finds."""
    key = _key(project, rules, basis) if known.keeps else None
    if key is None:
        return judge()
    content = "compared" if project.compared is not None else ""
    kept = known.get(_PLACE, content)
    if kept is not None and (said := _said(kept)) is not None and said.key == key and _answers(project, basis, said):
        if said.old is not None:
            project.take_over(said.old)
        return list(kept.findings), []
    before = _exceptions(project)
    found, crashes = judge()
    if not crashes and before == _exceptions(project):
        asked = project.asked
        past = basis.past() if asked.past else None
        remembered = _Remembered(key, asked.beyond, past, project.old_if_asked)
        known.add(_PLACE, content, Examined(findings=tuple(found), facts={_FACTS: pack(remembered)}))
    return found, crashes


def _key(project: ProjectView, rules: Sequence[Planned], basis: Basis) -> str | None:
    """A hash of all that is known beforehand; None where that is not all there is, or not to be had cheaply."""
    contents = _contents(project, basis)
    if contents is None or project.policy is not None or project.rendered is not None:
        return None
    config = project.config
    said = [
        config.digest,
        [(layer.document.shown, layer.document.text) for layer in config.layers],
        [(one.name, one.digest, one.upholds) for one in config.catalog.rules.values()],
        [one.spec.name for one in rules],
        project.today,
        project.scopes.prefix,
        project.signatures,
        basis.revision,
        basis.history,
        [project.history is not None, project.then is not None, project.compared is not None],
    ]
    hashed = blake2b(pack(said), digest_size=20)
    for path, content in contents:
        hashed.update(path.encode("utf-8", "surrogateescape"))
        hashed.update(b"\0%s\0" % content.encode())
    return hashed.hexdigest()


def _contents(project: ProjectView, basis: Basis) -> list[tuple[str, str]] | None:
    """The object ids of all files."""
    examination = basis.examination
    unread = [path for path in project.paths if not examination.knows_content_of(path)]
    try:
        if sum((basis.root / path).lstat().st_size for path in unread) > _WORTH_HASHING:
            return None
        return [(path, examination.content_id(path)) for path in project.paths]
    except (OSError, ContentError):
        return None


def _answers(project: ProjectView, basis: Basis, said: _Remembered) -> bool:
    """Whether the questions of the other run are answered as they were then."""
    if said.past is not None and said.past != basis.past():
        return False
    beyond = project.beyond
    return all(beyond is not None and beyond(path) is answer for path, answer in said.beyond.items())


def _exceptions(project: ProjectView) -> object:
    return project.exceptions.state() if project.exceptions is not None else None


def _said(kept: Examined) -> _Remembered | None:
    try:
        return unpack(kept.facts.get(_FACTS, b""), _Remembered)
    except msgspec.MsgspecError:
        return None
