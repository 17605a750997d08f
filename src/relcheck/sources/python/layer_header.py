"""What the first comments of a file say of its layer.

```
# Layer: L4 — Domain Engine
# Allowed Imports: L5, L6
# Forbidden Imports: L1, L2
```

A header stands before any code, after a shebang or coding line. Prose that speaks of a layer is none: the colon comes
directly behind the word, and behind the name there is nothing, a dash or a bracket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from relcheck.model.finding import Region
from relcheck.sources.python.syntax import Source

_LAYER = re.compile(r"#+[ \t]*Layer:[ \t]*(?P<name>[^\s(—–]+?):?[ \t]*(?:(?:—|–|--?)[ \t]*.*|\(.*)?")
_SAID = re.compile(r"#+[ \t]*(?P<word>Allowed|Forbidden)[ \t]+Imports?:[ \t]*(?P<names>.*)", re.IGNORECASE)
_IN_DOCSTRING = re.compile(r"[ \t]*Layer:[ \t]*(?P<name>[^\s(—–]+?):?[ \t]*(?:(?:—|–|--?)[ \t]*.*|\(.*)?")
_QUOTES = re.compile(r"""[rRuU]?(\"{3}|'{3}|"|')""")
_NOT_A_NAME = re.compile(r"\(.*?\)|[;,]|\band\b")
_LONGEST_DOCSTRING = 200
"""Lines of a docstring in which a layer is looked for."""


_BEFORE_CODE = re.compile(r"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n|\Z))+")
_MAY_LIST = re.compile(r"imports?:", re.IGNORECASE)

_LONGEST_LINE = 300
"""Characters of a line that may be a header."""


class Named(msgspec.Struct, frozen=True, omit_defaults=True):
    """A layer that a file names, and where."""

    name: str
    region: Region


class Header(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a file says: the layer in its comments, the one in its docstring, and the imports that it may have and may
    not have (None: it says nothing; `none` in the comment is an empty list)."""

    layer: Named | None = None
    docstring: Named | None = None
    allowed: tuple[Named, ...] | None = None
    forbidden: tuple[Named, ...] | None = None


def header_of(source: Source) -> Header | None:
    """The header of a file; None where it has none."""
    if "Layer:" not in source.text:
        comments = _BEFORE_CODE.match(source.text)
        if comments is None or not _MAY_LIST.search(comments[0]):
            return None
    layer = docstring = None
    said: dict[str, tuple[Named, ...]] = {}
    for number, line in _comments(source):
        if found := _LAYER.fullmatch(line):
            layer = layer or _named(found["name"], number, line, found.start("name"))
        elif found := _SAID.fullmatch(line):
            said.setdefault(found["word"].lower(), tuple(_names(found["names"], number, found.start("names"))))
    for number, line in _docstring(source):
        if len(line) <= _LONGEST_LINE and (found := _IN_DOCSTRING.fullmatch(line)):
            docstring = _named(found["name"], number, line, found.start("name"))
            break
    header = Header(layer, docstring, said.get("allowed"), said.get("forbidden"))
    return header if header != Header() else None


def _comments(source: Source) -> Iterator[tuple[int, str]]:
    """The comments before any code."""
    for number in range(1, len(source.starts) + 1):
        line = source.line(number)
        text = line.strip()
        if text.startswith("#"):
            if len(line) <= _LONGEST_LINE:
                yield number, line.rstrip()
        elif text:
            return


def _docstring(source: Source) -> Iterator[tuple[int, str]]:
    """The lines of the module's docstring, by its quotes alone."""
    quotes = ""
    for number in range(1, len(source.starts) + 1):
        line = source.line(number)
        text = line.strip()
        if quotes:
            end = line.find(quotes)
            yield number, (line if end < 0 else line[:end]).rstrip()
            if end >= 0:
                return
        elif text and not text.startswith("#"):
            opened = _QUOTES.match(line)
            if opened is None:
                return
            quotes = opened[1]
            end = line.find(quotes, opened.end())
            yield number, " " * opened.end() + (line[opened.end() :] if end < 0 else line[opened.end() : end]).rstrip()
            if end >= 0 or len(quotes) == 1:
                return
        if number > _LONGEST_DOCSTRING:
            return


def _named(name: str, number: int, line: str, start: int) -> Named:
    del line
    return Named(name, Region(number, start + 1, number, start + len(name) + 1))


def _names(text: str, number: int, offset: int) -> Iterator[Named]:
    """The names of a list; `none` and remarks in brackets are none."""
    plain = _NOT_A_NAME.sub(lambda found: " " * len(found[0]), text)
    for found in re.finditer(r"\S+", plain):
        if found[0].lower() in {"none", "-", "—"}:
            continue
        start = offset + found.start()
        yield Named(found[0].rstrip("."), Region(number, start + 1, number, start + len(found[0]) + 1))
