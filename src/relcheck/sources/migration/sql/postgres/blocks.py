"""What runs in a DO block: PL/pgSQL statement by statement, with the conditions under which it does.

Static SQL is read like any other; EXECUTE of a text that can be put together here too; everything else is opaque. The
trees are those of libpg_query's `pg_query_parse_plpgsql`, whose fields are those of PostgreSQL's `plpgsql.h`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.sources.migration.operation import Kind, Operation
from relcheck.sources.migration.sql.postgres.dynamic import folded
from relcheck.sources.migration.sql.postgres.names import calls, opaque_call, qualified
from relcheck.sources.migration.sql.postgres.parser import SqlError, parse, parse_body
from relcheck.sources.migration.sql.scanner import cut
from relcheck.sources.migration.sql.statement import NOWHERE, Read, Statement
from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relcheck.sources.migration.sql.postgres.parser import Node


def do_block(node: Node, statement: Statement) -> Iterator[Read]:
    """The operations of a DO block; one READ where its body changes nothing."""
    options = {option.text("defname"): option.child("arg") for option in node.children("args")}
    language = options.get("language")
    name = language.text("sval") if language is not None else "plpgsql"
    if name != "plpgsql":
        yield _opaque(statement, f"its body is {name}, which is not read")
        return
    try:
        body = parse_body(statement.sql)
    except SqlError as error:
        yield _opaque(statement, f"its body cannot be parsed: {error}")
        return
    action = body.child("action") if body is not None else None
    block = _Block(statement, body) if body is not None else None
    if block is None or action is None:
        yield _opaque(statement, "its body is not PL/pgSQL that can be read")
        return
    found = list(block.read(action))
    yield from found
    if not found:
        yield Read(Operation(kind=Kind.READ, region=NOWHERE, object_type="do"), statement.start, statement.end)


def routine(statement: Statement) -> list[Read] | None:
    """What the body of a CREATE FUNCTION does when it is called; None where it cannot be read."""
    try:
        [node] = parse(statement.sql)
        options = {option.text("defname"): option.child("arg") for option in node.children("options")}
        language = options.get("language")
        name = language.text("sval") if language is not None else "sql"
        if name == "plpgsql":
            body = parse_body(statement.sql)
            action = body.child("action") if body is not None else None
            return list(_Block(statement, body).read(action)) if body is not None and action is not None else None
    except (SqlError, ValueError):
        return None
    body_text = options.get("as")
    parts = body_text.strings("items") if body_text is not None else []
    return list(_of_text(parts[0])) if name == "sql" and len(parts) == 1 else None


def _of_text(text: str) -> Iterator[Read]:
    from relcheck.sources.migration.sql.postgres.reader import read_statement

    for piece in cut(text, by_psql=False).pieces:
        if piece.kind == "statement":
            for operation, start, end in read_statement(Statement(text, text, piece.tokens)):
                yield Read(replace(operation, sql=text[start:end]), start, end)


def call(node: Node, statement: Statement) -> Iterator[Read]:
    """CALL of a procedure."""
    below = node.child("funccall")
    name = qualified(below.strings("funcname")) if below is not None else "a procedure"
    yield Read(opaque_call(name), statement.start, statement.end)


def _opaque(statement: Statement, reason: str) -> Read:
    operation = Operation(kind=Kind.OPAQUE, region=NOWHERE, object_type="do", reason=reason, unknown=("kind",))
    return Read(operation, statement.start, statement.end)


_LOOPS = {
    "PLpgSQL_stmt_loop",
    "PLpgSQL_stmt_while",
    "PLpgSQL_stmt_fori",
    "PLpgSQL_stmt_fors",
    "PLpgSQL_stmt_forc",
    "PLpgSQL_stmt_dynfors",
    "PLpgSQL_stmt_foreach_a",
}


class _Block:
    """Reads one body in the order of its text. `values` are the texts that variables hold, as far as they are known."""

    def __init__(self, statement: Statement, body: Node) -> None:
        self._statement = statement
        self._body = _body_span(statement)
        self._at = self._body[0]
        self._guards: list[str] = []
        self._repeated = 0
        self._values: dict[str, str] = {}
        self._names: dict[int, str] = {}
        for number, datum in enumerate(body.children("datums")):
            name = datum.text("refname")
            self._names[number] = name
            default = datum.child("default_val")
            if default is not None and (text := folded(_query(default), self._values)) is not None:
                self._values[name] = text

    def read(self, node: Node) -> Iterator[Read]:
        match node.kind:
            case "PLpgSQL_stmt_block":
                yield from self._guarded_by_exceptions(node)
            case "PLpgSQL_stmt_if":
                yield from self._branches(node)
            case "PLpgSQL_stmt_case":
                yield from self._cases(node)
            case kind if kind in _LOOPS:
                yield from self._loop(node)
            case "PLpgSQL_stmt_execsql":
                yield from self._static(_query(node.child("sqlstmt")))
            case "PLpgSQL_stmt_perform":
                yield from self._performed(_query(node.child("expr")))
            case "PLpgSQL_stmt_dynexecute":
                yield from self._dynamic(_query(node.child("query")))
            case "PLpgSQL_stmt_assign":
                self._assign(_query(node.child("expr")))
            case "PLpgSQL_stmt_call":
                yield from self._static(_query(node.child("expr")))
            case "PLpgSQL_stmt_commit" | "PLpgSQL_stmt_rollback":
                kind = Kind.COMMIT if node.kind.endswith("commit") else Kind.ROLLBACK
                yield self._placed(Operation(kind=kind, region=NOWHERE), self._statement.start, self._statement.end)
            case _:
                pass

    def _all(self, nodes: list[Node]) -> Iterator[Read]:
        for node in nodes:
            yield from self.read(node)

    def _guarded_by_exceptions(self, node: Node) -> Iterator[Read]:
        handler = node.child("exceptions")
        handlers = [] if handler is None else handler.children("exc_list")
        conditions = [
            " or ".join(part.text("condname") for part in one.children("conditions")) or "any error" for one in handlers
        ]
        if handlers:
            self._guards.append(f"passing over {', '.join(conditions)}")
        yield from self._all(node.children("body"))
        if handlers:
            self._guards.pop()
        for one, condition in zip(handlers, conditions, strict=True):
            yield from self._under(f"after {condition}", one.children("action"))

    def _branches(self, node: Node) -> Iterator[Read]:
        condition = self._condition(node.child("cond"))
        before = [condition]
        yield from self._under(condition, node.children("then_body"))
        for branch in node.children("elsif_list"):
            condition = self._condition(branch.child("cond"))
            before.append(condition)
            yield from self._under(condition, branch.children("stmts"))
        yield from self._under(" and ".join(f"not ({one})" for one in before), node.children("else_body"))

    def _cases(self, node: Node) -> Iterator[Read]:
        for branch in node.children("case_when_list"):
            yield from self._under(self._condition(branch.child("expr")), branch.children("stmts"))
        yield from self._under("in no other case", node.children("else_stmts"))

    def _loop(self, node: Node) -> Iterator[Read]:
        self._repeated += 1
        query = _query(node.child("query"))
        if node.kind == "PLpgSQL_stmt_fors" and re.search(r"\b(?:insert|update|delete|merge)\b", query, re.IGNORECASE):
            yield from self._static(query)
        known, self._values = self._values, {}
        yield from self._all(node.children("body"))
        self._values = {name: text for name, text in known.items() if self._values.get(name, text) == text}
        self._repeated -= 1

    def _under(self, guard: str, nodes: list[Node]) -> Iterator[Read]:
        known = dict(self._values)
        self._guards.append(guard)
        yield from self._all(nodes)
        self._guards.pop()
        self._values = {name: text for name, text in known.items() if self._values.get(name) == text}

    def _condition(self, node: Node | None) -> str:
        return " ".join(_query(node).split()) or "a condition"

    def _static(self, query: str) -> Iterator[Read]:
        """SQL that stands in the body as it is, variables of the body among its names."""
        span = self._find(query)
        yield from self._read(query, span)

    def _performed(self, query: str) -> Iterator[Read]:
        """PERFORM, which the parser gives as SELECT."""
        expression = re.sub(r"\A\s*select\b", "", query, flags=re.IGNORECASE)
        span = self._find(expression.strip())
        yield from self._read(f"SELECT {expression}" if expression == query else query, span)

    def _dynamic(self, query: str) -> Iterator[Read]:
        span = self._find(query)
        text = folded(query, self._values)
        if text is None or not text.strip(HOLE + " \t\r\n;"):
            reason = f"EXECUTE runs a text that is put together at run time: `{' '.join(query.split())[:80]}`"
            operation = Operation(
                kind=Kind.OPAQUE, region=NOWHERE, object_type="execute", reason=reason, unknown=("kind",)
            )
            yield self._placed(operation, *span)
            return
        yield from self._read(text, span)

    def _read(self, text: str, span: tuple[int, int]) -> Iterator[Read]:
        """Read the statements of a text; their places are that of the text, where it does not stand in the file."""
        from relcheck.sources.migration.sql.postgres.reader import read_statement

        stands = self._statement.text[span[0] : span[1]] == text
        shift = span[0] if stands else 0
        for piece in cut(text, by_psql=False).pieces:
            if piece.kind != "statement":
                continue
            if stands:
                tokens = [token._replace(start=token.start + shift, end=token.end + shift) for token in piece.tokens]
                inner = Statement(self._statement.text, self._statement.original, tokens)
            else:
                inner = Statement(text, text, piece.tokens)
            for operation, start, end in read_statement(inner):
                if stands:
                    yield self._placed(operation, start, end)
                else:
                    yield self._placed(replace(operation, sql=text[start:end]), *span)

    def _placed(self, operation: Operation, start: int, end: int) -> Read:
        guards = (*self._guards, *operation.guards)
        return Read(replace(operation, guards=guards, repeated=self._repeated > 0), start, end)

    def _assign(self, query: str) -> None:
        match = _ASSIGNMENT.match(query)
        if match is None:
            return
        name = match["name"].lower()
        text = folded(match["value"], self._values)
        if text is None:
            self._values.pop(name, None)
        else:
            self._values[name] = text

    def _find(self, query: str) -> tuple[int, int]:
        """Where a text of the tree stands in the body: they come in order. The whole statement where it is not found,
        as in a body in quotes that doubles those in it."""
        wanted = query.strip()
        at = self._statement.text.find(wanted, self._at, self._body[1]) if wanted else -1
        if at < 0:
            return self._statement.start, self._statement.end
        self._at = at + len(wanted)
        return at, self._at


_ASSIGNMENT = re.compile(r"\s*(?P<name>[^\W\d]\w*)\s*:?=\s*(?P<value>.*)", re.DOTALL)


def _query(node: Node | None) -> str:
    if node is None:
        return ""
    if node.kind == "" and node.has("PLpgSQL_expr"):
        node = node.child("PLpgSQL_expr") or node
    return node.text("query")


def _body_span(statement: Statement) -> tuple[int, int]:
    for token in statement.tokens:
        if token.kind == "string":
            return token.start, token.end
    return statement.start, statement.end


def called(text: str) -> list[str]:
    """The functions that an expression calls; none where it cannot be parsed."""
    try:
        return [name for node in parse(f"SELECT {text}") for name in calls(node)]
    except SqlError:
        return []
