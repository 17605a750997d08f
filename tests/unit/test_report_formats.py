from __future__ import annotations

import subprocess
import sys

import pytest
from msgspec.structs import replace

from relcheck.model.finding import Finding, Region, Status
from relcheck.model.outcome import Outcome
from relcheck.model.severity import Severity
from relcheck.report.formats import FORMATS
from relcheck.report.terminal import PLAIN, Style

FINDING = Finding("p/r", "k", "the message", "a.py", Region(3, 1, 3, 2), Severity.ERROR, snippet="x = 1\n")
OTHERS = [Status.EXISTING, Status.BASELINED, Status.WAIVED, Status.APPROVED]
COMPARED = ["sarif", "gitlab"]
EVEN_SO = [(name, Status.EXISTING) for name in COMPARED]


@pytest.mark.parametrize(
    ("name", "status"), [(name, status) for name in FORMATS for status in OTHERS if (name, status) not in EVEN_SO]
)
def test_only_new_findings_are_listed_unless_all_are_asked_for(name: str, status: Status) -> None:
    outcome = Outcome("/repo", findings=(replace(FINDING, status=status),))
    assert "the message" not in FORMATS[name](outcome, PLAIN)
    assert "the message" in FORMATS[name](outcome, PLAIN, show_all=True)


@pytest.mark.parametrize("name", COMPARED)
def test_a_service_that_compares_branches_itself_is_told_of_what_existed(name: str) -> None:
    outcome = Outcome("/repo", findings=(replace(FINDING, status=Status.EXISTING),))
    assert "the message" in FORMATS[name](outcome, PLAIN)


@pytest.mark.parametrize("name", ["text", "concise", "markdown"])
def test_people_are_told_how_many_findings_are_there_and_not_listed(name: str) -> None:
    others = [replace(FINDING, status=status) for status in (Status.EXISTING, Status.BASELINED, Status.EXISTING)]
    report = FORMATS[name](Outcome("/repo", findings=(FINDING, *others)), PLAIN).replace("\\", "")
    assert "\n2 existing, 1 baselined (listed with --show-waived)\n" in report
    assert "existing" not in FORMATS[name](Outcome("/repo", findings=(FINDING,)), PLAIN)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_outcome_makes_the_same_bytes_whatever_the_order_of_its_mappings(name: str) -> None:
    one = Outcome("/repo", findings=(FINDING,), not_examined={"symlink": ("a",), "submodule": ("b", "c")})
    other = Outcome("/repo", findings=(FINDING,), not_examined={"submodule": ("b", "c"), "symlink": ("a",)})
    assert FORMATS[name](one, PLAIN).encode() == FORMATS[name](other, PLAIN).encode()


@pytest.mark.parametrize("name", FORMATS)
def test_notes_for_the_person_at_the_terminal_are_in_no_report(name: str) -> None:
    assert "a proposal" not in FORMATS[name](Outcome("/repo", notes=("a proposal",)), PLAIN)


def test_a_format_is_imported_when_it_is_used() -> None:
    program = (
        "import sys; from relcheck.report.formats import FORMATS; from relcheck.report.terminal import PLAIN\n"
        "from relcheck.model.outcome import Outcome\n"
        "heavy = {'rich', 'json', 'relcheck.report.text', 'relcheck.report.json_v1'}\n"
        "before = heavy & set(sys.modules); FORMATS['text'](Outcome('/repo'), PLAIN)\n"
        "print(sorted(before), sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[] ['relcheck.report.text']\n"


@pytest.mark.parametrize("severity", Severity)
def test_the_summary_counts_in_the_singular_and_the_plural(severity: Severity) -> None:
    one = replace(FINDING, severity=severity)
    other = replace(one, path="b.py")
    plural = {"error": "errors", "warning": "warnings", "info": "info"}[severity.value]
    assert f"\n1 {severity.value} in 1 file\n" in FORMATS["text"](Outcome("/repo", (one,), fail_on=severity), PLAIN)
    assert f"\n2 {plural} in 2 files\n" in FORMATS["text"](Outcome("/repo", (one, other), fail_on=severity), PLAIN)


def test_addresses_are_printed_in_full_where_names_cannot_be_links() -> None:
    outcome = Outcome("/repo", findings=(replace(FINDING, help="https://x.example/r"),) * 2)
    assert FORMATS["text"](outcome, PLAIN).count("https://x.example/r") == 1
    linked = FORMATS["text"](outcome, Style(colour=True, hyperlinks=True, width=80))
    assert "\x1b]8;;https://x.example/r\x1b\\p/r\x1b]8;;\x1b\\" in linked
    assert "  p/r: " not in linked


def test_a_finding_without_a_path_is_placed_at_the_root() -> None:
    outcome = Outcome("/repo", findings=(replace(FINDING, path="", region=Region(1, 1, 1, 1), snippet=None),))
    assert FORMATS["concise"](outcome, PLAIN) == ".:1:1: error[p/r] the message\n"
    assert "    at .:1:1\n" in FORMATS["text"](outcome, PLAIN)


def test_an_exception_without_a_status_of_its_own_is_not_shown() -> None:
    assert "waived" not in FORMATS["text"](Outcome("/repo", findings=(FINDING,)), PLAIN)
