"""What one file says, for the cache: pure in its content and in the ending of its name."""

from __future__ import annotations

from relcheck.model.finding import Region
from relcheck.sources.markdown.document import Document, Owned
from relcheck.sources.matrix.structured import ENDINGS

MARKDOWN = (".md", ".markdown", ".mdx")
OWNERS = "CODEOWNERS"

_BEGINNING = 80_000
"""Bytes of a file that cannot be read by which it is judged: the beginning that is looked at, in any encoding."""


def concerns(path: str) -> bool:
    """Whether a file may hold anything that is read here."""
    name = path.rpartition("/")[2]
    return name == OWNERS or name.lower().endswith((*MARKDOWN, *ENDINGS))


def collect(path: str, text: str, tree: object = None) -> Document | None:
    """The facts of a file; None where there is nothing to tell. What cannot be read is a trouble of the document, and
    the rest of it is read all the same."""
    del tree  # of Python files, which are none of these
    name = path.rpartition("/")[2]
    if name == OWNERS:
        return Document(owned=tuple(_owned(text)))
    if name.lower().endswith(MARKDOWN):
        from relcheck.sources.markdown.read import read_markdown

        return read_markdown(text)
    from relcheck.sources.matrix.structured import read_structured

    return read_structured(path, text)


def misses(path: str, data: bytes) -> bool:
    """Whether a file that cannot be read as text may be a document: data is mostly none, and is in any encoding."""
    if not path.lower().endswith(ENDINGS):
        return True
    from relcheck.sources.matrix.structured import may_hold_matrix

    return may_hold_matrix(data[:_BEGINNING].replace(b"\0", b"").decode("latin-1"))


def _owned(text: str) -> list[Owned]:
    """Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features (code owners)."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        pattern, *owners = line.partition("#")[0].split() or [""]
        if pattern and not pattern.startswith("["):
            found.append(Owned(pattern, tuple(owners), Region(number, 1, number, len(line.rstrip()) + 1)))
    return found
