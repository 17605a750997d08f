"""The kinds of rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from relcheck.model.finding import Detail, Fix, Region, Related
from relcheck.model.severity import Confidence, Severity
from relcheck.sdk.options import RuleOptions
from relcheck.sdk.selectors import FileSelector, Opt, Selector
from relcheck.sdk.site import Draft, File, Findings, Site, Span

if TYPE_CHECKING:
    import libcst as cst

    from relcheck.sdk.cells import CellSelector
    from relcheck.sdk.examples import Example
    from relcheck.sdk.gating import GateSettings
    from relcheck.sdk.governance import Governance
    from relcheck.sdk.layering import Layering
    from relcheck.sdk.operations import OperationSelector
    from relcheck.sdk.rendered import Rendered
    from relcheck.sdk.selection import Selections
    from relcheck.sources.markers.marker import Marker
    from relcheck.sources.matrix.link import Documents
    from relcheck.sources.migration.chain import Chain
    from relcheck.sources.migration.migration import Migration
    from relcheck.sources.python.import_graph import ImportGraph
    from relcheck.sources.stubs.linked import Linked

Handler = TypeVar("Handler", bound="Callable[..., object]")

SELECTORS = "__relcheck_selectors__"


def on(selector: Selector | OperationSelector | CellSelector) -> Callable[[Handler], Handler]:
    """Call the method for each place that the selector matches. Several may be stacked; a place fires once."""

    def mark(method: Handler) -> Handler:
        setattr(method, SELECTORS, (selector, *getattr(method, SELECTORS, ())))
        return method

    return mark


def marked_methods(rule: type) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The methods of a rule that are marked with `@on`, each with its selectors."""
    if rule not in _MARKED:
        methods = ((name, getattr(rule, name)) for name in dir(rule))
        _MARKED[rule] = tuple((name, getattr(one, SELECTORS)) for name, one in methods if hasattr(one, SELECTORS))
    return _MARKED[rule]


_MARKED: dict[type, tuple[tuple[str, tuple[Any, ...]], ...]] = {}
"""What was asked: `dir` of a class is no small thing."""


class Defined:
    """A convention that holds where the project defines one of these names, or the option is configured."""

    def __init__(self, names: Opt, *, otherwise: Severity) -> None:
        self.names = names
        self.otherwise = otherwise


class View(StrEnum):
    """What a project rule reads.

    With those from `GRAPH` on there is nothing to collect: what files say of imports, migrations, documents and
    guarantees are facts that every such rule shares, and `check` finds them as `project.graph`, `project.migrations`,
    `project.documents` and `project.markers`. `HEADERS` is `GRAPH` for the files that carry a header `# Layer:`, and
    for them alone.
    """

    BYTES = "bytes"
    IMPORTS = "imports"
    TREE = "tree"
    GRAPH = "graph"
    HEADERS = "headers"
    MIGRATIONS = "migrations"
    DOCUMENTS = "documents"
    MARKERS = "markers"


class Rule:
    """What every rule has. The rule's name is the place of its file; its docstring is its page.

    `severity` and `confidence` hold for its findings unless it says otherwise for one. `enabled = False` rules run
    only where the configuration asks for them. `preview` rules run only when named by `--select`. `upholds` names the
    guarantee that the rule enforces. A `local` rule looks at nothing beyond the function around a match, the
    attributes and `__init__` of its class, and the top level of the module: the bodies of other functions need not be
    parsed for it. A rule of a `stage` runs in `relcheck gate STAGE` and not in a scan. `convention` makes the severity
    depend on whether the project has adopted what the rule asks for.
    """

    severity: ClassVar[Severity] = Severity.ERROR
    confidence: ClassVar[Confidence] = Confidence.HIGH
    enabled: ClassVar[bool] = True
    preview: ClassVar[bool] = False
    fixable: ClassVar[bool] = False
    upholds: ClassVar[str | None] = None
    aliases: ClassVar[tuple[str, ...]] = ()
    files: ClassVar[tuple[str, ...]] = ("**/*.py", "**/*.pyi")
    where: ClassVar[FileSelector | None] = None
    convention: ClassVar[Defined | None] = None
    triggers: ClassVar[tuple[str, ...]] = ()
    local: ClassVar[bool] = False
    stage: ClassVar[str] = ""
    examples: ClassVar[Sequence[Example]] = ()

    class Options(RuleOptions, frozen=True):
        """No options."""

    def __init__(self, options: RuleOptions) -> None:
        self.options = options


class PythonRule(Rule):
    """A rule about one Python file: methods marked with `@on(selector)`, or a plain libcst visitor with `visit_*` and
    `leave_*`.

    The object is made anew for each file, so that it may keep what it has seen. A plain visitor names `triggers`,
    words of which one stands in every file that it can find anything in; without them every file of its scope is
    parsed.
    """

    file: File

    def __init__(self, options: RuleOptions) -> None:
        super().__init__(options)
        self.reported: list[Draft] = []
        self.site_of: Callable[[cst.CSTNode], Site] | None = None

    def finish(self, file: File) -> Findings:
        """Called when the whole file has been seen."""
        del file
        yield from ()

    def report(self, node: cst.CSTNode, message: str, *, kind: str | None = None) -> None:
        """For plain visitors: report the node that is being visited, or one below it."""
        if self.site_of is None:
            raise RuntimeError("report() is for the visit_* and leave_* methods of a rule in a scan")
        self.reported.append(self.site_of(node).finding(message, kind=kind, region=Span(node)))


Facts = TypeVar("Facts")
Facts_co = TypeVar("Facts_co", covariant=True)


class Project(Protocol[Facts_co]):
    """The project as a rule's `check` sees it. `facts` maps the paths of files that yielded any to what `collect`
    gave."""

    @property
    def facts(self) -> Mapping[str, Facts_co]: ...

    @property
    def paths(self) -> Sequence[str]: ...

    @property
    def graph(self) -> ImportGraph:
        """Who imports whom in the whole project."""

    @property
    def layering(self) -> Layering:
        """What the configuration says of layers."""

    @property
    def selections(self) -> Selections:
        """What the selections of contracts stand for."""

    @property
    def unreadable(self) -> Sequence[str]:
        """Files that could not be parsed, so that nothing is known of their imports."""

    @property
    def migrations(self) -> Migrations:
        """What the migrations of the project do, each operation complete."""

    @property
    def rendered(self) -> Rendered | None:
        """SQL that the team has rendered from its migrations, where the scan was given any."""

    def is_gated(self, migration: Migration) -> bool:
        """Whether a migration is judged: history is not, unless it is asked for."""

    @property
    def documents(self) -> Documents:
        """What the documents of the project say, and which of their tables are matrices."""

    @property
    def markers(self) -> Mapping[str, Sequence[Marker]]:
        """The comments by which code says what it upholds, by path."""

    @property
    def upheld(self) -> Mapping[str, str]:
        """The rules that run in this project by themselves and name a guarantee that they uphold."""

    @property
    def today(self) -> date: ...

    @property
    def governance(self) -> Governance:
        """What has to stand beside a dangerous operation."""

    @property
    def gates(self) -> GateSettings:
        """What the configuration says of stages."""

    @property
    def before(self) -> Project[Facts_co] | None:
        """The project at the revision that the scan is compared with, where it is; it has no `facts`."""

    def origin(self, path: str) -> str | None:
        """The path that a file had in `before`; None where it was not there."""

    def changed(self, path: str) -> bool:
        """Whether a file is not what it was in `before`; never where there is none."""

    def read(self, path: str) -> bytes | None:
        """The content of any file of the project; None where there is none."""

    @property
    def code(self) -> Linked:
        """The code of the project: what its symbols do, and who calls them. A file is read when it is asked about."""

    def lock(self, name: str) -> tuple[str, bytes | None]:
        """A file of this name beside the configuration that says what people have accepted, as the policy has it: its
        path, and its content where there is one."""

    def then(self, days: int, globs: Sequence[str], *, releases: int = 0) -> Then | None:
        """The branch as it was so many days ago, or so many releases back, as far as files match; None where there is
        no repository."""

    def words(self, words: Collection[str], globs: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """For each word the files among those that match in which it stands whole, by one look over their bytes."""

    def allowances(self, contract: str) -> Sequence[Allowance]:
        """The exceptions of a contract that hold today."""

    def vacuous(self, message: str, *keys: str | int) -> ProjectDraft:
        """`relcheck/vacuous-rule`: what the configuration says at `keys` holds nothing. Told on complete scans only."""

    def setting(self, *keys: str | int) -> tuple[str, Region]:
        """Where the configuration says something: the file, and the line."""

    def matches(self, path: str, globs: Sequence[str]) -> bool: ...

    def finding(
        self,
        path: str,
        region: Region,
        message: str,
        *,
        key: str,
        kind: str | None = None,
        symbol: str | None = None,
        contract: str | None = None,
        related: Sequence[Related] = (),
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        allowed_by: Allowance | None = None,
        approved: bool = False,
        fix: Fix | None = None,
        details: Mapping[str, Detail] | None = None,
    ) -> ProjectDraft: ...


class Migrations(Protocol):
    """The migrations of a project that rules judge, chain by chain."""

    @property
    def migrations(self) -> Sequence[Migration]: ...

    @property
    def chains(self) -> Sequence[Chain]:
        """The same, environment by environment, with what is wrong with their order."""


class Then(Protocol):
    """An earlier state of the branch."""

    @property
    def files(self) -> Mapping[str, bytes] | None:
        """The content then of the files that have changed since; None where the history does not reach that far."""

    @property
    def name(self) -> str:
        """The release that it was."""

    @property
    def cut_off(self) -> bool:
        """Whether this clone has only a part of the history."""


class Allowance(Protocol):
    """An exception that a contract states. A finding that it allows counts as waived."""

    @property
    def edge(self) -> str: ...

    def use(self) -> None:
        """It has let an import pass."""


class SettingsError(Exception):
    """The configuration contradicts the project, so that a rule cannot judge. `keys` lead to the place that is wrong,
    for a contract with its id in place of its number."""

    def __init__(self, message: str, *keys: str | int) -> None:
        super().__init__(message)
        self.keys = keys


class ProjectDraft(Protocol):
    """A finding of a project rule, made by `project.finding`."""


class ProjectRule(Rule, Generic[Facts]):
    """A rule about the project as a whole.

    `collect` reads one file and returns facts, or None where there is nothing to tell. It is pure in the file's
    content: facts are cached by it and it sees no path. `Facts` are a msgspec struct (or what msgspec can write and
    read) named by `facts`. `check` decides over all of them. With `view = View.TREE` handlers marked with `@on` may
    gather what `collect(file)` then returns. `reads` are further views whose shared facts `check` asks for.
    """

    view: ClassVar[View] = View.TREE
    reads: ClassVar[tuple[View, ...]] = ()
    facts: ClassVar[type]

    def collect(self, seen: Any) -> Facts | None:  # noqa: ANN401  # a rule narrows it to what its view is
        """The facts of one file: `seen` is its `File`, its imports or its bytes, as `view` says."""
        raise NotImplementedError

    def check(self, project: Project[Facts]) -> Iterator[ProjectDraft]:
        """The findings over all facts."""
        raise NotImplementedError

    def looks_at(self, project: Project[Facts]) -> str:
        """What it would look at in this project, for the list of a stage; empty where that is not worth a word."""
        del project
        return ""


class LinkedRule(ProjectRule[object]):
    """A rule over facts that are the same for all such rules, and which `check` finds on the project."""

    facts = object
    requires: ClassVar[tuple[str, ...]] = ()
    """What a project has to hold for it to find anything, as its view says; empty where that takes a look. It is asked
    all the same where somebody has set an option of it."""

    def collect(self, seen: object) -> None:
        raise NotImplementedError  # nobody calls it: the facts are collected once for all rules

    @classmethod
    def required(cls) -> tuple[str, ...]:
        """What it `requires`; the engine loads no rule that requires what is not there."""
        return cls.requires

    @cached_property
    def handlers(self) -> tuple[tuple[str, tuple[Any, ...]], ...]:
        """Its methods that are marked with `@on`, each with its selectors."""
        return marked_methods(type(self))


class GraphRule(LinkedRule):
    """A rule about the import graph, which `check` finds as `project.graph`.

    Such rules run where the configuration has a section `layers`. They share the facts of the files and the graph. One
    that is `by_headers` judges what files say of themselves: it runs without that section too, and then sees the
    imports of the files that carry a header.
    """

    view = View.GRAPH
    by_headers: ClassVar[bool] = False
