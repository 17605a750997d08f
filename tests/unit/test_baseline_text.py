"""The baseline as text: what is written is read, whatever a merge has made of it."""

from __future__ import annotations

from datetime import date

import pytest

from relcheck.config import ConfigError
from relcheck.engine.exceptions.baseline import Baseline, Line, load_baseline, render_baseline
from relcheck.engine.exceptions.stated import Stated

RULE = "transactions/raw-row-lock"
ONE, OTHER = "3f2a9c1b7d0e5f6a8b9c", "72e4c733651a019a6ad3"
HEADER = "# relcheck baseline, format 1, fingerprints 1\n"
LINE = f"app/a.py\t{RULE}\t{ONE}\n"


def read(text: str | bytes) -> Baseline:
    return load_baseline(text, shown_as="relcheck.baseline")


def problems(text: str | bytes) -> list[tuple[int | None, str]]:
    with pytest.raises(ConfigError) as error:
        read(text)
    return [(problem.line, problem.message) for problem in error.value.problems]


def test_a_line_holds_path_rule_fingerprint_and_what_the_exception_says() -> None:
    baseline = read(f"{HEADER}app/a.py\t{RULE}\t{ONE}:2\treason: INC-204; until=2027-01-31; owner=db-team\n")
    assert (baseline.shown, baseline.version) == ("relcheck.baseline", 1)
    stated = Stated("INC-204", date(2027, 1, 31), "db-team")
    assert baseline.lines == (Line("app/a.py", RULE, ONE, 2, stated, 2),)


def test_lines_are_sorted_and_equals_are_counted_from_one() -> None:
    lines = [Line("b.py", RULE, ONE, 7), Line("a.py", RULE, OTHER), Line("b.py", RULE, ONE, 3), Line("a.py", RULE, ONE)]
    written = render_baseline(lines, 1).splitlines()
    assert written[0] == HEADER.strip()
    assert written[1].startswith("#")
    assert written[2:] == [
        f"a.py\t{RULE}\t{ONE}",
        f"a.py\t{RULE}\t{OTHER}",
        f"b.py\t{RULE}\t{ONE}",
        f"b.py\t{RULE}\t{ONE}:2",
    ]


def test_the_order_of_lines_is_that_of_their_bytes() -> None:
    paths = ["a/b.py", "a.py", "a b.py", "é.py", "Z.py", "a/é.py", "\U0001f600.py", "\uffe0.py"]
    written = render_baseline([Line(path, RULE, ONE) for path in paths], 1).encode().splitlines()[2:]
    assert written == sorted(written)


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("a\tb.py", r"a\tb.py"),
        ("a\nb\rc.py", r"a\nb\rc.py"),
        ("a\\tb.py", r"a\\tb.py"),
        ("a\udcff.py", r"a\xff.py"),
        ("a\xa0\xff.py", "a\\u00a0\xff.py"),
        ("a\x1b[31m.py", r"a\x1b[31m.py"),
        ("a\u202egnp.py", r"a\u202egnp.py"),
        ("#a.py", r"\x23a.py"),
        ("größe/#a b.py", "größe/#a b.py"),
        ("<<<<<<< a.py", "<<<<<<< a.py"),
    ],
)
def test_any_path_can_be_written_on_one_line(path: str, written: str) -> None:
    text = render_baseline([Line(path, RULE, ONE)], 1)
    assert text.splitlines()[2] == f"{written}\t{RULE}\t{ONE}"
    assert read(text.encode()).lines[0].path == path


def test_order_blank_lines_comments_and_windows_line_ends_do_not_matter() -> None:
    other = f"app/b.py\t{RULE}\t{ONE}\n"
    expected = {(line.path, line.fingerprint) for line in read(HEADER + LINE + other).lines}
    for text in (
        HEADER + other + LINE,
        f"{other}\n{HEADER}# mine\n{LINE}",
        (HEADER + LINE + other).replace("\n", "\r\n"),
    ):
        assert {(line.path, line.fingerprint) for line in read(text).lines} == expected
    assert read(b"\xef\xbb\xbf" + (HEADER + LINE).encode()).lines == read(HEADER + LINE).lines


def test_the_same_line_twice_is_one() -> None:
    assert read(HEADER + LINE + LINE).lines == read(HEADER + LINE).lines
    assert read(HEADER + HEADER + LINE).version == 1


def test_a_line_twice_with_other_words_is_told() -> None:
    text = f"{HEADER}{LINE}app/a.py\t{RULE}\t{ONE}:1\treason: other\n"
    assert problems(text) == [
        (3, "the finding of line 2 again, with other words, as after a merge: keep one of the two")
    ]


def test_what_a_merge_has_left_is_told_at_each_marker() -> None:
    text = f"{HEADER}<<<<<<< HEAD\n{LINE}||||||| base\n=======\n>>>>>>> other branch\n"
    assert [line for line, message in problems(text) if "a merge has left both sides here" in message] == [2, 4, 5, 6]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "this is no baseline"),
        (LINE, 1, "this is no baseline"),
        ("import os\n", 1, "this is no baseline"),
        (
            HEADER.replace("format 1", "format 2"),
            1,
            "the format 2 is not known here, only 1: a newer relcheck wrote this",
        ),
        (
            HEADER.replace("fingerprints 1", "fingerprints 12"),
            1,
            "fingerprints of version 12 are not known here, only of 1",
        ),
        (f"{HEADER}app/a.py\n", 2, '"app/a.py" is no line of a baseline'),
        (f"{HEADER}app/a.py {RULE} {ONE}\n", 2, "is no line of a baseline"),
        (f"{HEADER}app/a.py\t{RULE}\tABCDEF12\n", 2, "is no line of a baseline"),
        (f"{HEADER}app/a.py\t{RULE}\t{ONE}:0\n", 2, "is no line of a baseline"),
        (f"{HEADER}app/a.py\t\t{ONE}\n", 2, "is no line of a baseline"),
        (f"{HEADER}app/a.py\t{RULE}\t{ONE}\ta\tb\n", 2, "is no line of a baseline"),
        (f"{HEADER}app\\q.py\t{RULE}\t{ONE}\n", 2, "is no escape that a path can hold"),
        (f"{HEADER}app/a.py\t{RULE}\t{ONE}\tuntil=soon\n", 2, "'soon' is no date"),
        (f"{HEADER}app/a.py\t{RULE}\t{ONE}\treason: a; untl=2020-01-31\n", 2, "did you mean until?"),
        (HEADER.encode() + b"app/\xff.py\n", 2, "this is no UTF-8"),
    ],
)
def test_what_is_damaged_is_told_with_its_line(text: str | bytes, line: int, said: str) -> None:
    assert any(number == line and said in message for number, message in problems(text))


def test_two_versions_in_one_file_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relcheck.model.fingerprint.VERSIONS", {1: str, 2: str})
    second = HEADER.replace("fingerprints 1", "fingerprints 2")
    ((line, message),) = problems(HEADER + second + LINE)
    assert line == 2
    assert "a merge has put two baselines into one" in message


def test_of_a_file_that_is_something_else_nothing_is_told() -> None:
    ((line, message),) = problems("[http]\n\textraheader = AUTHORIZATION: basic c2VjcmV0\n")
    assert line == 1
    assert "AUTHORIZATION" not in message


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(problems(f"{HEADER}a\nb\n{LINE}c\n")) == 3
