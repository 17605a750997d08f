"""Waivers are read out of comments whatever stands in them, and out of comments alone."""

from __future__ import annotations

import ast
from datetime import date

import libcst as cst
from generated_code import files, is_readable
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relcheck.engine.exceptions.inline import parse_waiver, python_waivers, statement_around
from relcheck.sources.python.excerpt import whole
from relcheck.sources.python.positions import Positions
from relcheck.sources.python.syntax import Source, parse_ast, parse_tree

quick = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

NAMES = st.from_regex(r"[a-z][a-z-]{0,8}(/[a-z][a-z-]{0,8})?", fullmatch=True)
PROSE = st.text(st.sampled_from("ab 12.,:()-é")).map(str.strip).filter(lambda text: text.strip(" \t-–—:;,") == text)


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    parse_waiver(text, "a.py", 1, 1, 1, 1)
    parse_waiver(f"# relcheck: ignore[a] {text}", "a.py", 1, 1, 1, 1)


@given(
    st.lists(NAMES, min_size=1, max_size=3),
    PROSE.filter(bool),
    st.one_of(st.none(), st.dates()),
    st.one_of(st.none(), NAMES),
    st.permutations(("reason", "until", "owner")),
    st.sampled_from((": ", "=")),
)
def test_what_is_written_is_what_is_read(
    rules: list[str], reason: str, until: date | None, owner: str | None, order: list[str], sign: str
) -> None:
    parts = {"reason": f"reason{sign}{reason}"}
    if until is not None:
        parts["until"] = f"until={until}"
    if owner is not None:
        parts["owner"] = f"owner={owner}"
    written = "; ".join(parts[key] for key in order if key in parts)
    inline = parse_waiver(f"# relcheck: ignore[{', '.join(rules)}] {written}", "a.py", 1, 1, 1, 1)
    assert inline is not None
    assert inline.problem is None
    waiver = inline.waiver
    assert (waiver.rules, waiver.reason, waiver.until, waiver.owner) == (tuple(rules), reason, until, owner)


@quick
@given(files())
def test_the_waivers_of_a_file_are_its_comments_that_say_so(text: str) -> None:
    assume(is_readable(text))
    module = parse_tree(text)
    source, positions = Source(text), Positions(module, whole(Source(text)))
    comments: list[tuple[int, int]] = []
    pending: list[cst.CSTNode] = [module]
    while pending:
        node = pending.pop()
        pending.extend(node.children)
        if isinstance(node, cst.Comment) and "relcheck: ignore" in node.value:
            region = source.region(*positions.span(node))
            comments.append((region.line, region.column))
    found = python_waivers(text, "a.py")
    assert sorted(comments) == [(one.waiver.line, one.column) for one in found]
    for one in found:
        assert one.waiver.first <= one.waiver.line <= one.waiver.last


@quick
@given(files())
def test_a_statement_is_around_each_of_its_lines(text: str) -> None:
    assume(is_readable(text))
    tree = parse_ast(text)
    assert tree is not None
    for node in ast.walk(tree):
        if isinstance(node, ast.Return | ast.Raise | ast.Assign | ast.Import | ast.ImportFrom):
            first, last = statement_around(text, node.lineno)
            assert first <= node.lineno <= (node.end_lineno or 0) <= last
