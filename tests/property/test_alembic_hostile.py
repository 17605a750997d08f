"""No Python text makes the reader of migrations fail, and where lines stand does not matter."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relcheck.sources.migration.alembic.env import read_env
from relcheck.sources.migration.alembic.read import read_alembic

HEAD = "from alembic import op\nimport sqlalchemy as sa\nrevision = 'b'\ndown_revision = 'a'\n"

NAMES = st.sampled_from(["op", "sa", "t", "x", "batch_op", "conn", "f", "session"])
TEXTS = st.sampled_from(
    ["'orders'", "'a' 'b'", "f'DROP TABLE {x}'", "'%s' % x", "'{}'.format(t)", "'DROP TABLE a'", "''"]
)
OPERATIONS = st.sampled_from(
    ["drop_table", "add_column", "alter_column", "execute", "create_table", "bulk_insert", "invoke", "create_index",
     "f", "drop_constraint", "rename_table", "create_foreign_key", "batch_alter_table", "get_bind", "sync_enum_values"]
)  # fmt: skip


def expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: f"({p[0]} + {p[1]})"),
        pair.map(lambda p: f"[{p[0]}, *{p[1]}]"),
        pair.map(lambda p: f"{{{p[0]}: {p[1]}}}"),
        pair.map(lambda p: f"({p[0]} if {p[1]} else x)"),
        pair.map(lambda p: f"{p[0]}[{p[1]}]"),
        pair.map(lambda p: f"[{p[0]} for x in {p[1]}]"),
        pair.map(lambda p: f"({p[0]} == {p[1]})"),
        pair.map(lambda p: f"f({p[0]}, x={p[1]})"),
        pair.map(lambda p: f"sa.Column({p[0]}, {p[1]})"),
        st.tuples(OPERATIONS, inner, inner).map(lambda p: f"op.{p[0]}({p[1]}, {p[2]})"),
        st.tuples(OPERATIONS, inner).map(lambda p: f"op.{p[0]}(*{p[1]}, **{p[1]})"),
        inner.map(lambda p: f"sa.text({p})"),
        inner.map(lambda p: f"{p}.dialect.name"),
        inner.map(lambda p: f"(lambda x: {p})({p})"),
        inner.map(lambda p: f"session.query({p}).filter({p}).delete()"),
    )


EXPRESSIONS = st.recursive(
    st.one_of(NAMES, TEXTS, st.sampled_from(["1", "None", "True", "..."])), expressions, max_leaves=8
)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 2) -> str:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        expression = draw(EXPRESSIONS)
        kinds = ["expression", "assign", "augmented", "return"]
        kind = draw(st.sampled_from([*kinds, "if", "for", "while", "with", "try", "def"] if depth else kinds))
        if kind in {"expression", "assign", "augmented", "return"}:
            word = {"expression": "", "assign": "x = ", "augmented": "t += ", "return": "return "}[kind]
            lines.append(word + expression)
            continue
        body = "\n".join(f"    {line}" for line in draw(blocks(depth - 1)).split("\n"))
        opening = {
            "if": f"if {expression}:",
            "for": f"for x, *t in {expression}:",
            "while": f"while {expression}:",
            "with": f"with {expression} as x:",
            "try": "try:",
            "def": f"def f(x={expression}, *t, **y):",
        }[kind]
        lines += [opening, body]
        if kind == "try":
            lines += ["except Exception as x:", body, "finally:", body]
        if kind == "if":
            lines += ["else:", body]
    return "\n".join(lines)


def upgrade(body: str) -> str:
    return HEAD + "def upgrade():\n" + "\n".join(f"    {line}" for line in body.split("\n")) + "\n"


@given(blocks())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_code_is_read_without_failing_and_lines_before_it_only_move_it(body: str) -> None:
    text = upgrade(body)
    found = read_alembic(text)
    assert found is not None
    moved = read_alembic("\n# é\n" + text)
    assert moved is not None
    assert [(one.kind, one.table, one.column, one.name, one.unknown, one.guards) for one in found.operations] == [
        (one.kind, one.table, one.column, one.name, one.unknown, one.guards) for one in moved.operations
    ]
    assert [one.region.line + 2 for one in found.operations] == [one.region.line for one in moved.operations]
    assert [one.region.column for one in found.operations] == [one.region.column for one in moved.operations]


@given(st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read_without_failing(text: str) -> None:
    read_alembic(HEAD + text)
    read_alembic(upgrade(text.replace("\n", "\n    ")))
    read_alembic(upgrade(f"op.execute({text!r})"))
    read_alembic(upgrade(f"op.execute(f{text!r})"))
    read_env("from alembic import context\ncontext.configure()\n" + text)


def test_deep_nesting_is_no_failure() -> None:
    for body in (
        "(" * 500,
        "x" + ".a" * 3000,
        "x" + "(1)" * 3000,
        "1" + "+1" * 5000,
        "[" * 90 + "]" * 90,
        "-" * 2000 + "1",
    ):
        found = read_alembic(upgrade(body))
        assert found is not None
        found = read_alembic(upgrade(f"op.execute({body})"))
        assert found is not None
