"""The code that a row is about: what its cells name, and what marks itself as upholding it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from relcheck.sources.markers.marker import Marker
from relcheck.sources.matrix.link import Documents, key_of
from relcheck.sources.matrix.model import Ref, Row

DOCUMENTS = (".md", ".mdx", ".markdown", ".rst", ".adoc", ".txt", ".yaml", ".yml", ".toml", ".csv", ".tsv", ".json")
"""Endings of names of files that are no code."""


class Named(Struct, frozen=True, order=True):
    """A file of code, and the symbol in it where one is meant."""

    path: str
    symbol: str | None = None

    def __str__(self) -> str:
        return self.path if self.symbol is None else f"{self.path}:{self.symbol}"


def code_of(
    row: Row,
    documents: Documents,
    matches: Callable[[str, Sequence[str]], bool],
    markers: Mapping[str, Sequence[Marker]],
) -> tuple[Named, ...]:
    """The code of a row, sorted: files that are there. Folders and globs stand for all files in them."""
    named = {Named(path, ref.symbol) for ref in row.refs for path in files_of(ref, documents, matches)}
    marked = {Named(path, one.symbol) for path, one in marking(row, markers)}
    return tuple(sorted((one for one in named | marked if is_code(one.path)), key=lambda one: (one.path, str(one))))


def files_of(ref: Ref, documents: Documents, matches: Callable[[str, Sequence[str]], bool]) -> Iterator[str]:
    """The files that a place in a cell stands for."""
    if ref.kind == "glob":
        yield from (path for path in sorted(documents.paths) if matches(path, (ref.path,)))
        return
    found = documents.look_up(ref.path)
    if found.state == "folder":
        yield from (path for path in sorted(documents.paths) if path.startswith(f"{found.path}/"))
    elif found.state in ("file", "other-case"):
        yield found.path


def marking(row: Row, markers: Mapping[str, Sequence[Marker]]) -> Iterator[tuple[str, Marker]]:
    """The markers that name a row, with their files."""
    names = names_of(row)
    for path, several in markers.items():
        yield from ((path, one) for one in several if key_of(one.guarantee) in names)


def names_of(row: Row) -> frozenset[str]:
    """What a marker or a rule may call a row: its text and its number, spelled alike."""
    return frozenset(key_of(name) for name in (row.key, row.id) if name)


def is_code(path: str) -> bool:
    return not path.lower().endswith(DOCUMENTS)
