"""Matrices in YAML, TOML and CSV, as documents with tables: each mapping of a list is a row, each of its keys a column.

A file of which the words do not say that it could hold a matrix is not parsed.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from relcheck.model.finding import Region
from relcheck.sources.markdown.anchors import slug_of
from relcheck.sources.markdown.document import Document, Field, Heading, Line, Table, Trouble, TroubleKind
from relcheck.sources.markdown.lines import Lines, lines_of
from relcheck.sources.matrix.columns import FEWEST, KNOWN, column_name, looks_like_matrix, spelled

if TYPE_CHECKING:
    from ruamel.yaml.nodes import MappingNode, Node

_WORD = re.compile(r"[A-Za-z][A-Za-z _-]*|#")
_PLURAL = ("guarantees", "promises", "invariants")
"""Keys of mappings from guarantees to what is said of them."""

_DEEPEST = 60
"""Levels of brackets and of indentation of a file that is read; parsers recurse."""

_TOML_TABLE = re.compile(r"[ \t]*\[\[([^\[\]]+)\]\][ \t]*(?:#.*)?")
_TOML_KEY = re.compile(r"""[ \t]*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))[ \t]*=[ \t]*""")


def read_structured(path: str, text: str) -> Document | None:
    """The tables of a file; None where it holds none that could be a matrix."""
    if not may_hold_matrix(text):
        return None
    reader = _READERS[path.rpartition(".")[2].lower()]
    if (deep := _depth(text)) > _DEEPEST:
        return _trouble("too-deep", f"it is nested {deep} levels deep; relcheck reads {_DEEPEST}", 1)
    found = reader(text)
    return found if found.tables or found.troubles else None


def may_hold_matrix(text: str) -> bool:
    """Whether the words that a file begins with are those of a matrix."""
    said = {spelled(one) for one in set(_WORD.findall(text[:20_000]))}
    names = {KNOWN[one] for one in said & KNOWN.keys()}
    return ("guarantee" in names and len(names) >= FEWEST) or (
        not said.isdisjoint(_PLURAL) and len(names) >= FEWEST - 1
    )


def _depth(text: str) -> int:
    depth = most = 0
    for sign in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if sign in "[{" else max(depth - 1, 0)
        most = max(most, depth)
    return most


def _read_csv(text: str) -> Document:
    """A file of separated values, the first line its header."""
    lines = lines_of(text)
    separator = max(",;\t", key=lines.texts[0].count)
    records = list(_records(lines, separator))
    if not records or not looks_like_matrix(tuple(column_name(one.raw) for one in records[0].fields)):
        return Document()
    return Document(tables=(Table(records[0].fields, tuple(records[1:]), None, records[0].place),))


def _records(lines: Lines, separator: str) -> Iterator[Line]:
    """The records of RFC 4180; one that goes over several lines has its places on the first line of each field."""
    line, at = 0, 0
    fields: list[Field] = []
    texts = lines.texts
    first = 0
    while line < len(texts):
        text = texts[line]
        if text.startswith('"', at):
            value, place, line, at = _quoted(lines, line, at)
            fields.append(Field(value.strip(), place))
            text = texts[line]
            at = next((n for n in range(at, len(text)) if text[n] == separator), len(text))
        else:
            end = text.find(separator, at)
            end = len(text) if end < 0 else end
            raw = text[at:end]
            begin = at + len(raw) - len(raw.lstrip())
            fields.append(
                Field(raw.strip(), lines.region(line, begin if raw.strip() else at, at + len(raw.rstrip()) or end))
            )
            at = end
        if at < len(text):
            at += 1
            continue
        if len(fields) > 1 or fields[0].raw:
            yield Line(tuple(fields), lines.whole(first))
        fields, line, at = [], line + 1, 0
        first = line


def _quoted(lines: Lines, line: int, at: int) -> tuple[str, Region, int, int]:
    """The value of a field in quotation marks, its place, and where reading goes on."""
    start_line, start = line, at + 1
    value: list[str] = []
    position = at + 1
    while line < len(lines.texts):
        text = lines.texts[line]
        end = text.find('"', position)
        if end < 0:
            value.append(text[position:] + "\n")
            line, position = line + 1, 0
        elif text.startswith('""', end):
            value.append(text[position : end + 1])
            position = end + 2
        else:
            value.append(text[position:end])
            width = end if line == start_line else len(lines.texts[start_line])
            return "".join(value), lines.region(start_line, start, width), line, end + 1
    return (
        "".join(value),
        lines.region(start_line, start, len(lines.texts[start_line])),
        len(lines.texts) - 1,
        len(lines.texts[-1]),
    )


def _read_toml(text: str) -> Document:
    """Arrays of tables (`[[guarantee]]`)."""
    import tomli

    try:
        values = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        return _trouble("syntax", str(error), int(place[1]) if place else 1)
    except RecursionError:
        return _trouble("too-deep", "it is nested too deep to be read", 1)
    places = _toml_places(lines_of(text))
    tables: list[Table] = []
    headings: list[Heading] = []
    for name, entries in _arrays(values, ()):
        found = places.get(name, [])
        if len(found) != len(entries):
            continue  # written inline, where nothing tells the places apart
        _add_table(
            tables, headings, name, [_toml_line(entry, *place) for entry, place in zip(entries, found, strict=True)]
        )
    return Document(headings=tuple(headings), tables=tuple(tables))


_Cells = list[tuple[Field, Field]]


def _arrays(values: Mapping[str, object], above: tuple[str, ...]) -> Iterator[tuple[str, list[Mapping[str, object]]]]:
    for name, value in values.items():
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            yield ".".join((*above, name)), value
        elif isinstance(value, dict) and len(above) < 3:  # deeper there is no matrix
            yield from _arrays(value, (*above, name))


def _toml_places(lines: Lines) -> dict[str, list[tuple[Region, dict[str, tuple[Region, Region]]]]]:
    """For each array of tables where its tables begin, and where their keys and values stand."""
    found: dict[str, list[tuple[Region, dict[str, tuple[Region, Region]]]]] = {}
    keys: dict[str, tuple[Region, Region]] | None = None
    for number, text in enumerate(lines.texts):
        if table := _TOML_TABLE.fullmatch(text):
            keys = {}
            name = ".".join(part.strip().strip("\"'") for part in table[1].split("."))
            found.setdefault(name, []).append((lines.whole(number), keys))
        elif text.lstrip().startswith("["):
            keys = None
        elif keys is not None and (key := _TOML_KEY.match(text)):
            group = next(one for one in (1, 2, 3) if key[one] is not None)
            start, end = key.end(), len(text.rstrip())
            if text[start : start + 1] in ('"', "'") and end > start + 1:
                start, end = start + 1, max(text.rfind(text[start]), start + 1)
            keys.setdefault(key[group], (lines.region(number, *key.span(group)), lines.region(number, start, end)))
    return found


def _toml_line(
    entry: Mapping[str, object], place: Region, keys: Mapping[str, tuple[Region, Region]]
) -> tuple[_Cells, Region]:
    cells: _Cells = []
    for name, value in entry.items():
        own, of_value = keys.get(name, (place, place))
        cells.append((Field(name, own), Field(_said(value), of_value)))
    return cells, place


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value if not isinstance(one, dict))
    return "" if isinstance(value, dict) else str(value).strip()


def _read_yaml(text: str) -> Document:
    """Lists of mappings, and mappings of mappings, of which the key is the guarantee."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        with warnings.catch_warnings(action="ignore"):  # an anchor that is given twice
            roots = list(YAML(pure=True).compose_all(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        return _trouble("syntax", " ".join(str(error.problem or error.context or "no YAML").split()), line)
    except (YAMLError, ValueError) as error:
        return _trouble("syntax", " ".join(str(error).split())[:200], 1)
    except RecursionError:
        return _trouble("too-deep", "it is nested too deep to be read", 1)
    tables: list[Table] = []
    headings: list[Heading] = []
    for root in roots:
        for name, rows in _yaml_tables(root, (), set()) if root is not None else ():
            _add_table(tables, headings, name, rows)
    return Document(headings=tuple(headings), tables=tuple(tables))


def _yaml_tables(
    node: Node, above: tuple[str, ...], seen: set[int]
) -> Iterator[tuple[str, list[tuple[_Cells, Region]]]]:
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    if id(node) in seen or len(above) > 3:  # deeper there is no matrix; an alias is no second one
        return
    seen.add(id(node))
    if isinstance(node, SequenceNode):
        rows = [_yaml_row(one) for one in node.value if isinstance(one, MappingNode)]
        if rows and len(rows) == len(node.value):
            yield ".".join(above), rows
    elif isinstance(node, MappingNode):
        named = [
            (key, value)
            for key, value in node.value
            if isinstance(key, ScalarNode) and isinstance(value, MappingNode) and _is_row(value)
        ]
        if named and len(named) == len(node.value):
            rows = []
            for key, value in named:
                cells, place = _yaml_row(value)
                rows.append(
                    ([(Field("guarantee", _yaml_place(key)), Field(str(key.value), _yaml_place(key))), *cells], place)
                )
            yield ".".join(above), rows
            return
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield from _yaml_tables(value, (*above, str(key.value)), seen)


def _is_row(node: MappingNode) -> bool:
    names = {column_name(str(key.value)) for key, _ in node.value}
    return "guarantee" not in names and len(names & {*KNOWN.values()}) >= FEWEST - 1


def _yaml_row(node: MappingNode) -> tuple[_Cells, Region]:
    from ruamel.yaml.nodes import ScalarNode, SequenceNode

    cells: _Cells = []
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            continue
        said = ""
        if isinstance(value, ScalarNode):
            said = "" if value.tag == "tag:yaml.org,2002:null" else " ".join(str(value.value).split())
        elif isinstance(value, SequenceNode):
            said = ", ".join(str(one.value) for one in value.value if isinstance(one, ScalarNode))
        place = _yaml_place(value) if value.start_mark.line == key.end_mark.line or said else _behind(key)
        cells.append((Field(str(key.value), _yaml_place(key)), Field(said, place)))
    return cells, _yaml_place(node)


def _behind(key: Node) -> Region:
    """Where the value of a key would stand that has none; the parser places it at what comes next."""
    line, column = key.end_mark.line + 1, key.end_mark.column + 2
    return Region(line, column, line, column + 1)


def _yaml_place(node: Node) -> Region:
    start, end = node.start_mark, node.end_mark
    quoted = getattr(node, "style", None) in ("'", '"')
    line, column = start.line + 1, start.column + 1 + quoted
    last = end.column + 1 - quoted if end.line == start.line else column + 1
    return Region(line, column, line, max(last, column + 1))


def _add_table(tables: list[Table], headings: list[Heading], name: str, rows: Sequence[tuple[_Cells, Region]]) -> None:
    """A table of these rows, if its columns are those of a matrix. A row that lacks a key has an empty field there."""
    titles: dict[str, Field] = {}
    for cells, _ in rows:
        for key, _ in cells:
            titles.setdefault(key.raw, key)
    if not looks_like_matrix(tuple(map(column_name, titles))):
        return
    lines = []
    for cells, place in rows:
        by_title = {key.raw: value for key, value in cells}
        lines.append(Line(tuple(by_title.get(title, Field("", place)) for title in titles), place))
    first = rows[0][1]
    headings.append(Heading(1, name, slug_of(name), first))
    tables.append(Table(tuple(titles.values()), tuple(lines), len(headings) - 1, first))


def _trouble(kind: TroubleKind, message: str, line: int) -> Document:
    return Document(troubles=(Trouble(kind, message, Region(line, 1, line, 2)),))


_READERS: Mapping[str, Callable[[str], Document]] = {
    "csv": _read_csv,
    "tsv": _read_csv,
    "toml": _read_toml,
    "yaml": _read_yaml,
    "yml": _read_yaml,
}

ENDINGS = tuple(f".{ending}" for ending in _READERS)
"""Names of files that are read here end so."""
