"""Matrices in Markdown, YAML, TOML and CSV: what is one, and where its cells stand."""

from __future__ import annotations

import msgspec
import pytest

from relcheck.sources.globs import Globs
from relcheck.sources.markdown.document import Document
from relcheck.sources.matrix.facts import collect, concerns
from relcheck.sources.matrix.link import Documents, Shape, link

STUBS = (
    "# Shop - Stubs\n\n## 4. Mechanism stubs (initial)\n\n"
    "| Guarantee | Mechanism stub | Location | Owner | Status | Notes |\n|---|---|---|---|---|---|\n"
    "| **Audit log** [#G-7] | Writer | DB/App | TBD | Stubbed | src/audit.ts (no-op) |\n"
)
YAML = """\
guarantees:
  - guarantee: Audit log
    mechanism: "Writer"
    owner:
    status: Stubbed
    notes: [src/audit.ts, src/log.ts]
"""
BY_NAME = "guarantees:\n  Audit log:\n    mechanism: Writer\n    owner: ''\n    status: Stubbed\n"
TOML = """\
[[guarantee]]
guarantee = "Audit log"
mechanism = 'Writer'  # for now
owner = ""
status = "Stubbed"
"""
CSV = 'Guarantee,Mechanism,Owner,Status\n"Audit log","Writer, ""append""",,Stubbed\n\n'


def linked(*shapes: Shape, **files: str) -> Documents:
    """Documents by name; `_` before the ending stands for a dot."""
    texts = {".".join(name.rsplit("_", 1)): text for name, text in files.items()}
    facts = {path: found for path, text in texts.items() if (found := collect(path, text)) is not None}
    for document in facts.values():
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(document), type=Document) == document
    return link(facts, [*texts, "src/audit.ts"], shapes, lambda path, globs: Globs(globs).matches(path))


def test_a_table_with_known_columns_is_a_matrix() -> None:
    [matrix] = linked(stubs_md=STUBS).matrices
    assert matrix.id == "stubs.md#mechanism-stubs-initial"
    assert [one.name for one in matrix.columns] == ["guarantee", "mechanism", "location", "owner", "status", "notes"]
    [row] = matrix.rows
    assert (row.key, row.id, row.guarantee) == ("audit log", "G-7", "Audit log [#G-7]")
    assert [one.path for one in row.refs] == ["src/audit.ts"]
    assert [one.kind for one in row.claims] == ["no-op"]


@pytest.mark.parametrize(
    "header",
    ["| Guarantee | Owner | Status |", "| Task | Owner | Status | Notes |", "| Guarantee | Colour | Size | Owner |"],
)
def test_a_table_with_fewer_is_none(header: str) -> None:
    width = header.count("|") - 1
    text = f"{header}\n|{'---|' * width}\n|{' a |' * width}\n"
    assert linked(a_md=text).matrices == ()


@pytest.mark.parametrize(
    ("name", "text", "places"),
    [
        ("a_yaml", YAML, [(2, 16, 25), (3, 17, 23), (4, 11, 12), (5, 13, 20)]),
        ("a_yml", BY_NAME, [(2, 3, 12), (3, 16, 22), (4, 13, 14), (5, 13, 20)]),
        ("a_toml", TOML, [(2, 14, 23), (3, 14, 20), (4, 10, 11), (5, 11, 18)]),
        ("a_csv", CSV, [(2, 2, 11), (2, 14, 32), (2, 34, 35), (2, 35, 42)]),
        (
            "a_tsv",
            "Guarantee\tMechanism\tOwner\tStatus\nAudit log\tWriter\t\tStubbed\n",
            [(2, 1, 10), (2, 11, 17), (2, 18, 19), (2, 19, 26)],
        ),
    ],
)
def test_other_formats_hold_the_same_matrix(name: str, text: str, places: list[tuple[int, int, int]]) -> None:
    [matrix] = linked(**{name: text}).matrices
    [row] = matrix.rows
    assert (row.key, row.text("owner"), row.text("status")) == ("audit log", "", "Stubbed")
    assert [(one.place.line, one.place.column, one.place.end_column) for one in row.cells[:4]] == places


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a_yaml", YAML + "x: [\n", 8),
        ("a_toml", TOML + "x = = 1\n", 6),
        ("a_yaml", YAML + "x: " + "[" * 100 + "]" * 100, 1),
        ("a_toml", TOML + "x = " + "[" * 100 + "]" * 100, 1),
        ("a_yaml", YAML + "y: !!python/object:os.system x\nz: *unknown\n", 8),
    ],
)
def test_a_file_of_a_matrix_that_cannot_be_read_is_told(name: str, text: str, line: int) -> None:
    [document] = linked(**{name: text}).by_path.values()
    [trouble] = document.troubles
    assert trouble.place.line == line


def test_a_file_that_cannot_hold_a_matrix_is_not_parsed() -> None:
    assert linked(a_yaml="x: [\n", b_toml="= =\n", c_csv='a,b\n"\n').by_path == {}


def test_the_aliases_of_yaml_are_followed_once() -> None:
    layers = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    assert len(linked(a_yaml=f"a0: &a0 [x]\n{layers}{YAML}").matrices) == 1


def test_several_documents_in_one_file_are_read() -> None:
    assert len(linked(a_yaml=f"{YAML}---\n{YAML}").matrices) == 2


def test_a_number_that_only_counts_is_no_name() -> None:
    text = "| # | Invariant | Enforced by | Test |\n|---|---|---|---|\n| 1 | a | b | c |\n| INV-2 | d | e | f |\n"
    [matrix] = linked(a_md=text).matrices
    assert [row.id for row in matrix.rows] == [None, "INV-2"]


def test_a_configured_matrix_needs_no_known_header() -> None:
    text = "## Promises\n\n| Promise made | Wer | Stand |\n|---|---|---|\n| No loss | Kim | Live |\n"
    shape = Shape(
        files=("a.md",),
        heading="Promises",
        columns={"guarantee": "Promise made", "owner": "Wer", "status": "Stand"},
        vocabularies={"status": ("Live",)},
    )
    documents = linked(shape, a_md=text)
    [matrix] = documents.matrices
    assert (matrix.configured, matrix.vocabularies, matrix.rows[0].text("owner")) == (0, {"status": ("Live",)}, "Kim")
    assert documents.unfound == ()
    assert linked(shape, b_md=text).unfound == (0,)
    assert linked(shape, a_md=text.replace("Promises", "Vows")).unfound == (0,)


def test_the_heading_of_a_configured_matrix_may_lack_its_number() -> None:
    shape = Shape(files=("*.md",), heading="Mechanism stubs (initial)")
    assert linked(shape, a_md=STUBS).matrices[0].configured == 0


def test_two_tables_below_one_heading_have_names_of_their_own() -> None:
    table = STUBS.partition("(initial)\n\n")[2]
    matrices = linked(a_md=STUBS + "\n" + table).matrices
    assert [one.id for one in matrices] == ["a.md#mechanism-stubs-initial", "a.md#mechanism-stubs-initial-2"]


@pytest.mark.parametrize(
    ("path", "state", "actual"),
    [
        ("src/audit.ts", "file", "src/audit.ts"),
        ("src", "folder", "src"),
        ("src/./x/../audit.ts", "file", "src/audit.ts"),
        ("SRC/Audit.ts", "other-case", "src/audit.ts"),
        ("src/log.ts", "missing", "src/log.ts"),
        ("vendor/a.ts", "beyond", "vendor/a.ts"),
        ("../a.ts", "outside", "../a.ts"),
        ("src/../../a.ts", "outside", "../a.ts"),
        ("/etc/passwd", "outside", "/etc/passwd"),
    ],
)
def test_a_path_leads_somewhere(path: str, state: str, actual: str) -> None:
    documents = link({}, ["src/audit.ts"], beyond=lambda one: one.startswith("vendor/"))
    found = documents.look_up(path)
    assert (found.state, found.path) == (state, actual)


def test_a_path_may_be_written_from_the_folder_of_the_configuration() -> None:
    documents = link({}, ["backend/src/audit.ts"], base="backend/")
    assert documents.look_up("src/audit.ts").path == "backend/src/audit.ts"
    assert documents.look_up("backend/src/audit.ts").state == "file"


def test_codeowners_is_read() -> None:
    document = collect(".github/CODEOWNERS", "# all\n* @a @org/b # c\n\n[Section]\n/src/ d@x.org\n")
    assert document is not None
    assert [(one.pattern, one.owners, one.place.line) for one in document.owned] == [
        ("*", ("@a", "@org/b"), 2),
        ("/src/", ("d@x.org",), 5),
    ]


@pytest.mark.parametrize("path", ["a.md", "b/A.MDX", "c.yml", "d.toml", "e.csv", ".github/CODEOWNERS"])
def test_files_that_are_read(path: str) -> None:
    assert concerns(path)


@pytest.mark.parametrize("path", ["a.py", "md", "CODEOWNERS.txt", "a.markdownlint"])
def test_files_that_are_not(path: str) -> None:
    assert not concerns(path)
