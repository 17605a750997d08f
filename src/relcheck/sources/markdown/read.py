"""Markdown to a document. Structure comes from markdown-it's block rules; what stands in the blocks is read here, where
exact columns are known."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from relcheck.model.finding import Region
from relcheck.sources.markdown.anchors import Anchors
from relcheck.sources.markdown.cells import content_start, split_row
from relcheck.sources.markdown.document import (
    Document,
    Field,
    Heading,
    Item,
    Line,
    Link,
    Mention,
    Span,
    Stated,
    Table,
    Trouble,
)
from relcheck.sources.markdown.inline import Inline, plain, read_inline
from relcheck.sources.markdown.lines import Lines, lines_of

if TYPE_CHECKING:
    from markdown_it.token import Token

_NESTING = 40
"""Levels of lists and quotes that are looked into; markdown-it takes what is deeper for text."""

_DEFINITION = re.compile(r"[ \t>]*\[(?!\^)[^\[\]]+\]:[ \t]*(?:<([^<>]*)>|(\S+))")
_CHECKBOX = re.compile(r"(?:\[([ xX])\](?=\s|$)|([☐☑☒]))\s*")
_MARKER = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_STATED = re.compile(
    r"[ \t>]*(?:[-*+][ \t]+)?(?P<mark>\*\*|__)?(?P<label>[A-Za-z][A-Za-z -]{1,30}?)(?:(?P=mark))?[ \t]*:"
    r"(?(mark)(?:\*\*|__)?)[ \t]*(?P<value>\S.*)"
)
_DOCUMENT = re.compile(r"(?<![\w/.@:~-])(?:\.{0,2}/)?(?:[\w.@-]+/)*[\w.@-]+\.(?:md|markdown|mdx|rst|adoc)\b(?![\w/-])")
_POSTPONED = re.compile(r"\b(?:TODO|FIXME|TBW|to be written|not yet written|planned|coming soon)\b", re.IGNORECASE)
_LATE_LABELS = ("last updated", "last reviewed", "last modified", "updated")
_SEPARATOR = re.compile(r":?-+:?")
_FEWEST = 4
"""Fields of a row that looks like one of a matrix but belongs to no table."""


def read_markdown(text: str) -> Document:
    """The document of a text. Takes time in proportion to the text's length."""
    reader = _Reader(lines_of(_without_front_matter(text)), lines_of(text))
    reader.read(blocks_of("\n".join(reader.lines.texts)))
    return reader.document()


def blocks_of(text: str) -> Sequence[Token]:
    """The blocks of a text as markdown-it tells them, with their lines; what stands in them is not read."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser.parse(text)


def _without_front_matter(text: str) -> str:
    """The text with the lines of a YAML header emptied."""
    if not text.startswith(("---\n", "---\r\n")):
        return text
    found = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE).search(text, 3)
    return "\n" * text.count("\n", 0, found.end()) + text[found.end() :] if found is not None else text


class _Reader(Struct):
    """Gathers what the blocks of a document say."""

    lines: Lines
    raw: Lines
    headings: list[Heading] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    code: set[int] = field(default_factory=set)
    tabular: set[int] = field(default_factory=set)
    anchors: Anchors = field(default_factory=Anchors)

    def document(self) -> Document:
        texts = self.lines.texts
        return Document(
            title=self.headings[0].text if self.headings else "",
            headings=tuple(self.headings),
            anchors=tuple(self.names),
            links=tuple(sorted(self.links, key=lambda one: one.place)),
            spans=tuple(sorted(self.spans, key=lambda one: one.place)),
            tables=tuple(self.tables),
            items=tuple(self.items),
            stated=tuple(self.stated),
            mentions=tuple(sorted(self.mentions, key=lambda one: one.place)),
            postponed=tuple(n + 1 for n, text in enumerate(texts) if n not in self.code and _POSTPONED.search(text)),
            troubles=tuple(sorted(self.troubles, key=lambda one: one.place)),
        )

    def read(self, tokens: Sequence[Token]) -> None:
        self._front_matter()
        quotes = 0
        listed: list[int] = []
        index = 0
        while index < len(tokens):
            token = tokens[index]
            first, last = token.map or (0, 0)
            if token.type in ("blockquote_open", "blockquote_close"):
                quotes += token.nesting
            elif token.type == "list_item_open":
                listed.append(first)
                self._item(tokens, index)
            elif token.type == "list_item_close":
                listed.pop()
            elif token.type == "heading_open":
                self._heading(tokens[index + 1].content, int(token.tag[1:]), first)
            elif token.type in ("fence", "code_block"):
                self.code.update(range(first, last))
            elif token.type == "html_block":
                self._html(first, last)
            elif token.type == "table_open":
                index = self._table(tokens, index, quotes, listed)
                continue
            elif token.type == "inline":
                self._text(first, last)
            index += 1
        self._definitions()
        self._stray_rows()

    def _front_matter(self) -> None:
        for number, (kept, said) in enumerate(zip(self.lines.texts, self.raw.texts, strict=True)):
            if kept == said and kept:
                break
            if found := re.match(r"([A-Za-z][A-Za-z _-]{1,30}):[ \t]*(\S.*)", said):
                value = found[2].strip().strip("\"'")
                self._state(found[1].replace("_", " "), value, number, found.start(2), found.end(2))

    def _heading(self, content: str, level: int, line: int) -> None:
        text, anchor = self.anchors.of(plain(content))
        place = self.lines.whole(line)
        self.headings.append(Heading(level, text, anchor, place))

    @property
    def _current(self) -> int | None:
        return len(self.headings) - 1 if self.headings else None

    def _item(self, tokens: Sequence[Token], index: int) -> None:
        following = next((one for one in tokens[index + 1 : index + 3] if one.type == "inline"), None)
        if following is None or following.map is None:
            return
        line = following.map[0]
        content = following.content
        checked: bool | None = None
        if found := _CHECKBOX.match(content):
            checked = (found[1] or found[2]) not in (" ", "☐")
            content = content[found.end() :]
        start = _MARKER.match(self.lines.texts[line])
        begin = start.end() if start is not None else 0
        place = self.lines.region(line, begin, len(self.lines.texts[line].rstrip()))
        self.items.append(Item(plain(content), place, self._current, checked))

    def _html(self, first: int, last: int) -> None:
        """HTML that stands alone: its links and names; Markdown in it is text."""
        self._take(read_inline("\n".join(self.lines.texts[first:last])), first, code=False)
        self.code.update(range(first, last))

    def _text(self, first: int, last: int) -> None:
        """A paragraph, a heading or the text of an item."""
        self._take(read_inline("\n".join(self.lines.texts[first:last])), first, code=True)
        early = len(self.headings) <= 1
        for number in range(first, last):
            text = self.lines.texts[number]
            if ":" not in text or len(text) > 200:
                continue
            found = _STATED.fullmatch(text.rstrip())
            if found and (early or found["label"].lower() in _LATE_LABELS):
                value = found["value"].removesuffix(found["mark"] or "\n").strip()
                self._state(found["label"], plain(value), number, found.start("value"), found.end("value"))

    def _state(self, label: str, value: str, line: int, start: int, end: int) -> None:
        self.stated.append(Stated(label.strip().lower(), value, self.lines.region(line, start, end)))

    def _take(self, found: Inline, first: int, *, code: bool, line_start: int = 0) -> None:
        """What a text holds that begins at a line, and `line_start` characters into it."""
        starts = _Starts(found.bare, first, line_start, self.lines)
        for link in found.links:
            self.links.append(Link(link.target, link.text, starts.region(link.start, link.end), link.image))
        if code:
            for one in found.codes:
                self.spans.append(Span(one.text.strip(), starts.region(one.start, one.end)))
        self.names += found.names
        if ".md" in found.bare or "." in found.bare:
            for named in _DOCUMENT.finditer(found.bare):
                self.mentions.append(Mention(named.group(), starts.region(*named.span()), self._current))

    def _table(self, tokens: Sequence[Token], index: int, quotes: int, listed: Iterable[int]) -> int:
        """Take a table; gives the number of the token behind it."""
        opening = tokens[index]
        rows: list[int] = []
        while tokens[index].type != "table_close":
            token = tokens[index]
            if token.type == "tr_open" and token.map is not None:
                rows.append(token.map[0])
            index += 1
        first, last = opening.map or (0, 0)
        self.tabular.update(range(first, last))
        markers = sum(one == first for one in listed)
        split: list[Line] = []
        for row in rows:
            start = content_start(self.lines.texts[row], quotes=quotes, markers=markers if row == first else 0)
            fields = split_row(self.lines, row, start)
            end = len(self.lines.texts[row].rstrip())
            split.append(Line(fields, self.lines.region(row, start, end)))
            self._fields(fields, row)
        if split:
            self.tables.append(Table(split[0].fields, tuple(split[1:]), self._current, split[0].place))
        return index + 1

    def _fields(self, fields: Iterable[Field], line: int) -> None:
        for one in fields:
            if one.raw:
                self._take(read_inline(one.raw), line, code=True, line_start=one.place.column - 1)

    def _definitions(self) -> None:
        """Targets of links that are written apart: `[name]: target`."""
        for number, text in enumerate(self.lines.texts):
            if "]:" not in text or number in self.code:
                continue
            if found := _DEFINITION.match(text):
                group = 1 if found[1] is not None else 2
                self.links.append(Link(found[group], "", self.lines.region(number, *found.span(group))))

    def _stray_rows(self) -> None:
        """Rows that begin with a pipe and belong to no table, as far as the first of them could be a header."""
        before = False
        for number, text in enumerate(self.lines.texts):
            stray = text.lstrip(" \t>").startswith("|") and number not in self.tabular and number not in self.code
            if stray and not before:
                self._stray(number)
            before = stray

    def _stray(self, line: int) -> None:
        texts = self.lines.texts
        start = len(texts[line]) - len(texts[line].lstrip(" \t>"))
        header = split_row(self.lines, line, start)
        if len(header) < _FEWEST or _is_separator(header) or line + 1 >= len(texts):
            return
        below_start = len(texts[line + 1]) - len(texts[line + 1].lstrip(" \t>"))
        below = split_row(self.lines, line + 1, below_start)
        place = header[0].place
        if _is_separator(below):
            message = f"the line below the header has {len(below)} columns and the header {len(header)}"
            self.troubles.append(Trouble("separator-width", message, place, header))
        elif texts[line + 1].lstrip(" \t>").startswith("|"):
            message = "the line |---|---| is missing below the header"
            self.troubles.append(Trouble("no-separator", message, place, header))


class _Starts(Struct):
    """Where the lines of a part of the document begin in it, for ascending offsets or any."""

    text: str
    first: int
    line_start: int
    lines: Lines
    known: list[int] = field(default_factory=list)

    def region(self, start: int, end: int) -> Region:
        if not self.known:
            self.known = [0, *(found.end() for found in re.finditer("\n", self.text))]
        number = bisect_right(self.known, start) - 1
        column = start - self.known[number] + (self.line_start if number == 0 else 0)
        width = len(self.lines.texts[self.first + number])
        return self.lines.region(self.first + number, column, min(column + end - start, max(width, column + 1)))


def _is_separator(fields: tuple[Field, ...]) -> bool:
    return bool(fields) and all(_SEPARATOR.fullmatch(one.raw) for one in fields)
