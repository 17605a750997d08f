"""Properties of telling which finding is which: equal findings are compared by number, and the excess is new."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from relcheck.engine.revisions.line_map import LineMap
from relcheck.engine.revisions.pairing import Text, Texts, pair
from relcheck.model.finding import Finding, Region
from relcheck.model.severity import Severity

LINES = st.lists(st.sampled_from(["a()", "b()", "lock()", "x = lock()", "", "if a:", "    lock()"]), max_size=14)


def _findings(lines: list[str]) -> list[Finding]:
    """One finding for each lock; all of them are equal."""
    return [
        Finding("made/lock", "lock", "", "a.py", Region(number, 1, number, 2), Severity.ERROR, identity="lock")
        for number, line in enumerate(lines, 1)
        if "lock" in line
    ]


def _texts(old: list[str], new: list[str], *, python: bool = False) -> Texts:
    return Texts(Text("\n".join(new), python=python), Text("\n".join(old), python=python))


def _new(old: list[str], new: list[str]) -> list[int]:
    """The lines of the findings that are new."""
    found = _findings(new)
    partners = pair(found, _findings(old), _texts(old, new))
    return [one.region.line for one, partner in zip(found, partners, strict=True) if partner is None]


@given(LINES)
def test_the_same_text_makes_nothing_new(lines: list[str]) -> None:
    assert _new(lines, lines) == []
    assert pair(_findings(lines), _findings(lines), None) == _findings(lines)


@given(LINES, LINES)
def test_no_finding_of_the_base_excuses_two(old: list[str], new: list[str]) -> None:
    found, before = _findings(new), _findings(old)
    partners = [id(partner) for partner in pair(found, before, _texts(old, new)) if partner is not None]

    assert len(partners) == len(set(partners))
    assert set(partners) <= {id(one) for one in before}
    assert len(_new(old, new)) >= len(found) - len(before)


@given(LINES, st.integers(min_value=0, max_value=14), st.integers(min_value=1, max_value=3))
def test_as_many_as_are_put_in_are_new(lines: list[str], place: int, number: int) -> None:
    new = [*lines[:place], *["y = lock()"] * number, *lines[place:]]

    assert len(_new(lines, new)) == number


@given(LINES, LINES)
def test_a_finding_on_a_line_that_the_change_left_alone_is_old(old: list[str], new: list[str]) -> None:
    lines = LineMap(old, new)

    assert all(lines.old(number) is None for number in _new(old, new))


@given(LINES)
def test_the_order_in_which_findings_come_changes_nothing(lines: list[str]) -> None:
    new = [*lines, "lock()", *lines]
    found, before = _findings(new), _findings(lines)

    straight = pair(found, before, _texts(lines, new))
    turned = pair(found[::-1], before[::-1], _texts(lines, new))

    assert straight == turned[::-1]


STATEMENTS = ("a()", "b(1)", "x = lock()", "y = lock(1)", "x = lock('one')")


@given(st.lists(st.sampled_from(STATEMENTS), max_size=8), st.integers(1, 3))
def test_layout_changes_nothing(lines: list[str], depth: int) -> None:
    new = ["if a:"]
    for line in lines:
        head, _, rest = line.partition("(")
        arguments = rest.removesuffix(")").replace("'", '"')
        new += ["", f"{'    ' * depth}{head}(  # why", *([f"        {arguments},"] if arguments else []), "    )"]
    found = _findings(new)

    partners = pair(found, _findings(lines), _texts(lines, new, python=True))

    assert None not in partners


@given(LINES, LINES)
def test_lines_keep_their_order(old: list[str], new: list[str]) -> None:
    lines = LineMap(old, new)
    pairs = [(number, was) for number in range(1, len(new) + 1) if (was := lines.old(number)) is not None]

    assert [was for _, was in pairs] == sorted({was for _, was in pairs})
    assert all(new[number - 1].strip() == old[was - 1].strip() for number, was in pairs)


@given(LINES, LINES)
def test_unlike_findings_are_never_the_same(old: list[str], new: list[str]) -> None:
    other = [Finding("made/other", "lock", "", "a.py", one.region, Severity.ERROR) for one in _findings(old)]

    assert Counter(pair(_findings(new), other, _texts(old, new))) == Counter({None: len(_findings(new))})
