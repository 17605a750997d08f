from __future__ import annotations

import re

import libcst as cst
from hypothesis import given
from hypothesis import strategies as st

from relcheck.sources.python.folded import HOLE, STRING_NODE_TYPES, Folded, Folding, fold

WORDS = st.text(st.sampled_from("ab {}%s'\"\\\n"), max_size=6)


def in_f_string(text: str) -> str:
    return "f" + repr(text.replace("'", "")).replace("{", "{{").replace("}", "}}")


LITERALS = st.one_of(
    WORDS.map(repr),
    WORDS.map(in_f_string),
    st.tuples(WORDS, WORDS).map(lambda pair: f"({pair[0]!r} {pair[1]!r})"),
)


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: f"({p[0]} + {p[1]})"),
        pair.map(lambda p: f"('<%s|%s%%>' % ({p[0]}, {p[1]}))"),
        pair.map(lambda p: f"('%(a)s%%%(b)s%(a)s' % {{'a': {p[0]}, 'b': {p[1]}}})"),
        pair.map(lambda p: f"'{{}}{{{{{{a}}'.format({p[0]}, a={p[1]})"),
        pair.map(lambda p: f"'{{1}}{{0!r}}{{0}}'.format({p[0]}, {p[1]})"),
        pair.map(lambda p: f"({p[0]}).join([{p[1]}, 'b', 'c'])"),
        pair.map(lambda p: f"({p[0]} if 1 else {p[1]})"),
        inner.map(lambda p: f"f'''<{{{p}}}>'''"),
        inner.map(lambda p: f"({p}).encode().decode()"),
    )


def accepted(source: str) -> bool:
    """Python before 3.12 allows fewer f-strings in f-strings."""
    try:
        compile(source, "x", "eval")
        cst.parse_expression(source)
    except (SyntaxError, cst.ParserSyntaxError):
        return False
    return True


EXPRESSIONS = st.recursive(LITERALS, combined, max_leaves=8).filter(accepted)


class Walk(cst.CSTVisitor):
    """Asks as the engine does, parents first."""

    def __init__(self) -> None:
        super().__init__()
        self.folding = Folding()
        self.found: list[Folded] = []
        self.literals: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.SimpleString | cst.FormattedStringText):
            self.literals.append(node.value)
        if type(node).__name__ in STRING_NODE_TYPES and isinstance(node, cst.BaseExpression):
            folded = self.folding.fold(node)
            if folded is not None:
                self.found.append(folded)
        return True


def walked(source: str) -> Walk:
    walk = Walk()
    cst.parse_expression(source).visit(walk)
    return walk


@given(EXPRESSIONS)
def test_the_text_is_what_python_computes_with_holes_for_the_rest(source: str) -> None:
    folded = fold(cst.parse_expression(source))
    if folded is not None:
        pattern = ".*".join(re.escape(part) for part in folded.text.split(HOLE))
        value = eval(source)  # noqa: S307  # made of the strategies above
        assert re.fullmatch(pattern, value, re.DOTALL)


@given(EXPRESSIONS)
def test_every_known_character_is_found_in_its_literal(source: str) -> None:
    for folded in walked(source).found:
        end = 0
        for piece in folded.pieces:
            assert set(folded.text[end : piece.start]) <= {HOLE}
            end = piece.end
        for index, character in enumerate(folded.text):
            place = folded.locate(index)
            if place is None:
                assert character == HOLE
                continue
            raw = place.node.value[place.start : place.end]
            assert raw == character or len(raw) > 1
            assert place.node.value in folded.raws


@given(EXPRESSIONS)
def test_no_literal_fires_twice_and_none_is_lost(source: str) -> None:
    walk = walked(source)
    assert sorted(raw for folded in walk.found for raw in folded.raws) == sorted(walk.literals)
