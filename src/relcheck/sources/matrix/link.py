"""The documents of a project as a whole: which of their tables are matrices."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal, TypeAlias

from msgspec import Struct

from relcheck.sources.markdown.anchors import loosely, slug_of
from relcheck.sources.markdown.document import Document, Field, Line, Table
from relcheck.sources.markdown.inline import plain
from relcheck.sources.matrix.columns import column_name, looks_like_matrix, spelled
from relcheck.sources.matrix.model import Column, Matrix, Row
from relcheck.sources.matrix.reading import read_cell

_MARK = re.compile(r"\[#([A-Za-z0-9][\w.-]*)\]")
_NAMES = re.compile(r"[^\W\d_]")
"""What makes the text of a column `#` or `ID` the name of a guarantee, and not its place in the table."""

_NUMBER = re.compile(r"^\s*\d+(?:\.\d+)*[.)]?\s+")


State: TypeAlias = Literal["file", "folder", "other-case", "beyond", "outside", "missing"]
"""`beyond`: no rule looks at it, and it may be there; `outside`: it would lie outside of the repository."""


class Shape(Struct, frozen=True, kw_only=True):
    """What a configuration says of a matrix. `files` are globs, `heading` is the text or the anchor of the heading that
    it stands under; `columns` maps canonical names to titles."""

    files: tuple[str, ...]
    heading: str = ""
    columns: Mapping[str, str] = {}
    key: str = "guarantee"
    vocabularies: Mapping[str, tuple[str, ...]] = {}
    required: tuple[str, ...] = ()


class Found(Struct, frozen=True):
    """What a path leads to. Of one that differs in upper and lower case only, `path` is how it is spelled."""

    state: State
    path: str


class Documents(Struct, frozen=True, dict=True):
    """The linked documents. `paths` are all files of the project; `unfound` the numbers of shapes that no table has.
    `beyond` tells of a path that is none of them whether there may be a file all the same. `base` is the folder of the
    configuration, with a slash behind it."""

    by_path: Mapping[str, Document]
    matrices: tuple[Matrix, ...]
    paths: frozenset[str]
    unfound: tuple[int, ...] = ()
    beyond: Callable[[str], bool] | None = None
    base: str = ""

    @cached_property
    def reliability(self) -> tuple[str, ...]:
        """Documents that hold a matrix."""
        return tuple(sorted({one.path for one in self.matrices}))

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders that hold a file, at any depth."""
        found: set[str] = set()
        for path in self.paths:
            folder = path.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    def look_up(self, path: str) -> Found:
        """What a path leads to that is written from the root of the repository, or of the configuration."""
        known = self._looked_up.get(path)
        if known is None:
            known = self._looked_up[path] = self._look_up(path)
        return known

    def has_file(self, path: str) -> bool:
        """Whether a path leads to a file, as it is spelled."""
        return path in self.paths or (self.base + path) in self.paths

    def _look_up(self, path: str) -> Found:
        if path.startswith("/") or path.split("/")[0] == "..":
            return Found("outside", path)
        path = posixpath.normpath(path)
        if path.split("/")[0] == "..":
            return Found("outside", path)
        for one in dict.fromkeys((path, self.base + path)):
            if one in self.paths:
                return Found("file", one)
            if one in self.folders or one == ".":
                return Found("folder", one)
        for one in dict.fromkeys((path, self.base + path)):
            if one.casefold() in self._by_case:
                return Found("other-case", self._by_case[one.casefold()])
        is_beyond = self.beyond is not None and (self.beyond(path) or self.beyond(self.base + path))
        return Found("beyond" if is_beyond else "missing", path)

    @cached_property
    def _looked_up(self) -> dict[str, Found]:
        return {}

    @cached_property
    def _by_case(self) -> Mapping[str, str]:
        """Files and folders by their names without case."""
        return {one.casefold(): one for one in sorted((*self.folders, *self.paths), reverse=True)}


def link(
    facts: Mapping[str, Document],
    paths: Sequence[str],
    shapes: Sequence[Shape] = (),
    matches: Callable[[str, Sequence[str]], bool] | None = None,
    *,
    beyond: Callable[[str], bool] | None = None,
    base: str = "",
) -> Documents:
    """Find the matrices: tables of which at least four columns, the key included, have known headers, and those of
    `shapes`. `matches` tells whether a path is meant by globs."""
    matrices: list[Matrix] = []
    found: set[int] = set()
    for path, document in sorted(facts.items()):
        own = [
            (number, shape) for number, shape in enumerate(shapes) if matches is not None and matches(path, shape.files)
        ]
        names = Counter[str]()
        for table in document.tables:
            number, shape = _shape_of(document, table, own)
            columns = _columns(table, shape.columns if shape is not None else {})
            if shape is None and not looks_like_matrix(tuple(one.name for one in columns)):
                continue
            if shape is not None and number is not None:
                found.add(number)
            matrices.append(_matrix(path, document, table, columns, shape, number, names))
    unfound = tuple(number for number in range(len(shapes)) if number not in found)
    return Documents(facts, tuple(matrices), frozenset(paths), unfound, beyond, base)


def _shape_of(
    document: Document, table: Table, shapes: Sequence[tuple[int, Shape]]
) -> tuple[int, Shape] | tuple[None, None]:
    heading = document.heading_of(table.heading)
    for number, shape in shapes:
        under = heading is not None and _names_heading(shape.heading, heading.text, heading.anchor)
        if (under if shape.heading else True) and _has_columns(table, shape):
            return number, shape
    return None, None


def _names_heading(said: str, text: str, anchor: str) -> bool:
    bare = _NUMBER.sub("", text)
    return said.lower() in (text.lower(), bare.lower()) or loosely(said) in (
        loosely(anchor),
        loosely(slug_of(bare)),
    )


def _has_columns(table: Table, shape: Shape) -> bool:
    """Whether the table is the one that a shape means: it has the key's column, and all that the shape names."""
    names = {one.name for one in _columns(table, shape.columns)}
    return shape.key in names and names >= {*shape.columns}


def _columns(table: Table, said: Mapping[str, str]) -> tuple[Column, ...]:
    own = {spelled(title): name for name, title in said.items()}
    columns: list[Column] = []
    for field in table.header:
        title = plain(field.raw)
        columns.append(Column(own.get(spelled(title)) or column_name(title), title, field.place))
    return tuple(columns)


def _matrix(
    path: str,
    document: Document,
    table: Table,
    columns: tuple[Column, ...],
    shape: Shape | None,
    number: int | None,
    names: Counter[str],
) -> Matrix:
    heading = document.heading_of(table.heading)
    anchor = slug_of(_NUMBER.sub("", heading.text)) if heading is not None else ""
    names[anchor] += 1
    identity = f"{path}#{anchor}" + (f"-{names[anchor]}" if names[anchor] > 1 else "")
    key = shape.key if shape is not None else "guarantee"
    return Matrix(
        identity,
        path,
        heading.text if heading is not None else "",
        columns,
        tuple(_rows(identity, path, table.lines, columns, key)),
        table.place,
        key,
        dict(shape.vocabularies) if shape is not None else {},
        shape.required if shape is not None else (),
        number,
    )


def _rows(matrix: str, path: str, lines: Sequence[Line], columns: Sequence[Column], key: str) -> Iterator[Row]:
    for line in lines:
        pairs = zip(columns, line.fields, strict=False)
        cells = tuple(read_cell(field, column.name, column.title, path) for column, field in pairs)
        named = next((cell for cell in cells if cell.column == key), None)
        mark = _MARK.search(named.raw) if named is not None else None
        numbered = next((cell.text for cell in cells if cell.column == "id" and _NAMES.search(cell.text)), None)
        yield Row(
            matrix,
            path,
            key_of(named.text) if named is not None else "",
            cells,
            line.place,
            len(line.fields),
            numbered or (mark[1] if mark is not None else None),
            tuple(field.place for field in line.fields[len(columns) :]),
        )


def key_of(text: str) -> str:
    """A guarantee as a key: in lower case, without its number and what differs in spelling only."""
    return re.sub(r"[\s.,;:]+", " ", _MARK.sub("", text)).strip().lower()


def looks_like_matrix_header(header: Sequence[Field]) -> bool:
    """Whether the fields of a row are the header of a matrix."""
    return looks_like_matrix(tuple(column_name(plain(field.raw)) for field in header))
