"""The SQL that Django itself makes of migrations, collected without a server.

Django asks the server for the names of constraints before it drops them; here it is told the names that it would have
given itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.models import Model

_FOLLOWING = {"unique": "_uniq", "index": "", "check": "_check"}


def configured() -> None:
    """Django's settings for a project of the app `shop`; nothing is read from anywhere."""
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=[],
            DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "none"}},
            USE_TZ=True,
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        )
        django.setup()


def sql_of(sources: Mapping[str, str], app: str = "shop") -> dict[str, list[str]]:
    """The statements of each migration, by its name. The migrations are applied in the order that they are given in."""
    configured()
    from django.db.migrations.state import ProjectState

    state = ProjectState()
    statements: dict[str, list[str]] = {}
    for name, source in sources.items():
        namespace: dict[str, Any] = {}
        exec(compile(source, name, "exec"), namespace)  # noqa: S102 - our own examples
        migration = namespace["Migration"](name, app)
        with _editor() as editor:
            state = migration.apply(state, editor, collect_sql=True)
        statements[name] = [line for line in editor.collected_sql if not line.startswith("--")]
    return statements


def _editor() -> BaseDatabaseSchemaEditor:
    from django.db.backends.postgresql import base, schema

    class Wrapper(base.DatabaseWrapper):
        pg_version = 160000

    class Editor(schema.DatabaseSchemaEditor):
        def execute(self, sql: object, params: object = "") -> None:
            text = str(sql)
            if params:
                text %= tuple(self.quote_value(value) for value in params)  # type: ignore[attr-defined]
            self.collected_sql.append(text + ("" if text.endswith(";") else ";"))

        def _constraint_names(self, model: type[Model], column_names: Sequence[str] = (), **kinds: object) -> list[str]:
            table, columns = model._meta.db_table, list(column_names or ())
            if kinds.get("foreign_key"):
                return [f"fk_of_{columns[0]}"]  # where it pointed before is not told by the new model
            if kinds.get("primary_key"):
                return [f"{table}_pkey"]
            suffix = next(suffix for kind, suffix in _FOLLOWING.items() if kinds.get(kind))
            if kinds.get("index") and len(columns) > 1:
                suffix = "_idx"
            return [self._create_index_name(table, columns, suffix)]

        def _get_sequence_name(self, *_: str) -> None:
            return None

        def _is_collation_deterministic(self, _: str) -> bool:
            return True

        def quote_value(self, value: object) -> str:
            if value is None:
                return "NULL"
            if isinstance(value, bool | int | float):
                return str(value).lower()
            return "'" + str(value).replace("'", "''") + "'"

    from django.db import connections

    wrapper = Wrapper({**connections["default"].settings_dict})
    return Editor(wrapper, collect_sql=True, atomic=False)
