"""What stubs do, by the cases in `stubs/`."""

from __future__ import annotations

import pytest
from stub_cases import Case, cases, judged


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(one, id=f"{language}: {one.title}")
        for language in ("python", "typescript", "go")
        for one in cases(language)
    ],
)
def test_a_stub_does_what_it_does(case: Case) -> None:
    assert judged(case) == dict(case.expected)
