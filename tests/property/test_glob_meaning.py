"""The compiled patterns mean what a plain recursive reading of the pattern means."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from relcheck.sources.globs import Globs, quote

paths = st.lists(st.text("ab.", min_size=1, max_size=5), min_size=1, max_size=5).map("/".join)
segments = st.one_of(
    st.just("**"), st.text("ab.*?", min_size=1, max_size=6).filter(lambda text: text not in ("**", ".", ".."))
)
patterns = st.lists(segments, min_size=1, max_size=5).map("/".join)


@given(patterns, paths)
def test_a_pattern_matches_as_its_recursive_reading_does(pattern: str, path: str) -> None:
    assert Globs([pattern]).matches(path) == reference(pattern, path)


@given(st.lists(patterns, max_size=4), paths)
def test_several_patterns_match_where_one_of_them_does(many: list[str], path: str) -> None:
    assert Globs(many).matches(path) == any(Globs([pattern]).matches(path) for pattern in many)


@given(st.lists(patterns, max_size=4), st.lists(paths, max_size=4))
def test_unmatched_patterns_are_those_that_match_no_path(many: list[str], listed: list[str]) -> None:
    expected = tuple(pattern for pattern in many if not any(Globs([pattern]).matches(path) for path in listed))
    assert Globs(many).unmatched(listed) == expected


@given(st.text(max_size=40))
def test_any_text_is_a_pattern_or_is_refused_by_name(pattern: str) -> None:
    refused = ""
    try:
        Globs([pattern]).matches("a/b.py")
    except ValueError as refusal:
        refused = str(refusal)
    assert not refused or "pattern" in refused


@given(st.lists(st.text("ab*?[]{},!\\^-\n", min_size=1, max_size=6), min_size=1, max_size=3).map("/".join))
def test_a_quoted_path_matches_itself(path: str) -> None:
    assert Globs([quote(path)]).matches(path)


def reference(pattern: str, path: str) -> bool:
    if not any(wildcard in pattern for wildcard in "*?"):
        return path == pattern or path.startswith(pattern + "/")
    parts, names = pattern.split("/"), path.split("/")

    @cache
    def folders(part: int, name: int) -> bool:
        if part == len(parts):
            return name == len(names)
        if parts[part] == "**":
            last = part == len(parts) - 1
            return any(folders(part + 1, later) for later in range(name + last, len(names) + 1))
        return name < len(names) and segment(parts[part], names[name]) and folders(part + 1, name + 1)

    return folders(0, 0)


def segment(pattern: str, name: str) -> bool:
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(segment(pattern[1:], name[skipped:]) for skipped in range(len(name) + 1))
    return bool(name) and pattern[0] in ("?", name[0]) and segment(pattern[1:], name[1:])
