"""A finding keeps its fingerprint while its code moves, and gets another one when the code becomes another."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from generated_code import files, is_readable
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relcheck.engine.catalog import load_catalog
from relcheck.engine.harness import findings_in

quick = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

CATALOG = load_catalog()
RULES = [spec for spec in CATALOG.rules.values() if spec.type != "engine" and not spec.stage]
PATH = "app/service.py"

LOCKS = (
    "session.query(Job).filter(Job.id == 1, Job.free).with_for_update(nowait=True)",
    "session.get(Job, 1, with_for_update=True)",
    "getattr(query, 'with_for_update')(read=True)",
    "session.execute(text('select 1 from job for update'), {'a': 1})",
    "session.execute('select 1 ' 'from job ' 'FOR  SHARE')",
    "session.execute(f'select {one} from job for no key update', (1, 2))",
    "session.execute('select 1 from job for ' + strength, [1])",
)
OTHERS = (
    "session.commit()",
    "session.add(Job(name, 1))",
    "with suppress(ValueError, IntentViolationError): pass",
    "with single_connection_transaction() as txn: txn.lock_row(Job)",
)
START = (
    "from contextlib import suppress\n"
    "from app.transaction import IntentViolationError, TransactionIntent\n"
    "from app.transaction import single_connection_transaction, transactional\n\n\n"
)


@st.composite
def services(draw: st.DrawFn) -> str:
    """A file in which the shipped rules find a lot."""
    functions = []
    for name in draw(st.lists(st.sampled_from(("load", "save", "claim")), min_size=1, max_size=3, unique=True)):
        intent = draw(
            st.sampled_from(("", "@transactional(TransactionIntent.READ_ONLY)\n", "@transactional(intent(1, 2))\n"))
        )
        body = draw(st.lists(st.sampled_from(LOCKS + OTHERS), min_size=1, max_size=4))
        functions.append(f"{intent}def {name}(session, name):\n" + "".join(f"    {line}\n" for line in body))
    return START + "\n\n".join(functions)


def fingerprints(code: str, path: str = PATH) -> Counter[tuple[str, str]]:
    """How often each fingerprint occurs, by rule."""
    return Counter(
        (one.rule, one.fingerprint) for spec in RULES for one in findings_in(spec, {path: code}, {}, CATALOG)
    )


def moved(code: str) -> str:
    return f"# A line\n\n\n# and another one\n{code}"


def with_windows_lines(code: str) -> str:
    return code.replace("\r\n", "\n").replace("\n", "\r\n")


def broken_over_lines(code: str) -> str:
    """A line for each argument, as a formatter makes it where a line is too long."""
    depth = 0
    breaks: list[tuple[int, int]] = []
    tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    for token, following in pairwise(tokens):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string in "([{," and depth > 0 and following.type not in (tokenize.NL, tokenize.COMMENT):
                breaks.append(token.end)
    lines = code.split("\n")
    for line, column in reversed(breaks):
        text = lines[line - 1]
        lines[line - 1] = f"{text[:column]}\n            {text[column:].lstrip(' ')}"
    return "\n".join(lines)


HARMLESS = st.sampled_from((moved, with_windows_lines, broken_over_lines))


@settings(parent=quick, max_examples=25)
@given(services(), HARMLESS)
def test_fingerprints_stay_when_code_moves_or_is_reformatted(code: str, change: Callable[[str], str]) -> None:
    before = fingerprints(code)
    assert before or not any(lock in code for lock in LOCKS)
    assert fingerprints(change(code)) == before


@quick
@given(files(), st.sampled_from((moved, with_windows_lines)))
def test_fingerprints_of_odd_code_stay_when_it_moves(code: str, change: Callable[[str], str]) -> None:
    assume("\r" not in code and is_readable(code))
    assert fingerprints(change(code)) == fingerprints(code)


@settings(parent=quick, max_examples=15)
@given(services())
def test_fingerprints_stay_when_the_file_is_renamed(code: str) -> None:
    assert fingerprints(code, "app/other/place.py") == fingerprints(code)


@settings(parent=quick, max_examples=15)
@given(st.lists(st.sampled_from(LOCKS), min_size=1, max_size=4))
def test_equal_findings_have_one_fingerprint_and_are_counted(locks: list[str]) -> None:
    code = "def load(session):\n" + "".join(f"    {lock}\n" for lock in locks)
    once = {lock: fingerprints(f"def load(session):\n    {lock}\n") for lock in LOCKS}
    raw = Counter({key: number for key, number in fingerprints(code).items() if "raw-row-lock" in key[0]})
    expected: Counter[tuple[str, str]] = Counter()
    for lock in locks:
        expected += Counter({key: number for key, number in once[lock].items() if "raw-row-lock" in key[0]})
    assert raw == expected


def test_another_symbol_token_kind_or_rule_is_another_finding() -> None:
    seen: list[tuple[str, str]] = []
    for code in (
        "def load(q):\n    q.with_for_update()\n",
        "def save(q):\n    q.with_for_update()\n",
        "class A:\n    def load(self, q):\n        q.with_for_update()\n",
        "def load(q):\n    def inner():\n        q.with_for_update()\n",
        "q.with_for_update()\n",
        "def load(q):\n    q.with_lockmode('update')\n",
        "def load(q):\n    q.execute('select a from t for update')\n",
        "def load(q):\n    q.execute('select a from t for share')\n",
        f"{START}def load(q):\n    try: q()\n    except IntentViolationError: pass\n",
    ):
        found = fingerprints(code)
        assert found
        seen.extend(found)
    assert len(set(seen)) == len(seen)
