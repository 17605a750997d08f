"""What a migration drops or renames has been out of use for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from relcheck.sdk import Confidence, Expect, Glob, Invalid, Related, RuleOptions, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, Wanted, uses
from relcheck_rules.migrations.governance._removed import ASIDE, CODE, REMOVALS, removed, shown

if TYPE_CHECKING:
    from relcheck.sdk import Project
    from relcheck.sdk.migration import Use
    from relcheck.sdk.rule import Then

_MOST = 5
_MODEL = """\
class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    note = Column(Text)
"""


class ContractTooEarly(MigrationRule):
    """
    ## What it does
    For each column or table that a migration drops or renames, looks into the history of the branch: whether the
    code still used the name `contract_after` days ago (`[migrations]`, 14 by default), or `contract_after_releases`
    releases back, by the tags of the branch (none by default). What counts as a use, and how
    sure it is, is said on the page of `migrations/column-still-referenced`. What is in use today is that rule's.
    Where the clone has only a part of the history, the finding says that it cannot be told.

    ## Why is this bad
    Between the release that stops using a column and the one that drops it, there has to be time: for workers and
    clients that are still old, for a rollback of the release, and for the discovery that somebody does use it.

    ## Example
    ```sql
    -- on Monday, a release took orders.note out of the code; on Tuesday:
    ALTER TABLE orders DROP COLUMN note;
    ```

    ## Use instead
    Merge the migration when the time has passed, or approve it with the reason why it need not.
    """

    requires = REMOVALS

    class Options(RuleOptions, frozen=True):
        ignore: tuple[Glob, ...] = ASIDE

    options: Options

    examples = (
        Invalid(
            "ALTER TABLE orders DROP COLUMN note;\n",
            Expect(
                1,
                20,
                36,
                "orders.note goes away, and on 2025-12-18 the code still used it: less than 14 days lie between its "
                "last use and its end. Wait, so that a rollback of the code finds what it needs",
            ),
            path="db/migration/V2__drop_note.sql",
            files={"app/models.py": ""},
            earlier={"app/models.py": _MODEL},
        ),
        Invalid(
            "ALTER TABLE orders DROP COLUMN note;\n",
            Expect(
                1,
                20,
                36,
                "orders.note goes away, and in v1.0 the code still used it: less than 2 releases lie between its last "
                "use and its end. Wait, so that a rollback of the code finds what it needs",
            ),
            title="Two releases have to lie between",
            path="db/migration/V2__drop_note.sql",
            files={"app/models.py": ""},
            earlier={"app/models.py": _MODEL},
            settings="[migrations]\ncontract_after = 0\ncontract_after_releases = 2\n",
        ),
        Valid(
            "ALTER TABLE orders DROP COLUMN note;\n",
            path="db/migration/V2__drop_note.sql",
            files={"app/models.py": ""},
            earlier={"app/models.py": _MODEL.replace("note", "memo")},
        ),
    )

    def check_project(self, project: Project[object]) -> MigrationFindings:
        settings = project.governance.settings
        days, releases = settings.contract_after, settings.contract_after_releases
        gone = list(removed(project)) if days or releases else []
        then = project.then(days, CODE) if gone and days else None
        told: set[int] = set()
        if then is not None:
            day = str(project.today - timedelta(days=days))
            for one in self._early(project, gone, then, f"{days} days", day):
                told.add(id(one.operation))
                yield one
        if gone and releases:
            back = project.then(0, CODE, releases=releases)
            left = [each for each in gone if id(each[1]) not in told]
            if back is not None:
                yield from self._early(project, left, back, f"{releases} releases", back.name)

    def _early(
        self,
        project: Project[object],
        gone: Sequence[tuple[Migration, Operation, Wanted]],
        then: Then,
        time: str,
        when: str,
    ) -> MigrationFindings:
        """What goes away and was in use in an earlier state of the branch."""
        if then.files is None:
            for migration, operation, wanted in gone if then.cut_off else ():
                message = (
                    f"whether {shown(wanted)} was in use in the last {time} cannot be told: this clone has only a "
                    "part of the history. Fetch all of it (in GitHub Actions: fetch-depth: 0)"
                )
                yield self.found(operation, migration, message, kind="unknown", severity=Severity.WARNING)
            return
        own = {one.path for one in project.migrations.migrations}
        using: dict[Wanted, list[Use]] = {}
        every = dict.fromkeys(wanted for _, _, wanted in gone)
        for path, data in then.files.items():
            if path not in own and not project.matches(path, self.options.ignore):
                for wanted, use in uses(path, data.decode("utf-8-sig", "replace"), every):
                    using.setdefault(wanted, []).append(use)
        for migration, operation, wanted in gone:
            found = using.get(wanted, [])
            if found:
                certain = any(one.confidence is Confidence.HIGH for one in found)
                where = f"in {when}" if "releases" in time else f"on {when}"
                yield self.found(
                    operation,
                    migration,
                    f"{shown(wanted)} goes away, and {where} the code still used it: less than {time} lie between its "
                    "last use and its end. Wait, so that a rollback of the code finds what it needs",
                    related=[
                        Related(one.path, one.region, f"{where} here {one.what}") for one in sorted(found)[:_MOST]
                    ],
                    severity=Severity.ERROR if certain else Severity.WARNING,
                    confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
                )
