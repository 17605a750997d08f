"""A matrix as rules see it: its rows by key, its cells by column, and what each cell names and claims."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from relcheck.model.finding import Region

RefKind: TypeAlias = Literal["path", "glob", "folder"]

ClaimKind: TypeAlias = Literal[
    "dry-run", "always-allow", "all-off", "no-op", "pass-through", "disabled", "fixture-only", "test-only", "inert"
]


class Ref(Struct, frozen=True):
    """A place in the repository that a cell names: `path`, `path:symbol`, `path:symbol()`, `path#symbol`, `path:10`,
    `path#L10-L20`, or a glob.

    `path` is written with `/`, without `./` at its beginning; one that leaves the repository keeps its `..` or its
    first `/`. `lines` are the first and the last one. `text` is the whole as written, at `place`.
    """

    kind: RefKind
    path: str
    text: str
    place: Region
    symbol: str | None = None
    lines: tuple[int, int] | None = None


class Word(Struct, frozen=True):
    """An identifier that a cell names (`WRITE_GUARD`, `requireActor`, `with_intent`). Acronyms (`PITR`, `WAL`) are
    none. `code` says that it stands in back quotes."""

    name: str
    place: Region
    code: bool = False


class Claim(Struct, frozen=True):
    """What a cell says of how the mechanism behaves: `(dry-run)`, `(always allow)`, `(all OFF)`."""

    kind: ClaimKind
    text: str
    place: Region


class Cell(Struct, frozen=True):
    """A cell. `column` is the canonical name of its column (`guarantee`, `owner`, … or the title in lower case),
    `title` the column's as written; `text` is without markup and on one line, `raw` as written."""

    column: str
    title: str
    text: str
    raw: str
    place: Region
    refs: tuple[Ref, ...] = ()
    words: tuple[Word, ...] = ()
    claims: tuple[Claim, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it says nothing: no text, or only a dash or a question mark."""
        return self.text.strip(" .-‐‑‒–—―?_*") == ""


class Row(Struct, frozen=True):
    """A row. `matrix` is the id of its matrix, `key` the guarantee in lower case without markup, `id` its number where
    the team gives one (a column `ID`, or a mark such as `[#G-07]`). `width` counts its fields as written, which may be
    fewer or more than the columns."""

    matrix: str
    path: str
    key: str
    cells: tuple[Cell, ...]
    place: Region
    width: int
    id: str | None = None
    extra: tuple[Region, ...] = ()

    def cell(self, column: str) -> Cell | None:
        """The cell of a column, by its canonical name."""
        return next((one for one in self.cells if one.column == column), None)

    def text(self, column: str) -> str:
        """The text of a cell; empty where there is no such cell."""
        found = self.cell(column)
        return found.text if found is not None else ""

    @property
    def guarantee(self) -> str:
        """The text of its key cell, for people."""
        return self.text("guarantee") or self.key

    @property
    def refs(self) -> tuple[Ref, ...]:
        """All places that its cells name."""
        return tuple(ref for cell in self.cells for ref in cell.refs)

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for cell in self.cells for claim in cell.claims)


class Column(Struct, frozen=True):
    """A column: its canonical name, its title as written, and the place of that."""

    name: str
    title: str
    place: Region


class Matrix(Struct, frozen=True):
    """A table that is a matrix. `id` names it in fingerprints: its path, the anchor of its heading, and a number where
    that is not unique. `place` is that of its header. `vocabularies` are the words that a column's cells consist of,
    and `required` the columns whose cells must say something."""

    id: str
    path: str
    heading: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    place: Region
    key: str = "guarantee"
    vocabularies: dict[str, tuple[str, ...]] = {}
    required: tuple[str, ...] = ()
    configured: int | None = None

    def column(self, name: str) -> Column | None:
        return next((one for one in self.columns if one.name == name), None)
