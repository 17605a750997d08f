"""Waivers in documents: which lines each covers, and where they are none."""

from __future__ import annotations

import pytest

from relcheck.engine.exceptions.inline import markdown_waivers
from relcheck.engine.exceptions.inline_writing import NoPlaceError
from relcheck.engine.exceptions.markdown_writing import with_markdown_waiver
from relcheck.engine.exceptions.stated import Stated

WAIVER = "<!-- relcheck: ignore[docs/broken-link] reason: written next week -->"
TABLE = "| Guarantee | Owner |\n|---|---|\n| No loss | Kim |\n| No orphans | Lee |\n"


def covered(text: str) -> list[tuple[int, int]]:
    return [(one.waiver.first, one.waiver.last) for one in markdown_waivers(text, "a.md")]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (TABLE.replace("Kim", f"Kim {WAIVER}"), (3, 3)),
        (f"{WAIVER}\n\n{TABLE}", (1, 6)),
        (f"a\n\nb [c](d.md)\ne {WAIVER}\n\nf\n", (3, 4)),
        (f"- a\n- b {WAIVER}\n- c\n", (2, 2)),
        (f"# a\n\n{WAIVER}\n## b\n\nc\n", (3, 4)),
        (f"## b {WAIVER}\n\nc\n", (1, 1)),
        (f"> | a | b |\n> |---|---|\n> | c | d {WAIVER} |\n", (3, 3)),
        ("a\n\n<!--\nrelcheck: ignore[docs] reason: x\n-->\n\nb\nc\n", (3, 8)),
    ],
    ids=["row", "table", "paragraph", "item", "heading-below", "heading", "quote", "several-lines"],
)
def test_a_waiver_covers_what_it_stands_in_or_the_block_behind_it(text: str, lines: tuple[int, int]) -> None:
    assert covered(text) == [lines]
    assert covered(text.replace("\n", "\r\n")) == [lines]


@pytest.mark.parametrize(
    "text", [f"```\n{WAIVER}\n```\n", f"    {WAIVER}\n", f"`{WAIVER}` waives\n", "<!-- relcheck -->\n"]
)
def test_a_waiver_that_is_shown_waives_nothing(text: str) -> None:
    assert markdown_waivers(text, "a.md") == []


def test_a_waiver_says_its_reason_and_its_place() -> None:
    [one] = markdown_waivers(f"a {WAIVER}\n", "a.md")
    assert (one.waiver.reason, one.waiver.rules, one.waiver.line, one.column) == (
        "written next week",
        ("docs/broken-link",),
        1,
        3,
    )


@pytest.mark.parametrize(
    ("text", "line", "written"),
    [
        (TABLE, 3, "| No loss | Kim <!-- {} --> |"),
        ("| a | b |\n|---|---|\n|c|d|\n", 3, "|c|d <!-- {} --> |"),
        ("see [a](b.md)  \nand\n", 1, "see [a](b.md) <!-- {} -->  "),
        ("# a\r\nb\r\n", 2, "b <!-- {} -->"),
    ],
)
def test_a_waiver_is_written_at_the_end_of_the_line_or_in_the_last_cell(text: str, line: int, written: str) -> None:
    changed = with_markdown_waiver(text.encode(), line, "docs/broken-link", Stated("later", None, None)).decode()
    comment = "relcheck: ignore[docs/broken-link] reason: later"
    assert changed.replace("\r\n", "\n").split("\n")[line - 1] == written.format(comment)
    assert changed.count("\r") == text.count("\r")


@pytest.mark.parametrize("reason", ["a --> b", "a | b"])
def test_a_reason_that_would_end_the_comment_or_the_cell_is_refused(reason: str) -> None:
    with pytest.raises(NoPlaceError):
        with_markdown_waiver(TABLE.encode(), 3, "docs/broken-link", Stated(reason, None, None))
