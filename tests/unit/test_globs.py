from __future__ import annotations

import pickle

import pytest

from relcheck.sources.globs import MAX_ALTERNATIVES, MAX_LENGTH, MAX_WILDCARDS, Globs, quote


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("a.py", "a.py"),
        ("./a.py", "a.py"),
        ("/a.py", "a.py"),
        ("a//b.py", "a/b.py"),
        ("a/./b.py", "a/b.py"),
        ("vendor", "vendor"),
        ("vendor", "vendor/x.py"),
        ("vendor", "vendor/deep/x.py"),
        ("vendor/", "vendor/x.py"),
        ("vendor*/", "vendored/deep/x.py"),
        ("vendor/**", "vendor/deep/x.py"),
        ("**", "a/b/c.py"),
        (".", "a/b/c.py"),
        ("./", "a.py"),
        ("/", "a.py"),
        ("**/*.py", "a.py"),
        ("**/*.py", "a/b/c.py"),
        ("**/**/*.py", "c.py"),
        ("a/**/b.py", "a/b.py"),
        ("a/**/b.py", "a/x/y/b.py"),
        ("**/tests/**", "tests/a.py"),
        ("**/tests/**", "x/tests/y/a.py"),
        ("**/a/**/b/**/c", "a/x/a/b/b/y/c"),
        ("**/a/b", "a/a/b"),
        ("*.py", ".hidden.py"),
        ("a*c*e", "abcde"),
        ("a*c*e", "ace"),
        ("*", "anything"),
        ("a**b", "axxb"),
        ("?.py", "é.py"),
        ("[ab].py", "a.py"),
        ("[a-c]x", "bx"),
        ("[!a-c]x", "dx"),
        ("[^a-c]x", "dx"),
        ("[]]", "]"),
        ("[a-]", "-"),
        ("[*]", "*"),
        ("a[b", "a[b"),
        ("{a,b}/*.py", "b/x.py"),
        ("a/{b,c/d}/e", "a/c/d/e"),
        ("{a,{b,c}}.py", "c.py"),
        ("a{,b}.py", "a.py"),
        ("{vendor,third_party}", "third_party/x.py"),
        ("{a}", "{a}"),
        ("a{b", "a{b"),
        ("a\nb*", "a\nb\nc"),
        ("caf*", "caf\udce9.py"),
        ("a.b", "a.b"),
    ],
)
def test_a_pattern_matches_what_it_means(pattern: str, path: str) -> None:
    assert Globs([pattern]).matches(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("vendor", "vendored/x.py"),
        ("vendor", "src/vendor/x.py"),
        ("vendor/", "vendor"),
        ("vendor/**", "vendor"),
        ("vendor*", "vendor/x.py"),
        ("*.py", "a/b.py"),
        ("a*b", "a/b"),
        ("a?b", "a/b"),
        ("a[!x]b", "a/b"),
        ("a[.-0]b", "a/b"),
        ("a/**/b", "ab"),
        ("a/**/b", "xa/b"),
        ("**/b", "ab"),
        ("**/*.py", "a.pyc"),
        ("a*c*e", "aec"),
        ("A.py", "a.py"),
        ("a.b", "axb"),
        ("[!a-c]x", "bx"),
        ("{a,b}.py", "c.py"),
        ("a.py", "a.py\n"),
        ("*.py", "a.py\n"),
        ("**.py", "a/b.py"),
    ],
)
def test_a_pattern_matches_nothing_else(pattern: str, path: str) -> None:
    assert not Globs([pattern]).matches(path)


def test_several_patterns_are_asked_as_one() -> None:
    globs = Globs(["vendor", "**/*_pb2.py"])
    assert globs.matches("vendor/a.py")
    assert globs.matches("api/x_pb2.py")
    assert not globs.matches("api/x.py")


def test_no_pattern_matches_nothing() -> None:
    assert not Globs([]).matches("a.py")
    assert not Globs([])
    assert Globs(["a"])


def test_patterns_that_match_no_path_are_named_in_their_order() -> None:
    globs = Globs(["old/**", "src/**", "*.sql", "**/*.py"])
    assert globs.unmatched(path for path in ["src/a.py", "b.py"]) == ("old/**", "*.sql")
    assert globs.unmatched([]) == globs.patterns


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("", "empty pattern"),
        ("../other/**", "cannot leave its folder"),
        ("a/../b", "cannot leave its folder"),
        ("a\\b.py", "write / between folders"),
        ("[c-a]", "is empty"),
        ("[[:alpha:]]", "named set"),
        ("a" * (MAX_LENGTH + 1), "longer than"),
        ("*a" * (MAX_WILDCARDS + 1), "wildcards"),
        ("**/a/" * (MAX_WILDCARDS + 1) + "b", "wildcards"),
        ("{a,b}" * 20, f"more than {MAX_ALTERNATIVES} alternatives"),
        ("{" * 400 + "a,b" + "}" * 400 + "{c,d}" * 12, "alternatives"),
    ],
)
def test_a_pattern_without_a_meaning_is_refused_with_a_reason(pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Globs([pattern])


@pytest.mark.parametrize(
    "pattern",
    [
        "**/**/**/*a*a*a*a",
        "*a" * (MAX_WILDCARDS - 1) + "b",
        "**/a/" * (MAX_WILDCARDS - 2) + "*b",
        "**/*a*a/" * 20 + "b",
        "**/" + "[!b]*" * 30 + "b",
        "{" + ",".join(f"**/*a*a*a*a{n}" for n in range(60)) + "}",
    ],
)
@pytest.mark.parametrize("path", ["a" * 4000 + "c", "a/" * 2000 + "c", ("a" * 200 + "/") * 20 + "c"])
def test_a_hostile_pattern_ends_at_once(pattern: str, path: str) -> None:
    """It would not end in this century were a match to backtrack."""
    assert not Globs([pattern]).matches(path)


@pytest.mark.parametrize("path", ["a[b]*?.py", "{x,y}/a.py", "back\\slash.py", "a]b", "plain.py", "[!a]"])
def test_a_quoted_path_matches_itself_only(path: str) -> None:
    globs = Globs([quote(path)])
    assert globs.matches(path)
    assert not globs.matches(path + "x")


def test_globs_are_values() -> None:
    globs = Globs(["a/**", "b"])
    assert globs == Globs(("a/**", "b"))
    assert hash(globs) == hash(Globs(("a/**", "b")))
    assert globs != Globs(["b", "a/**"])
    assert repr(globs) == "Globs(['a/**', 'b'])"
    assert pickle.loads(pickle.dumps(globs)).matches("a/x")  # noqa: S301 - our own bytes
