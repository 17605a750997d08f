"""What is tried with the example of a rule about migrations, and what is said where it does not hold."""

from __future__ import annotations

from collections.abc import Mapping

from relcheck.engine.migration_examples import forms
from relcheck.engine.migration_trial import MigrationTrial, Run
from relcheck.model.finding import Finding, Region, Status
from relcheck.model.severity import Severity
from relcheck.sdk.examples import Example, Invalid

EXAMPLE = Invalid(
    sql="ALTER TABLE shop_order DROP COLUMN note;",
    alembic="op.drop_column('shop_order', 'note')",
    finds="the column is lost",
)


def rule(files: Mapping[str, str], *, prefilter: bool = True) -> list[Finding]:
    """Finds every DROP COLUMN, in SQL and in Alembic's form, as a rule would."""
    del prefilter
    return [one for path, code in files.items() for one in _found(path, code)]


def _found(path: str, code: str) -> list[Finding]:
    found = []
    lines = code.splitlines()
    for number, line in enumerate(lines, 1):
        for words in ("DROP COLUMN note", "drop column note", "op.drop_column('shop_order', 'note')"):
            if (at := line.find(words)) >= 0:
                above = lines[number - 2] if number > 1 else ""
                status = (
                    Status.WAIVED
                    if "relcheck: ignore" in code
                    else Status.APPROVED
                    if "MIGRATION_APPROVED" in above
                    else Status.NEW
                )
                found.append(
                    Finding(
                        rule="migrations/drop-column",
                        kind="finding",
                        message="the column is lost",
                        path=path,
                        region=Region(number, at + 1, number, at + 1 + len(words)),
                        severity=Severity.ERROR,
                        identity="drop",
                        details={"facets": {}},
                        status=status,
                    )
                )
    return found


def failures(example: Example, run: Run = rule) -> list[str]:
    return list(MigrationTrial("migrations/drop-column", example, run).failures())


def test_an_example_is_tried_as_sql_in_alembic_and_in_django() -> None:
    assert [form.name for form in forms(EXAMPLE)] == [
        "as SQL",
        "in op.execute",
        "in RunSQL",
        "with Alembic's operation",
    ]
    assert [form.path for form in forms(EXAMPLE)] == [
        "db/migration/V2__change.sql",
        "alembic/versions/0002_change.py",
        "shop/migrations/0002_change.py",
        "alembic/versions/0002_change.py",
    ]


def test_a_rule_that_finds_the_same_in_every_form_holds() -> None:
    assert [one for one in failures(EXAMPLE) if "letters of another case" not in one] == []


def test_another_message_or_place_is_told_with_what_was_expected() -> None:
    [first, *_] = failures(Invalid(sql=EXAMPLE.sql, finds="the table is lost"))
    assert "expected\n  the table is lost [DROP COLUMN note]\nfound\n  the column is lost [DROP COLUMN note]" in first


def test_what_is_found_outside_of_the_change_is_told() -> None:
    def outside(files: Mapping[str, str], *, prefilter: bool = True) -> list[Finding]:
        del prefilter
        return [one for path, code in files.items() if path.endswith("0002_change.py") for one in _imports(path, code)]

    messages = failures(Invalid(alembic=EXAMPLE.alembic, finds="the column is lost"), outside)
    assert any("outside of lines" in one for one in messages)


def _imports(path: str, code: str) -> list[Finding]:
    del code
    region = Region(1, 1, 1, 5)
    return [Finding("migrations/drop-column", "finding", "the column is lost", path, region, Severity.ERROR)]


def test_a_rule_that_no_approval_silences_is_told() -> None:
    def deaf(files: Mapping[str, str], *, prefilter: bool = True) -> list[Finding]:
        import msgspec

        return [
            msgspec.structs.replace(one, status=Status.NEW) if one.status is Status.APPROVED else one
            for one in rule(files, prefilter=prefilter)
        ]

    messages = failures(Invalid(sql=EXAMPLE.sql, finds="the column is lost"), deaf)
    assert any("an approval above line 1 does not silence it" in one for one in messages)
