"""A change of the models comes with the migration that makes it true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sdk import Expect, Glob, Invalid, RuleOptions, Severity, Valid
from relcheck.sdk.migration import MODEL_WORDS, Migration, MigrationFindings, MigrationRule, models

if TYPE_CHECKING:
    from relcheck.sdk import Project

_MIGRATION = "prisma/migrations/20260101_orders/migration.sql"
_TABLE = 'CREATE TABLE "Order" ("id" INTEGER NOT NULL, PRIMARY KEY ("id"));\n'
_BEFORE = "model Order {\n  id Int @id\n}\n"
_AFTER = "model Order {\n  id   Int     @id\n  note String?\n}\n"


class SchemaWithoutMigration(MigrationRule):
    """
    ## What it does
    With `--base`: reports a model (Prisma's `schema.prisma`, Django, SQLAlchemy) whose columns the change adds,
    removes or declares otherwise, where it brings no new migration of that tool. What only Django knows (labels, help
    texts, choices, validators) is no change. A new model in Python counts as one where it says which table it is
    mapped to.

    ## Why is this bad
    The code is deployed and asks for a column that is not there; or the next migration that somebody makes holds this
    change, too, unseen.

    ## Example
    ```
    changed: prisma/schema.prisma
    new migrations: none
    ```

    ## Use instead
    `prisma migrate dev`, `makemigrations` or `alembic revision --autogenerate`, and commit what it writes.
    """

    severity = Severity.WARNING
    aliases = ("migrations/model-drift",)

    class Options(RuleOptions, frozen=True):
        ignore: tuple[Glob, ...] = ("**/tests/**", "**/test_*.py", "**/conftest.py")

    options: Options
    files = ("**/*.py", "**/*.sql", "**/*.prisma")

    examples = (
        Invalid(
            _AFTER,
            Expect(
                1,
                7,
                12,
                "Order has changed for the database (note), and the change brings no prisma migration. Make one, and "
                "commit it",
            ),
            path="prisma/schema.prisma",
            files={_MIGRATION: _TABLE},
            earlier={"prisma/schema.prisma": _BEFORE, _MIGRATION: _TABLE},
        ),
        Valid(
            _AFTER,
            path="prisma/schema.prisma",
            files={
                _MIGRATION: _TABLE,
                "prisma/migrations/20260201_note/migration.sql": 'ALTER TABLE "Order" ADD COLUMN "note" TEXT;\n',
            },
            earlier={"prisma/schema.prisma": _BEFORE, _MIGRATION: _TABLE},
        ),
        Valid(
            _BEFORE + "// A comment is nothing to a database.\n",
            path="prisma/schema.prisma",
            files={_MIGRATION: _TABLE},
            earlier={"prisma/schema.prisma": _BEFORE, _MIGRATION: _TABLE},
        ),
    )

    def check_project(self, project: Project[object]) -> MigrationFindings:
        before = project.before
        if before is None:
            return
        tools = {"prisma": ("**/*.prisma",), "django": ("**/*.py",), "alembic": ("**/*.py",)}
        old = {one.path for one in before.migrations.migrations}
        for tool, globs in tools.items():
            own = [one for one in project.migrations.migrations if one.framework == tool]
            if not own or any(project.origin(one.path) not in old for one in own):
                continue
            migrations = {one.path for one in project.migrations.migrations}
            holders = project.words(MODEL_WORDS if tool != "prisma" else ("model", "enum"), globs)
            for path in sorted({path for paths in holders.values() for path in paths} - migrations):
                if not project.matches(path, self.options.ignore):
                    yield from self._changed(project, path, own[-1])

    def _changed(self, project: Project[object], path: str, last: Migration) -> MigrationFindings:
        now, origin = project.read(path), project.origin(path)
        was = project.before.read(origin) if project.before is not None and origin is not None else b""
        if now is None or was is None or now == was:
            return
        new, old = models(path, now.decode("utf-8-sig", "replace")), models(path, was.decode("utf-8-sig", "replace"))
        django, text = last.framework == "django", now.decode("utf-8-sig", "replace")
        if last.framework == "alembic" and "models." in text and "django" in text:
            return  # Django's models, and Alembic's migrations are of others
        if django and "django" not in text:
            return
        for name, model in new.items():
            before = old[name].columns if name in old else {}
            differing = sorted(key for key in {*model.columns, *before} if model.columns.get(key) != before.get(key))
            if differing:
                yield self.found_in(
                    last,
                    f"{name} has changed for the database ({', '.join(differing[:4])}), and the change brings no "
                    f"{last.framework} migration. Make one, and commit it",
                    key=f"model:{path}:{name}",
                    path=path,
                    region=model.region,
                )
