"""Pages of `docs` that show what another program says: tests hold them to it, and `--snapshot-update` writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


def check_page(name: str, page: str, program: str, request: pytest.FixtureRequest) -> None:
    """Whether the page is what was found with `program`, a name and its version as the page's text has it."""
    file = DOCS / name
    if request.config.getoption("update_snapshots"):
        file.write_text(page, encoding="utf-8")
    kept = file.read_text(encoding="utf-8")
    if f"{program} " not in kept:
        # Another version may rightly say something else. What we find ourselves is asserted case by case beside this.
        pytest.skip(f"docs/{name} was written with another version than {program}")
    assert page == kept, "--snapshot-update writes it anew"
