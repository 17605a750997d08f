from __future__ import annotations

import libcst as cst
import pytest

from relcheck.sdk.site import Cell
from relcheck.sources.python.instances import Instances
from relcheck.sources.python.names import Names
from relcheck.sources.python.trees import children

IMPORTS = Names(
    {
        "Session": ("orm.Session",),
        "Maybe": ("typing.Optional",),
        "Noted": ("typing.Annotated",),
        "orm": ("orm",),
        "maker": ("orm.maker",),
    }
)


INIT = "class A:\n    def __init__(self):\n"


def call_of_mark(module: cst.Module) -> tuple[cst.Call, Cell]:
    """The call of `mark(…)`."""
    pending = [Cell(module, None)]
    while pending:
        cell = pending.pop()
        node = cell.node
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "mark":
            return node, cell
        pending.extend(Cell(child, cell) for child in reversed(children(node)))
    raise AssertionError("no mark")


def types_at_mark(code: str) -> tuple[str, ...] | None:
    """The types of the argument of `mark(…)`."""
    module = cst.parse_module(code)
    call, cell = call_of_mark(module)
    return Instances(IMPORTS, module).types_of(call.args[0].value, cell)


@pytest.mark.parametrize(
    ("annotation", "types"),
    [
        ("Session", ("orm.Session",)),
        ("orm.Session", ("orm.Session",)),
        ("'Session'", ("orm.Session",)),
        ("' Session '", ("orm.Session",)),
        ("'Ses' 'sion'", ("orm.Session",)),
        ("'orm.Session | None'", ("orm.Session",)),
        ("Session | None", ("orm.Session",)),
        ("None | Session | Other", ("orm.Session", "Other")),
        ("Optional[Session]", ("orm.Session",)),
        ("Union[Session, Other, None]", ("orm.Session", "Other")),
        ("Annotated[Session, Depends(get)]", ("orm.Session",)),
        ("Noted[Session, Depends(get)]", ("orm.Session",)),
        ("Maybe[Session]", ("orm.Session",)),
        ("Any", None),
        ("Mapped[Session]", ("orm.Session",)),
        ("Optional['Session']", ("orm.Session",)),
        ("list[Session]", ("list",)),
        ("Generator[Session, None, None]", ("Generator",)),
        ("None", None),
        ("make()", None),
        ("'not a type'", None),
        ("'\\N{no such name}'", None),
        ("b'Session'", None),
    ],
)
def test_an_annotation_tells_the_types_of_a_parameter(annotation: str, types: tuple[str, ...] | None) -> None:
    assert types_at_mark(f"def f(x: {annotation}): mark(x)\n") == types


def test_an_annotation_that_is_too_long_or_too_deep_tells_nothing() -> None:
    assert types_at_mark(f"def f(x: '{'(' * 5000}Session{')' * 5000}'): mark(x)\n") is None
    assert types_at_mark(f"def f(x: '{'-' * 5000}Session'): mark(x)\n") is None


@pytest.mark.parametrize(
    ("code", "types"),
    [
        ("x = Session()\nmark(x)\n", ("orm.Session()",)),
        ("x = orm.Session(1)\nmark(x)\n", ("orm.Session()",)),
        ("x = await Session()\nmark(x)\n", ("orm.Session()",)),
        ("x = engine.connect()\nmark(x)\n", ("engine.connect()",)),
        ("x: Session = make()\nmark(x)\n", ("orm.Session",)),
        ("x: Session\nmark(x)\n", ("orm.Session",)),
        ("x = []\nmark(x)\n", ("list",)),
        ("x = {}\nmark(x)\n", ("dict",)),
        ("x = set()\nmark(x)\n", ("set",)),
        ("x = {1}\nmark(x)\n", ("set",)),
        ("x = 'a' 'b'\nmark(x)\n", ("str",)),
        ("x = lambda: 1\nmark(x)\n", ("function",)),
        ("x = []\nx = Session()\nmark(x)\n", ("list", "orm.Session()")),
        ("x = y = Session()\nmark(y)\n", ("orm.Session()",)),
        ("x = other\nmark(x)\n", None),
        ("x = Session\nmark(x)\n", None),
        ("mark(x)\n", None),
        ("Local = maker()\nx = Local()\nmark(x)\n", ("orm.maker()()",)),
        ("mark([])\n", ("list",)),
        ("mark(Session())\n", ("orm.Session()",)),
        ("mark(x := Session())\n", ("orm.Session()",)),
        ("with Session() as x: mark(x)\n", ("orm.Session()",)),
        ("async def f():\n    async with Session() as x, other() as y: mark(y)\n", ("other()",)),
        ("for x in rows: mark(x)\n", None),
        ("if a:\n    x = Session()\nelse:\n    x = []\nmark(x)\n", ("orm.Session()", "list")),
        ("try:\n    x = Session()\nexcept E:\n    x = {}\nfinally: mark(x)\n", ("orm.Session()", "dict")),
        ("match a:\n    case 1:\n        x = Session()\nmark(x)\n", ("orm.Session()",)),
    ],
)
def test_a_variable_is_what_it_is_made_by(code: str, types: tuple[str, ...] | None) -> None:
    assert types_at_mark(code) == types


@pytest.mark.parametrize(
    ("code", "types"),
    [
        ("x = []\ndef f(): mark(x)\n", ("list",)),
        ("x = []\ndef f(x): mark(x)\n", None),
        ("x = []\ndef f(*, x: Session): mark(x)\n", ("orm.Session",)),
        ("x = []\ndef f(x: Session, /): mark(x)\n", ("orm.Session",)),
        ("def f(x: Session):\n    def g(): mark(x)\n", ("orm.Session",)),
        ("def f(x: Session):\n    return lambda: mark(x)\n", ("orm.Session",)),
        ("def f(x: Session):\n    return lambda x: mark(x)\n", None),
        ("def g():\n    x = []\ndef f(): mark(x)\n", None),
        ("class A:\n    x = []\n    def f(self): mark(x)\n", None),
        ("def f(𝐱: Session): mark(x)\n", ("orm.Session",)),
    ],
)
def test_a_variable_belongs_to_its_scope(code: str, types: tuple[str, ...] | None) -> None:
    assert types_at_mark(code) == types


@pytest.mark.parametrize(
    ("code", "types"),
    [
        ("class A:\n    x: Session\n    def f(self): mark(self.x)\n", ("orm.Session",)),
        ("class A:\n    x = Session()\n    def f(self): mark(self.x)\n", ("orm.Session()",)),
        ("class A:\n    x: Session\n    @classmethod\n    def f(cls): mark(cls.x)\n", ("orm.Session",)),
        (
            INIT.replace("self", "self, x: Session") + "        self.x = x\n    def f(self): mark(self.x)\n",
            ("orm.Session",),
        ),
        (
            INIT + "        self.x: Session = y\n    def f(self): mark(self.x)\n",
            ("orm.Session",),
        ),
        (
            INIT + "        self.x = Session()\n    def f(self): mark(self.x)\n",
            ("orm.Session()",),
        ),
        ("class A:\n    def g(self):\n        self.x = Session()\n    def f(self): mark(self.x)\n", None),
        ("class A:\n    def f(self): mark(self.x.y)\n", None),
        ("class B:\n    x: Session\nclass A:\n    def f(self): mark(self.x)\n", None),
        ("def f(self): mark(self.x)\n", None),
    ],
)
def test_an_attribute_is_what_its_class_says(code: str, types: tuple[str, ...] | None) -> None:
    assert types_at_mark(code) == types


@pytest.mark.parametrize(
    ("expression", "name", "owner"),
    [
        ("session", "session", None),
        ("request.session", "session", "request"),
        ("self.request.session", "session", "request"),
        ("get_session()", "get_session", None),
        ("await self.get_session()", "get_session", "self"),
        ("f().session", "session", None),
        ("sessions[0]", None, None),
    ],
)
def test_an_expression_goes_by_its_last_name_and_its_owner(
    expression: str, name: str | None, owner: str | None
) -> None:
    assert Instances(IMPORTS, cst.parse_module("")).name_of(cst.parse_expression(expression)) == (name, owner)


@pytest.mark.parametrize(
    ("code", "owners"),
    [
        ("def f(request):\n    session = request.session\n    mark(session)\n", ("request",)),
        ("def f(self):\n    session = self.db.session\n    mark(session)\n", ("db",)),
        ("session = request.session\ndef f(session):\n    mark(session)\n", ()),
        ("session = request.session\ndef f():\n    mark(session)\n", ("request",)),
        ("def f():\n    session = Session()\n    mark(session)\n", ()),
        ("mark(session)\n", ()),
    ],
)
def test_a_variable_is_known_by_the_owner_of_what_it_is_bound_to(code: str, owners: tuple[str, ...]) -> None:
    module = cst.parse_module(code)
    assert Instances(IMPORTS, module).taken_from("session", call_of_mark(module)[1]) == owners
