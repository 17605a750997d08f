"""What one file says, for the cache: pure in its content and in the ending of its name."""

from __future__ import annotations

from relcheck.model.finding import Region
from relcheck.sources.markdown.document import Document, Owned
from relcheck.sources.matrix.structured import ENDINGS

MARKDOWN = (".md", ".markdown", ".mdx")
OWNERS = "CODEOWNERS"


def concerns(path: str) -> bool:
    """Whether a file may hold anything that is read here."""
    name = path.rpartition("/")[2]
    return name == OWNERS or name.lower().endswith((*MARKDOWN, *ENDINGS))


def collect(path: str, text: str) -> Document | None:
    """The facts of a file; None where there is nothing to tell. What cannot be read is a trouble of the document, and
    the rest of it is read all the same."""
    name = path.rpartition("/")[2]
    if name == OWNERS:
        return Document(owned=tuple(_owned(text)))
    if name.lower().endswith(MARKDOWN):
        from relcheck.sources.markdown.read import read_markdown

        return read_markdown(text)
    from relcheck.sources.matrix.structured import read_structured

    return read_structured(path, text)


def _owned(text: str) -> list[Owned]:
    """Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features (code owners)."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        pattern, *owners = line.partition("#")[0].split() or [""]
        if pattern and not pattern.startswith("["):
            found.append(Owned(pattern, tuple(owners), Region(number, 1, number, len(line.rstrip()) + 1)))
    return found
