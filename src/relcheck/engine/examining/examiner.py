"""One file: bytes, prefilters, trees, rules. Pure in the content, the path and the plan; this is what the cache keeps
and workers do.

It has two steps, because most files end with the first, which is cheap: `sift` looks for words in the bytes, `read`
parses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from relcheck.engine.examining.shared import GRAPH, HEADERS, PYTHON, SHARED_VIEWS, SharedView
from relcheck.engine.exceptions.inline import MARK, READ, Inline, waivers_in
from relcheck.engine.plan import Plan, Planned, Scopes
from relcheck.engine.prefilter.words import Words
from relcheck.model.finding import Finding
from relcheck.sdk.rule import ProjectRule, Rule, View
from relcheck.sources.python.excerpt import Excerpt, excerpt, whole
from relcheck.sources.python.names import Names
from relcheck.sources.python.syntax import Source, UnparseableError, decode, decode_utf8, parse_ast, parse_tree

if TYPE_CHECKING:
    import ast

    from relcheck.engine.prefilter.shapes import Shapes
    from relcheck.sources.python.imports import FileImports

_DEEPEST = 80
"""Levels of an `ast` that libcst reads in this process. Its parser recurses in native code, and a stack may be as
small as 1 MB."""

_TOO_DEEP = 3_000
"""Levels that nothing reads: libcst takes a minute for 10,000."""

_HEAVIEST = 300_000
_LARGEST = 500_000
"""Weight (the sum of the depths of all nodes) and characters of what is read in this process, where no limit of time
and memory holds.

libcst takes 0.3 to 9 µs and up to 10 KB for a unit of weight, whatever the shape; 10 of 13,000 files of real packages
are heavier.
"""

_ABOUT_IMPORTS = frozenset((GRAPH.view, HEADERS.view))

_NOTHING_SAID = msgspec.msgpack.encode({})
"""The facts of a file that neither imports anything nor says anything of layers."""


class TooDeepError(Exception):
    """A file that must be read in a process of its own: its nesting could end the process, or cannot be told
    beforehand."""


class Work(msgspec.Struct, frozen=True):
    """A file that has to be parsed, for which rules, and for which shared views. `marked` says that it may hold
    waivers."""

    path: str
    rules: tuple[str, ...]
    marked: bool
    views: tuple[str, ...] = ()

    def asking(self, plan: Plan) -> tuple[str, ...]:
        """All rules that have to look into it, those of shared views among them."""
        shared = [rule.spec.name for view in self.views for rule in plan.rules_of(view)]
        return tuple(sorted((*self.rules, *shared))) if shared else self.rules


class RuleCrash(msgspec.Struct, frozen=True):
    """A rule that raised while it looked at a file."""

    rule: str
    line: int
    error: str


class Broken(msgspec.Struct, frozen=True):
    """Why a file could not be read, and where; `rules` are those that had to look into it."""

    message: str
    line: int = 1
    column: int = 1
    rules: tuple[str, ...] = ()


class Known(msgspec.Struct, frozen=True):
    """Of the watched names, those that a file defines and those that it imports."""

    defined: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()


class Examined(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that one file yields. `parsed` says whether libcst had to read it."""

    findings: tuple[Finding, ...] = ()
    facts: dict[str, bytes] = {}
    waivers: tuple[Inline, ...] = ()
    known: Known = Known()
    parsed: bool = False
    broken: Broken | None = None
    crashes: tuple[RuleCrash, ...] = ()


NOTHING = Examined()


class Examiner(msgspec.Struct, frozen=True):
    """Looks at files for a plan. `make` gives the object of a rule; it imports the rule's module at the first need."""

    plan: Plan
    scopes: Scopes
    make: Callable[[Planned], Rule]

    def concerns(self, path: str) -> bool:
        """Whether anything is asked of the content of files of this kind and place."""
        if path.endswith(PYTHON):
            return True
        return any(map(partial(self._is_of, path), self.plan.shared)) or any(
            self.scopes.concern(rule, path) for rule in self.plan.file_rules
        )

    def sift(self, path: str, data: bytes) -> Work | None:
        """What remains to be done for a file, judged by its words; None where no rule can find anything in it."""
        words = Words(data)
        rules = tuple(rule.spec.name for rule in self.plan.file_rules if self._may_concern(rule, path, words))
        views = tuple(one.view for one in self.plan.shared if self._is_of(path, one) and one.may_hold(path, words))
        python = path.endswith(PYTHON)
        marked = MARK in data and path.lower().endswith(READ)
        known = python and self._may_be_known(words)
        return Work(path, rules, marked, views) if rules or marked or known or views else None

    def read(self, work: Work, data: bytes, *, isolated: bool = False) -> Examined:
        """What a file yields. Raises TooDeepError unless `isolated`, which says that this process may be lost."""
        if len(data) > self.plan.max_file_size:
            size = f"it holds {len(data):,} bytes and max_file_size is {self.plan.max_file_size:,}"
            asking = self._unanswered(work, data)
            return Examined(broken=Broken(size, rules=asking)) if asking else NOTHING
        try:
            text = decode(data) if work.path.endswith(PYTHON) else decode_utf8(data)
            waivers = tuple(waivers_in(text, work.path)) if work.marked else ()
        except UnparseableError as error:
            return self._broken(work, data, error, ())
        try:
            examined = self._parsed(work, data, text, isolated=isolated)
        except UnparseableError as error:
            return self._broken(work, data, error, waivers)
        except TooDeepError:
            raise
        except Exception as error:  # noqa: BLE001  # a fault in one file is told there, and the others are looked at
            said = f"{type(error).__name__}: {error}"
            examined = Examined(crashes=tuple(RuleCrash(rule, 1, said) for rule in work.asking(self.plan)))
        return msgspec.structs.replace(examined, waivers=waivers) if waivers else examined

    def sifts_imports(self, work: Work) -> bool:
        """Whether imports are all that is asked of a file, so that it need not become a tree."""
        return bool(work.views) and not work.rules and _ABOUT_IMPORTS.issuperset(work.views)

    def read_imports(self, work: Work, data: bytes) -> Examined | None:
        """What a file yields of which only imports are asked, without its tree; None where it takes one. It is what
        `read` gives. Imports grimp."""
        if len(data) > self.plan.max_file_size or self._may_be_known(Words(data)):
            return None
        try:
            from relcheck.sources.python.sifted_imports import sifted_imports
        except ImportError:
            return None  # a grimp that scans otherwise

        try:
            text = decode(data)
            waivers = tuple(waivers_in(text, work.path)) if work.marked else ()
        except UnparseableError:
            return None
        found = sifted_imports(text)
        if found is None:
            return None
        examined = self._of_imports((), work, found)
        return msgspec.structs.replace(examined, waivers=waivers) if waivers else examined

    def _is_of(self, path: str, view: SharedView) -> bool:
        return self.scopes.matches(path, view.files)

    def _may_be_known(self, words: Words) -> bool:
        return any(words.has(name) for name in self.plan.watched) or any(map(words.may_define, self.plan.conventions))

    def _may_concern(self, rule: Planned, path: str, words: Words) -> bool:
        if not self.scopes.concern(rule, path):
            return False
        if not self.plan.prefilter:
            return True
        return words.allow(rule.needs_here(in_where_globs=self._in_where_globs(rule, path)))

    def _in_where_globs(self, rule: Planned, path: str) -> bool:
        return rule.where is not None and self.scopes.matches(path, rule.where[1])

    def _broken(self, work: Work, data: bytes, error: UnparseableError, waivers: tuple[Inline, ...]) -> Examined:
        asking = self._unanswered(work, data)
        broken = Broken(error.message, error.line, error.column, asking) if asking else None
        return Examined(broken=broken, waivers=waivers, known=self._perhaps_known(data))

    def _unanswered(self, work: Work, data: bytes) -> tuple[str, ...]:
        """The rules that would have looked into a file that cannot be read. Nobody misses a spreadsheet's export."""
        views = tuple(view for view in work.views if SHARED_VIEWS[View(view)].misses(work.path, data))
        return msgspec.structs.replace(work, views=views).asking(self.plan)

    def _perhaps_known(self, data: bytes) -> Known:
        """Names that a file may define, by its words alone: a convention is not lost to a syntax error."""
        words = Words(data)
        defined = {name for name in self.plan.conventions if words.may_define(name)}
        named = {name for name in self.plan.watched if words.has(name)}
        return Known(tuple(sorted(defined | named)), tuple(sorted(named)))

    def _parsed(self, work: Work, data: bytes, text: str, *, isolated: bool) -> Examined:
        from relcheck.engine.prefilter.shapes import shapes_of

        rules = [rule for rule in self.plan.file_rules if rule.spec.name in work.rules]
        if not work.path.endswith(PYTHON):
            return _merged(self._collected(rules, View.BYTES, data), _shared(work, text, None))
        tree = parse_ast(text, deep_stack=isolated)
        if tree is None:
            if self.sifts_imports(work) and (sifted := self.read_imports(work, data)) is not None:
                return sifted  # what may be read of many files may be read of one
            if (rules or work.views) and not isolated:
                raise TooDeepError
            return self._in_unknown_syntax(work, data, text, rules, self._perhaps_known(data))
        facts = _merged(self._collected(rules, View.BYTES, data), _shared(work, text, tree))
        if _read_imports(rules, work):
            from relcheck.sources.python.imports import file_imports

            facts = _merged(facts, self._of_imports(rules, work, file_imports(tree, Source(text))))
        words = Words(data)
        if not any(rule.spec.view == View.TREE for rule in rules) and not self._may_be_known(words):
            return facts
        shapes = shapes_of(tree)
        known = Known(shapes.defined(self.plan.conventions | self.plan.watched), shapes.imported(self.plan.watched))
        kept, lines = self._kept([rule for rule in rules if rule.spec.view == View.TREE], work.path, shapes, words)
        if not kept:
            return msgspec.structs.replace(facts, known=known)
        if shapes.depth > _TOO_DEEP:
            raise UnparseableError(f"it is nested {shapes.depth:,} levels deep; relcheck reads {_TOO_DEEP:,}")
        if not isolated and (shapes.depth > _DEEPEST or shapes.weight > _HEAVIEST or len(text) > _LARGEST):
            raise TooDeepError
        parsed = whole(Source(text)) if lines is None else excerpt(Source(text), tree, lines)
        names = shapes.names
        del tree, shapes
        return _merged(self._visited(work.path, text, parsed, names, kept, known), facts)

    def _kept(
        self, rules: Sequence[Planned], path: str, shapes: Shapes, words: Words
    ) -> tuple[list[Planned], set[int] | None]:
        """The rules that may find something, by `where` and by shapes; and the lines that they need, None for all."""
        kept: list[Planned] = []
        lines: set[int] | None = set()
        # Where one rule needs all lines, nobody asks which ones the others need.
        for rule in sorted(rules, key=lambda one: one.spec.local):
            if rule.where is not None and not self._in_where_globs(rule, path) and not shapes.imports(rule.where[0]):
                continue
            nodes = _nodes(rule, shapes, words) if self.plan.prefilter and rule.spec.handlers else None
            if nodes is None or not rule.spec.local or rule.spec.visitor or lines is None:
                if nodes is None or next(nodes, None) is not None:
                    kept.append(rule)
                    lines = None if nodes is None or not rule.spec.local or rule.spec.visitor else lines
            elif found := {node.lineno for node in nodes}:  # type: ignore[attr-defined]  # all have places
                kept.append(rule)
                lines |= found
        return kept, lines

    def _in_unknown_syntax(
        self, work: Work, data: bytes, text: str, rules: Sequence[Planned], known: Known
    ) -> Examined:
        """A file that this Python's parser does not take: libcst may know newer syntax, and serves every view."""
        if not rules and not work.views:
            return Examined(known=known)
        facts = _merged(self._collected(rules, View.BYTES, data), _shared(work, text, None))
        if _read_imports(rules, work):
            from relcheck.sources.python.tree_imports import file_imports_of_tree

            facts = _merged(facts, self._of_imports(rules, work, file_imports_of_tree(parse_tree(text), Source(text))))
        trees = [rule for rule in rules if rule.spec.view == View.TREE]
        return _merged(self._visited(work.path, text, whole(Source(text)), None, trees, known), facts)

    def _visited(
        self, path: str, text: str, parsed: Excerpt, names: Names | None, rules: Sequence[Planned], known: Known
    ) -> Examined:
        try:
            module = parse_tree(parsed.text)
        except UnparseableError:
            parsed = whole(Source(text))
            module = parse_tree(text)
        from relcheck.engine.examining.visit import Ready, names_in, visit

        if names is None:
            names, used = names_in(module)
            rules = [rule for rule in rules if self._where_holds(rule, path, names, used)]
        ready = [Ready(rule.spec, rule.options, partial(self.make, rule)) for rule in rules]
        visited = visit(
            path, Source(text), parsed, module, names, ready, lambda globs: self.scopes.matches(path, globs)
        )
        return Examined(
            findings=tuple(sorted(visited.findings, key=lambda one: one.sort_key)),
            facts={name: msgspec.msgpack.encode(facts) for name, facts in visited.facts.items()},
            known=known,
            parsed=True,
            crashes=tuple(visited.crashes),
        )

    def _where_holds(self, rule: Planned, path: str, names: Names, used: Iterable[str]) -> bool:
        if rule.where is None or self._in_where_globs(rule, path):
            return True
        imported = rule.where[0]
        return names.imports(imported) or any(names.uses(name, imported) for name in used)

    def _of_imports(self, rules: Sequence[Planned], work: Work, found: FileImports) -> Examined:
        """What rules collect of the imports of a file, and the facts that those about the graph share."""
        collected = self._collected(rules, View.IMPORTS, found.imports)
        views = [one for one in (GRAPH, HEADERS) if one.view in work.views]
        if not views:
            return collected
        facts = msgspec.msgpack.encode(found)
        if facts == _NOTHING_SAID or (found.header is None and GRAPH not in views):
            return collected
        return _merged(collected, Examined(facts={one.facts: facts for one in views}))

    def _collected(self, rules: Sequence[Planned], view: View, seen: object) -> Examined:
        """The facts of the rules that read this view of the file."""
        facts: dict[str, bytes] = {}
        crashes: list[RuleCrash] = []
        for planned in rules:
            if planned.spec.view != view:
                continue
            rule = self.make(planned)
            if not isinstance(rule, ProjectRule):
                continue
            try:
                found = rule.collect(seen)
            except Exception as error:  # noqa: BLE001  # whatever a rule raises is reported as relcheck/rule-crashed
                crashes.append(RuleCrash(planned.spec.name, 1, f"{type(error).__name__}: {error}"))
            else:
                if found is not None:
                    facts[planned.spec.name] = msgspec.msgpack.encode(found)
        return Examined(facts=facts, crashes=tuple(crashes)) if facts or crashes else NOTHING


def facts_in(examined: Mapping[str, Examined]) -> Callable[[str, str], bool]:
    """Whether a file has facts of a shared view that hold something to be checked. One that cannot be read may have."""

    def holds(path: str, view: str) -> bool:
        if path not in examined or examined[path].broken is not None:
            return path in examined
        facts = examined[path].facts.get(view)
        return facts is not None and SHARED_VIEWS[View(view)].has_subject(facts)

    return holds


def _read_imports(rules: Sequence[Planned], work: Work) -> bool:
    shared = View.GRAPH in work.views or View.HEADERS in work.views
    return shared or any(rule.spec.view == View.IMPORTS for rule in rules)


def _shared(work: Work, text: str, tree: ast.Module | None) -> Examined:
    """The facts of the views that read text, and the tree where there is one. Raises UnparseableError."""
    facts = {}
    for view in work.views:
        shared = SHARED_VIEWS[View(view)]
        found = shared.collect(work.path, text, tree) if shared.module else None
        if found is not None:
            facts[shared.facts] = msgspec.msgpack.encode(found)
    return Examined(facts=facts) if facts else NOTHING


def _nodes(rule: Planned, shapes: Shapes, words: Words) -> Iterator[ast.AST]:
    """Nodes by which the rule may find something."""
    for selector, found in rule.selectors:
        if words.allow(found):
            yield from shapes.matching(selector, rule.options)


def _merged(one: Examined, other: Examined) -> Examined:
    return msgspec.structs.replace(one, facts={**one.facts, **other.facts}, crashes=(*one.crashes, *other.crashes))
