"""Following guarantees through a project."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from relcheck.engine.project import ProjectView
from relcheck.engine.tracing.evidence import Evidence
from relcheck.engine.tracing.gaps import gaps
from relcheck.sources.matrix.chain import Chain, Spot, TracedPlace, TracedRow, TracedRule, TracedSymbol, TracedTest
from relcheck.sources.matrix.link import key_of
from relcheck.sources.matrix.model import Matrix, Ref, Row
from relcheck.sources.matrix.named import DOCUMENTS, Named, files_of, marking, names_of
from relcheck.sources.stubs.behaviour import Behaviour, behaviour, behaviours
from relcheck.sources.stubs.callers import callers
from relcheck.sources.stubs.code import Symbol
from relcheck.sources.stubs.collect import LANGUAGES, language_of

TESTS = (
    *("tests/**", "test/**", "e2e/**", "**/tests/**", "**/test/**", "**/__tests__/**", "**/e2e/**"),
    *("**/test_*.py", "**/*_test.py", "**/conftest.py", "**/*_test.go"),
    "**/*.{test,spec}.{ts,tsx,js,jsx,mts,mjs,cts,cjs}",
)
"""Where tests are."""

_CODE = tuple(f"**/*{ending}" for ending in LANGUAGES)
_MARK = re.compile(r"\s*\[#[\w.-]+\]\s*")
_BETWEEN = re.compile(r"[/,+&;]|\band\b")
_ELSEWHERE = frozenset({"", "process", "human", "infra", "infrastructure", "provider"})
_MOST_SYMBOLS = 40
_MOST_FILES = 60


class UnknownGuarantee(Exception):  # noqa: N818  # the name says what is wrong
    """A name that no row has."""


class Tracer:
    """Follows guarantees through one project. What was looked up for one of them serves the others."""

    def __init__(self, project: ProjectView, evidence: Evidence | None = None) -> None:
        self.project = project
        self.evidence = evidence or Evidence()
        self._files: dict[str, Sequence[str]] = {}
        self._symbols: dict[tuple[str, str], TracedSymbol] = {}

    def chains(self) -> tuple[Chain, ...]:
        """Those of all guarantees, in the order of the documents. Rows are of one guarantee that share a number or a
        text."""
        groups: list[list[tuple[Matrix, Row]]] = []
        known: dict[str, list[tuple[Matrix, Row]]] = {}
        for matrix in self.project.documents.matrices:
            for row in matrix.rows:
                if not row.key:
                    continue
                names = sorted(names_of(row))
                group = next((known[name] for name in names if name in known), None)
                if group is None:
                    group = []
                    groups.append(group)
                group.append((matrix, row))
                known |= dict.fromkeys(names, group)
        self._look_ahead(row for group in groups for _, row in group)
        return tuple(self._chain(group) for group in groups)

    def chain(self, name: str) -> Chain:
        """That of one guarantee, by its text or its number. Raises UnknownGuarantee."""
        key = key_of(name)
        rows = [
            (matrix, row) for matrix in self.project.documents.matrices for row in matrix.rows if key in names_of(row)
        ]
        if not rows:
            raise UnknownGuarantee(name)
        names = {one for _, row in rows for one in names_of(row)}
        both = [
            (matrix, row)
            for matrix in self.project.documents.matrices
            for row in matrix.rows
            if not names.isdisjoint(names_of(row))
        ]
        return self._chain(both)

    def guarantees(self) -> list[str]:
        """What there is, by text and number, for suggestions."""
        rows = [row for one in self.project.documents.matrices for row in one.rows]
        return [name for row in rows for name in (row.guarantee, row.id) if name]

    def _chain(self, rows: Sequence[tuple[Matrix, Row]]) -> Chain:
        traced = tuple(self._row(row) for _, row in rows)
        first = next((row for _, row in rows if row.text("status")), rows[0][1])  # the one about what is built
        marked: dict[tuple[str, str | None], TracedPlace] = {}
        for _, row in rows:
            for path, one in marking(row, self.project.markers):
                spot = Spot(path, one.region.line)
                symbols = (self._symbol(path, one.symbol),) if one.symbol is not None else ()
                marked.setdefault((path, one.symbol), TracedPlace(path, "file", symbols, marker=spot))
        names = {name for _, row in rows for name in names_of(row)}
        rules = tuple(
            TracedRule(name, self.project.config.catalog.rules[name].summary)
            for name, upheld in sorted(self.project.upheld.items())
            if key_of(upheld) in names
        )
        places = tuple(place for (_, _), place in sorted(marked.items(), key=lambda one: (one[0][0], one[0][1] or "")))
        number = next((row.id for _, row in rows if row.id is not None), None)
        chain = Chain(
            _MARK.sub(" ", first.guarantee).strip(), number, traced, places, rules, self._tests(traced, places)
        )
        return msgspec.structs.replace(chain, gaps=tuple(gaps(chain, evidence=self.evidence)))

    def _row(self, row: Row) -> TracedRow:
        named = [one for ref in row.refs if not _is_document(ref.path) for one in self._places(row, ref)]
        paths = {one.path for one in named}
        identifiers = (one for one in self._identifiers(row) if one.path not in paths)
        places = (*named, *identifiers)
        cells = {cell.title: cell.text for cell in row.cells}
        at = Spot(row.path, row.place.line)
        return TracedRow(at, row.matrix, cells, row.text("status"), row.text("owner"), places, _is_elsewhere(row))

    def _places(self, row: Row, ref: Ref) -> Iterator[TracedPlace]:
        spot = Spot(row.path, ref.place.line)
        files = list(files_of(ref, self.project.documents, self.project.scopes.matches))
        if not files:
            state = self.project.documents.look_up(ref.path).state
            yield TracedPlace(ref.path, state, named=spot)
        for path in files[:_MOST_FILES]:
            yield self._place(Named(path, ref.symbol), spot)

    def _identifiers(self, row: Row) -> Iterator[TracedPlace]:
        """The definitions of the identifiers that a row names, as `requireActor`."""
        for cell in row.cells:
            for word in cell.words:
                name = word.name.rpartition(".")[2]
                for path in self._look([name])[name][:_MOST_FILES]:
                    if any(one.name == name for one in self.project.code.code(path).symbols):
                        spot = Spot(row.path, word.place.line)
                        yield TracedPlace(path, "file", (self._symbol(path, name),), named=spot)

    def _place(self, named: Named, spot: Spot) -> TracedPlace:
        if language_of(named.path) is None:
            return TracedPlace(named.path, "file", named=spot, problem="relcheck does not read this language")
        code = self.project.code.code(named.path)
        if code.problem is not None:
            return TracedPlace(named.path, "file", named=spot, problem=code.problem)
        if named.symbol is not None:
            return TracedPlace(named.path, "file", (self._symbol(named.path, named.symbol),), named=spot)
        names = self._offered(named.path)
        symbols = tuple(self._symbol(named.path, name) for name in names[:_MOST_SYMBOLS])
        return TracedPlace(named.path, "file", symbols, named=spot, more=max(0, len(names) - _MOST_SYMBOLS))

    def _offered(self, path: str) -> list[str]:
        """The names of a file that do something when they are called; where none can be, all of them."""
        found = behaviours(self.project.code, path)
        functions = [name for name, one in found.items() if one.callable]
        return functions or [name for name in found if not name.startswith("(")]

    def _symbol(self, path: str, name: str) -> TracedSymbol:
        key = path, name
        if key not in self._symbols:
            self._symbols[key] = self._followed(path, name)
        return self._symbols[key]

    def _followed(self, path: str, name: str) -> TracedSymbol:
        if language_of(path) is None:
            return TracedSymbol(
                name, 1, None, "relcheck does not read this language", inert=False, callers=(), tests=()
            )
        # What is offered is known of all at once; asking for each method would read its class again each time.
        found = behaviours(self.project.code, path).get(name) or behaviour(self.project.code, path, name)
        symbol = next((one for one in self.project.code.code(path).symbols if one.name == name), None)
        line = symbol.line if symbol is not None else found.line if found is not None else 1
        if found is None:
            return TracedSymbol(name, line, None, f"{path} has no {name}", inert=False, callers=(), tests=())
        places = [Spot(one.path, one.line) for one in callers(self.project.code, path, name, self._look).places]
        return TracedSymbol(
            name,
            line,
            found.verdict,
            _reason(found),
            inert=found.inert,
            callers=tuple(one for one in places if not self._is_test(one.path)),
            tests=tuple(one for one in places if self._is_test(one.path)),
            covered=self._covered(path, symbol),
            constant=_constant(found),
            env=found.env,
        )

    def _covered(self, path: str, symbol: Symbol | None) -> float | None:
        return self.evidence.covered(path, range(symbol.line, symbol.end + 1)) if symbol is not None else None

    def _tests(self, rows: Sequence[TracedRow], places: Sequence[TracedPlace]) -> tuple[TracedTest, ...]:
        why: dict[str, str] = {}
        every = [*places, *(place for row in rows for place in row.places)]
        for one in every:
            if self._is_test(one.path) and one.state == "file":
                why.setdefault(one.path, "marked" if one.marker is not None else "named in the row")
        for one in every:
            for symbol in one.symbols:
                for spot in symbol.tests:
                    if not self._is_test(one.path):
                        why.setdefault(spot.path, f"calls {symbol.name}")
        return tuple(TracedTest(path, reason, self.evidence.cases_of(path)) for path, reason in sorted(why.items()))

    def _is_test(self, path: str) -> bool:
        return self.project.scopes.matches(path, TESTS)

    def _look_ahead(self, rows: Iterator[Row]) -> None:
        """Ask once for all names that will be asked for."""
        words: set[str] = set()
        for row in rows:
            words |= {word.name.rpartition(".")[2] for cell in row.cells for word in cell.words}
            for ref in row.refs:
                for path in files_of(ref, self.project.documents, self.project.scopes.matches):
                    if language_of(path) is not None:
                        offered = [ref.symbol] if ref.symbol is not None else self._offered(path)
                        words |= {name.partition(".")[0] for name in offered}
            words |= {
                one.symbol.partition(".")[0] for _, one in marking(row, self.project.markers) if one.symbol is not None
            }
        self._look(words)

    def _look(self, words: Collection[str]) -> Mapping[str, Sequence[str]]:
        if fresh := [one for one in words if one not in self._files]:
            self._files |= self.project.words(fresh, _CODE)
        return {word: self._files.get(word, ()) for word in words}


def _is_elsewhere(row: Row) -> bool:
    parts = {part.strip().lower() for column in ("location", "layer") for part in _BETWEEN.split(row.text(column))}
    return bool(parts - {""}) and parts <= _ELSEWHERE


def _is_document(path: str) -> bool:
    return path.lower().endswith(DOCUMENTS)


def _reason(found: Behaviour) -> str:
    steps = [step for step in found.reach if step.text]
    return f"{steps[-1].text} ({steps[-1].path}:{steps[-1].line})" if steps else ""


def _constant(found: Behaviour) -> str | None:
    if isinstance(found.constant, msgspec.UnsetType):
        return None
    text = msgspec.json.encode(found.constant).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST = 80
