"""What a migration drops or renames is not used by the code any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sdk import Confidence, Expect, Glob, Invalid, Related, RuleOptions, Severity, Valid
from relcheck.sdk.migration import MigrationFindings, MigrationRule, Wanted, uses
from relcheck_rules.migrations.governance._removed import ASIDE, CODE, REMOVALS, removed, shown

if TYPE_CHECKING:
    from relcheck.sdk import Project
    from relcheck.sdk.migration import Use

_MOST = 10
_MODEL = """\
class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    note = Column(Text)
"""


class ColumnStillReferenced(MigrationRule):
    """
    ## What it does
    For each column or table that a migration drops or renames, looks for its name in the code of the repository:
    models of SQLAlchemy, Django and Prisma that have it, SQL in Python and in files, attributes and arguments in
    files that speak of the table, words outside of comments in TypeScript, JavaScript, Go and SQL. A model that has
    the column, and SQL that names both, are certain: an error. All else is likely: a warning. The places are
    listed. Files of migrations and those in `ignore` are left out.

    ## Why is this bad
    While a release is rolled out, old and new code run beside each other, and an ORM names every column of its
    model in each query: as soon as the column is gone, every one of them fails.

    ## Example
    ```python
    class Order(Base):
        __tablename__ = "orders"
        note = Column(Text)
    ```
    ```sql
    ALTER TABLE orders DROP COLUMN note;
    ```

    ## Use instead
    Take the column out of the code in one release (in Django with `SeparateDatabaseAndState`, in SQLAlchemy by
    removing it from the model), and drop it in a later one.
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
                "orders.note goes away, and the code still uses it in 1 place: queries fail as soon as this runs. "
                "Remove the uses in a release before",
            ),
            path="db/migration/V2__drop_note.sql",
            files={"app/models.py": _MODEL},
        ),
        Invalid(
            "ALTER TABLE orders DROP COLUMN memo;\n",
            Expect(
                1,
                20,
                36,
                "orders.memo goes away, and its name stands in code that may mean it (1 place): what does fails as "
                "soon as this runs. Remove the uses in a release before",
            ),
            path="db/migration/V2__drop_memo.sql",
            files={"app/letters.py": "def letter(orders):\n    return orders.first().memo\n"},
        ),
        Valid(
            "ALTER TABLE orders DROP COLUMN memo;\n",
            path="db/migration/V2__drop_memo.sql",
            files={"app/models.py": _MODEL, "app/letters.py": "letter.memo = 'a memo'\n"},
        ),
    )

    def check_project(self, project: Project[object]) -> MigrationFindings:
        gone = list(removed(project))
        holders = project.words({word for _, _, wanted in gone for word in wanted.words}, CODE)
        own = {one.path for one in project.migrations.migrations}
        asked: dict[str, dict[Wanted, None]] = {}
        for _, _, wanted in gone:
            for path in (path for word in wanted.words for path in holders[word]):
                asked.setdefault(path, {})[wanted] = None
        using: dict[Wanted, list[Use]] = {}
        for path, wanted_here in asked.items():
            data = None if path in own or project.matches(path, self.options.ignore) else project.read(path)
            if data is not None:
                for wanted, use in uses(path, data.decode("utf-8-sig", "replace"), wanted_here):
                    using.setdefault(wanted, []).append(use)
        for migration, operation, wanted in gone:
            found = using.get(wanted, [])
            if found:
                certain = any(one.confidence is Confidence.HIGH for one in found)
                found.sort(key=lambda one: (one.confidence is not Confidence.HIGH, one))
                places = "1 place" if len(found) == 1 else f"{len(found)} places"
                yield self.found(
                    operation,
                    migration,
                    f"{shown(wanted)} goes away, and {_said(places, certain=certain)}. "
                    "Remove the uses in a release before",
                    related=[Related(one.path, one.region, one.what) for one in found[:_MOST]],
                    severity=Severity.ERROR if certain else Severity.WARNING,
                    confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
                )


def _said(places: str, *, certain: bool) -> str:
    if certain:
        return f"the code still uses it in {places}: queries fail as soon as this runs"
    return f"its name stands in code that may mean it ({places}): what does fails as soon as this runs"
