"""The project as a whole: what its files define and import, and what of it rules over all files ask for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import msgspec

from relcheck.config import Config
from relcheck.engine.asked import Asked, Search
from relcheck.engine.examining.examiner import Examined
from relcheck.engine.examining.shared import DOCUMENTS, GRAPH, HEADERS, MARKERS
from relcheck.engine.files.worktree import ContentError
from relcheck.engine.plan import Scopes
from relcheck.sdk.spec import RuleSpec
from relcheck.sources.python.names import last

if TYPE_CHECKING:
    from relcheck.engine.examining.cache import Cache
    from relcheck.engine.exceptions.allowed import Allowances
    from relcheck.engine.kept import Kept
    from relcheck.engine.old import Old
    from relcheck.engine.revisions.history import History, Then
    from relcheck.sdk.governance import Governance, Signature
    from relcheck.sdk.rendered import Rendered
    from relcheck.sdk.selection import Selections
    from relcheck.sources.markers.marker import Marker
    from relcheck.sources.matrix.link import Documents, Shape
    from relcheck.sources.migration.link import Linked
    from relcheck.sources.python.import_graph import ImportGraph
    from relcheck.sources.stubs.linked import Linked as Code


Facts = TypeVar("Facts")


class Surroundings(msgspec.Struct, frozen=True, dict=True):
    """What is known of every file of the project, by path."""

    files: Mapping[str, Examined]

    def defines(self, names: Sequence[str]) -> bool:
        """Whether a file of the project defines one of these names."""
        return not self._defined.isdisjoint(map(last, names))

    @cached_property
    def _defined(self) -> frozenset[str]:
        return frozenset(name for one in self.files.values() for name in one.known.defined)

    def knows(self, name: str) -> bool:
        """Whether a file of the project defines or imports the name."""
        short = last(name)
        return any(short in one.known.defined or short in one.known.imported for one in self.files.values())


class ProjectView(msgspec.Struct, frozen=True, dict=True):
    """What project rules judge: the files of one revision under a configuration, and the exceptions that hold.

    `contents` reads any file of the revision and raises ContentError. Where the project is compared with another
    revision, `compared` gives that one, and `origin` the path that a file had there. `history` says which files are as
    they were before the change. `signatures` are those that the scan was given, `rendered` is
    SQL that was rendered from the migrations. `then` gives those files back that
    have changed in so many days. `beyond` tells whether a file may be there that is none of `files`: excluded, or
    outside of the project. `code_cache` opens what earlier runs have read
    of code. `policy` reads a file where the policy is read from, where that is another revision.
    """

    files: Mapping[str, Examined]
    scopes: Scopes
    config: Config
    today: date
    exceptions: Allowances | None = None
    contents: Callable[[str], bytes] | None = None
    compared: Callable[[], ProjectView] | None = None
    origin: Callable[[str], str | None] | None = None
    history: Callable[[], History | None] | None = None
    signatures: Sequence[Signature] | None = None
    rendered: Rendered | None = None
    then: Callable[..., Then] | None = None
    beyond: Callable[[str], bool] | None = None
    code_cache: Callable[[], Cache] | None = None
    policy: Callable[[str], bytes] | None = None

    @cached_property
    def paths(self) -> Sequence[str]:
        return tuple(sorted(self.files))

    @cached_property
    def telling(self) -> Sequence[tuple[str, Examined]]:
        """The files that yielded any facts."""
        return [(path, self.files[path]) for path in self.paths if self.files[path].facts]

    @cached_property
    def asked(self) -> Asked:
        """What it was asked so far, beside facts and configuration."""
        return Asked()

    def may_be_beyond(self, path: str) -> bool:
        """What `beyond` says, noted."""
        self.asked.beyond[path] = found = self.beyond is not None and self.beyond(path)
        return found

    def before_the_change(self) -> History | None:
        """What `history` says, noted, as are the files that it is asked about."""
        self.asked.past = True
        history = self.history() if self.history is not None else None
        if history is None:
            return None

        def has(path: str) -> bool:
            self.asked.read.add(path)
            return history.has(path)

        return msgspec.structs.replace(history, has=has)

    def ago(self, days: int, wanted: Callable[[str], bool], *, releases: int = 0) -> Then | None:
        """What `then` says, noted. It tells of all files that have changed."""
        self.asked.past = self.asked.everything = True
        return self.then(days, wanted, releases=releases) if self.then is not None else None

    @cached_property
    def before(self) -> ProjectView | None:
        """The same at the revision that this one is compared with."""
        return self.compared() if self.compared is not None else None

    def read(self, path: str) -> bytes | None:
        """The content of a file of the project, noted; None where there is none that could be read."""
        self.asked.read.add(path)
        return self._read(path)

    def _read(self, path: str) -> bytes | None:
        if self.contents is None or path not in self.files:
            return None
        try:
            return self.contents(path)
        except ContentError:
            return None

    def lock(self, name: str) -> tuple[str, bytes | None]:
        """A file beside the configuration that says what people have accepted, where the policy is read from."""
        path = self.scopes.prefix + name
        if self.policy is None:
            return path, self.read(path)
        try:
            return path, self.policy(path)
        except FileNotFoundError:
            return path, None

    def words(self, words: Collection[str], globs: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """For each word the files among those that match in which it stands whole, by one look over their bytes;
        noted."""
        found = self.search(words, globs, self.paths)
        self.asked.searches.append(Search(tuple(found), tuple(globs), found))
        return found

    def search(self, words: Collection[str], globs: Sequence[str], paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The same in some files, of which no note is made."""
        from relcheck.engine.wording import files_with

        return files_with(words, (path for path in paths if self.scopes.matches(path, globs)), self._read)

    @cached_property
    def code(self) -> Code:
        """The code of the project, read where it is asked about."""
        from relcheck.engine.behaving import linked

        return linked(self, self.kept)

    @cached_property
    def kept(self) -> Kept:
        """What earlier runs have read of code and of migrations."""
        from relcheck.engine.kept import Kept

        return Kept(self.code_cache)

    def keep(self) -> None:
        """Store what was read of code and of migrations, here and at the base, for the next run."""
        for view in (self, self.__dict__.get("before")):
            if isinstance(view, ProjectView) and "kept" in view.__dict__:
                view.kept.keep()

    def facts(self, view: str, kind: type[Facts]) -> dict[str, Facts]:
        """The facts of a shared view, by path."""
        decoder = msgspec.msgpack.Decoder(kind)
        return {path: decoder.decode(one.facts[view]) for path, one in self.telling if view in one.facts}

    @cached_property
    def graph(self) -> ImportGraph:
        """The import graph, made once."""
        from relcheck.sources.python.import_graph import ImportGraph
        from relcheck.sources.python.imports import FileImports

        self.asked.everything = True
        facts = self.facts(GRAPH.facts, FileImports) or self.facts(HEADERS.facts, FileImports)
        prefix = self.scopes.prefix
        roots = {name: f"{prefix}{folder}" if folder != "." else prefix[:-1] for name, folder in self._roots.items()}
        return ImportGraph(facts, self.paths, roots, base=prefix.rstrip("/"))

    @cached_property
    def selections(self) -> Selections:
        """What the selections of contracts stand for, with the layers that files belong to."""
        from relcheck.sdk.declared import Declared
        from relcheck.sdk.selection import Selections

        return Selections(Declared(self.config.layering, self.graph, self.paths, self.scopes.matches))

    @cached_property
    def migrations(self) -> Linked:
        """The migrations, linked once."""
        from relcheck.engine.migrating import linked

        return linked(self)

    @cached_property
    def governance(self) -> Governance:
        """What has to stand beside a dangerous operation of a migration."""
        from relcheck.sdk.governance import Governance

        return Governance(self.config.migrations, self.today, self.migrations.timeouts, self.signatures)

    @cached_property
    def old_migrations(self) -> Old:
        """Those that are not gated."""
        from relcheck.engine.migrating import old

        return old(self)

    @cached_property
    def gated_kinds(self) -> frozenset[str]:
        """The kinds of operations on the way up of those that are gated. Raises SettingsError."""
        old = self.old_migrations.paths
        gated = (one for one in self.migrations.migrations if one.path not in old and not one.restates)
        return frozenset(operation.kind for one in gated for operation in one.operations)

    @cached_property
    def has_matrices(self) -> bool:
        """Whether there is a matrix, here or at the revision that it is compared with."""
        return bool(self.documents.matrices) or (self.before is not None and bool(self.before.documents.matrices))

    @property
    def old_if_asked(self) -> Old | None:
        """The same where some rule has asked for them; None where none has."""
        return self.old_migrations if "old_migrations" in self.__dict__ else None

    def take_over(self, old: Old) -> None:
        """Know from a run before which migrations are not gated."""
        self.__dict__["old_migrations"] = old

    def notes(self) -> list[str]:
        """What a person should know of what was left out."""
        old = self.old_if_asked
        if old is None or not old.paths:
            return []
        count = len(old.paths)
        what = "1 migration is" if count == 1 else f"{count} migrations are"
        return [f"{what} history ({old.name}) and not gated; --history gates and lists them, too"]

    @cached_property
    def shapes(self) -> Sequence[Shape]:
        """What the configuration says of matrices."""
        from relcheck.sources.matrix.link import Shape

        return [
            Shape(
                files=(one.file,),
                heading=one.heading,
                columns=one.columns,
                key=one.key,
                vocabularies=one.vocabularies,
                required=one.required,
            )
            for one in self.config.matrices
        ]

    @cached_property
    def documents(self) -> Documents:
        """The documents, linked once."""
        from relcheck.sources.markdown.document import Document
        from relcheck.sources.matrix.link import link

        facts = self.facts(DOCUMENTS.facts, Document)
        return link(
            facts,
            self.paths,
            self.shapes,
            self.scopes.matches,
            beyond=self.may_be_beyond if self.beyond is not None else None,
            base=self.scopes.prefix,
        )

    @cached_property
    def markers(self) -> Mapping[str, Sequence[Marker]]:
        """The markers in code, by path."""
        from relcheck.sources.markers.marker import Markers

        return {path: one.markers for path, one in sorted(self.facts(MARKERS.facts, Markers).items())}

    @cached_property
    def upheld(self) -> Mapping[str, str]:
        """The rules that have files to look at here and name a guarantee, with it."""
        rules = self.config.catalog.rules.values()
        return {one.name: one.upholds for one in rules if one.upholds is not None and self._runs(one)}

    def _runs(self, spec: RuleSpec) -> bool:
        enabled = self.config.rule(spec).enabled
        runs = spec.default if enabled is None else enabled
        return runs and any(self.scopes.matches(path, spec.files) for path in self.paths)

    @property
    def _roots(self) -> Mapping[str, str]:
        return self.config.roots

    @cached_property
    def _kept(self) -> frozenset[str]:
        return frozenset(name for _, one in self.telling for name in one.facts)

    def has_facts(self, name: str) -> bool:
        """Whether any file has facts of this name, a rule's or a shared view's."""
        return name in self._kept
