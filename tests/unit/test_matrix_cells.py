"""What a cell names: places in the repository, identifiers, and how the mechanism is said to behave."""

from __future__ import annotations

import pytest

from relcheck.model.finding import Region
from relcheck.sources.markdown.document import Field
from relcheck.sources.matrix.model import Cell
from relcheck.sources.matrix.reading import read_cell, ref_of


def cell(raw: str, column: str = "notes") -> Cell:
    return read_cell(Field(raw, Region(7, 11, 7, 11 + len(raw))), column, column.title(), "docs/matrix.md")


@pytest.mark.parametrize(
    ("raw", "refs"),
    [
        ("src/lib/reliability/guards.ts (always allow)", [("path", "src/lib/reliability/guards.ts", None, None)]),
        ("`app/a.py:claim()`", [("path", "app/a.py", "claim", None)]),
        ("app/a.py::TestA::test_b", [("path", "app/a.py", "TestA::test_b", None)]),
        ("`app/a.py#Writer.write`", [("path", "app/a.py", "Writer.write", None)]),
        ("app/a.py#L10-L20, app/b.go#L3", [("path", "app/a.py", None, (10, 20)), ("path", "app/b.go", None, (3, 3))]),
        ("app/a.py:12-14.", [("path", "app/a.py", None, (12, 14))]),
        ("./src/a.ts + src/b.ts;", [("path", "src/a.ts", None, None), ("path", "src/b.ts", None, None)]),
        ("src/lib/**/*.ts", [("glob", "src/lib/**/*.ts", None, None)]),
        ("../lib/*.ts", [("path", "../lib/*.ts", None, None)]),
        ("packages/{api,web}/index.ts", [("glob", "packages/{api,web}/index.ts", None, None)]),
        ("`src/lib/`", [("folder", "src/lib", None, None)]),
        ("`audit.ts`", [("path", "audit.ts", None, None)]),
        ("[the writer](../src/audit.ts#L3)", [("path", "src/audit.ts", None, (3, 3))]),
        ("[the writer](/src/audit.ts)", [("path", "src/audit.ts", None, None)]),
        ("src/app/(admin)/[id]/page.tsx", [("path", "src/app/(admin)/[id]/page.tsx", None, None)]),
        ("/etc/shadow.conf ../../x.py", [("path", "/etc/shadow.conf", None, None), ("path", "../../x.py", None, None)]),
        ("src/a.ts, `src/a.ts`", [("path", "src/a.ts", None, None)]),
        ("look again in May (src/lib/a.ts)", [("path", "src/lib/a.ts", None, None)]),
        ("(src/lib/a.ts:read, see there)", [("path", "src/lib/a.ts", "read", None)]),
    ],
)
def test_places_in_the_repository(raw: str, refs: list[tuple[object, ...]]) -> None:
    assert [(one.kind, one.path, one.symbol, one.lines) for one in cell(raw).refs] == refs


@pytest.mark.parametrize(
    "raw",
    [
        "DB/App/Infra",
        "429/503 rates and/or e.g./i.e.",
        "Node.js/Express, audit.ts in prose",
        "https://x.org/a/b.ts and me@x.org/a.ts",
        "`npm test`",
        "createdAt <= updatedAt",
        "v1.2/v1.3",
        "<!-- src/a.ts -->",
        "src/[[:alpha:]]*.ts, src/" + "*a" * 90,
    ],
)
def test_what_looks_like_a_place_and_is_none(raw: str) -> None:
    assert cell(raw).refs == ()


def test_a_place_has_its_columns() -> None:
    [ref] = cell("see `src/a.ts:b`").refs
    assert (ref.text, ref.place) == ("src/a.ts:b", Region(7, 16, 7, 26))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("WRITE_GUARD global gate", [("WRITE_GUARD", False)]),
        ("requireActor middleware", [("requireActor", False)]),
        ("`requireActor()` and `audit.write`", [("requireActor", True), ("audit.write", True)]),
        (
            "with_intent, single_connection_transaction",
            [("with_intent", False), ("single_connection_transaction", False)],
        ),
        ("`guard`", [("guard", True)]),
        ("PITR/WAL `WAL` APIs macOS GitHub PostgreSQL iOS", []),
        ("src/lib/killSwitch.ts `src/with_intent.py`", []),
        ("https://x.org/someThing", []),
    ],
)
def test_identifiers(raw: str, words: list[tuple[str, bool]]) -> None:
    assert [(one.name, one.code) for one in cell(raw, "mechanism").words] == words


@pytest.mark.parametrize(
    ("raw", "claims"),
    [
        ("src/a.ts (dry-run)", ["dry-run"]),
        ("(always allow)", ["always-allow"]),
        ("(all OFF)", ["all-off"]),
        ("(pass-through), a no-op", ["no-op", "pass-through"]),
        ("(disabled)", ["disabled"]),
        ("(fixture-only)", ["fixture-only"]),
        ("not disabled, never a no-op, no longer a dry-run", []),
        ("dry-running water is a spass-through", []),
    ],
)
def test_claims(raw: str, claims: list[str]) -> None:
    assert [one.kind for one in cell(raw).claims] == claims


def test_only_notes_and_cells_that_name_a_place_make_claims() -> None:
    assert cell("Disabled preview, no-op", "recovery").claims == ()
    assert [one.kind for one in cell("`src/a.ts` disabled", "mechanism").claims] == ["disabled"]
    assert [one.kind for one in cell("Test-only injectors", "mechanism").claims] == ["test-only"]


@pytest.mark.parametrize("raw", ["", "-", "—", " ", "?", "…"[:0], "<!-- later -->"])
def test_a_cell_that_says_nothing(raw: str) -> None:
    assert cell(raw).empty


def test_tbd_says_something() -> None:
    assert not cell("TBD").empty


def test_a_text_is_a_place_as_a_whole_or_not_at_all() -> None:
    found = ref_of("src/a.ts:b", code=True)
    assert found is not None
    assert (found.path, found.symbol) == ("src/a.ts", "b")
    assert ref_of("run src/a.ts", code=True) is None
