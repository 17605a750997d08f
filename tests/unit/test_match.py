from __future__ import annotations

import pytest
from made_rules import found, look, selecting

from relcheck.sdk import (
    any_of,
    assign,
    call,
    class_,
    decorated,
    except_,
    function,
    import_,
    instance,
    opt,
    raise_,
    ref,
    text,
    with_,
)
from relcheck.sdk.selectors import Selector

TEXT = "import sqlalchemy as sa\nfrom sqlalchemy import text as t\nfrom other import text as o\n"


@pytest.mark.parametrize(
    ("code", "tokens"),
    [
        ("text('a')\n", ["text"]),
        ("sa.text('a')\n", ["text"]),
        ("sa.sql.text('a')\n", ["text"]),
        ("t('a')\n", ["t"]),
        ("sa.text.x('a')\n", []),
        ("sa.text\n", []),
        ("sa.context('a')\n", []),
        ("t('a')('b')\n", ["t"]),
        ("x[0].text('a')\n", []),
        ("f(t(t('a')))\n", ["t", "t"]),
        ("class A(metaclass=t('a')): pass\n", ["t"]),
        ("𝐭('a')\n", ["𝐭"]),
    ],
)
def test_a_call_is_known_by_what_its_name_stands_for(code: str, tokens: list[str]) -> None:
    assert found(TEXT + code, call("text")) == tokens


@pytest.mark.parametrize(
    ("code", "tokens"),
    [("text('a')\n", []), ("sa.text('a')\n", ["text"]), ("t('a')\n", ["t"]), ("o('a')\n", [])],
)
def test_a_dotted_name_is_compared_from_its_end(code: str, tokens: list[str]) -> None:
    assert found(TEXT + code, call("sqlalchemy.text")) == tokens


CALLS = """\
a.get(lock=1)
a.get(lock=False)
a.get(lock=None)
a.put('x', lock=x)
put("y", 'x')
put(*y, 'x')
put('x' '')
put(b'x')
f(𝐥ock=1)
"""


@pytest.mark.parametrize(
    ("selector", "tokens"),
    [
        (call(method="get"), ["get", "get", "get"]),
        (call(method=("get", "put")), ["get", "get", "get", "put"]),
        (call(method="get", keyword="lock"), ["lock"]),
        (call(keyword="lock"), ["lock", "lock", "𝐥ock"]),
        (call(arg0="x"), ["'x'"]),
        (call(arg0="x", keyword="lock"), ["lock"]),
        (call(arg1="x"), ["'x'"]),
        (call("put", arg0=("y", "x")), ["'x'", '"y"']),
        (call("a.get"), ["get", "get", "get"]),
        (call(), ["get", "get", "get", "put", "put", "put", "put", "put", "f"]),
    ],
)
def test_a_call_is_known_by_its_method_and_arguments(selector: Selector, tokens: list[str]) -> None:
    assert found(CALLS, selector) == tokens


@pytest.mark.parametrize(
    ("selector", "tokens"),
    [
        (ref(attribute="lock"), ["lock", "lock", "𝐥ock"]),
        (ref("lock"), ["lock", "lock", "lock", "lock", "𝐥ock"]),
        (ref("app.lock"), ["lock"]),
        (ref("app"), ["app"]),
        (ref("app.lock", attribute="lock"), ["lock"]),
    ],
)
def test_a_reference_is_a_use_of_a_name_and_no_mention(selector: Selector, tokens: list[str]) -> None:
    code = (
        "import app, app.lock.x, lock\n"
        "from app.lock import lock as y\n"
        "from lock import *\n"
        "def lock(lock=0): pass\n"
        "class lock: pass\n"
        "f(lock=1)\n"
        "match f:\n"
        "    case lock: pass\n"
        "match f:\n"
        "    case [*lock]: pass\n"
        "    case {**lock}: pass\n"
        "    case A(lock=1): pass\n"
        "lock, a.lock = 1, app.lock\n"
        "f(lock)\n"
        "a.𝐥ock()\n"
    )
    assert found(code, selector) == tokens


@pytest.mark.parametrize(
    ("selector", "tokens"),
    [
        (class_(bases="Base"), ["A", "B", "C"]),
        (class_(bases="orm.Base"), ["B"]),
        (class_(decorated="final"), ["D"]),
        (class_(bases="Base", decorated="final"), []),
        (class_(), ["A", "B", "C", "D", "E"]),
    ],
)
def test_a_class_is_known_by_its_bases_and_decorators(selector: Selector, tokens: list[str]) -> None:
    code = (
        "import orm as o\n"
        "class A(Base): pass\n"
        "class B(o.Base, metaclass=M): pass\n"
        "class C(Base()): pass\n"
        "@o.final\n"
        "class D(Mixin): pass\n"
        "class E(*Base, metaclass=Base): pass\n"
    )
    assert found(code, selector) == tokens


@pytest.mark.parametrize(
    ("code", "tokens"),
    [
        ("import app.models\n", ["app.models"]),
        ("import app.models as m\n", ["app.models"]),
        ("from app import models\n", ["models"]),
        ("from app import (\n    x,\n    models as m,\n)\n", ["models"]),
        ("from app.models import *\n", ["app.models"]),
        ("from .models import x\n", ["models"]),
        ("from ..app.models import x\n", ["app.models"]),
        ("from . import models\n", ["models"]),
        ("import models\n", []),
        ("import app.models.x\n", []),
        ("from app import *\n", []),
        ("from other import models\n", []),
    ],
)
def test_an_import_is_known_by_what_it_binds(code: str, tokens: list[str]) -> None:
    assert found(code, import_("app.models")) == tokens


def test_an_assignment_is_known_by_its_target() -> None:
    code = "retries = 1\nx = self.retries = 2\nretries: int\nretries += 1\nif (retries := 3): pass\nretries2 = x\n"
    assert found(code, assign("retries")) == ["retries", "self.retries", "retries", "retries", "retries"]
    assert found(code, assign("self.retries")) == ["self.retries"]


def test_exceptions_are_known_by_name_where_they_are_raised_and_caught() -> None:
    code = (
        "from app import Broken as B\n"
        "try:\n    raise B\nexcept (ValueError, B): raise\nexcept B as error: raise app.Broken('x') from error\n"
        "except: pass\n"
        "try: pass\nexcept* B: pass\n"
    )
    assert found(code, raise_("Broken")) == ["B", "Broken"]
    assert found(code, except_("Broken")) == ["B", "B", "B"]


def test_a_with_statement_is_known_by_what_it_enters() -> None:
    code = "with open(), lock as l: pass\nasync def f():\n    async with a.lock(1): pass\nlock()\n"
    assert found(code, with_("lock")) == ["lock", "lock"]


def test_a_decorator_is_known_by_name_called_or_not() -> None:
    code = "import app as a\n@a.intent\ndef f(): pass\n@a.intent(1)\nclass A: pass\n@a.other\ndef g(): pass\n"
    assert found(code, decorated("app.intent")) == ["intent", "intent"]
    assert found(code, decorated()) == ["intent", "intent", "other"]


@pytest.mark.parametrize(
    "selector",
    [
        call(opt.names),
        call(method=opt.names),
        call(keyword=opt.names),
        call(arg0=opt.names),
        ref(opt.names),
        ref(attribute=opt.names),
        class_(bases=opt.names),
        function(decorated=opt.names),
        import_(opt.names),
        assign(opt.names),
        raise_(opt.names),
        except_(opt.names),
        with_(opt.names),
        decorated(opt.names),
    ],
)
def test_an_option_that_is_empty_matches_nothing(selector: Selector) -> None:
    code = (
        "import a\nx = a.b('c', d=1)\n@e\nclass F(G): pass\n@h\ndef i():\n    try: raise J\n    except K: pass\n"
        "    with l: pass\n"
    )
    assert found(code, selector, names=()) == []


# --- combinators


INTENT = "from app import intent\n"


@pytest.mark.parametrize(
    ("code", "tokens"),
    [
        ("def f():\n    db.add(1)\n", ["f holds add"]),
        ("def f():\n    db.add(1)\n    db.add(2)\n", ["f holds add, add"]),
        ("def f(x=db.add(1)): pass\n", ["f holds add"]),
        ("def f():\n    return lambda: db.add(1)\n", ["f holds add"]),
        ("@db.add(1)\ndef f(): db.add(2)\n", ["f holds add, add"]),
        ("def f():\n    def g(): db.add(1)\n", ["g holds add"]),
        ("def f():\n    class A: x = db.add(1)\n", []),
        ("class A:\n    def f(self): db.add(1)\n", ["f holds add"]),
        ("async def f(): await db.add(1)\n", ["f holds add"]),
        ("db.add(1)\n", []),
        ("@intent\ndef f(): db.add(1)\n", []),
        ("@intent(1)\ndef f():\n    def g(): db.add(1)\n", ["g holds add"]),
        ("@other\ndef f(): db.add(1)\n", ["f holds add"]),
    ],
)
def test_a_function_contains_and_lacks(code: str, tokens: list[str]) -> None:
    assert found(INTENT + code, function(contains=call(method="add"), lacks=decorated("app.intent"))) == tokens


def test_what_is_contained_and_matches_twice_is_held_once_in_the_files_order() -> None:
    code = "def f():\n    a.first()\n    b.second\n    c.first()\n"
    selector = function(contains=any_of(ref(attribute=("first", "second")), call(method="first")))
    assert found(code, selector) == ["f holds first, second, first"]


def test_a_function_lacks_what_only_a_nested_one_holds() -> None:
    code = "def f():\n    db.begin()\n    def g(): db.commit()\n"
    assert found(code, function(contains=call(method="begin"), lacks=call(method="commit"))) == ["f holds begin"]


def test_inside_and_not_inside_look_at_everything_around() -> None:
    code = (
        "def a():\n    with lock():\n        if x:\n            go()\n"
        "@safe\ndef b():\n    def c():\n        go()\n"
        "go()\n"
        "with lock(go()): pass\n"
    )
    assert found(code, call("go", inside=with_("lock"))) == ["go", "go"]
    assert found(code, call("go", not_inside=with_("lock"))) == ["go", "go"]
    assert found(code, call("go", inside=function(decorated="safe"))) == ["go"]
    assert found(code, call("go", not_inside=any_of(with_("lock"), function()))) == ["go"]
    assert found(code, function(not_inside=function())) == ["a", "b"]


def test_any_of_matches_each_alternative_and_a_place_once() -> None:
    code = "a.lock()\nlock\n"
    assert found(code, any_of(call(method="lock"), ref(attribute="lock"), ref("lock"))) == ["lock", "lock"]


def test_a_handler_with_several_selectors_fires_once_a_place() -> None:
    assert found("a.lock(lock=1)\n", call(method="lock"), ref(attribute="lock"), call(keyword="lock")) == [
        "lock",
        "lock",
    ]


# --- receivers


SESSION = instance("*session", types="Session", not_of=("request", "requests.Session"))


@pytest.mark.parametrize(
    ("code", "matches"),
    [
        ("def f(x: Session): x.add(1)\n", True),
        ("def f(session: dict): session.add(1)\n", False),
        ("def f(session): session.add(1)\n", True),
        ("def f(my_session): my_session.add(1)\n", True),
        ("def f(request): request.session.add(1)\n", False),
        ("import requests\ndef f():\n    session = requests.Session()\n    session.add(1)\n", False),
        ("def f():\n    session = set()\n    session.add(1)\n", False),
        ("def f():\n    session = make()\n    session.add(1)\n", True),
        ("def f():\n    x = Session()\n    x.add(1)\n", True),
        ("def f():\n    get_session().add(1)\n", True),
        ("def f():\n    Session().add(1)\n", True),
        ("def f(): sessions['a'].add(1)\n", False),
        ("add(1)\n", False),
    ],
)
def test_a_receiver_is_known_by_its_type_else_by_its_name(code: str, matches: bool) -> None:
    assert found(code, call(method="add", receiver=SESSION)) == (["add"] if matches else [])


# --- texts


@pytest.mark.parametrize(
    ("code", "matches"),
    [
        ("x = 'for update'\n", True),
        ("x = 'FOR\\n\\t  Update'\n", True),
        ("x = '''select\n  for -- a comment\n  update'''\n", True),
        ("x = 'for /* so */ update'\n", True),
        ("x = 'for ' 'update'\n", True),
        ("x = ('for '  # so\n     'update')\n", True),
        ("x = 'for' + ' update'\n", True),
        ("x = f'for {a} update'\n", True),
        ("x = f'for {a=} update'\n", False),
        ("x = 'for {} update'.format(a)\n", True),
        ("x = 'for %s' % 'update'\n", True),
        ("x = 'for %supdate' % ' '\n", True),
        ("x = ' '.join(['for', 'update'])\n", True),
        ("x = b'for update'\n", True),
        ("x = r'for update'\n", True),
        ("x = 'fo' 'r update'\n", False),
        ("x = '\\x66or update'\n", False),
        ("x = 'before update'\n", False),
        ("x = 'for update_at'\n", False),
        ("x = 'for updates'\n", False),
        ("x = 'for .update'\n", False),
        ("x = 'for update(x)'\n", False),
        ("x = 'for the update'\n", False),
        ("x = 'for ' if a else 'update'\n", False),
        ("x = ['for ', 'update']\n", False),
        ("'for update'\n", False),
        ("'''for update'''\nx = 1\n", False),
        ("def f():\n    'for update'\n", False),
        ("f('for update')\n", True),
        ("# for update\nx = 1\n", False),
    ],
)
def test_a_text_holds_a_phrase(code: str, matches: bool) -> None:
    assert len(found(code, text("for update"))) == matches


@pytest.mark.parametrize(
    ("code", "matches"),
    [
        ("x = f'for {a}'\n", True),
        ("x = 'for ' + a\n", True),
        ("x = 'for %s' % a\n", True),
        ("x = 'for -- so\\n%s' % a\n", True),
        ("x = 'for'\n", False),
        ("x = 'for a ' + a\n", False),
    ],
)
def test_a_phrase_may_end_in_an_unknown_part(code: str, matches: bool) -> None:
    assert len(found(code, text("for {}"))) == matches


def test_a_text_holds_each_of_the_words_and_one_of_the_alternatives() -> None:
    selector = text(words=("Select", ("update", "share")))
    assert found("x = 'select 1 for share'\n", selector) == ["'select 1 for share'"]
    assert found("x = 'update a ' + 'SELECT'\n", selector) == ["'update a ' + 'SELECT'"]
    assert found("x = 'select 1'\ny = 'share'\n", selector) == []
    assert found("x = 'x'\ny = f'{x}'\n'z'\n", text()) == ["'x'", "f'{x}'"]


def test_a_text_is_one_event_for_the_whole_expression() -> None:
    code = "x = f('a ' + ('for ' 'update').strip() % b, 'for update')\n"
    assert found(code, text("for update")) == ["'a ' + ('for ' 'update').strip() % b", "'for update'"]


def test_a_function_may_contain_a_text() -> None:
    code = "def f():\n    'for update'\ndef g():\n    return 'for update'\n"
    assert found(code, function(contains=text("for update"))) == ["g holds 'for update'"]


def test_a_string_that_python_would_refuse_ends_no_scan() -> None:
    examined = look("getattr(x, '\\N{no such name}')\nlock()\n", selecting(call("getattr", arg1="a"), call("lock")))
    assert [one.message for one in examined.findings] == ["lock"]
