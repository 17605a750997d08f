"""What the rules over all files found, but for those about the import graph, kept between runs.

It follows from the facts that their views share, from the configuration, the rules, the day, the base, who has signed,
and from the files that they read beside that. Which these are is noted, as is what they ask of the world outside
(whether something stands beside the project, what the branches of the repository are), and looked at again. So an edit
of code that no document speaks of costs what its file costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

import msgspec

from relcheck.engine.asked import Search
from relcheck.engine.examining.examination import Examination, Known
from relcheck.engine.examining.examiner import Examined, RuleCrash
from relcheck.engine.examining.packed import pack, unpack
from relcheck.engine.examining.shared import SHARED_VIEWS
from relcheck.engine.files.worktree import ContentError
from relcheck.engine.old import Old
from relcheck.engine.plan import Planned
from relcheck.engine.project import ProjectView
from relcheck.model.finding import Finding

Judge: TypeAlias = Callable[[Sequence[Planned]], tuple[list[Finding], list[RuleCrash]]]
"""What rules find, and which of them raised."""

_PLACE = "\0project "
"""No file has such a name. There is one result of a plan and a view at a time, and one beside a base."""

_FACTS = "remembered"

_WORTH_HASHING = 64 * 1024 * 1024
"""Bytes of files whose object ids git does not tell, up to which they are hashed."""


class _Remembered(msgspec.Struct, frozen=True):
    """What a result was worked out from: the hash of all that is known beforehand; the files that rules have read, with
    their contents; the words that they looked for, with the contents of all files in which they did, in order; the hash
    of all contents where they asked for these; the places that they asked about beside the project, the branches where
    they asked for the past; and which migrations were left out as history."""

    key: str
    read: dict[str, str | None]
    searches: list[Search]
    searched: list[str | None]
    contents: str
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
    judge: Judge,
) -> tuple[list[Finding], list[RuleCrash]]:
    """The findings of the run before where nothing has changed for these rules, or what `judge` finds."""
    if not known.keeps or project.policy is not None or project.rendered is not None:
        return judge(rules)  # what is there beside is not all known
    found: list[Finding] = []
    crashes: list[RuleCrash] = []
    before = _before(project, basis)
    by_view: dict[str, list[Planned]] = {}
    for rule in rules:
        by_view.setdefault(rule.spec.view if rule.spec.view in SHARED_VIEWS else "", []).append(rule)
    # What one view has read is linked then, and the next one need not read it again: it counts for that one, too. So
    # the migrations, which read most, come last.
    for view, some in sorted(by_view.items()):
        key = _key(before, project, some)
        more, crashed = _of_view(view, key, project, some, known, basis, judge)
        found += more
        crashes += crashed
    return found, crashes


def _of_view(
    view: str,
    key: str,
    project: ProjectView,
    rules: Sequence[Planned],
    known: Known,
    basis: Basis,
    judge: Judge,
) -> tuple[list[Finding], list[RuleCrash]]:
    place, content = _PLACE + view, "compared" if project.compared is not None else ""
    kept = known.get(place, content)
    if kept is not None and (said := _said(kept)) is not None and said.key == key and _answers(project, basis, said):
        project.asked.past |= said.past is not None
        if said.old is not None:
            project.take_over(said.old)
        return list(kept.findings), []
    before = _exceptions(project)
    found, crashes = judge(rules)
    if not crashes and before == _exceptions(project):
        remembered = _noted(key, project, basis)
        if remembered is not None:
            known.add(place, content, Examined(findings=tuple(found), facts={_FACTS: pack(remembered)}))
    return found, crashes


def _noted(key: str, project: ProjectView, basis: Basis) -> _Remembered | None:
    """What the project was asked; None where it was asked for contents that are not to be had cheaply."""
    asked = project.asked
    everything = asked.everything or project.compared is not None
    contents = _contents(project, basis) if everything or asked.searches else []
    if contents is None:
        return None
    return _Remembered(
        key=key,
        read={} if everything else {path: _content(path, project, basis) for path in asked.read},
        searches=[] if everything else asked.searches,
        searched=[] if everything else contents,
        contents=_hash(contents) if everything else "",
        beyond=asked.beyond,
        past=basis.past() if asked.past else None,
        old=project.old_if_asked,
    )


def _before(project: ProjectView, basis: Basis) -> bytes:
    """A hash of all that is known beforehand, but for facts."""
    config = project.config
    said = [
        config.digest,
        [(layer.document.shown, layer.document.text) for layer in config.layers],
        [(one.name, one.digest, one.upholds) for one in config.catalog.rules.values()],
        project.today,
        project.scopes.prefix,
        project.signatures,
        basis.revision,
        basis.history,
        [project.history is not None, project.then is not None, project.compared is not None],
        [path for path in project.paths if project.files[path].broken is not None],
    ]
    hashed = blake2b(pack(said), digest_size=20)
    hashed.update("\0".join(project.paths).encode("utf-8", "surrogateescape"))
    return hashed.digest()


def _key(before: bytes, project: ProjectView, rules: Sequence[Planned]) -> str:
    """The same with the facts that these rules are told."""
    hashed = blake2b(before, digest_size=20)
    names = {name for one in rules for name in (one.spec.name, one.spec.view, *one.spec.reads)}
    hashed.update(pack(sorted(one.spec.name for one in rules)))
    for path, one in project.telling:
        for name in sorted(names.intersection(one.facts)):
            facts = one.facts[name]
            hashed.update(b"%s\0%s %d " % (path.encode("utf-8", "surrogateescape"), name.encode(), len(facts)))
            hashed.update(facts)
    return hashed.hexdigest()


def _contents(project: ProjectView, basis: Basis) -> list[str | None] | None:
    """The object ids of all files; None where too much would have to be read for them."""
    examination = basis.examination
    unread = [path for path in project.paths if not examination.knows_content_of(path)]
    try:
        if sum((basis.root / path).lstat().st_size for path in unread) > _WORTH_HASHING:
            return None
    except OSError:
        return None
    return [_content(path, project, basis) for path in project.paths]


def _hash(contents: list[str | None]) -> str:
    return blake2b(pack(contents), digest_size=20).hexdigest()


def _content(path: str, project: ProjectView, basis: Basis) -> str | None:
    """The object id of a file; None where there is none that could be read."""
    try:
        return basis.examination.content_id(path) if path in project.files else None
    except ContentError:
        return None


def _answers(project: ProjectView, basis: Basis, said: _Remembered) -> bool:
    """Whether the questions of the other run are answered as they were then."""
    if said.past is not None and said.past != basis.past():
        return False
    contents = _contents(project, basis) if said.contents or said.searches else []
    if contents is None or (said.contents and said.contents != _hash(contents)):
        return False
    if any(_content(path, project, basis) != content for path, content in said.read.items()):
        return False
    if said.searches:
        if len(said.searched) != len(contents):
            return False
        known = zip(project.paths, said.searched, contents, strict=True)
        changed = [path for path, was, now in known if was != now or now is None]
        if not all(_is_found_alike(one, changed, project) for one in said.searches):
            return False
    beyond = project.beyond
    return all(beyond is not None and beyond(path) is answer for path, answer in said.beyond.items())


def _is_found_alike(search: Search, changed: Sequence[str], project: ProjectView) -> bool:
    """Whether the files that are others now hold the same of the words that were looked for."""
    now = project.search(search.words, search.globs, changed)
    return all(set(now[word]) == {path for path in changed if path in found} for word, found in search.found.items())


def _exceptions(project: ProjectView) -> object:
    return project.exceptions.state() if project.exceptions is not None else None


def _said(kept: Examined) -> _Remembered | None:
    try:
        return unpack(kept.facts.get(_FACTS, b""), _Remembered)
    except msgspec.MsgspecError:
        return None
