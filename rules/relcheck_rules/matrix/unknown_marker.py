"""A marker in the code names a guarantee that no matrix has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, ProjectRule, RuleOptions, Severity, Valid, View
from relcheck.sdk.matrix import Documents, key_of
from relcheck_rules.matrix._text import nearest

_NUMBER = re.compile(r"\[#[\w.-]+\]")
_MATRIX = {
    "docs/matrix.md": "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"
    "| No partial writes [#G-03] | Transaction wrapper | Kim Ode | Enabled |\n"
}


class UnknownMarker(ProjectRule[object]):
    """
    ## What it does
    Reports a comment `# relcheck: upholds "…"` (`//` and `--` in other languages) that names no guarantee, or one that
    no matrix of the project has a row for. A guarantee is named by its text, or by its number. With `--base` a row that
    the change removes is told as that.

    ## Why is this bad
    The marker is how a reader of the code finds the promise, and how the promise finds its code. One that leads nowhere
    says that somebody promised something, and nobody can look up what.

    ## Example
    ```python
    # relcheck: upholds "No partal writes"
    def in_one_transaction(work): ...
    ```

    ## Use instead
    ```python
    # relcheck: upholds "No partial writes"
    def in_one_transaction(work): ...
    ```
    Where the promise is a new one, it needs a row first. A promise that is gone leaves no marker behind.
    """

    severity = Severity.WARNING
    view = View.MARKERS
    reads = (View.DOCUMENTS,)
    facts = object
    files = ("**/*",)

    class Options(RuleOptions, frozen=True):
        aliases: dict[str, str] = {}  # noqa: RUF012  # msgspec makes it anew for each

    options: Options

    examples = (
        Invalid(
            '# relcheck: upholds "No partal writes"\ndef write(work):\n    return work()\n',
            Expect(
                1,
                21,
                39,
                "no matrix has a row for 'No partal writes'; 'No partial writes' may be meant. "
                "Name the guarantee as its row does, or add the row",
                kind="unknown",
            ),
            files=_MATRIX,
        ),
        Invalid(
            "def write(work):\n    # relcheck: upholds partial writes\n    return work()\n",
            Expect(
                2,
                7,
                39,
                'this marker names no guarantee. Write it in quotes: relcheck: upholds "No partial writes"',
                kind="nameless",
            ),
            files=_MATRIX,
        ),
        Invalid(
            '// relcheck: upholds "Kill switches"\nexport const flags = {};\n',
            Expect(
                1,
                22,
                37,
                "the row of 'Kill switches' is gone, and this code still says that it upholds it. "
                "Put the row back, or take the marker away",
                kind="removed",
            ),
            path="src/flags.ts",
            files=_MATRIX,
            earlier={
                "docs/matrix.md": "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"
                "| Kill switches | Flags | Kim Ode | Enabled |\n",
                "src/flags.ts": "export const flags = {};\n",
            },
        ),
        Valid(
            '# relcheck: upholds "no partial writes", G-03\ndef write(work):\n    return work()\n',
            files=_MATRIX,
        ),
        Valid(
            'TEXT = """\n# relcheck: upholds "Anything"\n"""\n', title="text in a string is no marker", files=_MATRIX
        ),
        Valid(
            '-- relcheck: upholds "No partial writes"\nALTER TABLE a ADD CHECK (n > 0);\n',
            path="db/a.sql",
            files=_MATRIX,
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        known = _names(project.documents) | {key_of(one) for one in self.options.aliases}
        before = _names(project.before.documents) if project.before is not None else frozenset()
        guarantees = [_NUMBER.sub("", row.guarantee).strip() for one in project.documents.matrices for row in one.rows]
        for path, markers in project.markers.items():
            for one in markers:
                if one.guarantee and key_of(one.guarantee) in known:
                    continue
                kind, message = self._said(one.guarantee, before, guarantees)
                yield project.finding(
                    path, one.region, message, key=f"{one.symbol}:{one.guarantee}", kind=kind, symbol=one.symbol
                )

    def _said(self, guarantee: str, before: frozenset[str], guarantees: list[str]) -> tuple[str, str]:
        if not guarantee:
            return (
                "nameless",
                'this marker names no guarantee. Write it in quotes: relcheck: upholds "No partial writes"',
            )
        if key_of(guarantee) in before:
            return "removed", (
                f"the row of {guarantee!r} is gone, and this code still says that it upholds it. "
                "Put the row back, or take the marker away"
            )
        near = nearest(guarantee, guarantees)
        if not guarantees:
            return (
                "unknown",
                f"no document of this project has a matrix, so {guarantee!r} is promised nowhere. Add a row",
            )
        meant = f"; {near!r} may be meant" if near is not None else ""
        return (
            "unknown",
            f"no matrix has a row for {guarantee!r}{meant}. Name the guarantee as its row does, or add the row",
        )


def _names(documents: Documents) -> frozenset[str]:
    """Guarantees by their text and number, spelled alike."""
    rows = [row for one in documents.matrices for row in one.rows]
    return frozenset(key_of(name) for row in rows for name in (row.key, row.id) if name)
