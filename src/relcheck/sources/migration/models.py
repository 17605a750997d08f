"""The columns that models of an ORM declare, as far as the database is concerned."""

from __future__ import annotations

import ast
import re

import msgspec

from relcheck.model.finding import Region
from relcheck.sources.python.syntax import Source, UnparseableError, parse_ast

# fmt: off
_NOT_THE_DATABASE = frozenset({
    "verbose_name", "help_text", "choices", "validators", "related_name", "related_query_name", "blank", "editable",
    "error_messages", "default", "limit_choices_to", "on_delete", "unique_for_date", "unique_for_month",
    "unique_for_year", "swappable", "info", "doc", "key", "default_factory", "insert_default", "init", "repr",
    "kw_only", "deferred", "back_populates",
})
# fmt: on
"""Arguments of fields that change nothing in a database, or nothing that has to be there before the code."""

_COLUMN = re.compile(r"(?:^|\.)(?:Column|mapped_column|\w*Field|ForeignKey|OneToOneField|ManyToManyField)$")
_PRISMA_MODEL = re.compile(r"^[ \t]*(model|enum)[ \t]+(\w+)[ \t]*\{(.*?)^[ \t]*\}", re.MULTILINE | re.DOTALL)
_PRISMA_COMMENT = re.compile(r"//[^\n]*")

MODEL_WORDS = ("__tablename__", "models", "mapped_column", "Column")
"""Words of which one stands in every Python file with models."""


class Model(msgspec.Struct, frozen=True):
    """A model: its name, where that stands, and what it declares for the database, by column."""

    name: str
    region: Region
    columns: dict[str, str]


def models(path: str, text: str) -> dict[str, Model]:
    """The models of a file, by name: of SQLAlchemy, Django or Prisma. Empty where it cannot be read."""
    return _of_prisma(text) if path.endswith(".prisma") else _of_python(text)


def _of_prisma(text: str) -> dict[str, Model]:
    source, found = Source(text), {}
    for one in _PRISMA_MODEL.finditer(text):
        lines = (" ".join(_PRISMA_COMMENT.sub("", line).split()) for line in one[3].splitlines())
        columns = {
            f"{line.split()[0]} {index}" if line.startswith("@@") else line.split()[0]: line
            for index, line in enumerate(sorted(filter(None, lines)))
        }
        found[one[2]] = Model(one[2], source.region(*one.span(2)), columns)
    return found


def _of_python(text: str) -> dict[str, Model]:
    try:
        tree = parse_ast(text)
    except UnparseableError:
        return {}
    source = Source(text)
    found = {}
    for one in ast.walk(tree) if tree is not None else ():
        if isinstance(one, ast.ClassDef) and (columns := _columns(one)):
            start = source.text.index(one.name, source.starts[one.lineno - 1] + one.col_offset + len("class"))
            found[one.name] = Model(one.name, source.region(start, start + len(one.name)), columns)
    return found


def _columns(model: ast.ClassDef) -> dict[str, str]:
    columns = {}
    for one in model.body:
        value = getattr(one, "value", None)
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        if not targets or not isinstance(targets[0], ast.Name):
            continue
        mapped = isinstance(one, ast.AnnAssign) and ast.unparse(one.annotation).startswith(("Mapped[", "orm.Mapped["))
        if isinstance(value, ast.Call) and _COLUMN.search(ast.unparse(value.func)):
            said = ast.unparse(one.annotation) if mapped and isinstance(one, ast.AnnAssign) else ""
            columns[targets[0].id] = said + _declared(value)
        elif mapped and value is None and isinstance(one, ast.AnnAssign):
            columns[targets[0].id] = ast.unparse(one.annotation)
    return columns


def _declared(call: ast.Call) -> str:
    """What a field says to the database."""
    arguments = [ast.unparse(one) for one in call.args if not _is_label(one)]
    keywords = sorted(
        f"{one.arg}={ast.unparse(one.value)}" for one in call.keywords if one.arg not in _NOT_THE_DATABASE
    )
    return f"{ast.unparse(call.func)}({', '.join((*arguments, *keywords))})"


def _is_label(node: ast.expr) -> bool:
    """A label for people: Django's verbose name, marked for translation."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("_", "gettext_lazy", "gettext")
