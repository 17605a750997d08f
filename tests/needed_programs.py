"""Programs that some tests need and pip does not bring. Where one is missing its tests are skipped, unless the
environment says that it is required: then they fail, so that a gate cannot pass without having looked."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

VARIABLE = "RELCHECK_TESTS_REQUIRE"
"""Names what must be there, by commas: `browser,postgres`."""


def missing(need: str, how: str) -> NoReturn:
    """Skip, or fail where `need` is required. `how` tells what to install."""
    reason = f"no {need} on this machine: {how}"
    if need in os.environ.get(VARIABLE, "").replace(",", " ").split():
        pytest.fail(f"{reason} ({VARIABLE} requires it)")
    pytest.skip(reason)
