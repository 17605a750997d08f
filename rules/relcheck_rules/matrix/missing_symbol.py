"""A row names a symbol or a line that the file does not have."""

from __future__ import annotations

from difflib import get_close_matches

from relcheck.sdk import Expect, Invalid, Severity, Valid, on
from relcheck.sdk.code import behaviour, language_of
from relcheck.sdk.matrix import Cell, MatrixFindings, MatrixRule, Ref, Row, cell

_HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"


class MissingSymbol(MatrixRule):
    """
    ## What it does
    Reports `path:symbol`, `path#symbol` and `path#L10` in a row where the file exists and does not define the symbol,
    or has fewer lines. Functions, classes, methods (`Guard.check`), constants and what a file exports again count, in
    Python, TypeScript, JavaScript and Go. A file that cannot be read is told, too.

    ## Why is this bad
    The mechanism was renamed or removed, and the row still says that it keeps the promise.

    ## Example
    ```markdown
    | Guarantee | Mechanism | Owner | Status      | Notes                  |
    |-----------|-----------|-------|-------------|------------------------|
    | Audit log | Writer    | Kim   | Implemented | src/lib/audit.ts:write |
    ```

    ## Use instead
    The name that the symbol has now.
    """

    examples = (
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Implemented | src/lib/audit.ts:writeAudt |\n",
            Expect(
                3,
                44,
                70,
                "src/lib/audit.ts defines no writeAudt, and 'Audit log' rests on it. Did you mean writeAudit?",
                kind="symbol",
            ),
            path="docs/matrix.md",
            files={"src/lib/audit.ts": "export function writeAudit() {}\n"},
        ),
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Implemented | audit/log.py#L40 |\n",
            Expect(
                3,
                44,
                60,
                "audit/log.py has 2 lines, and 'Audit log' names line 40. Name the symbol instead: lines move",
                kind="line",
            ),
            path="docs/matrix.md",
            files={"audit/log.py": "def write():\n    pass\n"},
        ),
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Implemented | audit/log.py:write |\n",
            Expect(
                3,
                44,
                62,
                "audit/log.py cannot be read (syntax error: invalid syntax), so nobody knows whether it defines write. "
                "Mend it",
                kind="unreadable",
            ),
            path="docs/matrix.md",
            files={"audit/log.py": "def write(:\n    pass\n"},
        ),
        Valid(
            _HEADER + "| Audit log | Writer | Kim | Implemented | audit/log.py:Log.write, audit/log.py#L2 |\n",
            path="docs/matrix.md",
            files={"audit/log.py": "class Log:\n    def write(self):\n        pass\n"},
        ),
    )

    @on(cell())
    def named(self, one: Cell, row: Row) -> MatrixFindings:
        for ref in one.refs:
            found = self.project.documents.look_up(ref.path)
            if ref.kind == "path" and found.state in ("file", "other-case"):
                if ref.lines is not None:
                    yield from self._lines(ref, found.path, row)
                if ref.symbol is not None and language_of(found.path) is not None:
                    yield from self._symbol(ref, ref.symbol.replace("::", "."), found.path, row)

    def _lines(self, ref: Ref, path: str, row: Row) -> MatrixFindings:
        data = self.project.read(path)
        last = ref.lines[1] if ref.lines is not None else 0
        count = len(data.splitlines()) if data is not None else last
        if last > count:
            yield self.found(
                row,
                ref.place,
                f"{ref.path} has {count} lines, and {row.guarantee!r} names line {last}. Name the symbol instead: "
                "lines move",
                kind="line",
                key=ref.text,
            )

    def _symbol(self, ref: Ref, symbol: str, path: str, row: Row) -> MatrixFindings:
        code = self.project.code.code(path)
        if code.problem is not None:
            yield self.found(
                row,
                ref.place,
                f"{ref.path} cannot be read ({code.problem}), so nobody knows whether it defines {symbol}. Mend it",
                kind="unreadable",
                key=ref.text,
            )
        elif behaviour(self.project.code, path, symbol) is None:
            near = get_close_matches(symbol, [one.name for one in code.symbols], 1)
            broken = f" (line {code.broken} of it could not be parsed)" if code.broken is not None else ""
            what = f"Did you mean {near[0]}?" if near else "Correct the name, or the status of the row"
            yield self.found(
                row,
                ref.place,
                f"{ref.path} defines no {symbol}{broken}, and {row.guarantee!r} rests on it. {what}",
                kind="symbol",
                key=ref.text,
                severity=Severity.WARNING if broken else None,
            )
