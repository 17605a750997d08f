from __future__ import annotations

import pytest
from msgspec.structs import replace
from sample_outcome import EXISTING, HINT, LOCK, SAMPLE, SPLIT, WAIVED

from relcheck.model.finding import Finding, Related
from relcheck.model.outcome import Outcome
from relcheck.model.severity import Severity
from relcheck.report import markdown
from relcheck.report.terminal import PLAIN


def summary(*findings: Finding, show_all: bool = False) -> str:
    return markdown.render(replace(SAMPLE, findings=findings), PLAIN, show_all=show_all)


def test_it_begins_with_the_verdict() -> None:
    assert summary(LOCK, EXISTING).startswith(
        "## relcheck: 1 error in 1 file\n\n"
        "The gate fails (`--fail-on error`).\n\n"
        "1 existing (listed with --show-waived)\n\n"
    )
    assert summary().startswith("## relcheck: no findings\n\nlooked at 120 files")
    assert summary(SPLIT).startswith("## relcheck: 1 warning in 1 file; none fails this scan (--fail-on error)\n\n")
    assert "The gate fails" not in summary(SPLIT)
    assert "The gate fails (`--fail-on warning`)" in markdown.render(
        replace(SAMPLE, findings=(SPLIT,), fail_on=Severity.WARNING), PLAIN
    )


def test_the_gravest_file_comes_first_and_in_it_the_gravest_finding() -> None:
    report = summary(HINT, SPLIT, LOCK)
    order = [report.index(text) for text in ("`app/jobs/claim.py`: 1 error", "**warning**", "**info**")]
    assert order == sorted(order)


def test_a_code_fence_is_longer_than_any_in_the_code() -> None:
    assert "\n`````text\n12 | ````evil\n" in summary(replace(LOCK, snippet="````evil\n"))


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("ask @octocat", "ask <span>@</span>octocat"),
        ("fixes #12", "fixes <span>#</span>12"),
        ("GH-12", "GH<span>-</span>12"),
        ("_GH-12", "\\_GH<span>-</span>12"),
        ("![x](https://evil.example)", r"!\[x\](https:\/\/evil.example)"),
        ("www.evil.example", r"www\.evil.example"),
        ("<img src=x>", r"\<img src=x\>"),
        ("a|b `c` *d* ~e~ $f$ &amp;", r"a\|b \`c\` \*d\* \~e\~ \$f\$ \&amp;"),
        ("one\n# two", "one <span>#</span> two"),
    ],
)
def test_a_message_marks_up_nothing(message: str, shown: str) -> None:
    assert f": {shown}\n" in summary(replace(LOCK, message=message))


@pytest.mark.parametrize("number", [3_000, 20_000])
def test_it_ends_below_what_github_takes_and_says_how_many_are_missing(number: int) -> None:
    many = (replace(LOCK, message="請" * 400, path=f"app/{index}.py") for index in range(number))
    report = summary(HINT, *many)
    shown = report.count("**error**")
    assert 800 * 1024 < len(report.encode()) <= 900 * 1024
    assert f"**{number + 1 - shown} findings are not shown**" in report
    assert report.endswith("rules skipped: local/own-lock\n")


def test_one_huge_finding_cannot_crowd_out_the_others() -> None:
    huge = "x" * 2_000_000
    noisy = replace(LOCK, message=huge, snippet=huge, symbol=huge, related=(Related(huge, LOCK.region, huge),) * 200)
    assert "**warning**" in summary(noisy, SPLIT)


def test_huge_names_of_rules_and_reasons_cannot_make_it_too_long() -> None:
    huge = "x" * 2_000_000
    outcome = Outcome("/repo", tuple(replace(LOCK, rule=f"p/{n}{huge}") for n in range(60)), rules_skipped=(huge,) * 9)
    assert len(markdown.render(outcome, PLAIN).encode()) < 900 * 1024


def test_a_reason_is_told_where_excused_findings_are_listed() -> None:
    report = summary(WAIVED, show_all=True)
    assert "- waived until 2027-01-31 by data-platform at app/costsim/breaker.py:65: moves to lock\\_row" in report
