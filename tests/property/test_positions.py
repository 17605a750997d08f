"""A region points exactly at its token, whatever the layout of the file, in an excerpt of it too."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import libcst as cst
import pytest
from generated_code import files, is_readable
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import relcheck
from relcheck.model.finding import Region
from relcheck.sources.python.excerpt import excerpt, whole
from relcheck.sources.python.positions import Positions, line_starts
from relcheck.sources.python.syntax import Source, decode, parse_ast, parse_tree
from relcheck.sources.python.trees import children, is_trivia

quick = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

OURS = sorted(path for path in Path(relcheck.__file__).parent.rglob("*.py") if path.stat().st_size < 8_000)
TOKENS = (cst.Name, cst.SimpleString, cst.Comment, cst.Integer, cst.FormattedStringText)
LAYOUTS = st.sampled_from(
    (
        lambda text: text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\nclass", "\r\n\f\nclass").replace("\ndef", "\n\f\ndef"),
        lambda text: text.replace("    ", "\t"),
        lambda text: text.replace("# ", "# 漢字 \N{COMBINING ACUTE ACCENT}🙂 ").replace(" = ", "= \\\n "),
    )
)


def nodes_below(node: cst.CSTNode) -> list[cst.CSTNode]:
    """All nodes of a tree, in the file's order."""
    found: list[cst.CSTNode] = []
    pending = [node]
    while pending:
        one = pending.pop()
        found.append(one)
        pending.extend(reversed(one.children))
    return found


def check(text: str) -> None:
    source = Source(text)
    module = parse_tree(text)
    positions = Positions(module, whole(source))
    for node in nodes_below(module):
        if isinstance(node, cst.SimpleWhitespace):
            continue  # libcst does not write that of a mapping pattern without a rest
        start, end = positions.span(node)
        assert 0 <= start <= end <= len(text)
        if isinstance(node, TOKENS):
            assert text[start:end] == node.value
            assert sliced(text, source.region(start, end)) == re.split(r"[\r\n]", node.value)[0]


def sliced(text: str, region: Region) -> str:
    """The text of a region, by splitting the file into lines in another way."""
    lines = re.split(r"\r\n|\r|\n", text)
    assert region.end_line == region.line
    return lines[region.line - 1][region.column - 1 : region.end_column - 1]


@quick
@given(files())
def test_a_token_of_made_up_code_is_where_its_region_points(text: str) -> None:
    assume(is_readable(text))
    check(text)


@settings(parent=quick, max_examples=15)
@given(st.sampled_from(OURS), LAYOUTS)
def test_a_token_of_real_code_is_where_its_region_points(path: Path, layout: Callable[[str], str]) -> None:
    text = layout(path.read_text(encoding="utf-8"))
    assume(is_readable(text))
    check(text)


@quick
@given(files(), st.data())
def test_an_excerpt_stands_where_the_file_has_it(text: str, data: st.DataObject) -> None:
    assume(is_readable(text))
    tree = parse_ast(text)
    assert tree is not None
    lines = sorted({node.lineno for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt)})
    wanted = data.draw(st.sets(st.sampled_from(lines), max_size=3))
    part = excerpt(Source(text), tree, wanted)
    assume(is_readable(part.text))
    module = parse_tree(part.text)
    positions = Positions(module, part)
    for node in nodes_below(module):
        if isinstance(node, TOKENS):
            start, end = positions.span(node)
            assert text[start:end] == node.value
    whole_lines = re.split(r"\r\n|\r|\n", text)
    for number in wanted:
        assert whole_lines[number - 1] in part.text


@quick
@given(files())
def test_the_walk_sees_nodes_in_the_order_of_the_file(text: str) -> None:
    assume(is_readable(text))
    for node in nodes_below(parse_tree(text)):
        expected = [one for one in node.children if not is_trivia(type(one))]
        assert [one for one in children(node) if not is_trivia(type(one))] == expected


@given(st.text(st.sampled_from("ab\r\n\f\v\x1c\x85\u2028")))
def test_lines_start_where_python_starts_them(text: str) -> None:
    starts = line_starts(text)
    ends = [*starts[1:], len(text)]
    lines = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    assert "".join(lines) == text
    assert [line.rstrip("\r\n") for line in lines] == re.split(r"\r\n|\r|\n", text)


def test_a_byte_order_mark_shifts_nothing() -> None:
    text = decode("\ufefflock()\n".encode())
    module = parse_tree(text)
    name = next(node for node in nodes_below(module) if isinstance(node, cst.Name))
    assert Source(text).region(*Positions(module, whole(Source(text))).span(name)) == Region(1, 1, 1, 5)


@pytest.mark.parametrize(
    "code", ["", "\n", "\f", "# x", "x", "x\f", "\fx\n\f\fy\n", "if x:\n\f  y\n", "x = (\f1)\n", "x\r\fy\r"]
)
def test_odd_layouts_are_measured(code: str) -> None:
    check(code)
