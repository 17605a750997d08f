"""What the reports look like. A change on purpose is accepted with `pytest --snapshot-update`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from relcheck import __version__
from relcheck.model.exceptions import Origin, Waiver
from relcheck.model.finding import Edit, Finding, Fix, Region, Related, Status
from relcheck.model.outcome import Outcome, RuleRecord
from relcheck.model.severity import Confidence, Severity
from relcheck.report.formats import FORMATS
from relcheck.report.terminal import PLAIN, Style

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

PAGES = "https://relcheck.example/rules"
COLOURED = Style(colour=True, hyperlinks=True, width=80)

RULES = (
    RuleRecord("relcheck/unparseable-file", "Every file that a rule reads can be parsed.", Severity.ERROR, 120),
    RuleRecord(
        "transactions/raw-row-lock",
        "Row locks go through the blessed transaction primitive.",
        Severity.ERROR,
        14,
        f"{PAGES}/transactions/raw-row-lock",
    ),
    RuleRecord("transactions/split-write", "A domain action is one transaction.", Severity.WARNING, 14),
)

ORM_LOCK = Finding(
    rule="transactions/raw-row-lock",
    kind="orm-lock",
    message="row lock outside app/infra/transaction.py: the lock can outlive its connection. Use txn.lock_row(…).",
    path="app/jobs/claim.py",
    region=Region(12, 30, 12, 45),
    severity=Severity.ERROR,
    symbol="Queue.claim_next",
    identity="with_for_update",
    snippet="        job = session.query(Job).with_for_update(skip_locked=True).first()\n",
    related=(
        Related("app/infra/transaction.py", Region(40, 5, 40, 13), "locks are taken here"),
        Related("app/jobs/claim.py", Region(10, 5, 10, 20), "the function declares ATOMIC_WRITE"),
    ),
    help=f"{PAGES}/transactions/raw-row-lock",
)
SQL_LOCK = replace(
    ORM_LOCK,
    kind="sql-lock",
    message="row lock in SQL text outside app/infra/transaction.py.\nUse txn.lock_row(…).",
    region=Region(104, 20, 105, 12),
    confidence=Confidence.MEDIUM,
    symbol="Queue.sweep",
    identity="for update",
    snippet='    rows = execute("SELECT id FROM jobs FOR"',
    related=(),
    details={"clause": "FOR UPDATE", "tables": ["jobs"], "pieces": 2},
)
SPLIT_WRITE = Finding(
    rule="transactions/split-write",
    kind="loop",
    message="2 commits in one function: a failure between them leaves half of the action done",
    path="app/billing/post.py",
    region=Region(7, 11, 7, 25),
    severity=Severity.WARNING,
    symbol="post_invoice",
    identity="session.commit",
    snippet="\tif paid: session.commit()  # 請求書\n",
    fix=Fix(
        safe=False,
        description="remove the first commit",
        edits=(Edit("app/billing/post.py", Region(7, 11, 7, 25), ""),),
    ),
)
UNPARSEABLE = Finding(
    rule="relcheck/unparseable-file",
    kind="syntax",
    message="cannot be parsed: unexpected indent. Nothing in it was checked",
    path="app/broken.py",
    region=Region(1, 1, 1, 1),
    severity=Severity.ERROR,
)
NOTE = replace(
    SPLIT_WRITE,
    message="a commit in a helper",
    region=Region(30, 5, 30, 21),
    severity=Severity.INFO,
    symbol="close",
    snippet="    session.commit()\n",
    fix=None,
)
WAIVED = replace(
    ORM_LOCK,
    path="app/legacy/costsim.py",
    region=Region(3, 5, 3, 20),
    snippet="    q.with_for_update()\n",
    symbol=None,
    related=(),
    status=Status.WAIVED,
    waiver=Waiver(
        Origin.INLINE,
        ("transactions/raw-row-lock",),
        "app/legacy/costsim.py",
        2,
        reason="migrating in INC-204",
        until=date(2027, 1, 31),
        owner="data-platform",
    ),
)
CONFIGURED = replace(
    WAIVED,
    region=Region(9, 5, 9, 20),
    waiver=Waiver(
        Origin.CONFIG, ("transactions",), "relcheck.toml", 14, reason="INC-204, moved in Q1", globs=("app/legacy/**",)
    ),
)
BASELINED = replace(ORM_LOCK, path="app/old.py", related=(), status=Status.BASELINED)
EXISTING = replace(SPLIT_WRITE, path="app/old.py", region=Region(70, 11, 70, 27), status=Status.EXISTING, fix=None)

BROKEN = Outcome(
    root="/repo",
    findings=(SPLIT_WRITE, NOTE, UNPARSEABLE, ORM_LOCK, SQL_LOCK),
    files=120,
    parsed=14,
    rules=RULES,
)
WITH_EXCEPTIONS = replace(BROKEN, findings=(ORM_LOCK, WAIVED, CONFIGURED, BASELINED, EXISTING))
CLEAN = Outcome(root="/repo", files=1, parsed=0, rules=RULES[:1])
PARTIAL = Outcome(
    root="/repo",
    findings=(UNPARSEABLE,),
    files=2,
    parsed=1,
    partial=True,
    rules=RULES,
    rules_skipped=("local/no-print", "local/own-lock"),
    not_examined={
        "symlink": ("link.py",),
        "submodule": ("vendor/a", "vendor/b", "vendor/c"),
        "larger than 10 MB": ("data.py",),
        "not checked out": ("a.py", "b.py"),
        "unreadable": (),
    },
    notes=("a proposal",),
    stats={"wall time": "1.20 s", "files from the cache": "106 of 120"},
)
NOTHING = Outcome(root="/repo")

OUTCOMES = {
    "broken": BROKEN,
    "with-exceptions": WITH_EXCEPTIONS,
    "clean": CLEAN,
    "partial": PARTIAL,
    "nothing-examined": NOTHING,
}


class TextSnapshot(SingleFileSnapshotExtension):
    """One readable file a report."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def report(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextSnapshot)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("name", FORMATS)
def test_a_report_looks_as_before(report: SnapshotAssertion, name: str, outcome: str) -> None:
    assert _timeless(FORMATS[name](OUTCOMES[outcome], PLAIN)) == report


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_with_the_silenced_findings_looks_as_before(report: SnapshotAssertion, name: str) -> None:
    assert _timeless(FORMATS[name](WITH_EXCEPTIONS, PLAIN, show_all=True)) == report


@pytest.mark.parametrize("outcome", ["broken", "clean"])
@pytest.mark.parametrize("name", ["text", "concise"])
def test_a_report_on_a_terminal_looks_as_before(report: SnapshotAssertion, name: str, outcome: str) -> None:
    assert FORMATS[name](OUTCOMES[outcome], COLOURED).replace("\x1b", "ESC") == report


def _timeless(report: str) -> str:
    """The report as every release of relcheck would write it."""
    return report.replace(f'"{__version__}"', '"VERSION"')
