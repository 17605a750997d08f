"""Rows and cells of tables: ours beside those of markdown-it and of tree-sitter's grammar."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from relcheck.sources.markdown.lines import lines_of
from relcheck.sources.markdown.read import read_markdown

_PIECES = [
    "a",
    "WRITE_GUARD",
    "src/lib/a.ts",
    "`x`",
    "`a \\| b`",
    "\\|",
    "*b*",
    "[l](t.md)",
    "<!-- c -->",
    "ß日",
    "-",
    ":",
    " ",
]
CELL = st.lists(st.sampled_from(_PIECES), max_size=3).map("".join).map(str.strip)
PLAIN_CELL = st.sampled_from(["a", "b c", "x-1", "`y`", "**z**", "App/DB", "n/a"])
NESTING = st.sampled_from(["", "> ", "  ", "> > ", "- "])


@st.composite
def tables(draw: st.DrawFn, cell: st.SearchStrategy[str] = CELL) -> tuple[str, list[list[str]]]:
    """A table, and the cells that were written, row by row."""
    width = draw(st.integers(2, 6))
    header = draw(st.lists(PLAIN_CELL, min_size=width, max_size=width))
    rows = [
        draw(st.lists(cell, min_size=max(1, width - 2), max_size=width + 2)) for _ in range(draw(st.integers(0, 5)))
    ]
    lines = [_row(header), _row(["---"] * width), *map(_row, rows)]
    first = draw(NESTING)
    later = first.replace("-", " ")
    text = "\n".join([first + lines[0], *(later + line for line in lines[1:])])
    return f"before\n\n{text}\n\nafter\n", [header, *rows]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


@given(tables())
def test_every_row_has_the_fields_that_were_written_at_their_places(made: tuple[str, list[list[str]]]) -> None:
    text, rows = made
    [table] = read_markdown(text).tables
    read = [table.header, *(line.fields for line in table.lines)]
    assert [[field.raw for field in fields] for fields in read] == rows
    lines = lines_of(text).texts
    for field in (field for fields in read for field in fields if field.raw):
        place = field.place
        assert lines[place.line - 1][place.column - 1 : place.end_column - 1] == field.raw


@given(tables())
def test_rows_and_cells_are_those_of_markdown_it(made: tuple[str, list[list[str]]]) -> None:
    text, _ = made
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    theirs: list[list[str]] = []
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            theirs.append([])
        elif token.type in ("th_open", "td_open"):
            theirs[-1].append(tokens[index + 1].content)
    [table] = read_markdown(text).tables
    width = len(table.header)
    ours = [
        [field.raw.replace("\\|", "|") for field in line]
        for line in (table.header, *(one.fields for one in table.lines))
    ]
    padded = [[*row, *[""] * (width - len(row))][:width] for row in ours]
    assert padded == theirs


@given(tables(PLAIN_CELL))
def test_rows_and_cells_are_those_of_tree_sitter(made: tuple[str, list[list[str]]]) -> None:
    import tree_sitter
    import tree_sitter_markdown

    text, _ = made
    language = tree_sitter.Language(tree_sitter_markdown.language())
    todo = [tree_sitter.Parser(language).parse(text.encode()).root_node]
    theirs: list[tuple[int, int]] = []
    while todo:
        node = todo.pop()
        if node.type in ("pipe_table_header", "pipe_table_row"):
            theirs.append((node.start_point[0], sum(child.type == "pipe_table_cell" for child in node.children)))
        todo.extend(node.children)
    [table] = read_markdown(text).tables
    ours = [(line[0].place.line - 1, len(line)) for line in (table.header, *(one.fields for one in table.lines))]
    assert ours == sorted(theirs)


@given(st.text(alphabet="|-: \\`#>*_[]()<!ab\n\r\t1.é&~=", max_size=200))
def test_no_text_ends_the_reader_and_every_place_is_in_it(text: str) -> None:
    document = read_markdown(text)
    lines = lines_of(text).texts
    places = [
        one.place for group in (document.links, document.spans, document.items, document.mentions) for one in group
    ]
    places += [field.place for table in document.tables for line in table.lines for field in line.fields]
    for place in places:
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column < place.end_column <= len(lines[place.line - 1]) + 2
