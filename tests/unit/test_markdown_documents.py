"""What a document says: headings, links, code, tables and items, each with its exact place."""

from __future__ import annotations

import pytest

from relcheck.sources.markdown.anchors import slug_of
from relcheck.sources.markdown.document import Document
from relcheck.sources.markdown.inline import plain
from relcheck.sources.markdown.lines import lines_of
from relcheck.sources.markdown.read import read_markdown

TABLE = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n| No loss | Job | Kim | Stubbed |\n"


def at(text: str, document: Document) -> list[str]:
    """What stands at the places of the links."""
    lines = lines_of(text).texts
    places = [one.place for one in document.links]
    return [lines[one.line - 1][one.column - 1 : one.end_column - 1] for one in places]


def test_headings_have_the_anchors_of_github() -> None:
    text = "# The `x()` call: why & *how*?\n\nTwo\n---\n\n## Two\n\n### Ärger — 日本\n\n## Set {#given}\n"
    headings = read_markdown(text).headings
    assert [(one.level, one.text, one.anchor) for one in headings] == [
        (1, "The x() call: why & how?", "the-x-call-why--how"),
        (2, "Two", "two"),
        (2, "Two", "two-1"),
        (3, "Ärger — 日本", "ärger--日本"),
        (2, "Set", "given"),
    ]


def test_a_slug_keeps_what_github_keeps() -> None:
    assert slug_of("1.2 A_b-c: (d) 3/4!") == "12-a_b-c-d-34"


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[a](b.md)", ["b.md"]),
        ('[a](b.md "a title") ![c](d.png)', ["b.md", "d.png"]),
        ("[a](<b c.md>)", ["b c.md"]),
        ("[a](b(1).md)", ["b(1).md"]),
        ("[![a](b.png)](c.md)", ["b.png", "c.md"]),
        ("[a]: b.md\n[c]: <d e.md> 'title'\n[^1]: note.md\n", ["b.md", "d e.md"]),
        ("> [a](b.md)\n> - [c](d.md)\n", ["b.md", "d.md"]),
        ('<a href="b.md">c</a> <img src="d.png">', ["b.md", "d.png"]),
        ('<p>\n<a href="b.md">c</a>\n</p>', ["b.md"]),
        ("| [a](b.md) | c |\n|---|---|\n| d | [e](f.md) |\n", ["b.md", "f.md"]),
        ("[a](b.md\n'title')", ["b.md"]),
    ],
)
def test_links_are_found_at_their_targets(text: str, targets: list[str]) -> None:
    document = read_markdown(text)
    assert [one.target for one in document.links] == targets
    assert at(text, document) == targets


@pytest.mark.parametrize(
    "text",
    [
        "`[a](b.md)`",
        "```\n[a](b.md)\n```",
        "- x\n  ```\n  [a](b.md)\n  ```",
        "~~~markdown\n[a]: b.md\n~~~",
        "    [a](b.md)\n",
        "<!-- [a](b.md) -->",
        "a <!-- [a](b.md)\nc --> d",
        r"\[a](b.md)",
        "``a ` [b](c.md)``",
    ],
)
def test_what_is_shown_and_what_is_hidden_is_no_link(text: str) -> None:
    assert read_markdown(text).links == ()


def test_code_in_text_is_told_apart_from_its_quotes() -> None:
    spans = read_markdown("a `b` and `` c`d ``\n\n```\n`e`\n```\n").spans
    assert [(one.text, one.place.line, one.place.column, one.place.end_column) for one in spans] == [
        ("b", 1, 4, 5),
        ("c`d", 1, 13, 18),
    ]


def test_a_document_says_what_it_is() -> None:
    text = (
        "---\ntitle: x\nstatus: 'Draft 2'\n---\n# A - b\n\nStatus: Final\n**Last updated:** 2025-12-28\nNote that: x\n"
    )
    document = read_markdown(text)
    assert document.title == "A - b"
    assert [(one.label, one.value, one.place.line) for one in document.stated] == [
        ("title", "x", 2),
        ("status", "Draft 2", 3),
        ("status", "Final", 7),
        ("last updated", "2025-12-28", 8),
        ("note that", "x", 9),
    ]


def test_items_know_their_heading_and_their_box() -> None:
    items = read_markdown("# A\n\n- one\n\n## B\n\n- [ ] *two*\n- [x] three\n- ☐ four\n  - five\n").items
    assert [(one.text, one.heading, one.checked) for one in items] == [
        ("one", 0, None),
        ("two", 1, False),
        ("three", 1, True),
        ("four", 1, False),
        ("five", 1, None),
    ]


def test_documents_that_the_text_names_are_told() -> None:
    text = "Pass docs/A.md, then (b.md). See https://x.org/c.md, a.md5 and [d](e.md).\n\n- docs/f-g.rst\n"
    assert [one.path for one in read_markdown(text).mentions] == ["docs/A.md", "b.md", "docs/f-g.rst"]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_make_no_difference(ends: str) -> None:
    text = "# A\n\n> " + TABLE.replace("\n", "\n> ") + "\n\n- b `c`\n"
    assert read_markdown(text.replace("\n", ends)) == read_markdown(text)


def test_a_row_keeps_the_fields_that_it_has() -> None:
    [table] = read_markdown(TABLE + "| short |\n| a | b | c | d | e |\n|  | `x \\| y` || z |\n").tables
    assert [[field.raw for field in line.fields] for line in table.lines[1:]] == [
        ["short"],
        ["a", "b", "c", "d", "e"],
        ["", "`x \\| y`", "", "z"],
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("| a | b | c | d |\n| 1 | 2 | 3 | 4 |\n", "no-separator"),
        ("| a | b | c | d |\n|---|---|---|\n| 1 | 2 | 3 | 4 |\n", "separator-width"),
    ],
)
def test_rows_that_are_no_table_are_told(text: str, kind: str) -> None:
    document = read_markdown(f"x\n\n{text}")
    assert document.tables == ()
    assert [(one.kind, one.place.line, len(one.header)) for one in document.troubles] == [(kind, 3, 4)]


def test_rows_in_code_and_one_row_alone_are_no_trouble() -> None:
    text = "```\n| a | b | c | d |\n| 1 | 2 | 3 | 4 |\n```\n\n| a | b | c | d |\n"
    assert read_markdown(text).troubles == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**a** _b_ ~~c~~ `d_e`", "a b c d_e"),
        ("WRITE_GUARD and src/**/*.ts, lib/**/*.py", "WRITE_GUARD and src/**/*.ts, lib/**/*.py"),
        ("[a](b.md) [c][d] ![e](f) [#G-1]", "a c e [#G-1]"),
        ("a<br>b &amp; c \\| d <!-- e -->", "a b & c | d"),
        ("`a \\| b`", "a | b"),
        ("  a\n b ", "a b"),
    ],
)
def test_text_without_its_markup(written: str, read: str) -> None:
    assert plain(written) == read


HOSTILE = {
    "rows": TABLE + "| No loss | Job | Kim | Stubbed |\n" * 1500,
    "pipes": "| " * 50_000,
    "brackets": "[" * 100_000,
    "links": "](" * 50_000,
    "targets": "[](" * 8_000,
    "images": "![a](" * 6_000,
    "comments": "<!--" * 25_000,
    "quotes": ">" * 50_000,
    "lists": "- " * 50_000,
    "nested": "".join(" " * (n % 60) + "- a\n" for n in range(3000)),
    "ticks": " ".join("`" * (n % 300) for n in range(700)),
    "tags": "<a " * 33_000,
    "stars": "*a _b " * 17_000,
    "definitions": "[a]: b\n" * 5_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    assert read_markdown(text * 2) is not None


def test_a_table_of_10_000_rows_is_read_whole() -> None:
    [table] = read_markdown(TABLE + "| No loss | Job | Kim | Stubbed |\n" * 10_000).tables
    assert len(table.lines) == 10_001
    assert table.lines[-1].place.line == 10_003
