"""The printed table, as aligned text or as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADS = ("", "CPU s", "wall s", "peak MB", "findings", "ratio", "runs", "note")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. None is a value that was not measured or has no sense here."""

    label: str
    cpu: float | None = None
    wall: float | None = None
    peak: int | None = None
    findings: str = ""
    ratio: float | None = None
    runs: int | None = None
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        return (
            self.label,
            _seconds(self.cpu),
            _seconds(self.wall),
            "" if self.peak is None else f"{self.peak / 1e6:.0f}",
            self.findings,
            "" if self.ratio is None else _three_digits(self.ratio),
            "" if self.runs is None else str(self.runs),
            self.note,
        )


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together; `about` says what was measured and what the ratio is."""

    title: str
    about: str
    rows: tuple[Row, ...]


def as_text(sections: Sequence[Section], notes: Sequence[str]) -> str:
    """Columns as wide as the widest cell of the whole table, numbers on the right."""
    cells = [row.cells() for section in sections for row in section.rows]
    widths = [max(len(line[index]) for line in (HEADS, *cells)) for index in range(len(HEADS))]
    lines = [_aligned(HEADS, widths), "-" * (sum(widths[:-1]) + 2 * len(widths) + 24)]
    for section in sections:
        lines += [f"{section.title}: {section.about}"]
        lines += [_aligned(row.cells(), widths) for row in section.rows]
        lines += [""]
    return "\n".join([*lines, *notes]) + "\n"


def as_markdown(sections: Sequence[Section], notes: Sequence[str]) -> str:
    """One Markdown table a section, the notes as a list."""
    lines: list[str] = []
    for section in sections:
        lines += [f"### {section.title}", "", section.about + ".", ""]
        lines += [_markdown_line(HEADS), "|---|" + "---:|" * (len(HEADS) - 2) + "---|"]
        lines += [_markdown_line(row.cells()) for row in section.rows]
        lines += [""]
    return "\n".join([*lines, *(f"- {note}" for note in notes)]) + "\n"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *numbers, note = cells
    middle = (cell.rjust(width) for cell, width in zip(numbers, widths[1:-1], strict=True))
    return "  ".join(("  " + first.ljust(widths[0]), *middle, note)).rstrip()


def _markdown_line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
