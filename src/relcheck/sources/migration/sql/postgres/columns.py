"""Columns and constraints of CREATE TABLE, ADD COLUMN and ADD CONSTRAINT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from relcheck.sources.migration.operation import Column, Constraint, ConstraintType, ForeignKey
from relcheck.sources.migration.sql.postgres.names import SERIAL, is_volatile, qualified, relation, sql_type

if TYPE_CHECKING:
    from relcheck.sources.migration.sql.postgres.parser import Node
    from relcheck.sources.migration.sql.statement import Statement

_TYPES: dict[str, ConstraintType] = {
    "CONSTR_PRIMARY": "primary_key",
    "CONSTR_FOREIGN": "foreign_key",
    "CONSTR_UNIQUE": "unique",
    "CONSTR_CHECK": "check",
    "CONSTR_EXCLUSION": "exclude",
    "CONSTR_NOTNULL": "not_null",
}
_ACTIONS = {"a": "", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def column(node: Node, statement: Statement) -> Column:
    """A ColumnDef, with the constraints that are written in it."""
    name = node.text("colname")
    parts = node.children("constraints")
    kinds = {part.text("contype"): part for part in parts}
    names = node.child("typeName")
    generated: Literal["", "stored", "virtual"] = ""
    if (made := kinds.get("CONSTR_GENERATED")) is not None:
        generated = "virtual" if made.text("generated_kind") == "v" else "stored"
    default = kinds.get("CONSTR_DEFAULT")
    expression = default.child("raw_expr") if default is not None else None
    collation = node.child("collClause")
    found = _with_attributes(parts, (name,), statement)
    return Column(
        name=name,
        type=sql_type(names, _type_text(node, names, statement)),
        nullable="CONSTR_NOTNULL" not in kinds and "CONSTR_PRIMARY" not in kinds and "CONSTR_IDENTITY" not in kinds,
        default=_default_text(node, default, statement) if default is not None else None,
        volatile=is_volatile(expression),
        constraints=tuple(constraint for constraint in found if constraint.type != "not_null"),
        serial=names is not None and names.strings("names")[-1:] != [] and names.strings("names")[-1] in SERIAL,
        identity="CONSTR_IDENTITY" in kinds,
        generated=generated,
        collation=qualified(collation.strings("collname")) if collation is not None else "",
    )


def constraint(node: Node, statement: Statement, columns: tuple[str, ...] = ()) -> Constraint | None:
    """A Constraint; `columns` are those of a column that it stands in. None for what is none (NULL, DEFAULT)."""
    kind = _TYPES.get(node.text("contype"))
    if kind is None:
        return None
    named = tuple(node.strings("keys")) or tuple(node.strings("fk_attrs")) or columns
    references = None
    if kind == "foreign_key":
        references = ForeignKey(
            relation(node.child("pktable")),
            tuple(node.strings("pk_attrs")),
            _ACTIONS.get(node.text("fk_del_action"), ""),
            _ACTIONS.get(node.text("fk_upd_action"), ""),
        )
    expression = ""
    if kind in ("check", "exclude"):
        expression = bracketed(statement, node.number("location"), "CHECK" if kind == "check" else "EXCLUDE")
    if kind == "check" and not named:
        named = _columns_of(node.child("raw_expr"))
    return Constraint(
        type=kind,
        name=node.text("conname") or None,
        columns=named,
        expression=expression,
        references=references,
        not_valid=node.flag("skip_validation"),
        using_index=node.text("indexname") or None,
        deferrable=node.flag("deferrable"),
    )


def bracketed(statement: Statement, location: int, word: str) -> str:
    """What stands in the first brackets behind a word, from a location on."""
    first = statement.index(statement.offset(location))
    for number in range(first, len(statement.tokens)):
        if statement.tokens[number].key == word:
            for opening in range(number + 1, len(statement.tokens)):
                if statement.tokens[opening].key == "(":
                    closing = statement.find(")", opening + 1)
                    if closing < 0:
                        closing = _closing(statement, opening)
                    return statement.between(opening + 1, closing)
            return ""
    return ""


def _closing(statement: Statement, opening: int) -> int:
    depth = 0
    for number in range(opening, len(statement.tokens)):
        key = statement.tokens[number].key
        depth += (key == "(") - (key == ")")
        if not depth:
            return number
    return len(statement.tokens)


def _with_attributes(parts: list[Node], columns: tuple[str, ...], statement: Statement) -> list[Constraint]:
    """The constraints; DEFERRABLE and NOT VALID behind one are nodes of their own."""
    found: list[Constraint] = []
    for part in parts:
        if (one := constraint(part, statement, columns)) is not None:
            found.append(one)
        elif found and part.text("contype") == "CONSTR_ATTR_DEFERRABLE":
            from msgspec.structs import replace

            found[-1] = replace(found[-1], deferrable=True)
    return found


def _columns_of(node: Node | None) -> tuple[str, ...]:
    """The columns that an expression names."""
    found: dict[str, None] = {}
    waiting = [node] if node is not None else []
    while waiting:
        at = waiting.pop()
        if at.kind == "ColumnRef" and (fields := at.strings("fields")):
            found.setdefault(fields[-1])
        waiting.extend(reversed(at.below()))
    return tuple(found)


def _ends(node: Node, statement: Statement) -> list[int]:
    """Where the parts of a column definition begin, as offsets."""
    locations = [part.number("location") for part in node.children("constraints")]
    if (collation := node.child("collClause")) is not None:
        locations.append(collation.number("location"))
    return sorted(statement.offset(location) for location in locations)


def _type_text(node: Node, names: Node | None, statement: Statement) -> str:
    if names is None:
        return ""
    first = statement.index(statement.offset(names.number("location")))
    if first >= len(statement.tokens):
        return ""
    end = _next(_ends(node, statement), statement.tokens[first].start, statement)
    [(_, behind), *_] = statement.parts(first, end) or [(first, first)]
    return _without_storage(statement, first, behind)


def _without_storage(statement: Statement, first: int, behind: int) -> str:
    for number in range(first, behind):
        if statement.tokens[number].key in ("STORAGE", "COMPRESSION", "OPTIONS"):
            behind = number
            break
    return statement.between(first, behind)


def _default_text(node: Node, default: Node, statement: Statement) -> str:
    start = statement.offset(default.number("location"))
    word = statement.index(start)
    while word < len(statement.tokens) and statement.tokens[word].key != "DEFAULT":
        word += 1
    end = _next(_ends(node, statement), start, statement)
    [(first, behind), *_] = statement.parts(word + 1, end) or [(word, word)]
    return statement.between(first, behind)


def _next(starts: list[int], behind: int, statement: Statement) -> int:
    """The number of the first token of the part that begins behind an offset."""
    for start in starts:
        if start > behind:
            return statement.index(start)
    return len(statement.tokens)
