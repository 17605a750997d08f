"""What a migration drops or renames has been out of use for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from relcheck.sdk import Confidence, Expect, Glob, Invalid, Related, RuleOptions, Severity, Valid
from relcheck.sdk.migration import MigrationFindings, MigrationRule, Wanted, uses
from relcheck_rules.migrations.governance._removed import CODE, NOT_WRITTEN_BY_HAND, removed, shown

if TYPE_CHECKING:
    from relcheck.sdk import Project
    from relcheck.sdk.migration import Use

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
    code still used the name `contract_after` days ago (`[migrations]`, 14 by default). What counts as a use, and how
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

    class Options(RuleOptions, frozen=True):
        ignore: tuple[Glob, ...] = (
            *("**/tests/**", "**/test_*.py", "**/*_test.*", "**/*.test.*", "**/*.spec.*"),
            *NOT_WRITTEN_BY_HAND,
        )

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
        Valid(
            "ALTER TABLE orders DROP COLUMN note;\n",
            path="db/migration/V2__drop_note.sql",
            files={"app/models.py": ""},
            earlier={"app/models.py": _MODEL.replace("note", "memo")},
        ),
    )

    def check_project(self, project: Project[object]) -> MigrationFindings:
        days = project.governance.settings.contract_after
        gone = list(removed(project)) if days else []
        then = project.then(days, CODE) if gone else None
        if then is None:
            return
        if then.files is None:
            for migration, operation, wanted in gone if then.cut_off else ():
                message = (
                    f"whether {shown(wanted)} was in use in the last {days} days cannot be told: this clone has only a "
                    "part of the history. Fetch all of it (in GitHub Actions: fetch-depth: 0)"
                )
                yield self.found(operation, migration, message, kind="unknown", severity=Severity.WARNING)
            return
        own = {one.path for one in project.migrations.migrations}
        code = {
            path: data
            for path, data in then.files.items()
            if path not in own and not project.matches(path, self.options.ignore)
        }
        day = project.today - timedelta(days=days)
        using: dict[Wanted, list[Use]] = {}
        every = dict.fromkeys(wanted for _, _, wanted in gone)
        for path, data in code.items():
            for wanted, use in uses(path, data.decode("utf-8-sig", "replace"), every):
                using.setdefault(wanted, []).append(use)
        for migration, operation, wanted in gone:
            found = using.get(wanted, [])
            if found:
                certain = any(one.confidence is Confidence.HIGH for one in found)
                yield self.found(
                    operation,
                    migration,
                    f"{shown(wanted)} goes away, and on {day} the code still used it: less than {days} days lie "
                    "between its last use and its end. Wait, so that a rollback of the code finds what it needs",
                    related=[
                        Related(one.path, one.region, f"on {day} here {one.what}") for one in sorted(found)[:_MOST]
                    ],
                    severity=Severity.ERROR if certain else Severity.WARNING,
                    confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
                )
