"""A program that is not there is told of, and passed over only where nobody requires it."""

from __future__ import annotations

import pytest

from needed_programs import VARIABLE, missing


@pytest.mark.parametrize("required", ["", "postgres", "browsers"])
def test_without_a_program_its_tests_are_skipped_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, required: str
) -> None:
    monkeypatch.setenv(VARIABLE, required)
    with pytest.raises(pytest.skip.Exception, match="no browser on this machine: install Chromium"):
        missing("browser", "install Chromium")


@pytest.mark.parametrize("required", ["browser", "postgres,browser", "browser postgres"])
def test_where_it_is_required_they_fail(monkeypatch: pytest.MonkeyPatch, required: str) -> None:
    monkeypatch.setenv(VARIABLE, required)
    with pytest.raises(pytest.fail.Exception, match=r"install Chromium .*requires it"):
        missing("browser", "install Chromium")
