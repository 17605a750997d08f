# ruff: noqa: ARG002, N802  # methods with the names and parameters that the sdk and libcst call
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made_rules import look

from relcheck.model.severity import Confidence, Severity
from relcheck.sdk import File, Findings, PythonRule, RuleOptions, Site, Span, call, function, on, ref, text

if TYPE_CHECKING:
    import libcst as cst

CODE = "class A:\n    def f(self):\n        lock(1)  # one\n\n\nlock(2)\n"


class Calls(PythonRule):
    """A visitor as other tools have them."""

    triggers = ("lock",)

    def visit_Call(self, node: cst.Call) -> None:
        self.report(node, f"{len(node.args)} arguments")


def test_a_plain_visitor_reports_the_node_that_it_visits() -> None:
    examined = look(CODE, Calls)
    assert [(one.message, one.region.line, one.region.column, one.region.end_column) for one in examined.findings] == [
        ("1 arguments", 3, 9, 16),
        ("1 arguments", 6, 1, 8),
    ]
    assert [one.symbol for one in examined.findings] == ["A.f", None]
    assert {one.kind for one in examined.findings} == {"finding"}


def test_a_visitor_without_its_trigger_in_the_file_costs_no_parsing() -> None:
    assert not look("f(1)\n", Calls).parsed
    assert look("f(1)\n", Calls, prefilter=False).parsed


class Below(PythonRule):
    """Reports what stands below a function of its choice, and when it leaves one."""

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return node.name.value != "hidden"

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:
        self.report(original_node.name, f"left {original_node.name.value}")

    def visit_Name(self, node: cst.Name) -> None:
        if node.value == "x":
            self.report(node, "x")


class Names(PythonRule):
    """Sees every name."""

    def visit_Name(self, node: cst.Name) -> None:
        if node.value == "x":
            self.report(node, "x")


def test_a_visitor_that_returns_false_hides_what_is_below_from_itself_alone() -> None:
    code = "def hidden():\n    x\n    def inner(): x\ndef shown(): x\nx\n"
    examined = look(code, Below, Names)
    found = [(one.rule, one.message, one.region.line) for one in examined.findings]
    assert [one for one in found if one[0] == "made/below"] == [
        ("made/below", "left hidden", 1),
        ("made/below", "left shown", 4),
        ("made/below", "x", 4),
        ("made/below", "x", 5),
    ]
    assert [line for rule, _, line in found if rule == "made/names"] == [2, 3, 4, 5]


class Comments(PythonRule):
    """Sees trivia."""

    def visit_Comment(self, node: cst.Comment) -> None:
        self.report(node, node.value)

    def visit_Comma(self, node: cst.Comma) -> None:
        self.report(node, ",")


class Order(PythonRule):
    """Tells in which order its handler is called."""

    def __init__(self, options: RuleOptions) -> None:
        super().__init__(options)
        self.seen: list[str] = []

    @on(call())
    def see(self, at: Site, file: File) -> None:
        self.seen.append(file.code(at))

    def finish(self, file: File) -> Findings:
        for statement in file.module.body[:1]:
            yield Site(file, _cell(statement)).finding(" ".join(self.seen))


def _cell(node: cst.CSTNode) -> object:
    from relcheck.sdk.site import Cell

    return Cell(node, None)


def test_a_visitor_of_comments_and_punctuation_sees_them() -> None:
    examined = look("# one\nf(a, b)  # two\nif x:\n    # three\n    pass\n    # four\n", Comments)
    assert [(one.message, one.region.line, one.region.column) for one in examined.findings] == [
        ("# one", 1, 1),
        (",", 2, 4),
        ("# two", 2, 10),
        ("# three", 4, 5),
        ("# four", 6, 5),
    ]


def test_places_come_in_the_files_order_whoever_else_looks_at_the_file() -> None:
    code = (
        "@a()\ndef f(x=b(), *, y: c() = d()) -> e():\n    g() if h() else i()\n"
        "@j()\nclass A(k(), metaclass=l()): m()\n"
        "try: n()\nexcept o(): p()\n"
        "match q():\n    case r if s(): t()\n"
        "v(*w(), x=y())\n"
    )
    expected = "a b c d e g h i j k l m n o p q s t v w y"
    for rules in ((Order,), (Order, Comments), (Comments, Order, Names)):
        examined = look(code, *rules)
        assert [one.message for one in examined.findings if one.rule == "made/order"] == [expected]


class Once(PythonRule):
    """Handlers of all kinds on the same places."""

    @on(call("lock"))
    @on(ref("lock"))
    def use(self, at: Site, file: File) -> Findings:
        yield at.finding("used")

    @on(ref("lock"))
    def other(self, at: Site, file: File) -> Findings:
        yield at.finding("other", kind="kind-of-its-own", severity=Severity.INFO, confidence=Confidence.LOW)


def test_a_handler_fires_once_a_place_and_another_one_for_itself() -> None:
    examined = look("lock()\n", Once)
    assert [(one.kind, one.message, one.severity, one.confidence) for one in examined.findings] == [
        ("kind-of-its-own", "other", Severity.INFO, Confidence.LOW),
        ("use", "used", Severity.ERROR, Confidence.HIGH),
    ]


class Broken(PythonRule):
    """Raises at one place."""

    @on(call("lock"))
    def use(self, at: Site, file: File) -> Findings:
        yield at.finding("before")
        if file.code(Span(at.node)) == "lock(2)":
            raise KeyError("no such thing")

    @on(ref("last"))
    def last_one(self, at: Site, file: File) -> Findings:
        yield at.finding("not reached")


class BrokenVisitor(PythonRule):
    """Raises when it leaves a call."""

    def leave_Call(self, original_node: cst.Call) -> None:
        raise RuntimeError("left")


class BrokenEnd(PythonRule):
    """Raises at the end."""

    def finish(self, file: File) -> Findings:
        raise ValueError("at the end")


class BrokenStart(PythonRule):
    """Cannot be made."""

    def __init__(self, options: RuleOptions) -> None:
        raise OSError("not today")


def test_a_rule_that_raises_leaves_the_file_and_the_others_go_on() -> None:
    examined = look("lock(1)\nlock(\n    2)\nlock(2)\nlast\n", Broken, BrokenVisitor, BrokenEnd, BrokenStart, Once)
    assert [(one.rule, one.line, one.error) for one in examined.crashes] == [
        ("made/brokenstart", 1, "OSError: not today"),
        ("made/brokenvisitor", 1, "RuntimeError: left"),
        ("made/broken", 4, "KeyError: 'no such thing'"),
        ("made/brokenend", 1, "ValueError: at the end"),
    ]
    assert [one.region.line for one in examined.findings if one.kind == "use" and one.rule == "made/once"] == [1, 2, 4]
    assert [one.region.line for one in examined.findings if one.rule == "made/broken"] == [1, 2]


class Texts(PythonRule):
    """Reports the part of a text that matters."""

    @on(text("for update"))
    def clause(self, at: Site, file: File) -> Findings:
        assert at.text is not None
        start = at.text.text.lower().index("for")
        yield at.finding("lock", region=at.part(start, start + len("for update")))


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("x = 'select for update'\n", "for update"),
        ("x = '''select\n  FOR\n  UPDATE'''\n", "FOR"),
        ("x = 'select ' 'for ' 'update'\n", "for "),
        ("x = 'select\\n\\tfor\\tupdate'\n", "for\\tupdate"),
        ("x = f'select {a} for update'\n", "for update"),
        ("x = '%s for update' % 'select'\n", "for update"),
        ("x = '🙂 漢 for update'\n", "for update"),
    ],
)
def test_a_part_of_a_text_is_where_it_is_written(code: str, shown: str) -> None:
    (one,) = look(code, Texts).findings
    line = code.split("\n")[one.region.line - 1]
    assert line[one.region.column - 1 : one.region.end_column - 1] == shown
    assert one.snippet == line


class Related(PythonRule):
    """Tells of other places."""

    @on(function(contains=call("lock")))
    def holds(self, fn: Site, file: File) -> Findings:
        fix = file.replace(fn, "renamed", description="rename it")
        yield fn.finding(
            "holds", related=[one.note("here") for one in fn.matches], fix=fix, details={"n": len(fn.matches)}
        )


def test_a_finding_has_its_related_places_details_and_fix() -> None:
    (one,) = look("def f():\n    lock(1)\n    lock(2)\n", Related).findings
    assert [(place.region.line, place.message) for place in one.related] == [(2, "here"), (3, "here")]
    assert one.details == {"n": 2}
    assert one.fix is not None
    assert [(edit.region.line, edit.region.column, edit.text) for edit in one.fix.edits] == [(1, 5, "renamed")]


def test_a_file_of_deep_nesting_is_walked() -> None:
    code = "x = " + "f(" * 120 + "lock()" + ")" * 120 + "\n"
    assert len(look(code, Once).findings) == 2
