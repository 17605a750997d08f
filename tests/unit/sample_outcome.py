"""A scan in which every status and every severity occurs, for the samples in `docs/formats/`."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from relcheck.model.exceptions import Origin, Waiver
from relcheck.model.finding import Edit, Finding, Fix, Region, Related, Status
from relcheck.model.outcome import Outcome, RuleRecord
from relcheck.model.severity import Confidence, Severity

_LOCK_PAGE = """## What it does
Finds row locks that are taken elsewhere than in the transaction primitive.

## Why is this bad
The lock can outlive its connection, and the next statement waits for it.

## Use instead
```python
job = txn.lock_row(statement)
```"""

RULES = (
    RuleRecord(
        "layers/forbidden-import",
        "A layer imports only the layers below it.",
        Severity.ERROR,
        120,
        upholds="The domain knows no web framework",
    ),
    RuleRecord(
        "transactions/raw-row-lock",
        "Row locks go through the blessed transaction primitive.",
        Severity.ERROR,
        14,
        page=_LOCK_PAGE,
        upholds="Lock scope equals connection scope",
    ),
    RuleRecord("transactions/split-write", "A domain action is one transaction.", Severity.WARNING, 14),
)
OWN_RULES = (
    RuleRecord("relcheck/unused-waiver", "A waiver that waives nothing.", Severity.WARNING, 0),
    RuleRecord("relcheck/nothing-checked", "A scan in which no rule examined anything is no proof.", Severity.ERROR, 0),
)

LOCK = Finding(
    rule="transactions/raw-row-lock",
    kind="orm-lock",
    message=(
        "with_for_update outside app/infra/transaction.py: the lock can outlive its connection. "
        "Use txn.lock_row(…) inside single_connection_transaction()"
    ),
    path="app/jobs/claim.py",
    region=Region(12, 30, 12, 45),
    severity=Severity.ERROR,
    symbol="Queue.claim_next",
    identity="with_for_update",
    snippet="        job = session.query(Job).with_for_update(skip_locked=True).first()\n",
    related=(Related("app/infra/transaction.py", Region(40, 5, 40, 13), "locks are taken here"),),
    details={"lock": "with_for_update"},
)
CHAIN = Finding(
    rule="layers/forbidden-import",
    kind="chain",
    message="app.domain.orders reaches app.api.errors: the domain must not know the web framework. Move what both need",
    path="app/domain/orders.py",
    region=Region(3, 6, 3, 22),
    severity=Severity.ERROR,
    contract="domain below api",
    identity="app.domain.orders -> app.api.errors",
    snippet="from app.shared.text import plural\n",
    related=(
        Related("app/shared/text.py", Region(7, 6, 7, 18), "app.shared.text imports app.shared.http"),
        Related("app/shared/http.py", Region(1, 6, 1, 20), "app.shared.http imports app.api.errors"),
    ),
)
SQL_LOCK = replace(
    LOCK,
    kind="sql-lock",
    message="FOR UPDATE outside app/infra/transaction.py: the lock can outlive its connection. Use txn.lock_row(…)",
    path="app/old/sweep|all.py",
    region=Region(104, 20, 105, 12),
    confidence=Confidence.MEDIUM,
    symbol="sweep",
    identity="for update",
    snippet='    rows = execute("SELECT id FROM jobs FOR"\n',
    related=(),
)
SPLIT = Finding(
    rule="transactions/split-write",
    kind="loop",
    message="2 commits in one function: a failure between them leaves half of the action done",
    path="app/billing/post.py",
    region=Region(7, 14, 7, 30),
    severity=Severity.WARNING,
    symbol="post_invoice",
    identity="session.commit",
    snippet="    if paid: session.commit()  # 請求書\n",
    fix=Fix(
        safe=False, description="remove the commit", edits=(Edit("app/billing/post.py", Region(7, 14, 7, 30), "pass"),)
    ),
)
HINT = replace(
    SPLIT,
    message="a commit in a helper: who calls it cannot take it back",
    region=Region(30, 5, 30, 21),
    severity=Severity.INFO,
    symbol="close",
    snippet="    session.commit()\n",
    fix=None,
)
UNUSED = Finding(
    rule="relcheck/unused-waiver",
    kind="unused-waiver",
    message="this waiver waives nothing: transactions/split-write found nothing here. Remove it",
    path="relcheck.toml",
    region=Region(9, 1, 9, 1),
    severity=Severity.WARNING,
    identity="transactions/split-write",
    snippet="[[waivers]]\n",
)
WAIVED = replace(
    LOCK,
    path="app/costsim/breaker.py",
    region=Region(66, 5, 66, 20),
    symbol="reset",
    snippet="    q.with_for_update()\n",
    related=(),
    status=Status.WAIVED,
    waiver=Waiver(
        Origin.INLINE,
        ("transactions/raw-row-lock",),
        "app/costsim/breaker.py",
        65,
        reason="moves to lock_row in INC-204",
        until=date(2027, 1, 31),
        owner="data-platform",
    ),
)
CONFIGURED = replace(
    WAIVED,
    path="app/legacy/ledger.py",
    waiver=Waiver(Origin.CONFIG, ("transactions",), "relcheck.toml", 14, reason="INC-198: until the move is done"),
)
APPROVED = replace(
    WAIVED,
    path="app/legacy/numbers.py",
    status=Status.APPROVED,
    waiver=Waiver(Origin.INLINE, ("transactions",), "app/legacy/numbers.py", 1, reason="agreed in the review of May"),
)
BASELINED = replace(SPLIT, path="app/old/close.py", status=Status.BASELINED, fix=None)
EXISTING = replace(SQL_LOCK, path="app/old/sweep.py", status=Status.EXISTING)

FINDINGS = (LOCK, CHAIN, SQL_LOCK, SPLIT, HINT, UNUSED, WAIVED, CONFIGURED, APPROVED, BASELINED, EXISTING)
SAMPLE = Outcome(
    root="/repo",
    findings=tuple(sorted(FINDINGS, key=lambda finding: finding.sort_key)),
    files=120,
    parsed=14,
    rules=RULES,
    rules_skipped=("local/own-lock",),
    not_examined={"symlink": ("link.py",), "submodule": ("vendor/a", "vendor/b")},
    own_rules=OWN_RULES,
)
