"""The imports of a file at a fraction of the price: a native parser says on which lines they stand, and only what is
around these lines becomes a tree.

The parser is the one that grimp scans with. It proves that the file is valid Python and knows the line and the first
name of every import; what is read from the lines must come to the same, or the whole file is parsed. So this gives
what `file_imports` gives for the whole tree, or nothing. Importing this module imports grimp.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from grimp import _rustgrimp as _native  # type: ignore[attr-defined]  # grimp has no public way to its scanner
from grimp.application.ports.modulefinder import FoundPackage, ModuleFile
from grimp.domain.valueobjects import Module

from relcheck.sources.python.imports import FileImports, statement_imports
from relcheck.sources.python.layer_header import header_of
from relcheck.sources.python.plain_imports import plain_imports
from relcheck.sources.python.syntax import Source, UnparseableError, parse_ast

_LARGEST = 250_000
"""Characters of what is handed to native code: its stack bounds what it can read. It refuses deep nesting by itself."""

_DEEPEST = 16
_ROOT = "scanned__by__relcheck"
_ABOVE = [_ROOT, *(f"p{level}" for level in range(_DEEPEST))]
_FILE = f"/{'/'.join(_ABOVE)}/m.py"
_MODULE = ModuleFile(Module(".".join([*_ABOVE, "m"])), 0.0)
_PACKAGES = {FoundPackage(name=_ROOT, directory=f"/{_ROOT}", module_files=frozenset({_MODULE}))}
"""The file in a package that is deep enough for all its relative imports: grimp knows no file without one."""

_FRAME = "#"
"""A line before and a line behind the text, because grimp takes away what indentation all lines but the first share."""

_TOO_MANY_DOTS = re.compile(rf"from[\s\\]*(?:\.[\s\\]*){{{_DEEPEST - 1}}}")
_GOES_ON = ("else", "elif", "except", "finally")
_COMMENT = re.compile(r"[^'\"#]*#")
_OPENS = re.compile(r"[^#'\"\\]*(\"{3}|'{3})")
_CALLS = ("import_module", "__import__")
"""Words of imports that no statement makes."""


def sifted_imports(text: str) -> FileImports | None:
    """The facts of a file, the same as `file_imports` gives for its tree; None where only the whole tree can tell, and
    for what is no valid Python."""
    if len(text) > _LARGEST or "\r" in text or "\f" in text or any(word in text for word in _CALLS):
        return None
    if _TOO_MANY_DOTS.search(text) or text.rstrip().endswith("\\"):
        return None
    known = _import_lines(text)
    if known is None:
        return None
    wanted = {line for line, _ in known}
    lines = text.split("\n") if wanted else []
    plain = plain_imports(lines, wanted) if "__all__" not in text else None
    if plain is not None:
        found, places = FileImports(plain), {(one.place.line, _first_name(one.module)) for one in plain}
    else:
        kept = _lines_around(wanted, text)
        if kept is None:
            return None
        try:
            tree = parse_ast(kept)
        except UnparseableError:
            return None
        if tree is None:
            return None
        found, places = statement_imports(tree, Source(kept))
    if known != places:
        return None
    header = header_of(Source(text))
    return msgspec.structs.replace(found, header=header) if header is not None else found


def _first_name(module: str) -> str:
    return module.partition(".")[0]


def _import_lines(text: str) -> frozenset[tuple[int, str]] | None:
    """(line, first name) of each import; the name is empty where it is relative. None for what is not valid Python, and
    for imports of PEP 810."""
    files = _native.FakeBasicFileSystem(content_map={_FILE: f"{_FRAME}\n{text}\n{_FRAME}"})
    try:
        scanned = _native.scan_for_imports(
            module_files=(_MODULE,),
            found_packages=_PACKAGES,
            include_external_packages=True,
            exclude_type_checking_imports=False,
            file_system=files,
        )
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001  # whatever the parser does not like (a panic is no Exception), another says it
        return None
    found: set[tuple[int, str]] = set()
    for direct in next(iter(scanned.values())):
        if direct.is_lazy:
            return None
        name = direct.imported.name.partition(".")[0]
        found.add((direct.line_number - 1, "" if name == _ROOT else name))
    return frozenset(found)


def _lines_around(wanted: set[int], text: str) -> str | None:
    """The text with nothing but the statements of the top level that hold the wanted lines, or `__all__`, each on its
    line. None where it cannot be told by lines where these begin and end."""
    if not wanted and "__all__" not in text:
        return ""
    lines = text.split("\n")
    plain = {number for number in wanted if lines[number - 1].startswith(("import ", "from "))}
    kept: dict[int, str] = {}
    for number in plain:
        if number > 1 and lines[number - 2].endswith("\\"):
            return None
        for inner in range(number, _end_of_import(lines, number) + 1):
            kept[inner] = lines[inner - 1]
    if plain != wanted or "__all__" in text:
        quoted = _quoted_lines(lines)
        if quoted is None:
            return None
        inner_lines = wanted - plain
        if "__all__" in text:
            inner_lines |= {
                number for number, line in enumerate(lines, 1) if "__all__" in line and number not in quoted
            }
        for number in sorted(inner_lines):
            if number in kept:
                continue
            around = _statement_around(lines, number, quoted)
            if around is None:
                return None
            for inner in around:
                kept[inner] = lines[inner - 1]
    last = max(kept, default=0)
    return "\n".join([kept.get(number, "") for number in range(1, last + 1)]) + "\n"


def _end_of_import(lines: Sequence[str], number: int) -> int:
    """The last line of an import that begins a line. No string can stand in it, so a `#` begins a comment."""
    opened = 0
    for last in range(number, len(lines) + 1):
        code = lines[last - 1].partition("#")[0]
        opened += code.count("(") - code.count(")")
        if opened <= 0 and not code.endswith("\\"):
            return last
    return len(lines)


def _statement_around(lines: Sequence[str], number: int, quoted: set[int]) -> range | None:
    """The lines of the top-level statement that holds a line; None where it may begin before them."""
    first = number
    while first > 1 and not (_begins(lines, first, quoted) and not lines[first - 1].startswith(_GOES_ON)):
        first -= 1
    if not _begins(lines, first, quoted) or (first > 1 and lines[first - 2].endswith("\\")):
        return None
    last = number + 1
    while last <= len(lines) and not (_begins(lines, last, quoted) and not lines[last - 1].startswith(_GOES_ON)):
        last += 1
    return range(first, last)


def _begins(lines: Sequence[str], number: int, quoted: set[int]) -> bool:
    """Whether code stands at the beginning of a line, as that of top-level statements does."""
    return lines[number - 1][:1] not in ("", " ", "\t", "#", ")", "]", "}") and number not in quoted


def _quoted_lines(lines: Sequence[str]) -> set[int] | None:
    """The lines that begin within a string of several lines; None where that takes more than a look at the lines with
    three quotes: a quote, a comment or a backslash too many stands in one of them."""
    quoted: set[int] = set()
    quotes = ""
    for number, line in enumerate(lines, 1):
        if quotes:
            quoted.add(number)
            end = line.find(quotes)
            if end >= 0:
                if not _ends_plainly(line, end, quotes):
                    return None
                quotes = ""
        elif '"""' in line or "'''" in line:
            opened = _OPENS.match(line)
            if opened is None:
                if _COMMENT.match(line):
                    continue
                return None
            if number > 1 and lines[number - 2].endswith("\\"):
                return None
            end = line.find(opened[1], opened.end())
            if end < 0:
                quotes = opened[1]
            elif not _ends_plainly(line[opened.end() :], end - opened.end(), opened[1]):
                return None
    return quoted


def _ends_plainly(line: str, end: int, quotes: str) -> bool:
    """Whether the quotes at a place end the string, and no other string begins behind them on the line."""
    behind = line[end + len(quotes) :]
    code = behind.partition("#")[0]
    return "\\" not in line[:end] and not behind.startswith(quotes[0]) and "'" not in code and '"' not in code
