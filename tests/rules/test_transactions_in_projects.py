"""The rules of the pack where more than one file, or the configuration, decides."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

PRIMITIVE = """\
from contextlib import contextmanager

class SingleConnectionTxn: ...

@contextmanager
def single_connection_transaction(): ...

def transactional(intent): ...
"""
LOCK = "def claim(session):\n    return session.get(Job, 1, with_for_update=True)\n"
SPLIT = "def place(session):\n    session.commit()\n    session.commit()\n"

Scan = Callable[[Mapping[str, str]], dict[tuple[str, str], dict[str, Any]]]


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    """Scans a project of these files; the findings by rule and path."""

    def run(files: Mapping[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
        for path, text in files.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "relcheck", "scan", "--output", "json", "--no-cache"],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
        return {(one["rule"], one["path"]): one for one in json.loads(done.stdout)["findings"]}

    return run


def test_a_project_without_the_primitive_is_warned(scan: Scan) -> None:
    found = scan({"app/jobs.py": LOCK, "app/orders.py": SPLIT})
    assert found["transactions/raw-row-lock", "app/jobs.py"]["severity"] == "warning"
    assert found["transactions/split-write", "app/orders.py"]["severity"] == "warning"


def test_a_project_with_the_primitive_fails(scan: Scan) -> None:
    found = scan({"app/jobs.py": LOCK, "app/orders.py": SPLIT, "app/infra/transaction.py": PRIMITIVE})
    assert found["transactions/raw-row-lock", "app/jobs.py"]["severity"] == "error"
    assert found["transactions/split-write", "app/orders.py"]["severity"] == "error"


def test_a_configured_primitive_of_another_name_is_one(scan: Scan) -> None:
    config = '[rules."transactions/raw-row-lock"]\nprimitives = ["locked"]\nallowed_in = ["app/db.py"]\n'
    found = scan({"app/jobs.py": LOCK, "app/db.py": f"def locked(): ...\n\n{LOCK}", "relcheck.toml": config})
    assert list(found) == [("transactions/raw-row-lock", "app/jobs.py")]
    lock = found["transactions/raw-row-lock", "app/jobs.py"]
    assert lock["severity"] == "error"
    assert lock["message"] == (
        "with_for_update outside app/db.py: the lock can outlive its connection. Use txn.lock_row(…) inside locked()"
    )


def test_the_preset_for_django_adds_its_lock(scan: Scan) -> None:
    files = {"app/jobs.py": "job = Job.objects.select_for_update().get(pk=1)\n", "app/other.py": LOCK}
    assert ("transactions/raw-row-lock", "app/jobs.py") not in scan(files)
    found = scan({**files, "relcheck.toml": '[relcheck]\nextends = ["preset:django"]\n'})
    assert ("transactions/raw-row-lock", "app/jobs.py") in found


OPENING = """\
from app.infra.transaction import single_connection_transaction
from app.wallets import charge

def pay():
    with single_connection_transaction() as txn:
        charge(txn)
"""
DECLARED = """\
from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional

@transactional(TransactionIntent.LOCKED_MUTATION)
def debit(txn: SingleConnectionTxn): ...
"""


def test_a_locked_mutation_is_looked_up_in_the_whole_project(scan: Scan) -> None:
    declared = DECLARED.replace("debit", "charge")
    assert not scan({"app/infra/transaction.py": PRIMITIVE, "app/api.py": OPENING, "app/wallets.py": declared})


def test_a_helper_that_hands_the_transaction_on_may_stand_in_between(scan: Scan) -> None:
    helper = """\
from app.infra.transaction import SingleConnectionTxn
from app.ledger import debit

def charge(txn: SingleConnectionTxn):
    debit(txn)
"""
    files = {"app/infra/transaction.py": PRIMITIVE, "app/api.py": OPENING, "app/ledger.py": DECLARED}
    assert not scan({**files, "app/wallets.py": helper})


def test_a_function_that_locks_nothing_is_no_reason_to_open_the_primitive(scan: Scan) -> None:
    helper = "def charge(txn):\n    txn.session.add(Charge())\n"
    files = {"app/infra/transaction.py": PRIMITIVE, "app/api.py": OPENING, "app/ledger.py": DECLARED}
    found = scan({**files, "app/wallets.py": helper})
    assert list(found) == [("transactions/primitive-without-intent", "app/api.py")]


def test_an_intent_is_required_where_the_configuration_says_so(scan: Scan) -> None:
    config = '[rules."transactions/missing-intent"]\nrequired_in = ["app/services/**"]\n'
    write = "def rename(session):\n    session.add(User())\n"
    found = scan({"app/services/users.py": write, "app/other.py": write, "relcheck.toml": config})
    assert list(found) == [("transactions/missing-intent", "app/services/users.py")]
