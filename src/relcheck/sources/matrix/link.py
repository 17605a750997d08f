"""The documents of a project as a whole: which of their tables are matrices, and what paths mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from relcheck.sources.markdown.document import Document
from relcheck.sources.matrix.model import Matrix


class Shape(Struct, frozen=True, kw_only=True):
    """What a configuration says of a matrix. `files` are globs, `heading` is the text or the anchor of the heading that
    it stands under; `columns` maps canonical names to titles."""

    files: tuple[str, ...]
    heading: str = ""
    columns: Mapping[str, str] = {}
    key: str = "guarantee"
    vocabularies: Mapping[str, tuple[str, ...]] = {}
    required: tuple[str, ...] = ()


class Documents(Struct, frozen=True, dict=True):
    """The linked documents. `paths` are all files of the project."""

    by_path: Mapping[str, Document]
    matrices: tuple[Matrix, ...]
    paths: frozenset[str]
    unfound: tuple[int, ...] = ()
    """Numbers of configured shapes that no table has."""

    @cached_property
    def reliability(self) -> tuple[str, ...]:
        """Documents that hold a matrix."""
        return tuple(sorted({one.path for one in self.matrices}))


def link(facts: Mapping[str, Document], paths: Sequence[str], shapes: Sequence[Shape] = ()) -> Documents:
    """Find the matrices: tables of which at least four columns have known headers, and those of `shapes`."""
    raise NotImplementedError
