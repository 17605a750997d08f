from __future__ import annotations

import pytest
from msgspec.structs import replace
from sample_outcome import HINT, LOCK, SPLIT, SQL_LOCK, UNUSED, WAIVED

from relcheck.model.finding import Finding, Region
from relcheck.model.outcome import Outcome
from relcheck.report import github
from relcheck.report.terminal import PLAIN


def commands(*findings: Finding, show_all: bool = False) -> list[str]:
    return github.render(Outcome("/repo", findings), PLAIN, show_all=show_all).splitlines()


def many(finding: Finding, number: int) -> list[Finding]:
    return [replace(finding, region=Region(line, 1, line, 5)) for line in range(1, number + 1)]


def test_a_finding_is_an_annotation_of_its_line() -> None:
    assert commands(replace(LOCK, message="a lock")) == [
        "::error file=app/jobs/claim.py,line=12,col=30,endColumn=45,title=transactions/raw-row-lock::a lock"
    ]


def test_a_level_for_each_severity() -> None:
    assert [line.split()[0] for line in commands(HINT, SPLIT, LOCK)] == ["::error", "::warning", "::notice"]


def test_a_finding_that_does_not_count_is_a_notice() -> None:
    (line,) = commands(WAIVED, show_all=True)
    assert line.startswith("::notice ")
    assert "title=transactions/raw-row-lock (waived)::" in line


def test_a_region_of_several_lines_is_marked_at_its_beginning() -> None:
    (line,) = commands(SQL_LOCK)
    assert "line=104,col=20,title=" in line


@pytest.mark.parametrize("path", ["", "."])
def test_a_finding_about_the_whole_project_names_no_file(path: str) -> None:
    (line,) = commands(replace(UNUSED, path=path))
    assert line.startswith("::warning title=relcheck/unused-waiver::")


def test_ten_of_a_level_are_shown() -> None:
    assert len(commands(*many(LOCK, 10))) == 10
    assert not any("not shown here" in line for line in commands(*many(LOCK, 10)))


def test_of_more_than_ten_the_tenth_line_counts_the_rest() -> None:
    lines = commands(*many(LOCK, 12), *many(SPLIT, 11), HINT)
    assert [line.split()[0] for line in lines] == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"]
    assert lines[9].startswith("::error title=relcheck::3 errors not shown here: ")
    assert lines[19].startswith("::warning title=relcheck::2 warnings not shown here: ")


def test_the_new_ones_come_first_and_then_the_surer_ones() -> None:
    excused = [replace(one, status=WAIVED.status) for one in many(HINT, 20)]
    lines = commands(*excused, HINT, show_all=True)
    assert "(waived)" not in lines[0]
    assert all("(waived)" in line for line in lines[1:9])


def test_what_would_end_a_property_or_a_line_is_escaped() -> None:
    (line,) = commands(
        replace(
            LOCK, path="a,line=9::b:100%.py", message="one\n::error::two\r\n%0A::stop-commands::x", rule="p/r\n::debug"
        )
    )
    assert line == (
        "::error file=a%2Cline=9%3A%3Ab%3A100%25.py,line=12,col=30,endColumn=45,title=p/r\\n%3A%3Adebug::"
        "one ::error::two %250A::stop-commands::x"
    )


def test_a_huge_message_is_shortened() -> None:
    (line,) = commands(replace(LOCK, message="x" * 100_000))
    assert len(line) < 5_000


def test_nothing_is_printed_where_nothing_was_found() -> None:
    assert commands() == []
