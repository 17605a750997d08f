"""A browser for the tests of pages, started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chromium import Chromium, Page, find_browser

from needed_programs import missing


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = find_browser()
    if program is None:
        missing("browser", "install Chromium (Debian: apt-get install chromium)")
    browser = Chromium(program, tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """An empty page."""
    opened = chromium.open_page()
    yield opened
    opened.close()
