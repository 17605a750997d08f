"""Style sheets, scripts and fixed markup of pages: files in `static/`, so that editors and reviewers know them."""

from __future__ import annotations

from pathlib import Path

from relcheck.report.html.elements import Html

_FOLDER = Path(__file__).parent / "static"


def source(name: str) -> str:
    """The text of a style sheet or a script."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def skeleton(name: str) -> Html:
    """The fixed markup of a page, which a script fills."""
    return Html(source(name))
