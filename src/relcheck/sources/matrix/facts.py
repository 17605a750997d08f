"""What one file says, for the cache: pure in its content and in the ending of its name."""

from __future__ import annotations

from relcheck.model.finding import Region
from relcheck.sources.markdown.document import Document, Trouble

FILES = ("**/*.md", "**/*.markdown", "**/*.mdx", "**/*.yaml", "**/*.yml", "**/*.toml", "**/*.csv", "**/*.tsv")
"""The files that are read."""

_MARKDOWN = (".md", ".markdown", ".mdx")
_BOM = "\ufeff"


def collect(path: str, data: bytes) -> Document | None:
    """The facts of a file; None where there is nothing to tell. What cannot be read is a trouble, and the rest is read
    all the same."""
    is_markdown = path.lower().endswith(_MARKDOWN)
    troubles: tuple[Trouble, ...] = ()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = f"byte {column} of line {line} is no UTF-8"
        troubles = (Trouble("encoding", message, Region(line, 1, line, 2)),)
        text = data.decode("utf-8", "replace")
    if "\0" in text:
        if not is_markdown:
            return None
        line = text.count("\n", 0, text.index("\0")) + 1
        return Document(troubles=(Trouble("encoding", "it holds a NUL byte", Region(line, 1, line, 2)),))
    text = text.removeprefix(_BOM)
    if is_markdown:
        from relcheck.sources.markdown.read import read_markdown

        found: Document | None = read_markdown(text)
    else:
        from relcheck.sources.matrix.structured import read_structured

        found = read_structured(path, text)
    if found is None or found == Document():
        return Document(troubles=troubles) if troubles and is_markdown else None
    return _with_troubles(found, troubles)


def _with_troubles(document: Document, troubles: tuple[Trouble, ...]) -> Document:
    if not troubles:
        return document
    from msgspec.structs import replace

    return replace(document, troubles=(*troubles, *document.troubles))
