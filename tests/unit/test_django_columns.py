"""The types of columns beside those that Django's own backends write down."""

from __future__ import annotations

import ast
from pathlib import Path

import django.db.backends
import pytest

from relcheck.sources.migration.django.columns import check_of, column_type
from relcheck.sources.migration.django.facts import Field
from relcheck.sources.migration.operation import Dialect

BACKENDS: dict[Dialect, str] = {"postgres": "postgresql", "mysql": "mysql", "sqlite": "sqlite3"}
SAME = {
    "bigint": "int8",
    "boolean": "bool",
    "double precision": "float8",
    "integer": "int4",
    "smallint": "int2",
    "timestamp with time zone": "timestamptz",
}
"""Other names of PostgreSQL for the same type (manual, "Data Types", table 8.1)."""


def written_down(dialect: Dialect, name: str) -> dict[str, str]:
    """A table of a backend, from its source: MySQL's cannot be imported without its driver."""
    source = Path(django.db.backends.__path__[0], BACKENDS[dialect], "base.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            targets = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if {name, f"_{name}"} & {*targets}:
                pairs = zip(node.value.keys, node.value.values, strict=True)
                return {
                    key.value: value.value
                    for key, value in pairs
                    if isinstance(key, ast.Constant)
                    and isinstance(value, ast.Constant)
                    and isinstance(key.value, str)
                    and isinstance(value.value, str)
                }
    raise LookupError(name)


def field(kind: str) -> Field:
    return Field(path=f"django.db.models.{kind}", kind=kind, max_length=9, max_digits=5, decimal_places=2)


@pytest.mark.parametrize("dialect", BACKENDS)
def test_types_are_those_of_the_backend(dialect: Dialect) -> None:
    types = written_down(dialect, "data_types")
    types.pop("OneToOneField")  # that of what it points at
    for kind, written in types.items():
        said = written % {"max_length": 9, "max_digits": 5, "decimal_places": 2}
        said = said.replace(" AUTO_INCREMENT", "").replace(", ", ",").lower()
        if dialect == "postgres":
            said = SAME.get(said, said)
        found = column_type(field(kind), dialect).text.replace(", ", ",").lower()
        if dialect == "mysql":  # names for the same: manual of MySQL, "Data Types"
            said = said.replace("integer", "int").replace("double precision", "double")
        assert found == said, kind


@pytest.mark.parametrize("dialect", BACKENDS)
def test_checks_are_those_of_the_backend(dialect: Dialect) -> None:
    checks = {} if dialect == "mysql" else written_down(dialect, "data_type_check_constraints")
    for kind in written_down(dialect, "data_types"):
        assert bool(check_of(field(kind), "a", dialect)) == (kind in checks), kind
