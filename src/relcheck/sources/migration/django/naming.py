"""The names that Django gives to tables, indexes and constraints by itself.

Source: `django.db.backends.utils` (`truncate_name`, `names_digest`) and `BaseDatabaseSchemaEditor._create_index_name`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relcheck.sources.migration.operation import Dialect

_LONGEST: dict[str, int] = {"postgres": 63, "mysql": 64, "sqlite": 200}


def table_name(name: str, dialect: Dialect) -> str:
    """The table of a model or of a many-to-many relation, shortened as Django does it, as the server knows it.

    Some projects reach another schema by a name that holds its own quotes, `"billing"."invoice"`.
    """
    if dialect == "postgres" and '"."' in name:
        return ".".join(part.strip('"') for part in name.split('"."'))
    longest = _LONGEST[dialect]
    if dialect == "sqlite" or len(name) <= longest:
        return name
    return f"{name[: longest - 4]}{_digest(name, length=4)}"


def index_name(table: str, columns: tuple[str, ...], suffix: str, dialect: Dialect) -> str:
    """The name of an index or constraint for which the project gives none; `suffix` is `_like`, `_uniq`, `_fk_…`."""
    table = table.rpartition(".")[2]
    ending = f"{_digest(table, *columns, length=8)}{suffix}"
    name = f"{table}_{'_'.join(columns)}_{ending}"
    longest = _LONGEST[dialect]
    if len(name) <= longest:
        return name
    if len(ending) > longest / 3:
        ending = ending[: longest // 3]
    other = (longest - len(ending)) // 2 - 1
    name = f"{table[:other]}_{'_'.join(columns)[:other]}_{ending}"
    return f"D{name[:-1]}" if name[0] == "_" or name[0].isdigit() else name


def foreign_key_suffix(to_table: str, to_column: str) -> str:
    """The suffix with which Django names a foreign key."""
    return f"_fk_{to_table.rpartition('.')[2]}_{to_column}"


def _digest(*names: str, length: int) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    for name in names:
        digest.update(name.encode())
    return digest.hexdigest()[:length]
