"""Conventions that hold because another revision has them: a change cannot leave one by deleting an import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from relcheck.engine.bind import Bound
from relcheck.engine.examining.examiner import Examined, Examiner
from relcheck.engine.files.worktree import ContentError
from relcheck.engine.plan import Plan, Planned
from relcheck.engine.prefilter.words import Words
from relcheck.sdk.selectors import AnyFile, Opt, Within
from relcheck.sources.globs import quote
from relcheck.sources.python.names import last
from relcheck.sources.python.syntax import UnparseableError, decode, parse_ast

if TYPE_CHECKING:
    from relcheck.engine.files.discover import Workspace
    from relcheck.engine.prefilter.shapes import Shapes
    from relcheck.engine.revisions.past import Past


class Left(msgspec.Struct, frozen=True):
    """A file that no longer imports the names by which rules concerned it."""

    path: str
    rules: tuple[Planned, ...]

    @property
    def said(self) -> str:
        where = [rule.where for rule in self.rules if rule.where is not None]
        names = ", ".join(dict.fromkeys(name for imported, _ in where for name in imported))
        rules = ", ".join(rule.spec.name for rule in self.rules)
        return f"deletes the import of {names}, by which this file was judged by {rules}"


def files_left(past: Past, examiner: Examiner, workspace: Workspace, paths: Sequence[str]) -> list[Left]:
    """The changed files that rules concerned in the other revision because of an import, and concern no more."""
    rules = [rule for rule in examiner.plan.rules if rule.where is not None and rule.where[0]]
    if not rules:
        return []
    past.follow(paths)
    changed = [
        path
        for path in paths
        if path.endswith((".py", ".pyi")) and past.origin(path) is not None and not past.is_unchanged(path)
    ]
    found = ((path, tuple(_left(rules, past, examiner, workspace, path))) for path in changed)
    return [Left(path, left) for path, left in found if left]


def examined_all_the_same(left: Sequence[Left], examiner: Examiner) -> Examiner:
    """An examiner for these files and the rules that they left, which looks at them as if they had not."""
    paths: dict[str, list[str]] = {}
    for one in left:
        for rule in one.rules:
            paths.setdefault(rule.spec.name, []).append(quote(one.path.removeprefix(examiner.scopes.prefix)))
    plan = examiner.plan
    rules = tuple(_in_force(rule, tuple(paths[rule.spec.name])) for rule in plan.rules if rule.spec.name in paths)
    kept = Plan(rules, max_file_size=plan.max_file_size, prefilter=plan.prefilter)
    return Examiner(kept, examiner.scopes, examiner.make)


def merged(one: Examined, other: Examined) -> Examined:
    """What two looks at a file by different rules yield together."""
    return msgspec.structs.replace(
        one,
        findings=tuple(sorted((*one.findings, *other.findings), key=lambda found: found.sort_key)),
        facts={**one.facts, **other.facts},
        broken=one.broken or other.broken,
        crashes=(*one.crashes, *other.crashes),
    )


def _left(
    rules: Sequence[Planned], past: Past, examiner: Examiner, workspace: Workspace, path: str
) -> Iterator[Planned]:
    was = past.origin(path)
    if was is None:
        return
    try:
        now, before = _Imports(workspace.read(path), unknown=False), _Imports(past.revision.read(was), unknown=True)
    except ContentError:
        return
    for rule in rules:
        names, globs = rule.where or ((), ())
        if (
            examiner.scopes.concern(rule, path)
            and examiner.scopes.concern(rule, was)
            and not examiner.scopes.matches(path, globs)
            and not now.have(names)
            and before.have(names)
        ):
            yield rule


class _Imports:
    """What a file imports; `unknown` is the answer where it cannot be parsed."""

    def __init__(self, data: bytes, *, unknown: bool) -> None:
        self._data = data
        self._words = Words(data)
        self._unknown = unknown

    def have(self, names: tuple[str, ...]) -> bool:
        """Whether the file imports one of these names."""
        if not any(self._words.has(last(name)) for name in names):
            return False
        return self._unknown if self._shapes is None else self._shapes.imports(names)

    @cached_property
    def _shapes(self) -> Shapes | None:
        from relcheck.engine.prefilter.shapes import shapes_of

        try:
            tree = parse_ast(decode(self._data), deep_stack=False)
        except UnparseableError:
            return None
        return shapes_of(tree) if tree is not None else None


def _in_force(rule: Planned, paths: tuple[str, ...]) -> Planned:
    """The rule with these files among those that it is about, whatever they import."""
    where = rule.spec.where
    choices = where.choices if isinstance(where, AnyFile) else (where,)
    values = dict(rule.options.values)
    for choice in choices:
        if isinstance(choice, Within) and isinstance(choice.globs, Opt):
            values[choice.globs.name] = (*rule.options.names(choice.globs), *paths)
    return Planned(
        msgspec.structs.replace(rule.spec, where=None), Bound(values), rule.configured, rule.severity, rule.scope
    )
