from __future__ import annotations

import pytest

from relcheck.engine.bind import Bound
from relcheck.engine.prefilter.words import ALWAYS, NEVER, Words, both, needs
from relcheck.sdk import any_of, call, class_, decorated, except_, function, import_, instance, opt, ref, text, with_
from relcheck.sdk.selectors import Selector

OPTIONS = Bound({"locks": ("with_for_update", "lock"), "none": ()})


def passes(code: str | bytes, selector: Selector) -> bool:
    return Words(code if isinstance(code, bytes) else code.encode()).allow(needs(selector, OPTIONS))


@pytest.mark.parametrize(
    ("selector", "passing", "stopped"),
    [
        (call("sqlalchemy.text"), "from sqlalchemy import text as t", "import sqlalchemy"),
        (call(method=opt.locks), "x.lock()", "x.open()"),
        (call(method="get", keyword=opt.locks), "x.get(lock=1)", "x.get()"),
        (call("getattr", arg1="lock"), "getattr(x, 'lock')", "getattr(x, 'open')"),
        (ref(attribute="lock"), "x.lock", "x.look"),
        (class_(bases="Base", decorated="final"), "Base final", "Base"),
        (decorated("a.intent"), "@i.intent", "@a.other"),
        (except_("Broken", inside=function(decorated="intent")), "Broken intent", "Broken"),
        (import_("app.models"), "from app import models", "import app"),
        (with_("lock", not_inside=call("other")), "with lock: pass", "with other: pass"),
        (function(contains=call(method="add"), lacks=decorated("intent")), "x.add(1)", "intent"),
        (function(contains=call(method="add", inside=with_("lock"))), "add lock", "add"),
        (any_of(call("a"), call("b")), "b()", "c()"),
        (call(receiver=instance("session")), "x.y()", None),
        (call(method=opt.none), None, "x.y()"),
        (function(), "", None),
        (text("for update"), "x = 'for update'", "x = 'for the update'"),
        (text("for update", words=("select",)), "x = 'select for update'", "x = 'for update'"),
        (text(words=(("update", "share"),)), "x = 'share'", "x = share()"),
    ],
)
def test_a_selector_needs_words(selector: Selector, passing: str | None, stopped: str | None) -> None:
    assert passing is None or passes(passing, selector)
    assert stopped is None or not passes(stopped, selector)


def test_what_a_contained_function_contains_is_not_asked_for() -> None:
    """The walk judges a function that contains another by its name and decorators alone."""
    selector = function(contains=function(decorated="a", contains=call("b")))
    assert passes("@a\ndef f(): pass\n", selector)


def test_identifiers_are_found_in_normalised_form() -> None:
    assert passes("q.𝐰ith_for_update()", ref(attribute="with_for_update"))
    assert passes("q.größe()", ref(attribute="größe"))
    assert passes("# -*- coding: latin-1 -*-\nq.größe()".encode("latin-1"), ref(attribute="größe"))
    assert passes(b"q.lock() # \xff", ref(attribute="lock"))


@pytest.mark.parametrize(
    ("declared", "spelled", "passing"),
    [
        ("utf-7", "q.+AGw-ock()", True),
        ("utf-7", "q.open()", False),
        ("unicode_escape", "q.\\x6cock()", True),
        ("utf-8", "q.\\x6cock()", False),
        ("latin-1", "q.+AGw-ock()", False),
    ],
)
def test_the_words_of_a_file_are_those_of_its_declared_encoding(declared: str, spelled: str, passing: bool) -> None:
    code = f"#!/usr/bin/python\n# -*- coding: {declared} -*-\n{spelled}\n".encode()
    assert passes(code, ref(attribute="lock")) is passing
    assert Words(code).has("lock") is passing


def test_needs_are_combined() -> None:
    assert both(ALWAYS, ALWAYS) == ALWAYS
    assert both(ALWAYS, NEVER) == NEVER
    assert needs(any_of(call("a"), call(opt.none)), OPTIONS) == needs(call("a"), OPTIONS)


@pytest.mark.parametrize(
    "code",
    [
        "def lock(): pass",
        "async def \\\n lock(): pass",
        "class lock: pass",
        "lock = make()",
        "lock: Callable[[], None]",
        "other = lock = 1",
        "(\n    lock  # the primitive\n) = 1",
        "def 𝐥ock(): pass",
    ],
)
def test_what_defines_a_name_may_define_it(code: str) -> None:
    assert Words(code.encode()).may_define("lock")


@pytest.mark.parametrize("code", ["with lock() as txn: pass", "from a import lock", "if lock == 1: pass", "x.lock()"])
def test_what_only_uses_a_name_defines_nothing(code: str) -> None:
    assert not Words(code.encode()).may_define("lock")


def test_a_file_whose_encoding_has_nul_bytes_may_hold_any_word() -> None:
    assert passes("q.open()".encode("utf-16"), ref(attribute="lock"))
