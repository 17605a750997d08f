"""What a document says: the facts of one file, which need nothing but its content.

Files of YAML, TOML and CSV that hold a matrix are documents too: they have tables and nothing else.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from relcheck.model.finding import Region

TroubleKind: TypeAlias = Literal["no-separator", "separator-width", "encoding", "syntax", "too-deep"]


class Heading(Struct, frozen=True):
    """A heading. `anchor` is what links to it name, as GitHub makes it; `text` is without markup."""

    level: int
    text: str
    anchor: str
    place: Region


class Link(Struct, frozen=True):
    """A link or an image. `target` is as written, without a title; `place` is that of the target."""

    target: str
    text: str
    place: Region
    image: bool = False


class Span(Struct, frozen=True):
    """Text in back quotes, outside of code blocks."""

    text: str
    place: Region


class Field(Struct, frozen=True):
    """A cell of a table as it is written, without the space around it: `\\|` is still two characters.

    Of an empty cell the place is what stands between its pipes, or the pipe behind it.
    """

    raw: str
    place: Region


class Line(Struct, frozen=True):
    """A row of a table with as many fields as it has, which may be fewer or more than the header's."""

    fields: tuple[Field, ...]
    place: Region


class Table(Struct, frozen=True):
    """A table. `heading` is the number of the heading that it stands under, or None. `place` is that of its header."""

    header: tuple[Field, ...]
    lines: tuple[Line, ...]
    heading: int | None
    place: Region


class Item(Struct, frozen=True):
    """An item of a list. `checked` is None where it is no checkbox; `heading` as in a table."""

    text: str
    place: Region
    heading: int | None
    checked: bool | None = None


class Stated(Struct, frozen=True):
    """A line at the beginning of the document such as `Status: Draft` or `Last updated: 2025-12-28`."""

    label: str
    value: str
    place: Region


class Owned(Struct, frozen=True):
    """A line of `CODEOWNERS`: the pattern, and who owns what it matches."""

    pattern: str
    owners: tuple[str, ...]
    place: Region


class Trouble(Struct, frozen=True):
    """Something that cannot be read. `header` is that of a table that is none for Markdown."""

    kind: TroubleKind
    message: str
    place: Region
    header: tuple[Field, ...] = ()


class Mention(Struct, frozen=True):
    """A path of a file that running text names outside of links: `docs/reliability/WRITE_SAFETY.md`."""

    path: str
    place: Region
    heading: int | None


class Document(Struct, frozen=True, omit_defaults=True):
    """One file. `title` is the text of the first heading; `anchors` are names that HTML in it gives to places;
    `postponed` are the lines on which `TODO` or a word like it stands."""

    title: str = ""
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    spans: tuple[Span, ...] = ()
    tables: tuple[Table, ...] = ()
    items: tuple[Item, ...] = ()
    stated: tuple[Stated, ...] = ()
    mentions: tuple[Mention, ...] = ()
    postponed: tuple[int, ...] = ()
    owned: tuple[Owned, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    def states(self, label: str) -> Stated | None:
        """What the document says of itself, by the label in lower case: `status`, `last updated`, `applies to`."""
        return next((one for one in self.stated if one.label == label), None)

    def heading_of(self, number: int | None) -> Heading | None:
        return self.headings[number] if number is not None else None
