"""Views whose facts all their rules share: what a file says of imports, of migrations, of documents.

The facts of a file are collected once, whatever number of rules asks for them, and linked once a project.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

import msgspec

from relcheck.engine.prefilter.words import ALWAYS, Clause, Needs
from relcheck.sdk.rule import View

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from relcheck.engine.prefilter.words import Words

PYTHON = (".py", ".pyi")


class _Reader(Protocol):
    """The module of a view."""

    def concerns(self, path: str) -> bool:
        """Whether a file that is not Python may hold facts, by its path."""

    def collect(self, path: str, text: str, tree: ast.Module | None) -> object | None:
        """The facts of one file. The path tells what kind of file it is, and nothing else. `tree` is that of a Python
        file, where there is one, and is not to be changed. None where there is nothing to tell. Raises
        UnparseableError."""

    def misses(self, path: str, data: bytes) -> bool:
        """Whether a file that cannot be read as text may hold facts. Only asked of views with `data_files`."""


class SharedView(msgspec.Struct, frozen=True):
    """One of these views.

    `files` are the globs of the files that may hold facts, from the folder of the configuration; rules cannot widen
    them. `in_python` is what a Python file must hold, `in_others` what any other must. `module` says the rest; the
    import graph has none, since it is collected from trees that are at hand. `subjects` are fields of the facts: a file
    in which none of them says anything is read, but there is nothing in it to be checked. `data_files` says that among
    `files` are some that mostly hold data of any kind, for which the module tells from bytes whether they matter.
    """

    view: View
    files: tuple[str, ...]
    in_python: Needs
    module: str = ""
    subjects: tuple[str, ...] = ()
    in_others: Needs = ALWAYS
    data_files: bool = False

    @property
    def facts(self) -> str:
        """The key of the facts. No rule has such a name."""
        return self.view.value

    def may_hold(self, path: str, words: Words) -> bool:
        """Whether a file of `files` may have facts."""
        if path.endswith(PYTHON):
            return words.allow(self.in_python)
        return (self.in_others == ALWAYS or words.allow(self.in_others)) and self._reader.concerns(path)

    def misses(self, path: str, data: bytes) -> bool:
        """Whether a file of `files` that cannot be read may have had facts."""
        return not self.data_files or self._reader.misses(path, data)

    def collect(self, path: str, text: str, tree: ast.Module | None) -> object | None:
        """The facts of one file. Raises UnparseableError."""
        return self._reader.collect(path, text, tree)

    def has_subject(self, facts: bytes) -> bool:
        """Whether these facts hold anything that a rule could check."""
        if not self.subjects:
            return True
        said = msgspec.msgpack.decode(facts, type=dict[str, msgspec.Raw])
        return not said.keys().isdisjoint(self.subjects)

    @property
    def _reader(self) -> _Reader:
        return cast("_Reader", import_module(self.module))


GRAPH = SharedView(
    View.GRAPH,
    files=("**/*.py", "**/*.pyi"),
    in_python=((Clause(("import", "Import", "IMPORT", "__all__", "Layer:")),),),
)

HEADERS = SharedView(View.HEADERS, files=("**/*.py", "**/*.pyi"), in_python=((Clause(("Layer:",)),),))
"""The facts of the import graph, of files that may carry a header."""

MIGRATIONS = SharedView(
    View.MIGRATIONS,
    files=("**/*.py", "**/*.sql", "**/alembic.ini", "**/schema.prisma"),
    in_python=(
        (Clause(("down_revision",)),),
        (Clause(("run_migrations_online", "run_migrations_offline")),),
        (Clause(("migrations",)), Clause(("Migration",)), Clause(("operations", "dependencies"))),
        (Clause(("DATABASES", "DEFAULT_AUTO_FIELD", "MIGRATION_MODULES", "AUTH_USER_MODEL")),),
    ),
    module="relcheck.sources.migration.facts",
)

DOCUMENTS = SharedView(
    View.DOCUMENTS,
    files=(
        *("**/*.md", "**/*.markdown", "**/*.mdx", "**/CODEOWNERS"),
        *("**/*.yaml", "**/*.yml", "**/*.toml", "**/*.csv", "**/*.tsv"),
    ),
    in_python=(),
    module="relcheck.sources.matrix.facts",
    subjects=("links", "tables", "mentions", "troubles"),
    data_files=True,
)

_MARKED: Needs = ((Clause(("relcheck:",)), Clause(("upholds",))),)

MARKERS = SharedView(
    View.MARKERS,
    files=(
        "**/*.{py,pyi,ts,tsx,mts,cts,js,jsx,mjs,cjs,go,rs,java,kt,kts,scala,swift,cs,c,h,cc,cpp,hpp,php,prisma}",
        "**/*.{sql,sh,bash,rb,tf}",
    ),
    in_python=_MARKED,
    in_others=_MARKED,
    module="relcheck.sources.markers.read",
)

SHARED_VIEWS = {one.view: one for one in (GRAPH, HEADERS, MIGRATIONS, DOCUMENTS, MARKERS)}


def shared_views(views: Iterable[str]) -> tuple[SharedView, ...]:
    """Those of these views whose facts are shared, each once."""
    asked = set(views)
    return tuple(one for view, one in SHARED_VIEWS.items() if view in asked)
