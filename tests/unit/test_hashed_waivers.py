"""Waivers in YAML and TOML: behind a line, or above an entry."""

from __future__ import annotations

import pytest

from relcheck.engine.exceptions.inline import waivers_in

WAIVER = "# relcheck: ignore[matrix/empty-cell] reason: chosen in May"


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("a.yaml", f"- guarantee: a\n  owner: ''  {WAIVER}\n", (2, 2)),
        ("a.yml", f"x:\n  {WAIVER}\n  - guarantee: a\n    owner:\n\n    status: b\n  - guarantee: c\n", (2, 6)),
        ("a.toml", f"{WAIVER}\n[[x]]\na = 1\n\nb = ''\n[[x]]\nc = 2\n", (1, 5)),
        ("a.toml", f"[[x]]\n{WAIVER}\na = ''\nb = 1\n", (2, 3)),
        ("a.yaml", f"a: 1\n{WAIVER}\n", (2, 2)),
    ],
)
def test_a_waiver_covers_its_line_or_the_entry_below(path: str, text: str, lines: tuple[int, int]) -> None:
    [one] = waivers_in(text, path)
    assert (one.waiver.first, one.waiver.last) == lines


@pytest.mark.parametrize("text", [f"a: 'b {WAIVER}'\n", f"a: b{WAIVER}\n", "a: 1  # relcheck\n"])
def test_what_is_no_comment_waives_nothing(text: str) -> None:
    assert waivers_in(text, "a.yaml") == []
