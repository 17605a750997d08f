"""One walk over a file's libcst tree that serves every rule.

Handlers are indexed by the node type that can fire them. Each node is linked to the ones around it, a function that
must contain or lack something is judged when it ends, and string text fires once for each maximal expression. The
walk is a loop, so the depth of a file is no limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import libcst as cst
import msgspec

from relcheck.engine.bind import Bound
from relcheck.engine.examining.examiner import RuleCrash
from relcheck.engine.examining.match import Context, ending, is_inside, match, match_text, node_types
from relcheck.engine.prefilter.endings import endings
from relcheck.model.finding import Finding, Related
from relcheck.sdk.rule import ProjectRule, PythonRule, Rule
from relcheck.sdk.selectors import Function, Noun, Selector, Text, nouns
from relcheck.sdk.site import Cell, Draft, File, Note, Site, Span
from relcheck.sdk.spec import RuleSpec
from relcheck.sources.python.excerpt import Excerpt
from relcheck.sources.python.folded import STRING_NODE_TYPES, Folded, Folding
from relcheck.sources.python.instances import Instances
from relcheck.sources.python.names import Names
from relcheck.sources.python.positions import Positions
from relcheck.sources.python.syntax import Source
from relcheck.sources.python.trees import children, dotted, is_trivia, names_of_tree

_SCOPES = frozenset({cst.FunctionDef, cst.ClassDef})
_NAMED = frozenset({cst.Call, cst.Attribute, cst.Name})
_STRINGS = frozenset(getattr(cst, name) for name in STRING_NODE_TYPES)


class Ready(msgspec.Struct, frozen=True):
    """A rule that is ready to look at files: its data, its options, and how its object is made."""

    spec: RuleSpec
    options: Bound
    make: Callable[[], Rule]


class Visited(msgspec.Struct):
    """What the rules made of one file: findings in no order, facts by rule, and the rules that crashed."""

    findings: list[Finding] = []
    facts: dict[str, object] = {}
    crashes: list[RuleCrash] = []


def visit(
    path: str,
    source: Source,
    parsed: Excerpt,
    module: cst.Module,
    names: Names,
    rules: Sequence[Ready],
    in_globs: Callable[[Sequence[str]], bool],
) -> Visited:
    """Let the rules look at one file."""
    context = Context(names, Instances(names, module))
    positions = Positions(module, parsed)
    visited = Visited()
    walk = _Walk(context)
    runs = []
    for ready in rules:
        file = _file(path, source, positions, module, names, ready.options, context, in_globs)
        run = _Run(ready, file, visited)
        if run.guarded(partial(run.begin, walk)):
            runs.append(run)
    walk.over(module)
    for run in runs:
        run.finish()
    return visited


def names_in(module: cst.Module) -> tuple[Names, list[str]]:
    """The table of names of a file that `ast` does not know, and the dotted names used in it."""
    binding: list[cst.CSTNode] = []
    used: list[str] = []
    pending: list[cst.CSTNode] = [module]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Import | cst.ImportFrom | cst.Assign | cst.AnnAssign):
            binding.append(node)
        elif isinstance(node, cst.Attribute | cst.Name) and (spelled := dotted(node)) is not None:
            used.append(spelled)
        pending.extend(reversed(list(children(node))))
    return names_of_tree(binding), used


def _file(
    path: str,
    source: Source,
    positions: Positions,
    module: cst.Module,
    names: Names,
    options: Bound,
    context: Context,
    in_globs: Callable[[Sequence[str]], bool],
) -> File:
    def in_selector(selector: Selector, cell: Cell) -> bool:
        return is_inside(selector, options, cell, context)

    return File(path, source, names, module, in_globs, in_selector, context.instances, positions)


class _Run:
    """One rule at work on one file."""

    def __init__(self, ready: Ready, file: File, visited: Visited) -> None:
        self.ready = ready
        self.file = file
        self.visited = visited
        self.cell: Cell | None = None
        self.crashed = False
        self.rule: Rule | None = None
        self._fired: set[tuple[str, int]] = set()

    def _site_of(self, node: cst.CSTNode) -> Site:
        """The site of a node that a plain visitor reports: the one that it visits, or one below."""
        around = self.cell.parent if self.cell is not None and self.cell.node is node else self.cell
        return Site(self.file, Cell(node, around), node)

    def begin(self, walk: _Walk) -> bool:
        """Make the rule's object and let the walk call it."""
        rule = self.rule = self.ready.make()
        if isinstance(rule, PythonRule):
            rule.file = self.file
            rule.site_of = self._site_of
        for handler in self.ready.spec.handlers:
            method = getattr(rule, handler.method)
            for selector in handler.selectors:
                for noun in nouns(selector):
                    walk.add(_Watch(self, handler.method, method, noun))
        if self.ready.spec.visitor:
            walk.add_visitor(_Visitor(self, rule))
        return True

    def fire(self, kind: str, method: Callable[[Site, File], Iterable[Draft] | None], site: Site) -> None:
        """Call a handler, once for a place."""
        key = (kind, id(site.token))
        if self.crashed or key in self._fired:
            return
        self._fired.add(key)
        self.cell = site.cell
        self.guarded(lambda: self._keep(method(site, self.file), kind.replace("_", "-")))

    def finish(self) -> None:
        rule = self.rule
        self.cell = None
        if isinstance(rule, ProjectRule):
            self.guarded(lambda: self._collect(rule))
        elif isinstance(rule, PythonRule):
            self.guarded(lambda: self._keep([*rule.finish(self.file), *rule.reported], "finding"))
            rule.site_of = None  # else rule and run hold each other, and the tree, until a collector comes by

    def guarded(self, work: Callable[[], object]) -> object:
        """A rule that raises must not end the run: it becomes a finding of its own, and this rule leaves the file."""
        if self.crashed:
            return None
        try:
            return work()
        except Exception as error:  # noqa: BLE001  # whatever a rule raises is reported as relcheck/rule-crashed
            self.crashed = True
            line = self.file.region(Span(self.cell.node)).line if self.cell is not None else 1
            self.visited.crashes.append(RuleCrash(self.ready.spec.name, line, f"{type(error).__name__}: {error}"))
            return None

    def _collect(self, rule: ProjectRule[object]) -> None:
        facts = rule.collect(self.file)
        if facts is not None:
            self.visited.facts[self.ready.spec.name] = facts

    def _keep(self, drafts: Iterable[Draft] | None, kind: str) -> None:
        if drafts is not None:
            self.visited.findings.extend([finding(draft, self.ready.spec, self.file, kind) for draft in drafts])


def finding(draft: Draft, spec: RuleSpec, file: File, kind: str) -> Finding:
    """A handler's draft with its place in the file."""
    region = file.region(draft.span)
    return Finding(
        rule=spec.name,
        kind=draft.kind or kind,
        message=draft.message,
        path=file.path,
        region=region,
        severity=draft.severity or spec.severity,
        confidence=draft.confidence or spec.confidence,
        symbol=draft.symbol,
        identity=draft.key or "".join(file.code(draft.span).split()),
        snippet=file.source.line(region.line),
        related=tuple(_related(note, file) for note in draft.related),
        details=draft.details,
        fix=draft.fix,
    )


def _related(note: Note, file: File) -> Related:
    return Related(file.path, file.region(note.span), note.message)


class _Watch(msgspec.Struct, frozen=True, eq=False):
    """A handler of a rule with one noun that fires it."""

    run: _Run
    kind: str
    method: Callable[[Site, File], Iterable[Draft] | None]
    noun: Noun


class _Inner(msgspec.Struct, eq=False):
    """What a function must contain or lack, watched while the function lasts."""

    watch: _Watch
    noun: Noun
    lacks: bool


class _Frame(msgspec.Struct):
    """The function that the walk is in: what was found in it for each watch that asks. None stands for a class."""

    found: dict[int, dict[int, Site]] = {}
    spoiled: set[int] = set()


class _Walk:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._by_type: dict[type[cst.CSTNode], list[_Watch | _Inner]] = {}
        self._by_ending: dict[tuple[type[cst.CSTNode], str | None], list[_Watch | _Inner]] = {}
        self._texts: list[_Watch | _Inner] = []
        self._concerned: dict[type[cst.CSTNode], bool] = {}
        self._ending: list[_Watch] = []
        self._visitors: list[_Visitor] = []
        self._frames: list[_Frame] = [_Frame()]
        self._folding = Folding()

    def add(self, watch: _Watch) -> None:
        noun = watch.noun
        if isinstance(noun, Function) and (noun.contains is not None or noun.lacks is not None):
            self._ending.append(watch)
            for selector, lacks in ((noun.contains, False), (noun.lacks, True)):
                for inner in nouns(selector) if selector is not None else ():
                    self._index(inner, _Inner(watch, inner, lacks))
        else:
            self._index(noun, watch)

    def add_visitor(self, visitor: _Visitor) -> None:
        self._visitors.append(visitor)

    def over(self, module: cst.Module) -> None:
        below = _everything if any(visitor.wants_trivia for visitor in self._visitors) else children
        pending: list[tuple[Cell, bool]] = [(Cell(module, None), False)]
        while pending:
            cell, ended = pending.pop()
            if ended:
                self._leave(cell)
                continue
            node = cell.node
            if self._concerns(type(node)):
                self._enter(cell)
            if self._visitors or type(node) in _SCOPES:
                pending.append((cell, True))
            inner = [(Cell(child, cell), False) for child in below(node)]
            inner.reverse()
            pending.extend(inner)

    def _concerns(self, kind: type[cst.CSTNode]) -> bool:
        """Whether anybody is told of nodes of this type."""
        known = self._concerned.get(kind)
        if known is None:
            named = kind in _NAMED and any(kind is one for one, _ in self._by_ending)
            told = named or kind in self._by_type or (kind in _STRINGS and bool(self._texts))
            known = self._concerned[kind] = told or kind in _SCOPES or bool(self._visitors)
        return known

    def _index(self, noun: Noun, watch: _Watch | _Inner) -> None:
        if isinstance(noun, Text):
            self._texts.append(watch)
        options = (watch.watch.run if isinstance(watch, _Inner) else watch.run).ready.options
        known = endings(noun, options, self._context.names)
        for kind in node_types(noun):
            if known is None:
                self._by_type.setdefault(kind, []).append(watch)
            for name in known or ():
                self._by_ending.setdefault((kind, name), []).append(watch)

    def _enter(self, cell: Cell) -> None:
        node = cell.node
        if type(node) in _SCOPES:
            self._frames.append(_Frame())
        for watch in self._by_type.get(type(node), ()):
            self._try(watch, cell)
        if type(node) in _NAMED:
            for watch in self._by_ending.get((type(node), ending(node)), ()):
                self._try(watch, cell)
        if self._texts and type(node) in _STRINGS:
            self._text(cell, node)
        for visitor in self._visitors:
            visitor.enter(cell)

    def _try(self, watch: _Watch | _Inner, cell: Cell) -> None:
        run = watch.watch.run if isinstance(watch, _Inner) else watch.run
        token = match(watch.noun, run.ready.options, cell, self._context)
        if token is not None:
            self._matched(watch, Site(run.file, cell, token))

    def _leave(self, cell: Cell) -> None:
        for visitor in self._visitors:
            visitor.leave(cell)
        if type(cell.node) not in _SCOPES:
            return
        frame = self._frames.pop()
        if isinstance(cell.node, cst.FunctionDef):
            for watch in self._ending:
                self._ended(watch, frame, cell)

    def _ended(self, watch: _Watch, frame: _Frame, cell: Cell) -> None:
        noun = watch.noun
        if not isinstance(noun, Function) or id(watch) in frame.spoiled:
            return
        found = frame.found.get(id(watch), {})
        if noun.contains is not None and not found:
            return
        token = match(noun, watch.run.ready.options, cell, self._context)
        if token is not None:
            watch.run.fire(watch.kind, watch.method, Site(watch.run.file, cell, token, matches=tuple(found.values())))

    def _matched(self, watch: _Watch | _Inner, site: Site) -> None:
        if isinstance(watch, _Watch):
            watch.run.fire(watch.kind, watch.method, site)
        elif watch.lacks:
            self._frames[-1].spoiled.add(id(watch.watch))
        else:
            self._frames[-1].found.setdefault(id(watch.watch), {}).setdefault(id(site.token), site)

    def _text(self, cell: Cell, node: cst.CSTNode) -> None:
        folded = self._folding.fold(node) if isinstance(node, cst.BaseExpression) else None
        if folded is None or isinstance(cell.parent and cell.parent.node, cst.Expr):
            return
        for watch in self._texts:
            self._text_watch(watch, folded, cell)

    def _text_watch(self, watch: _Watch | _Inner, folded: Folded, cell: Cell) -> None:
        run = watch.watch.run if isinstance(watch, _Inner) else watch.run
        if isinstance(watch.noun, Text) and match_text(watch.noun, run.ready.options, folded, cell, self._context):
            self._matched(watch, Site(run.file, cell, cell.node, text=folded))


class _Visitor:
    """A plain libcst visitor in the same walk. `visit_X` that returns False hides what is below from this visitor
    alone."""

    def __init__(self, run: _Run, rule: Rule) -> None:
        self._run = run
        self._enter: dict[str, Callable[[cst.CSTNode], bool | None]] = {}
        self._leave: dict[str, Callable[[cst.CSTNode], None]] = {}
        self._hidden_below: cst.CSTNode | None = None
        for name in dir(rule):
            verb, _, kind = name.partition("_")
            if verb in ("visit", "leave") and isinstance(getattr(cst, kind, None), type):
                (self._enter if verb == "visit" else self._leave)[kind] = getattr(rule, name)

    @property
    def wants_trivia(self) -> bool:
        return any(is_trivia(getattr(cst, kind)) for kind in (*self._enter, *self._leave))

    def enter(self, cell: Cell) -> None:
        method = self._enter.get(type(cell.node).__name__)
        if method is None or self._hidden_below is not None:
            return
        self._run.cell = cell
        if self._run.guarded(lambda: method(cell.node)) is False:
            self._hidden_below = cell.node

    def leave(self, cell: Cell) -> None:
        if self._hidden_below is cell.node:
            self._hidden_below = None
        method = self._leave.get(type(cell.node).__name__)
        if method is not None and self._hidden_below is None:
            self._run.cell = cell
            self._run.guarded(lambda: method(cell.node))


def _everything(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    return node.children
