from __future__ import annotations

from datetime import date

import pytest

from relcheck.engine.exceptions.inline import Inline, parse_waiver, python_waivers, statement_around
from relcheck.model.exceptions import Origin

RULE = "transactions/raw-row-lock"

UNKNOWN = "is no part of an exception; "


def parsed(comment: str) -> Inline:
    found = parse_waiver(comment, "a.py", 3, 5, 3, 4)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("written", "reason", "until", "owner"),
    [
        (" reason: moves in INC-204", "moves in INC-204", None, None),
        (" reason=moves in INC-204", "moves in INC-204", None, None),
        (" moves in INC-204", "moves in INC-204", None, None),
        (" -- moves in INC-204", "moves in INC-204", None, None),
        (": moves, slowly", "moves, slowly", None, None),
        (" reason: a; until=2027-01-31", "a", date(2027, 1, 31), None),
        (" until=2027-01-31; reason: a", "a", date(2027, 1, 31), None),
        (" until=2027-01-31, owner=db-team, reason: a", "a", date(2027, 1, 31), "db-team"),
        (" until = 2027-01-31 owner = db team; reason : a; b", "a; b", date(2027, 1, 31), "db team"),
        (" a until=2027-01-31", "a", date(2027, 1, 31), None),
        (" the owner will mend it until May", "the owner will mend it until May", None, None),
        ("", None, None, None),
        (" reason:", None, None, None),
        (" reason: ;", None, None, None),
        (" until=2027-01-31", None, date(2027, 1, 31), None),
        (" reason: x=1 was measured, y = 2 as well", "x=1 was measured, y = 2 as well", None, None),
        (" Reason: INC-1; see: the log; a == b", "Reason: INC-1; see: the log; a == b", None, None),
    ],
)
def test_a_waiver_gives_its_reason_its_last_day_and_its_owner(
    written: str, reason: str | None, until: date | None, owner: str | None
) -> None:
    inline = parsed(f"# relcheck: ignore[{RULE}]{written}")
    assert inline.problem is None
    waiver = inline.waiver
    assert (waiver.rules, waiver.reason, waiver.until, waiver.owner) == ((RULE,), reason, until, owner)
    assert (waiver.origin, waiver.path, waiver.line, waiver.first, waiver.last) == (Origin.INLINE, "a.py", 3, 3, 4)


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("# relcheck: ignore[a/b]", ("a/b",)),
        ("# relcheck:ignore [ a/b , c ]", ("a/b", "c")),
        ("# noqa # relcheck: ignore[a/b,]", ("a/b",)),
        ("relcheck: ignore[local/mine]", ("local/mine",)),
    ],
)
def test_a_waiver_names_rules_or_packs(comment: str, rules: tuple[str, ...]) -> None:
    assert parsed(comment).waiver.rules == rules
    assert parsed(comment).problem is None


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("# relcheck: ignore", "it names no rule: write ignore[pack/rule]"),
        ("# relcheck: ignore reason: a", "it names no rule: write ignore[pack/rule]"),
        ("# relcheck: ignore[] reason: a", "it names no rule: write ignore[pack/rule]"),
        ("# relcheck: ignore[a/b] until=2027-02-30", "'2027-02-30' is no date: write until=YYYY-MM-DD"),
        ("# relcheck: ignore[a/b] until=soon; reason: a", "'soon' is no date: write until=YYYY-MM-DD"),
        ("# relcheck: ignore[a/b] until=", "'' is no date: write until=YYYY-MM-DD"),
        ("# relcheck: ignore[a/b] reason: a; untl=2020-01-31", f"untl {UNKNOWN}did you mean until?"),
        ("# relcheck: ignore[a/b] reason: a, Until=2020-01-31", f"Until {UNKNOWN}did you mean until?"),
        ("# relcheck: ignore[a/b] reason: a onwer = me", f"onwer {UNKNOWN}did you mean owner?"),
        ("# relcheck: ignore[a/b] raeson: a", f"raeson {UNKNOWN}did you mean reason?"),
        ("# relcheck: ignore[a/b] owner=me; raeson: a", f"raeson {UNKNOWN}did you mean reason?"),
        (
            "# relcheck: ignore[a/b] reason: a; expires=2020-01-31",
            f"expires {UNKNOWN}there are reason, until and owner",
        ),
        ("# relcheck: ignore[a/b] ticket=INC-1", f"ticket {UNKNOWN}there are reason, until and owner"),
        ("# relcheck: ignore[a/b] reason: a; until: 2020-01-31", "`until:` is no part of an exception: write until="),
    ],
)
def test_a_waiver_that_cannot_be_understood_says_why(comment: str, problem: str) -> None:
    assert parsed(comment).problem == problem


@pytest.mark.parametrize(
    "comment", ["# relcheck", "# relcheck: ignored[a/b]", "# ignore[a/b]", "# relcheck; ignore[a]"]
)
def test_another_comment_is_no_waiver(comment: str) -> None:
    assert parse_waiver(comment, "a.py", 1, 1, 1, 1) is None


W = f"# relcheck: ignore[{RULE}] a"


@pytest.mark.parametrize(
    ("code", "covered"),
    [
        (f"lock()  {W}\nlock()\n", (1, 1)),
        (f"{W}\nlock()\nlock()\n", (1, 2)),
        (f"{W}\n\n\n# more\nlock(\n    1,\n)\nlock()\n", (1, 7)),
        (f"lock(\n    1,  {W}\n    2,\n)\nlock()\n", (1, 4)),
        (f"lock(\n    1,\n    {W}\n    2,\n)\nlock()\n", (1, 5)),
        (f"lock(\n    1,\n)  {W}\nlock()\n", (1, 3)),
        (f"a = 1; lock()  {W}\nlock()\n", (1, 1)),
        (f"a = '''\nx\n'''  {W}\n", (1, 3)),
        (f"a = 1 + \\\n    2  {W}\nlock()\n", (1, 2)),
        (f"def f():  {W}\n    lock()\n", (1, 1)),
        (f"def f(\n    a,\n):  {W}\n    lock()\n", (1, 3)),
        (f"@a\n@b(\n    1)  {W}\ndef f():\n    lock()\n", (1, 4)),
        (f"@a\n{W}\n@b\nasync def f(\n    x,\n):\n    lock()\n", (1, 6)),
        (f"{W}\n@a\nclass A:\n    lock()\n", (1, 3)),
        (f"class A:\n    {W}\n    def f(self):\n        lock()\n", (2, 3)),
        (f"if x:\n    lock()\n    {W}\nelse:\n    lock()\n", (3, 4)),
        (f"with a as b:  {W}\n    lock()\n", (1, 1)),
        (f"if x: lock()  {W}\n", (1, 1)),
        (f"lock()\n{W}\n", (2, 2)),
        (f"lock()\n{W}", (2, 2)),
        (f"{W}\r\nlock()\r\n", (1, 2)),
        (f"{W}\rlock(\r1)\r", (1, 3)),
        (f"\f\n{W}\n\f\nlock()\n", (2, 4)),
    ],
)
def test_a_waiver_covers_its_statement_or_the_next_one(code: str, covered: tuple[int, int]) -> None:
    (inline,) = python_waivers(code, "a.py")
    assert (inline.waiver.first, inline.waiver.last) == covered


def test_a_waiver_is_where_its_comment_starts() -> None:
    (inline,) = python_waivers(f"é = lock()  {W}  \n", "a.py")
    assert (inline.waiver.line, inline.column, inline.text) == (1, 13, W.lstrip("# "))


@pytest.mark.parametrize("code", [f'"""{W}"""\n', f"x = '{W}'\n", f"x = f'''\n{W}\n'''\n", "x = 1\n"])
def test_a_string_holds_no_waiver(code: str) -> None:
    assert python_waivers(code, "a.py") == []


def test_each_waiver_of_a_file_is_found() -> None:
    code = f"lock()  {W}\n{W}\n{W}\nlock()  {W}\n"
    assert [(one.waiver.line, one.waiver.first, one.waiver.last) for one in python_waivers(code, "a.py")] == [
        (1, 1, 1),
        (2, 2, 4),
        (3, 3, 4),
        (4, 4, 4),
    ]


@pytest.mark.parametrize("code", [f"lock()  {W}\nx = (\n", f"lock()  {W}\n  x\n y\n", f"lock()  {W}\nx = '''\n"])
def test_of_a_file_that_breaks_off_the_waivers_before_are_found(code: str) -> None:
    assert [one.waiver.line for one in python_waivers(code, "a.py")] == [1]


def test_the_statement_around_a_line_is_told() -> None:
    code = "a = 1\n@b\ndef f(\n    x,\n):\n\n    y = (1,\n        2)\n"
    assert [statement_around(code, line) for line in range(1, 9)] == [
        *((1, 1), (2, 5), (2, 5), (2, 5), (2, 5)),
        *((6, 6), (7, 8), (7, 8)),
    ]


def test_a_long_comment_is_read_in_one_go() -> None:
    """A pattern that starts again at each blank would take hours."""
    comment = f"# relcheck: ignore[{RULE}]" + " " * 300_000 + "until"
    assert parsed(comment).waiver.reason == "until"
    for long in ("a" * 300_000, "a " * 150_000, ";" * 300_000, "a=" * 150_000, ", a: " * 60_000):
        parsed(f"# relcheck: ignore[{RULE}] reason: {long}")
