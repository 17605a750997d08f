"""A guarantee that one matrix makes has no row in the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, Related, RuleOptions, Severity, Valid
from relcheck.sdk.matrix import Documents, Matrix, MatrixFinding, MatrixFindings, MatrixRule, Row
from relcheck.sdk.matrix import key_of as _key
from relcheck_rules.matrix._text import nearest

_STUBS = "| Guarantee | Mechanism stub | Owner | Status |\n|---|---|---|---|\n"
_MECHANISMS = "| Guarantee | Mechanism | Detection | Recovery |\n|---|---|---|---|\n"


class MissingRow(MatrixRule):
    """
    ## What it does
    Compares the two kinds of matrices that teams keep: those that say how far a mechanism is (with a column `status`)
    and those that say how its failure is seen and mended (with `detection` or `recovery`). A guarantee of one kind
    needs a row in the other. Rows are the same by their number (a column `ID`, or a mark such as `[#G-07]`), by their
    text, or by the option `aliases`. A row of another matrix that may be meant is named.

    `guarantees` lists guarantees that must have a row somewhere.

    ## Why is this bad
    A guarantee without a row for its mechanism is enforced by nothing that anyone has written down; a mechanism without
    detection fails in silence. Two names for one guarantee keep the two documents from ever being compared.

    ## Example
    ```markdown
    | Guarantee         | Mechanism stub | Owner | Status  |
    |-------------------|----------------|-------|---------|
    | No partial writes | Wrapper        | Kim   | Stubbed |
    ```
    ```markdown
    | Guarantee                             | Mechanism          | Detection  | Recovery |
    |---------------------------------------|--------------------|------------|----------|
    | No data corruption from partial writes | Single transaction | Error rate | Abort    |
    ```

    ## Use instead
    The same words in both, the same number in both, or an alias:
    ```toml
    [rules."matrix/missing-row".aliases]
    "No partial writes" = "No data corruption from partial writes"
    ```
    """

    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        aliases: dict[str, str] = {}  # noqa: RUF012  # msgspec makes it anew for each
        guarantees: tuple[str, ...] = ()

    options: Options

    examples = (
        Invalid(
            _STUBS + "| No silent data loss | Job | Kim | Stubbed |\n| Kill switches | Flags | Kim | Stubbed |\n",
            Expect(
                4,
                3,
                16,
                "'Kill switches' has no row in docs/matrix.md, so nobody has said how its failure is seen and mended. "
                "Add one, or name it as there",
                kind="missing",
            ),
            path="docs/stubs.md",
            files={"docs/matrix.md": _MECHANISMS + "| No silent data loss | Job | Job health | Restore |\n"},
        ),
        Invalid(
            _STUBS + "| No partial writes | Wrapper | Kim | Stubbed |\n",
            Expect(
                3,
                3,
                20,
                "'No partial writes' has no row in docs/matrix.md, where 'No data corruption from partial writes' may "
                "be the same. Use one name, one number, or an alias",
                kind="near-name",
            ),
            title="two names that may mean the same; it is told once",
            path="docs/stubs.md",
            files={
                "docs/matrix.md": _MECHANISMS
                + "| No data corruption from partial writes | One transaction | Logs | Abort |\n"
            },
        ),
        Valid(
            _STUBS
            + "| No partial writes [#G-1] | Wrapper | Kim | Stubbed |\n| Kill switches | Flags | Kim | Stubbed |\n",
            path="docs/stubs.md",
            files={
                "docs/matrix.md": _MECHANISMS
                + "| [#G-1] No data corruption from partial writes | One transaction | Logs | Abort |\n"
                + "| Features can be switched off | Flags | Health | Switch off |\n"
            },
            options={"aliases": {"Kill switches": "Features can be switched off"}},
        ),
        Valid(
            _STUBS + "| Kill switches | Flags | Kim | Stubbed |\n",
            title="a matrix that stands alone is compared with none",
            path="docs/stubs.md",
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        yield from super().check(project)
        known = {row.key for one in project.documents.matrices for row in one.rows}
        for index, name in enumerate(self.options.guarantees):
            if _key(name) not in known:
                message = f"no matrix has a row for {name!r}, which `guarantees` lists. Add it, or remove the entry"
                yield project.vacuous(message, "rules", "matrix/missing-row", "guarantees", index)

    def check_documents(self, documents: Documents) -> MatrixFindings:
        stubs = [one for one in documents.matrices if _is_about_status(one)]
        mechanisms = [one for one in documents.matrices if _is_about_failure(one)]
        if not stubs or not mechanisms:
            return
        told: set[str] = set()
        why = "so nobody has said how its failure is seen and mended"
        yield from self._missing(stubs, mechanisms, why, told)
        why = "so nobody has said how far it is and who owns it"
        yield from self._missing(mechanisms, stubs, why, told)

    def _missing(self, ones: Sequence[Matrix], others: Sequence[Matrix], why: str, told: set[str]) -> MatrixFindings:
        rows = [row for other in others for row in other.rows if row.key]
        keys = {row.key: row for row in rows}
        ids = {row.id for row in rows if row.id is not None}
        aliases = self._aliases()
        own = {key for one in ones for row in one.rows for key in (row.key, aliases.get(row.key, row.key))}
        unmatched = [row.guarantee for row in rows if row.key not in own and aliases.get(row.key) not in own]
        where = " and ".join(dict.fromkeys(other.path for other in others))
        for one in ones:
            for row in one.rows:
                same = {row.key, aliases.get(row.key, row.key)}
                if not row.key or row.id in ids or not same.isdisjoint(keys) or row.key in told:
                    continue
                yield self._finding(one, row, where, why, nearest(row.guarantee, unmatched), keys, told)

    def _finding(
        self, one: Matrix, row: Row, where: str, why: str, near: str | None, keys: Mapping[str, Row], told: set[str]
    ) -> MatrixFinding:
        at = row.cell(one.key) or row.place
        if near is None:
            message = f"{row.guarantee!r} has no row in {where}, {why}. Add one, or name it as there"
            return self.found(row, at, message, kind="missing")
        other = keys[_key(near)]
        told.add(other.key)
        return self.found(
            row,
            at,
            f"{row.guarantee!r} has no row in {other.path}, where {near!r} may be the same. "
            "Use one name, one number, or an alias",
            kind="near-name",
            related=[Related(other.path, other.place, "may be the same guarantee")],
        )

    def _aliases(self) -> dict[str, str]:
        """Keys and what else they are called, both ways."""
        pairs = [(_key(one), _key(other)) for one, other in self.options.aliases.items()]
        return {**{other: one for one, other in pairs}, **dict(pairs)}


def _is_about_status(one: Matrix) -> bool:
    return one.column("status") is not None


def _is_about_failure(one: Matrix) -> bool:
    return not _is_about_status(one) and (one.column("detection") is not None or one.column("recovery") is not None)
