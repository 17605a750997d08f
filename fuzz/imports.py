"""Imports without a tree, and what a project declares to depend on."""

from __future__ import annotations

from relcheck.sources.python.imports import file_imports
from relcheck.sources.python.requirements import read_manifests
from relcheck.sources.python.sifted_imports import sifted_imports
from relcheck.sources.python.syntax import Source, UnparseableError, decode, parse_ast


class ImportFlaw(Exception):  # noqa: N818  # it says what it is
    """What must hold of imports or manifests does not."""


def imports(data: bytes) -> str:
    """A file of which only imports are asked: what is read of its lines is what the whole tree says."""
    try:
        text = decode(data)
    except UnparseableError:
        return "refused"
    found = sifted_imports(text)
    if found is None:
        return "left to the tree"
    try:
        tree = parse_ast(text)
    except UnparseableError:
        tree = None
    if tree is None:
        return "newer than this Python"
    if found != file_imports(tree, Source(text)):
        raise ImportFlaw("the lines say other imports than the tree")
    return "imports" if found.imports else "no imports"


def manifest(data: bytes) -> str:
    """`pyproject.toml` and a file of requirements: every place is in the file, and no file outside is asked for."""
    found = [read_manifests([path], lambda asked: data if asked in _OWN else None) for path in _OWN]
    lines = len(data.decode("utf-8-sig", "replace").splitlines()) + 1
    for one in found:
        for said in (*one.requirements, *one.faults):
            if said.path.startswith(("/", "..")) or not 1 <= said.region.line <= lines:
                raise ImportFlaw(f"{said.path}:{said.region.line} is no place of the file")
    return "requirements" if any(one.requirements for one in found) else "nothing"


_OWN = ("pyproject.toml", "requirements.txt")
