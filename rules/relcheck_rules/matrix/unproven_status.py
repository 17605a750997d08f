"""A row has a status that the code does not bear out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from msgspec import field

from relcheck.sdk import Region, Related, RuleOptions, SettingsError, Severity
from relcheck.sdk.code import (
    CODE,
    IMPORT,
    ORDER,
    Caller,
    Callers,
    behaviour,
    callers,
    first_caller,
    module_word,
    relatives,
)
from relcheck.sdk.gating import NOBODY
from relcheck.sdk.matrix import Cell, Documents, Matrix, MatrixFinding, MatrixFindings, MatrixRule, Ref, Row, Word
from relcheck_rules.matrix._evidence import TESTS, Place, Told, places, reason, told, way
from relcheck_rules.matrix._unproven_status_examples import EXAMPLES
from relcheck_rules.matrix._wanted import DEFAULT, Wanted, wanted

_PULL_REQUEST = re.compile(
    r"(?:^|[\s(\[,;])(?:[\w.-]+/[\w.-]+)?[#!]\d+\b|\b(?:PR|MR|CL)[ -]?#?\d+\b|/(?:pull|merge_requests)/\d+"
)
_ENTRIES = (
    *("**/main.py", "**/__main__.py", "**/manage.py", "**/wsgi.py", "**/asgi.py", "**/main.go", "**/cmd/**/*.go"),
    *("**/route.{ts,js}", "**/page.{tsx,jsx}", "**/middleware.{ts,js}", "**/pages/api/**", "**/server.{ts,js}"),
)
_MANY = 8


class UnprovenStatus(MatrixRule):
    """
    ## What it does
    Holds the status of a row against the code that the row names, by the table of the option `evidence`:

    - Defined: `no-path`, no file of code that the row names exists.
    - Stubbed: `path`, the row names code that exists; `inert`, none of its symbols changes anything.
    - Implemented: `path`; `working`, at least one of its symbols does something.
    - Enabled: `path`; `active`, one changes something or may refuse; `called`, something outside of the tests uses it;
      `owner`, a name; `pull-request`, a reference such as `#123`; `checklist`, no box of the checklist is open.
    - Deferred: nothing here, because `matrix/deferred-without-rationale` asks for the reason.

    What stands in a location or a layer other than `App` and the like (the option `code`) need not name code. A row
    names code by a path in any cell, or by an identifier in its mechanism that the code defines. Of several
    symbols the one that does most counts. What cannot be told (`unknown`) is never inert, and a warning where something
    has to work. Whether what is implemented can be reached is judged only where `entry_points` are configured.

    ## Why is this bad
    The status is what people plan by: what is Stubbed may be merged, what is Enabled protects production. A stub that
    does something was switched on without anyone deciding it, and a mechanism that is Enabled and inert protects
    nothing.

    ## Example
    ```markdown
    | Guarantee      | Mechanism   | Owner | Status  | Notes        |
    |----------------|-------------|-------|---------|--------------|
    | Read-only mode | Write guard | Kim   | Enabled | src/guard.ts |
    ```
    ```ts
    export const canWrite = () => ({ allowed: true });
    ```

    ## Use instead
    The status that the code bears out: `Stubbed`. Or the code that the status promises.
    """

    class Options(RuleOptions, frozen=True):
        evidence: dict[str, str] = field(default_factory=lambda: dict(DEFAULT))
        entry_points: tuple[str, ...] = ()
        tests: tuple[str, ...] = TESTS
        nobody: tuple[str, ...] = NOBODY
        checklists: tuple[str, ...] = ()
        code: tuple[str, ...] = ("App", "Application", "Backend", "Frontend", "Service", "Code")

    options: Options
    examples = EXAMPLES

    def check_documents(self, documents: Documents) -> MatrixFindings:
        try:
            self._wanted = wanted(self.options.evidence)
        except ValueError as error:
            raise SettingsError(str(error), "rules", "matrix/unproven-status", "evidence") from None
        rows = [
            (matrix, row, status, needs)
            for matrix in documents.matrices
            for row in matrix.rows
            if (status := row.cell("status")) is not None and (needs := self._needs(status.text)) is not None
        ]
        self._seen: dict[tuple[str, tuple[str, ...]], Sequence[str]] = {}
        self._prepare([row for _, row, _, _ in rows], documents)
        unreached: dict[str, tuple[Matrix, int]] = {}
        for matrix, row, status, needs in rows:
            named = self._named(row, documents)
            yield from self._judge(row, status, needs, named, documents)
            if "working" in needs and named and not self.options.entry_points:
                unreached[matrix.id] = (matrix, unreached.get(matrix.id, (matrix, 0))[1] + 1)
        for matrix, count in unreached.values():
            yield _unreached(matrix, count)

    def _needs(self, text: str) -> frozenset[Wanted] | None:
        return next((needs for word, needs in self._wanted.items() if text.lower().startswith(word.lower())), None)

    def _judge(
        self, row: Row, status: Cell, needs: frozenset[Wanted], named: Sequence[Place], documents: Documents
    ) -> MatrixFindings:
        if "no-path" in needs:
            yield from self._no_path(row, status, documents)
        if "path" in needs and not named and self._is_code(row) and not any(_leads_nowhere(row, documents)):
            message = (
                f"{row.guarantee!r} is {status.text} and names no code: nobody can see whether that holds. Name "
                "the file in the row"
            )
            yield self._found(row, status, message, "no-code")
        if named:
            known = [one for place in named for one in self._told(place, row, documents)]
            if "inert" in needs:
                yield from self._inert(row, status, known)
            for need in ("active", "working"):
                if need in needs:
                    yield from self._working(row, status, known, need)
                    break
            uncalled = list(self._called(row, status, known)) if "called" in needs else []
            yield from uncalled
            if self.options.entry_points and not uncalled and needs & {"working", "called"}:
                yield from self._reached(row, status, known)
        yield from self._papers(row, status, needs, documents)

    def _is_code(self, row: Row) -> bool:
        """Whether the mechanism is one of code: a backup job or a runbook is none."""
        said = " ".join(row.text(name) for name in ("location", "layer"))
        words = {word.lower() for word in re.findall(r"\w+", said)}
        return not words or not words.isdisjoint(word.lower() for word in self.options.code)

    def _no_path(self, row: Row, status: Cell, documents: Documents) -> MatrixFindings:
        for place in places(row, documents, self.project)[:1]:
            message = (
                f"{row.guarantee!r} is {status.text}, specified and not built, and {place.path} exists. Set the status "
                "on, or take the path out of the row"
            )
            yield self._found(row, status, message, "built", place.path)

    def _inert(self, row: Row, status: Cell, known: Sequence[Told]) -> MatrixFindings:
        for one in sorted(known, key=lambda one: -ORDER.index(one.behaviour.verdict))[:_MANY]:
            if one.behaviour.verdict == "active":
                message = (
                    f"{row.guarantee!r} is {status.text}, and {one.name} does something: {reason(one)}. Set the status "
                    "on, or make it inert"
                )
                yield self._found(row, status, message, "not-inert", one.name, one)
            elif one.behaviour.verdict == "unknown":
                message = (
                    f"{row.guarantee!r} is {status.text}, and nobody can tell what {one.name} does: {reason(one)}. "
                    "What cannot be told does not count as inert"
                )
                yield self._found(row, status, message, "unknown", one.name, one)

    def _working(self, row: Row, status: Cell, known: Sequence[Told], need: str) -> MatrixFindings:
        verdicts = {one.behaviour.verdict for one in known}
        enough = {"active"} if need == "active" else {"active", "contained", "gated"}
        if verdicts & enough:
            return
        what = sorted({one.place.path for one in known})
        if "unknown" in verdicts:
            one = next(one for one in known if one.behaviour.verdict == "unknown")
            message = (
                f"{row.guarantee!r} is {status.text}, and whether {one.name} does anything cannot be told: "
                f"{reason(one)}. Make it plain"
            )
            yield self._found(row, status, message, "unknown", one.name, one, severity=Severity.WARNING)
        elif "gated" in verdicts:
            one = next(one for one in known if one.behaviour.verdict == "gated")
            names = " and ".join(one.behaviour.env)
            message = (
                f"{row.guarantee!r} is {status.text}, and {one.name} does something only where {names} is set. Say in "
                "the notes where that is"
            )
            yield self._found(row, status, message, "gated", one.name, one, severity=Severity.WARNING)
        elif known:
            most = max(known, key=lambda one: ORDER.index(one.behaviour.verdict))
            kinds = ", ".join(dict.fromkeys(f"{one.symbol} {_said(one)}" for one in known[:3] if one.symbol))
            more = f" and {len(known) - 3} more" if len(known) > 3 else ""
            message = (
                f"{row.guarantee!r} is {status.text}, and nothing in {', '.join(what)} does that: {kinds}{more}. Build "
                "it, or set the status back"
            )
            yield self._found(row, status, message, "does-nothing", most.name, most)
        else:
            message = (
                f"{row.guarantee!r} is {status.text}, and the code that it names offers nothing to call. Name the file "
                "that does it"
            )
            yield self._found(row, status, message, "does-nothing")

    def _called(self, row: Row, status: Cell, known: Sequence[Told]) -> MatrixFindings:
        active = [one for one in known if one.behaviour.verdict in ("active", "gated", "unknown", "contained")]
        for one in active:
            if one.symbol == IMPORT or self.project.matches(one.place.path, _ENTRIES):
                return
            if self.project.matches(one.place.path, self.options.entry_points):
                return
            found, complete = self._first(one)
            if found is not None or not complete:
                return
        if active:
            names = ", ".join(dict.fromkeys(one.symbol for one in active[:3]))
            message = (
                f"{row.guarantee!r} is {status.text}, and nothing outside of the tests uses {names}. Call it where the "
                "promise is kept, or set the status back"
            )
            yield self._found(row, status, message, "not-called", names)

    def _reached(self, row: Row, status: Cell, known: Sequence[Told]) -> MatrixFindings:
        """From the entry points by whole files: who uses a symbol of a file that is reached reaches it."""
        waiting = [one for one in known if one.symbol != IMPORT]
        seen = {one.place.path for one in known}
        if any(self.project.matches(path, self.options.entry_points) for path in seen):
            return
        files = {use.path for one in waiting for use in self._callers(one).places} - seen
        for _ in range(6):
            if any(self.project.matches(path, self.options.entry_points) for path in files):
                return
            seen |= files
            files = {path for file in sorted(files)[:50] for path in self._importers(file)} - seen
        message = (
            f"{row.guarantee!r} is {status.text}, and no entry point leads to it "
            f"({', '.join(self.options.entry_points)}). Call it from there, or set the status back"
        )
        yield self._found(row, status, message, "unreached", severity=Severity.WARNING)

    def _papers(self, row: Row, status: Cell, needs: frozenset[Wanted], documents: Documents) -> MatrixFindings:
        owner = row.cell("owner")
        # An empty cell is told by matrix/empty-cell.
        if "owner" in needs and (owner is None or owner.text.lower() in self.options.nobody):
            message = f"{row.guarantee!r} is {status.text}, and nobody owns it: name who may switch it off"
            yield self._found(row, status, message, "no-owner")
        if "pull-request" in needs and not any(_PULL_REQUEST.search(one.raw) for one in row.cells):
            message = (
                f"{row.guarantee!r} is {status.text}, and the row names no pull request in which that was decided. Add "
                "it, as in #123"
            )
            yield self._found(row, status, message, "pull-request")
        if "checklist" in needs:
            yield from self._checklists(row, status, documents)

    def _checklists(self, row: Row, status: Cell, documents: Documents) -> MatrixFindings:
        own = documents.by_path.get(row.path)
        named = [one.path for one in own.mentions if "CHECKLIST" in one.path.upper()] if own is not None else []
        named += [one.target for one in own.links if "CHECKLIST" in one.target.upper()] if own is not None else []
        paths = {documents.look_up(path).path for path in (*named, *self.options.checklists)}
        for path in sorted(paths & documents.by_path.keys()):
            still = [item for item in documents.by_path[path].items if item.checked is False]
            if still:
                boxes = "1 box is" if len(still) == 1 else f"{len(still)} boxes are"
                yield self._found(
                    row,
                    status,
                    f"{row.guarantee!r} is {status.text}, and {boxes} open in {path}. Pass the checklist first",
                    "open-checklist",
                    path,
                    related=[Related(path, one.place, one.text) for one in still[:3]],
                )

    # ---------------------------------------------------------------- evidence

    def _prepare(self, rows: Sequence[Row], documents: Documents) -> None:
        """One look over the files of a language for every word that is asked about."""
        self._look({word.name.rpartition(".")[2] for row in rows for word in _mechanism(row)}, CODE)
        asked: dict[tuple[str, ...], set[str]] = {}
        for row in rows:
            if "called" in (self._needs(row.text("status")) or ()) or self.options.entry_points:
                for one in told(row, documents, self.project):
                    words = asked.setdefault(relatives(one.place.path), set())
                    words |= {one.symbol.partition(".")[0], module_word(one.place.path)} - {IMPORT, ""}
        for globs, words in asked.items():
            self._look(words, globs)

    def _look(self, words: Collection[str], globs: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
        unknown = sorted({word for word in words if (word, globs) not in self._seen})
        if unknown:
            found = self.project.words(unknown, globs)
            self._seen |= {(word, globs): found.get(word, ()) for word in unknown}
        return {word: self._seen[word, globs] for word in words}

    def _look_beside(self, path: str) -> Callable[[Collection[str]], Mapping[str, Sequence[str]]]:
        return lambda words: self._look(words, relatives(path))

    def _callers(self, one: Told) -> Callers:
        return callers(self.project.code, one.place.path, one.symbol, self._look_beside(one.place.path))

    def _first(self, one: Told) -> tuple[Caller | None, bool]:
        """One use outside of the tests."""

        def wanted(path: str) -> bool:
            return not self.project.matches(path, self.options.tests)

        return first_caller(self.project.code, one.place.path, one.symbol, self._look_beside(one.place.path), wanted)

    def _importers(self, path: str) -> Iterator[str]:
        look = self._look_beside(path)
        for export in self.project.code.outline(path).exports[:20]:
            if export.name != "*":
                yield from (use.path for use in callers(self.project.code, path, export.name, look).places)

    def _named(self, row: Row, documents: Documents) -> list[Place]:
        """The code that a row names: by paths or, without them, by identifiers of its mechanism."""
        found = places(row, documents, self.project)
        mechanism = row.cell("mechanism")
        if found or mechanism is None:
            return found
        for word in _mechanism(row):
            files = [
                path
                for path in self._look([word.name], CODE)[word.name]
                if not self.project.matches(path, self.options.tests)
            ]
            for path in files[:20]:
                if any(one.name == word.name for one in self.project.code.code(path).symbols):
                    ref = _ref(path, word)
                    found.append(Place(path, word.name, mechanism, ref))
        return found

    def _told(self, place: Place, row: Row, documents: Documents) -> Sequence[Told]:
        if place in places(row, documents, self.project):
            return [one for one in told(row, documents, self.project) if one.place == place]
        one = behaviour(self.project.code, place.path, place.symbol or "")
        return [Told(place, place.symbol or "", one)] if one is not None else []

    def _found(
        self,
        row: Row,
        status: Cell,
        message: str,
        kind: str,
        key: str = "",
        one: Told | None = None,
        *,
        related: Sequence[Related] = (),
        severity: Severity | None = None,
    ) -> MatrixFinding:
        shown = way(one) if one is not None else tuple(related)
        return self.found(row, status, message, kind=kind, key=f"{kind}:{key}", related=shown, severity=severity)


def _said(one: Told) -> str:
    match one.behaviour.verdict:
        case "no-op":
            return "does nothing"
        case "constant":
            return "always gives the same"
        case "raises":
            return "always raises"
        case "pass-through":
            return "passes on what it gets"
        case "contained":
            return "only computes"
        case other:
            return f"is {other}"


def _mechanism(row: Row) -> Sequence[Word]:
    cell = row.cell("mechanism")
    return cell.words if cell is not None else ()


def _ref(path: str, word: Word) -> Ref:
    return Ref("path", path, word.name, word.place, word.name)


def _leads_nowhere(row: Row, documents: Documents) -> Iterator[bool]:
    """Whether a path of the row is one that `matrix/missing-path` tells of."""
    for ref in row.refs:
        yield ref.kind == "path" and documents.look_up(ref.path).state in ("missing", "outside", "beyond")


def _unreached(matrix: Matrix, count: int) -> MatrixFinding:
    rows = "1 row" if count == 1 else f"{count} rows"
    return MatrixFinding(
        path=matrix.path,
        region=Region(matrix.place.line, matrix.place.column, matrix.place.line, matrix.place.end_column),
        message=(
            f"whether anything leads to what {rows} of this matrix call implemented is not known: no entry points are "
            'configured. Name them in entry_points of [rules."matrix/unproven-status"]'
        ),
        key="entry-points",
        kind="entry-points",
        severity=Severity.WARNING,
    )
