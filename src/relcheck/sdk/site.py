"""What a handler is given: the place where its selector matched, and the file around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import msgspec

from relcheck.model.finding import Detail, Edit, Fix, Region
from relcheck.model.severity import Confidence, Severity
from relcheck.sources.python.names import Names, identifier, is_named, last
from relcheck.sources.python.positions import Positions
from relcheck.sources.python.syntax import Source

if TYPE_CHECKING:
    import libcst as cst

    from relcheck.sdk.selectors import Selector
    from relcheck.sources.python.folded import Folded
    from relcheck.sources.python.instances import Instances


class Cell(NamedTuple):
    """A node with the chain of nodes around it."""

    node: cst.CSTNode
    parent: Cell | None


Kind: TypeAlias = Literal[
    "call", "function", "class", "lambda", "with", "loop", "try", "except", "statement", "argument"
]

_KINDS: dict[str, frozenset[str]] = {
    "call": frozenset({"Call"}),
    "function": frozenset({"FunctionDef"}),
    "class": frozenset({"ClassDef"}),
    "lambda": frozenset({"Lambda"}),
    "with": frozenset({"With"}),
    "loop": frozenset({"For", "While"}),
    "try": frozenset({"Try", "TryStar"}),
    "except": frozenset({"ExceptHandler", "ExceptStarHandler"}),
    "argument": frozenset({"Arg"}),
    "statement": frozenset(
        {"SimpleStatementLine", "FunctionDef", "ClassDef", "If", "For", "While", "With", "Try", "TryStar", "Match"}
    ),
}


class Span(msgspec.Struct, frozen=True):
    """A node of a file, or a part of its text (`start` and `end` count characters from the node's first)."""

    node: cst.CSTNode
    start: int | None = None
    end: int | None = None


class Note(msgspec.Struct, frozen=True):
    """A related place and what is to be seen there."""

    span: Span
    message: str


class Draft(msgspec.Struct, frozen=True):
    """A finding as a handler makes it; the engine adds the rule's name, severity and the place in the file."""

    message: str
    span: Span
    symbol: str | None
    kind: str | None = None
    key: str | None = None
    related: tuple[Note, ...] = ()
    fix: Fix | None = None
    details: Mapping[str, Detail] = msgspec.field(default_factory=dict)
    severity: Severity | None = None
    confidence: Confidence | None = None


Findings: TypeAlias = Iterator[Draft]


class File(msgspec.Struct, eq=False):
    """The Python file that is looked at.

    `path` is relative to the repository's root, with `/`. `names` says what the file's names stand for. `root` is the
    tree.
    """

    path: str
    source: Source
    names: Names
    root: cst.Module
    in_globs: Callable[[Sequence[str]], bool]
    in_selector: Callable[[Selector, Cell], bool]
    instances: Instances
    positions: Positions

    @property
    def text(self) -> str:
        return self.source.text

    @property
    def module(self) -> cst.Module:
        """The libcst tree of the file; for a `local` rule, without the bodies of functions in which nothing can
        match."""
        return self.root

    def matches(self, globs: Sequence[str]) -> bool:
        """Whether the file's path matches one of these globs of the configuration."""
        return self.in_globs(globs)

    def region(self, place: Site | Span) -> Region:
        """Where a place stands: the part of it on its first line."""
        start, end = self.offsets(place)
        return self.source.region(start, end)

    def code(self, place: Site | Span) -> str:
        """The source of a place, as it is written."""
        start, end = self.offsets(place)
        return self.text[start:end]

    def offsets(self, place: Site | Span) -> tuple[int, int]:
        """Where a place starts and ends, in characters of the decoded source."""
        span = place.span if isinstance(place, Site) else place
        start, end = self.positions.span(span.node)
        return (
            start + (span.start or 0),
            end if span.end is None else start + span.end,
        )

    def replace(self, place: Site | Span, code: str, *, description: str, safe: bool = False) -> Fix:
        """A fix that puts `code` where the place stands."""
        start, end = self.offsets(place)
        return Fix(safe, description, (Edit(self.path, self._exact(start, end), code),))

    def resolve(self, node: cst.CSTNode) -> tuple[str, ...]:
        """All that an expression may name, resolved through imports, likeliest first; of a call or decorator, what is
        called."""
        from libcst import Call, Decorator, Raise

        from relcheck.sources.python.trees import dotted

        if isinstance(node, Decorator):
            node = node.decorator
        if isinstance(node, Raise) and node.exc is not None:
            node = node.exc
        spelled = dotted(node.func if isinstance(node, Call) else node)
        return self.names.resolve(spelled) if spelled is not None else ()

    def names_one(self, node: cst.CSTNode, wanted: Sequence[str]) -> bool:
        """Whether an expression, or what it calls or decorates with, may be one of these names."""
        return any(is_named(name, one) for name in self.resolve(node) for one in wanted)

    def annotated(self, annotation: cst.BaseExpression | None) -> tuple[str, ...]:
        """The resolved names in an annotation: `X`, `"X"`, `X | None`, `Optional[X]`; empty without one."""
        return self.instances.annotated(annotation) or ()

    def bases_of(self, name: str) -> tuple[str, ...]:
        """The resolved names of the bases of a class at the file's top level; empty where there is none."""
        from libcst import ClassDef

        for statement in self.root.body:
            if isinstance(statement, ClassDef) and statement.name.value == name:
                return tuple(last(base) for arg in statement.bases for base in self.resolve(arg.value))
        return ()

    def ensure_import(self, name: str, *, description: str, safe: bool = False) -> Fix:
        """A fix that adds `from module import name` for a dotted name; without edits where the file has it already."""
        module, _, member = name.rpartition(".")
        if not module or self.names.imports((name,)):
            return Fix(safe, description, ())
        offset = self._after_imports()
        return Fix(
            safe, description, (Edit(self.path, self._exact(offset, offset), f"from {module} import {member}\n"),)
        )

    def _after_imports(self) -> int:
        from libcst import Expr, Import, ImportFrom, SimpleStatementLine, SimpleString

        offset = 0
        for index, statement in enumerate(self.root.body):
            if not isinstance(statement, SimpleStatementLine):
                break
            first = statement.body[0]
            docstring = index == 0 and isinstance(first, Expr) and isinstance(first.value, SimpleString)
            if not (docstring or isinstance(first, Import | ImportFrom)):
                break
            end = self.positions.span(statement)[1]
            newline = self.text.find("\n", end)
            offset = len(self.text) if newline < 0 else newline + 1
        return offset

    def _exact(self, start: int, end: int) -> Region:
        """A region that may span lines, for edits."""
        from relcheck.sources.python.positions import line_of

        starts = self.source.starts
        line, end_line = line_of(starts, start), line_of(starts, end)
        return Region(line, start - starts[line - 1] + 1, end_line, end - starts[end_line - 1] + 1)


class Site:
    """A place where a selector matched.

    `node` is the libcst node, `token` the part of it that matters (a call's name, the keyword, a function's name): it
    is what a finding underlines unless told otherwise. `text` is the folded text of a `text` selector. `matches`
    holds what a `contains` found.
    """

    __slots__ = ("cell", "file", "matches", "text", "token")

    def __init__(
        self,
        file: File,
        cell: Cell,
        token: cst.CSTNode | None = None,
        text: Folded | None = None,
        matches: tuple[Site, ...] = (),
    ) -> None:
        self.file = file
        self.cell = cell
        self.token = token if token is not None else _token(cell.node)
        self.text = text
        self.matches = matches

    @property
    def node(self) -> cst.CSTNode:
        return self.cell.node

    @property
    def span(self) -> Span:
        return Span(self.token)

    @property
    def header(self) -> Span:
        """The name in a function's or class's header."""
        return Span(_token(self.node))

    @property
    def name(self) -> str | None:
        """What the place names (a call: what is called), resolved through imports; None where it is no dotted name."""
        names = self.names
        return names[0] if names else None

    @property
    def names(self) -> tuple[str, ...]:
        """All that the name may stand for."""
        return self.file.resolve(self.node)

    @property
    def symbol(self) -> str | None:
        """The qualified name of the function or class around the place, itself included: `Repository.claim_next`."""
        from libcst import ClassDef, FunctionDef

        around = (cell.node for cell in self.around(itself=True))
        names = [identifier(node.name.value) for node in around if isinstance(node, FunctionDef | ClassDef)]
        return ".".join(reversed(names)) or None

    @property
    def function(self) -> Site | None:
        """The function around the place."""
        return self.up("function")

    def around(self, *, itself: bool = False) -> Iterator[Cell]:
        """The nodes around the place, nearest first."""
        cell = self.cell if itself else self.cell.parent
        while cell is not None:
            yield cell
            cell = cell.parent

    def below(self, node: cst.CSTNode) -> Site:
        """The site of a node that stands directly below this one."""
        return Site(self.file, Cell(node, self.cell))

    def types_of(self, node: cst.CSTNode) -> tuple[str, ...] | None:
        """The resolved names of the types that an expression may have here; `name()` stands for whatever the function
        `name` returns. None where the code does not say."""
        return self.file.instances.types_of(node, self.cell)

    def up(self, kind: Kind) -> Site | None:
        """The nearest node of a kind around the place."""
        wanted = _KINDS[kind]
        for cell in self.around():
            if type(cell.node).__name__ in wanted:
                return Site(self.file, cell)
        return None

    def inside(self, selector: Selector) -> bool:
        """Whether a node around the place matches."""
        return any(self.file.in_selector(selector, cell) for cell in self.around())

    def arg(self, which: int | str) -> cst.BaseExpression | None:
        """An argument of the call: positional (counted from 0) or by keyword. None where it is not given as such."""
        from libcst import Call, Decorator

        node = self.node.decorator if isinstance(self.node, Decorator) else self.node
        positional = 0
        for arg in node.args if isinstance(node, Call) else ():
            if arg.keyword is not None:
                if identifier(arg.keyword.value) == which:
                    return arg.value
            elif arg.star:
                if isinstance(which, int):
                    return None
            else:
                if positional == which:
                    return arg.value
                positional += 1
        return None

    def note(self, message: str) -> Note:
        """This place as a related one of another finding."""
        return Note(self.span, message)

    def part(self, start: int, end: int) -> Span:
        """The place in the file of a part of the folded text."""
        if self.text is None:
            raise ValueError("only a text has parts")
        place = self.text.span(start, end)
        return Span(place.node, place.start, place.end) if place is not None else self.span

    def finding(
        self,
        message: str,
        *,
        kind: str | None = None,
        region: Site | Span | None = None,
        key: str | None = None,
        related: Iterable[Note] = (),
        fix: Fix | None = None,
        details: Mapping[str, Detail] | None = None,
        severity: Severity | None = None,
        confidence: Confidence | None = None,
    ) -> Draft:
        """A finding at this place.

        `message` says what is wrong here and what to do. `kind` tells the rule's messages apart (else the handler's
        name), `region` is the token that matters, `key` stands for it in the fingerprint where its text would not be
        stable. `severity` can lower the rule's; a configured one wins.
        """
        span = region.span if isinstance(region, Site) else region
        return Draft(
            message=message,
            span=span or self.span,
            symbol=self.symbol,
            kind=kind,
            key=key,
            related=tuple(related),
            fix=fix,
            details=dict(details or {}),
            severity=severity,
            confidence=confidence,
        )


def _token(node: cst.CSTNode) -> cst.CSTNode:
    from relcheck.sources.python.trees import token

    return token(node)
