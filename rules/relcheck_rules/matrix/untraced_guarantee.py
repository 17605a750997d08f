"""Nothing leads from a guarantee to code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, RuleOptions, Severity, Valid, View
from relcheck.sdk.matrix import Documents, Matrix, MatrixFindings, MatrixRule, Row, key_of

_HEADER = "| Guarantee | Mechanism | Location | Owner | Status | Notes |\n|---|---|---|---|---|---|\n"
_FLAGS = "| Kill switches | Feature flags | App | Kim Ode | Stubbed | src/flags.ts |\n"
_CODE = (
    "**/*.py",
    "**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,go,rs,java,kt,kts,scala,swift,cs,c,h,cc,cpp,hpp,php,rb,sql,sh,tf,prisma}",
)
_BETWEEN = re.compile(r"[/,+&;]|\band\b")


class UntracedGuarantee(MatrixRule):
    """
    ## What it does
    Reports a guarantee to which nothing leads: its row names no path and no identifier of the code, no marker in the
    code (`relcheck: upholds "…"`) names it, and neither does a rule. It looks at rows that claim that something is
    there: with a status of `statuses` where the matrix has that column, and with a layer or location other than those
    of `elsewhere`. It does so where the team has begun to say where things are: a row of the matrix names a path, or
    the code has a marker.

    ## Why is this bad
    A row says "Implemented", and nobody can check it: not a reviewer, not a gate, and not the one who changes that code
    without knowing that a promise rests on it.

    ## Example
    ```markdown
    | Guarantee         | Mechanism         | Location | Owner   | Status      | Notes              |
    |-------------------|-------------------|----------|---------|-------------|--------------------|
    | No partial writes | Single write path | App      | Kim Ode | Implemented | For every action   |
    | Kill switches     | Feature flags     | App      | Kim Ode | Stubbed     | src/flags.ts       |
    ```

    ## Use instead
    The path in the row, or a marker in the code:
    ```python
    # relcheck: upholds "No partial writes"
    def in_one_transaction(work): ...
    ```
    """

    severity = Severity.WARNING
    reads = (View.MARKERS,)

    class Options(RuleOptions, frozen=True):
        statuses: tuple[str, ...] = ("stubbed", "implemented", "enabled")
        elsewhere: tuple[str, ...] = ("process", "human", "infra", "infrastructure", "provider", "test")

    options: Options

    examples = (
        Invalid(
            _HEADER + "| Orders ship once | Single write path | App | Kim Ode | Implemented | always |\n" + _FLAGS,
            Expect(
                3,
                3,
                19,
                "nothing leads from 'Orders ship once' (Implemented) to code: no path in its row, no marker, no rule. "
                'Name the path, or mark the code: relcheck: upholds "Orders ship once"',
            ),
            path="docs/matrix.md",
        ),
        Valid(
            _HEADER + "| Orders ship once | Single write path | App | Kim Ode | Implemented | always |\n" + _FLAGS,
            title="a marker leads to it",
            path="docs/matrix.md",
            files={"src/txn.py": '# relcheck: upholds "Orders ship once"\ndef write(work):\n    work()\n'},
        ),
        Valid(
            _HEADER + "| Read-only mode | WRITE_GUARD gate | App | Kim Ode | Enabled | always |\n" + _FLAGS,
            title="an identifier that the code has leads to it",
            path="docs/matrix.md",
            files={"src/guards.ts": "export const WRITE_GUARD = true;\n"},
        ),
        Valid(
            _HEADER
            + "| Incident logging | Record template | Process/Human | Kim Ode | Implemented | manual |\n"
            + "| PITR | WAL archive | DB | Kim Ode | Defined | later |\n"
            + _FLAGS,
            title="what is no code, or is not there yet",
            path="docs/matrix.md",
        ),
        Valid(
            _HEADER + "| Orders ship once | Single write path | App | Kim Ode | Implemented | always |\n",
            title="a matrix in which no row names a path",
            path="docs/matrix.md",
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        self._upheld = {key_of(name) for name in project.upheld.values()}
        self._marked = {key_of(one.guarantee) for markers in project.markers.values() for one in markers}
        yield from super().check(project)

    def check_documents(self, documents: Documents) -> MatrixFindings:
        traced = {row.key for one in documents.matrices for row in one.rows if row.refs}
        numbered = {row.id for one in documents.matrices for row in one.rows if row.refs and row.id is not None}
        asked = [
            (one, row)
            for one in documents.matrices
            if self._marked or any(row.refs for row in one.rows)
            for row in one.rows
            if self._claims_code(one, row) and row.key not in traced and row.id not in numbered
        ]
        left = [(one, row) for one, row in asked if not self._is_named(row)]
        words = {word.name.rpartition(".")[2] for _, row in left for cell in row.cells for word in cell.words}
        files = self.project.words(words, _CODE) if words else {}
        for matrix, row in left:
            if any(files.get(word.name.rpartition(".")[2]) for cell in row.cells for word in cell.words):
                continue
            status = f" ({row.text('status')})" if row.text("status") else ""
            yield self.found(
                row,
                row.cell(matrix.key) or row.place,
                f"nothing leads from {row.guarantee!r}{status} to code: no path in its row, no marker, no rule. "
                f'Name the path, or mark the code: relcheck: upholds "{row.guarantee}"',
            )

    def _claims_code(self, matrix: Matrix, row: Row) -> bool:
        if not row.key:
            return False
        if matrix.column("status") is not None and row.text("status").strip().lower() not in self.options.statuses:
            return False
        places = [
            part.strip().lower()
            for column in ("location", "layer")
            for part in _BETWEEN.split(row.text(column))
            if part.strip()
        ]
        return not places or not all(place in self.options.elsewhere for place in places)

    def _is_named(self, row: Row) -> bool:
        names = {row.key, key_of(row.id or "")} - {""}
        return not names.isdisjoint(self._marked | self._upheld)
