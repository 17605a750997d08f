"""Python files made at random, out of what is hard to read: strings in every form, aliases, odd layout."""

from __future__ import annotations

import ast
import warnings

from hypothesis import strategies as st

from relcheck.sources.python.syntax import UnparseableError, parse_tree

NAMES = (
    *("session", "db", "conn", "self", "row", "t", "sa", "txn"),
    *("with_for_update", "𝐰ith_for_update", "select_for_update", "transactional", "𝐭ransactional", "lock_row"),
    *("single_connection_transaction", "IntentViolationError", "suppress", "getattr", "text", "execute", "commit"),
    *("add", "get", "Session", "SingleConnectionTxn", "TransactionIntent", "READ_ONLY", "LOCKED_MUTATION", "größe"),
)
MODULES = ("app.transaction", ".transaction", "..app", ".", "sqlalchemy", "sqlalchemy as sa", "text", "transactional.x")

FRAGMENTS = (
    *("select 1 ", "select", "for", " for ", "for update", " FOR UPDATE", "update", " update", " no key ", "share"),
    *("for no key update", "key", "lock in share mode", "with_for_update", "insert", "update t set a = 1"),
    *(
        " ",
        "\n",
        "\t",
        "\x1c",
        "\xa0",
        "-",
        "--",
        "-- x\n",
        "/",
        "*",
        "/*",
        "*/",
        "/* x */",
        "é",
        "ſ",
        "\ufffc",
        "x",
        "a",
    ),
    *("%s", "%(a)s", "%-5s", "%5.2f", "%%", "%", "{}", "{0}", "{a}", "{a!r:>{}}", "{{", "}}", "{", "(", "=", ".", "_"),
)

NAME = st.sampled_from(NAMES)
VALUE = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map("".join)


@st.composite
def literals(draw: st.DrawFn, value: st.SearchStrategy[str] = VALUE) -> str:
    """A string literal in any form: prefix, quotes, and some of its characters escaped."""
    prefix = draw(st.sampled_from(("", "", "", "u", "b", "r", "f", "f", "rb")))
    quote = draw(st.sampled_from(('"', "'", '"""', "'''")))
    body = draw(value)
    if "f" in prefix:
        body = _with_holes(draw, body, quote)
    elif "r" in prefix:
        body = body.replace("\n", " ") if len(quote) == 1 else body
    else:
        body = _escaped(draw, body, quote, is_bytes="b" in prefix)
    if "b" in prefix:
        body = body.encode("ascii", "ignore").decode()
    return f"{prefix}{quote}{body}{quote}"


def _escaped(draw: st.DrawFn, body: str, quote: str, *, is_bytes: bool) -> str:
    at = draw(st.integers(0, 12))
    how = draw(st.sampled_from(("", "", "\\x{:02x}", "\\{:o}", "\\{:03o}", "\\u{:04x}", "\\N", "\\\n", "\\q")))
    parts = []
    for index, character in enumerate(body):
        if index == at and how == "\\N" and not is_bytes:
            parts.append({" ": "\\N{SPACE}", "u": "\\N{LATIN SMALL LETTER U}"}.get(character, character))
        elif index == at and how == "\\\n":
            parts.append("\\\n" + character)
        elif index == at and how and how != "\\N" and ord(character) < 256:
            parts.append(how.format(ord(character)))
        elif character == "\n" and (len(quote) == 1 or at % 2):
            parts.append("\\n")
        elif character in "\t\x1c" and at % 3:
            parts.append("\\t")
        else:
            parts.append(character)
    return "".join(parts)


_HOLES = (
    "{row}",
    "{row!r}",
    "{row=}",
    "{row = }",
    "{row:>5}",
    "{row:{t}}",
    "{%for update%!s}",
    "{% %}",
    "{{",
    "{%for%+%x%}",
)


def _with_holes(draw: st.DrawFn, body: str, quote: str) -> str:
    other = "'" if '"' in quote else '"'
    body = body.replace("{", "{{").replace("}", "}}")
    if len(quote) == 1:
        body = body.replace("\n", "\\n")
    for hole in draw(st.lists(st.sampled_from(_HOLES), max_size=2)):
        at = draw(st.integers(0, len(body)))
        body = body[:at] + hole.replace("%", other) + body[at:]
    return body


_SPACE = st.sampled_from(
    (" ", " ", " ", "\n", " # for update\n", "\n# relcheck: ignore[transactions] reason: x\n", " \\\n")
)


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Several expressions made into one text."""
    pair = st.tuples(inner, inner, _SPACE)
    return st.one_of(
        st.tuples(literals(), literals(), _SPACE).map(lambda p: f"({p[0]}{p[2]}{p[1]})"),
        pair.map(lambda p: f"({p[0]}{p[2]}+ {p[1]})"),
        pair.map(lambda p: f"({p[0]} +{p[2]}{p[1]})"),
        pair.map(lambda p: f"({p[0]} %{p[2]}{p[1]})"),
        pair.map(lambda p: f"({p[0]} % ({p[1]},{p[2]}row))"),
        pair.map(lambda p: f"({p[0]} % {{'a':{p[2]}{p[1]}}})"),
        pair.map(lambda p: f"({p[0]} % dict(a={p[1]}))"),
        pair.map(lambda p: f"{p[0]}.format({p[1]},{p[2]}a={p[1]})"),
        pair.map(lambda p: f"{p[0]}.format_map({{'a': {p[1]}}})"),
        pair.map(lambda p: f"{p[0]}.join([{p[1]},{p[2]}row, {p[0]}])"),
        pair.map(lambda p: f"{p[0]}.join([{p[1]}] + row)"),
        pair.map(lambda p: f"{p[0]}.join({p[1]} for x in row)"),
        pair.map(lambda p: f"({p[0]} if row else {p[1]})"),
        inner.map(lambda p: f"{p}.strip().encode()"),
        inner.map(lambda p: f"dedent({p})"),
        inner.map(lambda p: f"textwrap.dedent(text={p})"),
    )


TEXTS = st.recursive(literals(), _joined, max_leaves=4)


_GAPS = (
    " ",
    " ",
    "  ",
    "\n",
    "\t",
    "\x1c",
    "\xa0",
    "\ufffc",
    " -- x\n",
    "/* x */",
    " /* update */ ",
    "--\n",
    "",
    "(",
    "= ",
    "/",
    "x",
)
_JOINED = (
    "({0} + {2} + {1})",
    "({0} + {2}{1})",
    "({0}{2} # for update\n {1})",
    "('%s' {2} '%s' % ({0}, {1}))",
    "(('%s' + {2} + '%-2s') % ({0}, {1}))",
    "('%(b)s%(c)s%(a)s' % {{'a': {1}, 'b': {0}, 'c': {2}}})",
    "'{{}}{{}}{{}}'.format({0}, {2}, {1})",
    "('{{0}}' {2} '{{1!s:}}').format({0}, {1})",
    "'{{2}}{{a}}{{0}}'.format({1}, 3, {0}, a={2})",
    "{2}.join([{0}, {1}])",
    "''.join([{0}, {2}] + [row, {1}])",
    "f'''{{{0}}}{{{2}!s}}{{row=}}{{{1}:}}'''",
    'f"""{{{0}}}{{{2}}}{{{1}}}"""',
    "dedent({0} + {2}).strip() + {1}",
    "({0} % row + {2} + {1} % ())",
    "({0}.format(row, {2}) + {1})",
)


@st.composite
def split_texts(draw: st.DrawFn, phrases: tuple[str, ...]) -> str:
    """A phrase with something between its words, put together of literals."""
    words = draw(st.sampled_from(phrases)).split()
    gaps = draw(st.lists(st.sampled_from(_GAPS), min_size=len(words) + 1, max_size=len(words) + 1))
    tokens = [draw(st.sampled_from(("", "select ", "x", ".", "%s", "\\n", "{}")))]
    for word, gap in zip(words, gaps, strict=False):
        shown = word.upper() if draw(st.integers(0, 5)) == 0 else word
        tokens += ["%s" if word == "{}" else shown, gap]
    return _put_together(draw, tokens, 3)


def _put_together(draw: st.DrawFn, tokens: list[str], depth: int) -> str:
    if len(tokens) < 2 or depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(literals(st.just("".join(tokens))))
    one, other = sorted(draw(st.lists(st.integers(0, len(tokens)), min_size=2, max_size=2)))
    if draw(st.integers(0, 9)) == 0:
        letters = [*"".join(tokens)]
        tokens, one, other = letters, min(one * 2, len(letters)), min(other * 2, len(letters))
    parts = [_put_together(draw, some, depth - 1) for some in (tokens[:one], tokens[other:], tokens[one:other])]
    return draw(st.sampled_from(_JOINED)).format(*parts)


def _around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """What code does with names and texts."""
    pair = st.tuples(inner, inner, NAME)
    return st.one_of(
        inner.map(lambda p: f"session.execute({p})"),
        inner.map(lambda p: f"text({p})"),
        inner.map(lambda p: f"logger.info({p})"),
        pair.map(lambda p: f"{p[0]}.{p[2]}"),
        pair.map(lambda p: f"{p[2]}({p[0]}, {p[1]})"),
        pair.map(lambda p: f"{p[0]}.{p[2]}({p[1]})"),
        pair.map(lambda p: f"{p[2]}({p[2]}={p[0]}, *{p[1]})"),
        pair.map(lambda p: f"getattr({p[0]}, {p[1]})"),
        pair.map(lambda p: f"getattr({p[0]}, '{p[2]}')"),
        pair.map(lambda p: f"dict(**{{'{p[2]}': {p[0]}}})"),
        pair.map(lambda p: f"[{p[0]}, {p[1]}]"),
        pair.map(lambda p: f"(lambda {p[2]}: {p[0]})"),
        pair.map(lambda p: f"f'''{{{p[0]}}} {{{p[2]}}}'''"),
        pair.map(lambda p: f"[{p[0]} for {p[2]} in {p[1]} if {p[2]}]"),
        pair.map(lambda p: f"({p[0]} and {p[1]})"),
    )


DOTTED = st.lists(NAME, min_size=1, max_size=3).map(".".join)
EXPRESSIONS = st.recursive(st.one_of(TEXTS, NAME, DOTTED), _around, max_leaves=4)

ALIASED = st.tuples(NAME, st.one_of(st.none(), NAME)).map(lambda p: f"{p[0]} as {p[1]}" if p[1] else p[0])
IMPORTS = st.one_of(
    st.tuples(st.sampled_from(MODULES[:6]), st.lists(ALIASED, min_size=1, max_size=2)).map(
        lambda p: f"from {p[0].partition(' ')[0]} import ({', '.join(p[1])})"
    ),
    st.sampled_from(MODULES[:5]).map(lambda m: f"from {m.partition(' ')[0]} import *"),
    st.tuples(
        st.sampled_from(("app", "app.text", "transactional", "with_for_update.x", "a.with_for_update.c")), ALIASED
    ).map(lambda p: f"import {p[0]}, {p[1]}"),
)
SIMPLE = st.one_of(
    EXPRESSIONS,
    EXPRESSIONS.map(lambda e: f"return {e}"),
    EXPRESSIONS.map(lambda e: f"raise {e}"),
    st.tuples(DOTTED, EXPRESSIONS).map(lambda p: f"{p[0]} = {p[1]}"),
    st.tuples(NAME, DOTTED).map(lambda p: f"{p[0]} = {p[1]}"),
    st.tuples(NAME, DOTTED, EXPRESSIONS).map(lambda p: f"{p[0]}: {p[1]} = {p[2]}"),
    st.tuples(NAME, DOTTED).map(lambda p: f"{p[0]}: '{p[1]} | None'"),
    st.tuples(NAME, EXPRESSIONS).map(lambda p: f"{p[0]} += {p[1]}"),
    NAME.map(lambda n: f"global {n}"),
    NAME.map(lambda n: f"del {n}"),
    IMPORTS,
    st.just("pass"),
)
DECORATORS = st.one_of(
    DOTTED,
    DOTTED.map(lambda d: f"{d}(TransactionIntent.READ_ONLY)"),
    st.tuples(DOTTED, EXPRESSIONS).map(lambda p: f"{p[0]}({p[1]})"),
)
COMMENTS = st.sampled_from(
    (
        *("# select 1 for update", "# relcheck: ignore[transactions/raw-row-lock] reason: a", "#", "# é \\"),
        *("# relcheck: ignore[transactions] until=2027-01-01; reason: b", "# type: ignore"),
    )
)
PARAMETERS = st.lists(
    st.one_of(NAME, st.tuples(NAME, DOTTED).map(lambda p: f"{p[0]}: {p[1]}")),
    max_size=3,
    unique_by=lambda p: p.partition(":")[0],
).map(", ".join)
FILLER = '"""' + "Far from anything of interest. " * 75 + '"""'
"""Long enough that a function that holds it is worth leaving out."""


@st.composite
def blocks(draw: st.DrawFn, depth: int) -> list[str]:
    """The lines of a block, without indentation; a line may hold a string of several. Python accepts it."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        statement = draw(statements(depth))
        if _is_python(statement):
            lines.extend(statement)
        if not draw(st.integers(0, 5)):
            lines.append(draw(st.sampled_from(("", "\f", "  # for update", "", "\t", "# x \\"))))
    return [*lines, "pass"] if all(not line.strip() or line.lstrip().startswith("#") for line in lines) else lines


_ENDS = ("", "", "", "", "; pass", " # for update", ";", " \\\n", "  # relcheck: ignore[transactions] a")


@st.composite
def statements(draw: st.DrawFn, depth: int) -> list[str]:
    """The lines of a statement."""
    kind = draw(
        st.sampled_from(("simple", "simple", "function", "function", "class", "other") if depth else ("simple",))
    )
    if kind == "simple":
        return [draw(SIMPLE) + draw(st.sampled_from(_ENDS))]
    inner = draw(blocks(depth - 1))
    if draw(st.integers(0, 2)) == 0 and kind != "other":
        inner = [FILLER, *inner]
    header = draw(_HEADERS[kind])
    if draw(st.integers(0, 7)) == 0:
        return [*header[:-1], f"{header[-1]} {inner[0]}"]
    indent = draw(st.sampled_from(("    ", "    ", "\t", " ", "    ", "  \f ")))
    return [*header, *(indent + line for line in inner)]


_DECORATED = st.lists(DECORATORS.map(lambda one: f"@{one}"), max_size=2)
_FUNCTION = st.tuples(st.sampled_from(("def", "async def")), st.one_of(NAME, st.just("__init__")), PARAMETERS).map(
    lambda p: f"{p[0]} {p[1]}({p[2]}):"
)
_BASES = st.sampled_from(("", "(Session)", "(\n    text,\n)", "(*transactional)", "(metaclass=text)"))
_HEADERS = {
    "function": st.tuples(_DECORATED, _FUNCTION).map(lambda p: [*p[0], p[1]]),
    "class": st.tuples(_DECORATED, NAME, _BASES).map(lambda p: [*p[0], f"class {p[1]}{p[2]}:"]),
    "other": st.tuples(EXPRESSIONS, NAME, DOTTED).flatmap(
        lambda p: st.sampled_from(
            (
                [f"with {p[0]} as {p[1]}:"],
                [f"for {p[1]} in {p[0]}:"],
                [f"if {p[0]}:"],
                [f"while {p[0]}:"],
                ["try: pass", f"except {p[2]} as {p[1]}:"],
                ["try: pass", f"except ({p[1]}, {p[2]}):"],
                [f"match {p[0]}:", f"  case {p[1]}: pass", "if row:"],
                [f"match {p[0]}:", f"  case row.{p[1]}(text={p[1]}): pass", "if row:"],
            )
        )
    ),
}


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file that Python can read."""
    first = draw(st.sampled_from(([], [], ['"""select 1 for update"""'], ["# -*- coding: utf-8 -*-"])))
    body = [*first, *draw(blocks(2)), f"def filler():\n    {FILLER}", *draw(blocks(2))]
    text = "\n".join(body) + draw(st.sampled_from(("\n", "\n", "", "\n\n", "  # x", "\n\f")))
    newline = draw(st.sampled_from(("\n", "\n", "\n", "\r\n", "\r")))
    text = text.replace("\n", newline)
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, 200))
        text = text[:at] + text[at:].replace(newline, "\r\n")
    return text


def _is_python(lines: list[str]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse("\n".join(lines))
        except (SyntaxError, ValueError):
            return False
    return True


def is_readable(text: str) -> bool:
    """Whether both parsers take it."""
    try:
        parse_tree(text)
    except UnparseableError:
        return False
    return _is_python([text])
