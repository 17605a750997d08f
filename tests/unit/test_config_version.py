"""Versions and what a configuration requires of them."""

from __future__ import annotations

import pytest

from relcheck.config.version import parse_specifier


@pytest.mark.parametrize(
    ("specifier", "allowed", "refused"),
    [
        (">=0.1", "0.1 0.1.0 0.2 1.0 0.1.post1 0.1+local", "0.0.9 0.1rc1 0.1.dev3"),
        (">0.1", "0.1.1 0.2", "0.1 0.1.0 0.1.post1"),
        ("<1", "0.9.9 0.9rc1", "1 1.0 1.0rc1 1.0.1"),
        ("<=1", "1 1.0 1.0rc1 0.9", "1.0.1 1.0.post1"),
        ("==1.2", "1.2 1.2.0 1.2+local", "1.2.1 1.2rc1 1.2.post1"),
        ("==1.2.*", "1.2 1.2.9 1.2rc1", "1.3 1.20"),
        ("!=1.2", "1.1 1.2.1 1.2rc1", "1.2 1.2.0"),
        ("!=1.2.*", "1.1 1.3", "1.2 1.2.5"),
        ("~=1.4", "1.4 1.9.1", "1.3 2.0 2.0rc1 1.4rc1"),
        ("~=1.4.2", "1.4.2 1.4.9", "1.4.1 1.5"),
        (">=0.1, <1", "0.1 0.9", "0.0.1 1.0"),
        ("<=0.10", "0.9 0.10", "0.11"),
    ],
)
def test_a_release_is_compared_by_its_numbers(specifier: str, allowed: str, refused: str) -> None:
    clauses = parse_specifier(specifier)
    assert [version for version in allowed.split() if not all(one.allows(version) for one in clauses)] == []
    assert [version for version in refused.split() if all(one.allows(version) for one in clauses)] == []


@pytest.mark.parametrize(
    "text",
    ["", "1.0", ">=", ">=1.0rc1", "===1.0", ">=1.*", "~=1", ">=1,", "~=1.4.*", ">=1 <2", "=1", "٣", ">=" + "9" * 20],
)
def test_what_is_no_specifier_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_specifier(text)
