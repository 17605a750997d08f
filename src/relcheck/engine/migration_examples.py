"""An example of a migration rule, in every form in which a project may write it: SQL, Alembic, Django."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

import msgspec

from relcheck.sdk.examples import Example

_ALEMBIC = """\
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "{revision}"
down_revision = {parent}


def upgrade() -> None:
{body}


def downgrade() -> None:
    pass
"""
_ENVIRONMENT = """\
from alembic import context


def run_migrations_online() -> None:
    context.configure(transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


run_migrations_online()
"""
_DJANGO = """\
import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [{dependencies}]

    operations = [
{body}
    ]
"""
_QUOTES = '"""'


class Form(msgspec.Struct, frozen=True):
    """One way to write an example: the files of the project, the one that holds it, and where in it the example stands
    (its first and last line). `exact` says that the text of SQL stands in it as it was given."""

    name: str
    files: dict[str, str]
    path: str
    first: int
    last: int
    exact: bool

    @property
    def code(self) -> str:
        return self.files[self.path]


def settings_of(example: Example) -> str:
    """The configuration of an example: its own, and the dialect and version of its server."""
    own = textwrap.dedent(example.settings)
    server = f'server_version = "{example.server}"\n' if example.server else ""
    dialect = f'dialect = "{example.dialect}"' if example.dialect else ""
    return f"[migrations]\nhistory = true\n{dialect}\n{server}\n{own}"


def forms(example: Example) -> Iterator[Form]:
    """Every form of an example that gives its change as SQL, Alembic or Django."""
    if example.sql:
        yield _sql(example)
        yield _alembic(f"op.execute({_QUOTES}{example.sql}{_QUOTES})", example, "in op.execute", exact=True)
        yield _django(f"migrations.RunSQL({_QUOTES}{example.sql}{_QUOTES}),", example, "in RunSQL", exact=True)
    if example.alembic:
        yield _alembic(textwrap.dedent(example.alembic).strip(), example, "with Alembic's operation", exact=False)
    if example.django:
        yield _django(textwrap.dedent(example.django).strip(), example, "with Django's operation", exact=False)


def region_text(form: Form, line: int, column: int, end_line: int, end_column: int) -> str:
    """The text of a region."""
    lines = form.code.splitlines()[line - 1 : end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: end_column - 1]
    lines[0] = lines[0][column - 1 :]
    return "\n".join(lines)


def _sql(example: Example) -> Form:
    path = "db/migration/V2__change.sql"
    files = {path: example.sql + "\n"}
    if example.before:
        files["db/migration/V1__before.sql"] = example.before + "\n"
    return Form("as SQL", files, path, 1, len(example.sql.splitlines()), exact=True)


def _alembic(change: str, example: Example, name: str, *, exact: bool) -> Form:
    path = "alembic/versions/0002_change.py"
    before = f"op.execute({_QUOTES}{example.before}{_QUOTES})" if example.before else "pass"
    files = {
        path: _ALEMBIC.format(revision="0002", parent='"0001"', body=_indented(change, 4, exact=exact)),
        "alembic/versions/0001_before.py": _ALEMBIC.format(
            revision="0001", parent="None", body=_indented(before, 4, exact=True)
        ),
        "alembic/env.py": _ENVIRONMENT,
        "alembic.ini": "[alembic]\nscript_location = alembic\n",
    }
    return _placed(name, files, path, change, exact=exact)


def _django(change: str, example: Example, name: str, *, exact: bool) -> Form:
    path = "shop/migrations/0002_change.py"
    models = textwrap.dedent(example.models).strip()
    sql = f"migrations.RunSQL({_QUOTES}{example.before}{_QUOTES})," if example.before and not models else ""
    change = change if change.endswith(",") else f"{change},"
    files = {
        path: _DJANGO.format(dependencies='("shop", "0001_before")', body=_indented(change, 8, exact=exact)),
        "shop/migrations/0001_before.py": _DJANGO.format(
            dependencies="", body=_indented(models, 8, exact=False) if models else _indented(sql, 8, exact=True)
        ),
        "shop/migrations/__init__.py": "",
    }
    return _placed(name, files, path, change, exact=exact)


def _placed(name: str, files: dict[str, str], path: str, change: str, *, exact: bool) -> Form:
    before = files[path].partition(change.splitlines()[0].strip())[0]
    first = before.count("\n") + 1
    return Form(name, files, path, first, first + change.count("\n"), exact=exact)


def _indented(code: str, by: int, *, exact: bool) -> str:
    """Code at its place. The lines of a string stay as they are."""
    if exact:
        return " " * by + code
    return textwrap.indent(code, " " * by)


def expected_text(example: Example, at: str) -> str:
    """The text of the place where something is found: what is given, else the statement, or in an ALTER TABLE of one
    action the action."""
    if at:
        return at
    statement = example.sql.strip().rstrip(";").rstrip()
    action = re.match(r"(?is)alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(?:\"[^\"]+\"|[\w.])+\s+", statement)
    if action is None or re.match(r"(?i)rename\b|set\s+schema\b", statement[action.end() :]):
        return statement  # the grammar has statements of their own for these
    return statement[action.end() :]
