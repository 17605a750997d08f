from __future__ import annotations

import subprocess
import sys
import textwrap

import libcst as cst
import pytest

from relcheck.sources.python.folded import HOLE, STRING_NODE_TYPES, Folded, Folding, fold


def expression(source: str) -> cst.BaseExpression:
    return cst.parse_expression(source)


def folded(source: str) -> Folded:
    result = fold(expression(source))
    assert result is not None
    return result


def fired(source: str) -> list[str]:
    """The texts that a walk over the source meets, parents first, as the engine asks for them."""
    folding = Folding()
    texts: list[str] = []

    class Walk(cst.CSTVisitor):
        def on_visit(self, node: cst.CSTNode) -> bool:
            if type(node).__name__ in STRING_NODE_TYPES and isinstance(node, cst.BaseExpression):
                result = folding.fold(node)
                if result is not None:
                    texts.append(result.text.replace(HOLE, "¤"))
            return True

    cst.parse_module(source).visit(Walk())
    return texts


FOLDED = [
    # literals
    ('"a"', "a"),
    ("b'a\\xff'", "aÿ"),
    ('("a")', "a"),
    ("r'\\d'", "\\d"),
    ('"a" "b"', "ab"),
    ('("a"\n    "b" # why\n    \'c\')', "abc"),
    ('"a" f"{x}" r"\\n" "c"', "a¤\\nc"),
    # f-strings and t-strings
    ('f"a{x}b"', "a¤b"),
    ('f"{x}{y}"', "¤¤"),
    ('f"{{{x}}}"', "{¤}"),
    ("f\"a{'b'}c\"", "abc"),
    ("f\"a{'b' + x}c\"", "ab¤c"),
    ("f\"a{'b'!s}c\"", "abc"),
    ("f\"a{'b'!r}c\"", "a¤c"),
    ("f\"a{'b':>3}c\"", "a¤c"),
    ("f\"a{'b'=}c\"", "a'b'=¤c"),
    ('f"a{x!r:>{width}}c"', "a¤c"),
    ("f'\\N{BULLET}\\x41{x}'", "•A¤"),
    ("rf'\\x41{x}'", "\\x41¤"),
    ("f''", ""),
    ('t"a{x}b"', "a¤b"),
    ("t\"a{'b'}c\"", "abc"),
    ('f"a" "b{c}"', "ab{c}"),
    # plus
    ('"a" + "b"', "ab"),
    ('"a" + b', "a¤"),
    ('a + "b"', "¤b"),
    ('a + b + "c"', "¤c"),
    ('"a" + b() + "c"', "a¤c"),
    ('"a" + ("b" + "c")', "abc"),
    ('("a" + b) + "c"', "a¤c"),
    ('"a" + ("b" if c else "d")', "a¤"),
    ('"a" + "b".replace("b", "c")', "a¤"),
    ('x - y + "a"', "¤a"),
    ('x % y + "a"', "¤a"),
    ('x["k"] + "a"', "¤a"),
    # percent
    ('"a %s b" % x', "a ¤ b"),
    ('"%s %% %d" % (x, y)', "¤ % ¤"),
    ('"%(a)s-%(b)05.2f" % row', "¤-¤"),
    ('"%s and %s" % ("x", y)', "x and ¤"),
    ('"%s" % "x"', "x"),
    ('"%r %s" % ("x", "y")', "¤ y"),
    ('"%*d %s" % (w, n, "y")', "¤ y"),
    ('"%(a)s %(b)s" % {"a": "x", **more}', "x ¤"),
    ('"%(a)s %(b)s" % dict(a="x", b=y)', "x ¤"),
    ('"%s %s" % (*a, "x")', "¤ ¤"),
    ('"%s %s" % ("x", *a)', "x ¤"),
    ('"%s %s" % pair', "¤ ¤"),
    ('"100%" % ()', "100%"),
    ("\"LIKE '%%x%%' %s\" % y", "LIKE '%x%' ¤"),
    ('"a" "%s" % x', "a¤"),
    ('f"{x} %s" % "y"', "¤ y"),
    ('b"%b" % b"x"', "x"),
    # format
    ('"a {} b".format(x)', "a ¤ b"),
    ('"{a} {b!r:>3} {c.d[0]}".format(a="x", b="y", c="z")', "x ¤ ¤"),
    ('"{} {}".format("x", "y")', "x y"),
    ('"{1} {0}".format("x", "y")', "y x"),
    ('"{:{}} {}".format(a, b, "c")', "¤ c"),
    ('"{0} {0}".format("x")', "x x"),
    ('"{{{}}} {{x}}".format("y")', "{y} {x}"),
    ('"{} {}".format(*a, "x")', "¤ ¤"),
    ('"{} {a}".format("x", *b, a="y")', "x y"),
    ('"{a}".format(**{"a": "x"})', "¤"),
    ('"{:s} {!s}".format("x", "y")', "x y"),
    ('"{a} {b}".format_map({"a": "x"})', "x ¤"),
    ('"{a}".format_map(row)', "¤"),
    ('("{}" "{}").format("x", "y")', "xy"),
    ('("{" + "}").format("x")', "x"),
    ('"{ unclosed {}".format("x")', "{ unclosed x"),
    ('"{}".format("{}").format("x")', "x"),
    ('f"{x} {{}}".format("y")', "¤ y"),
    # join
    ('", ".join(["a", "b", "c"])', "a, b, c"),
    ('" ".join(("a", b, f"c{d}"))', "a ¤ c¤"),
    ('" ".join(["a", *b, "c"])', "a ¤ c"),
    ('" ".join([])', ""),
    ('" ".join(parts)', "¤ ¤"),
    ('" AND ".join(f"{c} = 1" for c in cs)', "¤ AND ¤"),
    ('" ".join(["a"] + more + ["b"])', "a ¤ b"),
    ('"\\n".join(["a", "b"]) + "c"', "a\nbc"),
    ('" ".join(*a)', "¤ ¤"),
    # what keeps the text
    ('"a".strip()', "a"),
    ('" a ".lstrip().rstrip().upper()', " a "),
    ('"a".encode("utf-8").decode()', "a"),
    ('dedent("""a""")', "a"),
    ('textwrap.dedent("a %s" % x).strip()', "a ¤"),
    ('inspect.cleandoc("a")', "a"),
    ('dedent(f"a{x}") + "b"', "a¤b"),
    # all together
    ('"%s FOR UPDATE" % " ".join(["SELECT", cols, "FROM {}".format(t)])', "SELECT ¤ FROM ¤ FOR UPDATE"),
]


@pytest.mark.parametrize(("source", "text"), FOLDED)
def test_a_string_expression_folds_to_its_text(source: str, text: str) -> None:
    assert folded(source).text.replace(HOLE, "¤") == text


@pytest.mark.parametrize(
    "source",
    [
        "x", "x + y", "x % y", "1 + 2", "x % 'a'", "x.strip()", "x.join(['a'])", "x.format('a')", "os.path.join('a')",
        "f('a')", "dedent(x)", "dedent()", "dedent('a', 'b')", "'a' if x else 'b'", "'a' * 3", "'a'[0]", "['a'] + x",
        "'a'.replace('b', 'c')", "'a' == x", "(y := 'a')", "'a'.join", "text('a').format(x)", "-x", "x - 'a'", "{'a'}",
    ],
)  # fmt: skip
def test_other_expressions_do_not_fold(source: str) -> None:
    assert fold(expression(source)) is None


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('x = "a" + "b" + f"c{d}"', ["abc¤"]),
        ('x = "a".replace("b", "c")', ["a", "b", "c"]),
        ('x = "a" + q("b", "c" "d")', ["a¤", "b", "cd"]),
        ("x = f\"a{q('b')}c{'d'!r}\"", ["a¤c¤", "b", "d"]),
        ("x = f\"a{b:{'c'}}\"", ["a¤", "c"]),
        ('x = "a" + ("b" if c else "d" + "e")', ["a¤", "b", "de"]),
        ('x = "%r %s" % ("a", "b" + c)', ["¤ b¤", "a"]),
        ('x = "{0!r} {1} {2}".format("a", "b", "c"["d"])', ["¤ b ¤", "a", "c", "d"]),
        ('x = "{}".format("a", "unused")', ["a", "unused"]),
        ('x = " ".join(["a", b("c")])', ["a ¤", "c"]),
        ('x = " ".join(f"{c} = {\'d\'}" for c in "ef")', ["¤ ¤", "¤ = d", "ef"]),
        ('x = "a".strip("b")', ["a", "b"]),
        ('x = y % "a" + "b"', ["¤b", "a"]),
        ('x = y.format("a") + z', ["a"]),
        ('x = "a" - "b"', ["a", "b"]),
        ('x = {"a": "b" "c"}["d"]', ["a", "bc", "d"]),
        ('x = dedent("a" + b).strip() + c', ["a¤¤"]),
        ('x = sql.SQL("a {}").format(sql.Identifier("b"))', ["a {}", "b"]),
    ],
)
def test_every_string_fires_once_in_its_largest_expression(source: str, texts: list[str]) -> None:
    assert fired(source) == texts


@pytest.mark.parametrize(
    "source",
    [
        '"SELECT a " "FROM t FOR UPDATE"',
        'b + """\n  FROM t\n  FOR UPDATE\n"""',
        '"\\x41\\n\\t" + f"\\N{BULLET}{x}\\u0041 {{}} FOR UPDATE {y}"',
        '"%s %% %%FOR UPDATE" % x',
        '"{{}} {a} FOR UPDATE {{".format(a=b)',
        '"{a}".format(a="FROM \\"t\\" FOR UPDATE")',
        '" ".join(["SELECT", "FOR UPDATE"])',
        "r'\\x FOR UPDATE'.strip()",
        'b"\\x41 FOR UPDATE"',
        't"\\x41{x} FOR UPDATE"',
    ],
)
def test_a_word_is_found_in_the_literal_that_holds_it(source: str) -> None:
    result = folded(source)
    start = result.text.index("FOR UPDATE")
    place = result.span(start, start + len("FOR UPDATE"))
    assert place is not None
    assert place.node.value[place.start : place.end] == "FOR UPDATE"
    first = result.locate(start)
    assert first is not None
    assert first.node.value[first.start : first.end] == "F"
    assert source.count(place.node.value) == 1


def test_a_word_that_two_literals_share_is_cut_where_the_first_ends() -> None:
    result = folded('"x FOR UP" "DATE"')
    place = result.span(2, 12)
    assert place is not None
    assert place.node.value[place.start : place.end] == "FOR UP"


def test_a_hole_stands_nowhere() -> None:
    result = folded('x + "a" + y')
    assert result.text == f"{HOLE}a{HOLE}"
    assert result.locate(0) is None
    assert result.locate(1) is not None
    assert result.locate(2) is None


def test_an_escape_is_found_whole() -> None:
    result = folded(r'"a\u0041\x42"')
    places = [result.locate(index) for index in range(3)]
    assert [place.node.value[place.start : place.end] for place in places if place] == ["a", r"\u0041", r"\x42"]


def test_the_sources_of_all_literals_are_kept() -> None:
    assert folded('"a\\n" + f"b{{{x} %s" % r"c"').raws == ('"a\\n"', "b{{", " %s", 'r"c"')


def test_a_chain_of_ten_thousand_terms_is_folded_without_recursion() -> None:
    node: cst.BaseExpression = cst.SimpleString('"SELECT"')
    for number in range(10_000):
        node = cst.BinaryOperation(node, cst.Add(), cst.SimpleString('" a"') if number % 2 else cst.Name("x"))
    result = fold(node)
    assert result is not None
    assert result.text == "SELECT" + f"{HOLE} a" * 5_000


def test_a_long_chain_without_strings_is_looked_at_once() -> None:
    node: cst.BaseExpression = cst.Name("x")
    chain: list[cst.BaseExpression] = []
    for _ in range(10_000):
        node = cst.BinaryOperation(node, cst.Add(), cst.Name("y"))
        chain.append(node)
    folding = Folding()
    assert all(folding.fold(part) is None for part in reversed(chain))
    assert all(id(part) in folding._settled for part in chain)


def test_long_chains_of_calls_are_folded_without_recursion() -> None:
    node: cst.BaseExpression = cst.SimpleString('"a %s"')
    for _ in range(5_000):
        node = cst.Call(cst.Attribute(node, cst.Name("strip")))
    result = fold(cst.BinaryOperation(node, cst.Modulo(), cst.SimpleString('"b"')))
    assert result is not None
    assert result.text == "a b"


def test_deep_brackets_are_an_expression_of_their_own() -> None:
    source = '"a" + (' * 120 + '"b"' + ")" * 120
    texts = fired(f"x = {source}")
    assert "".join(texts).replace("¤", "") == "a" * 120 + "b"
    assert len(texts) > 1


@pytest.mark.parametrize(
    "source",
    [
        '"{0}{0}"' + '.format("{0}{0}")' * 60,
        '"%(a)s%(a)s"' + ' % {"a": "%(a)s%(a)s"}' * 60,
        '"ab"' + '.join(["x", "y", "z"])' * 60,
        '"' + "s" * 1_000 + '".join([' + "a, " * 1_000 + "])",
    ],
)
def test_repetition_cannot_make_a_text_grow_without_end(source: str) -> None:
    assert len(folded(source).text) < 1_000_000


def test_importing_the_module_does_not_import_libcst() -> None:
    code = "import sys, relcheck.sources.python.folded; sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_text_with_carriage_returns_is_found_at_its_line() -> None:
    module = cst.parse_module(textwrap.dedent('x = """a\n  FOR UPDATE"""\n').replace("\n", "\r\n"))
    texts: list[Folded] = []

    class Walk(cst.CSTVisitor):
        def visit_SimpleString(self, node: cst.SimpleString) -> None:  # noqa: N802
            result = fold(node)
            assert result is not None
            texts.append(result)

    module.visit(Walk())
    assert texts[0].text == "a\n  FOR UPDATE"
    place = texts[0].span(4, 14)
    assert place is not None
    assert place.node.value[place.start : place.end] == "FOR UPDATE"
