"""Walking over the tokens of a statement of MySQL or SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from relcheck.sources.migration.operation import Dialect
    from relcheck.sources.migration.sql.statement import Statement


class UnreadError(ValueError):
    """The statement has a shape that is not read here."""


class Cursor:
    """A place among the tokens of a statement, up to `end`."""

    __slots__ = ("at", "dialect", "end", "statement")

    def __init__(self, statement: Statement, dialect: Dialect, at: int = 0, end: int | None = None) -> None:
        self.statement = statement
        self.dialect = dialect
        self.at = at
        self.end = len(statement.tokens) if end is None else end

    @property
    def done(self) -> bool:
        return self.at >= self.end

    def key(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.statement.tokens[at].key if at < self.end else ""

    def accept(self, *words: str) -> bool:
        """Go behind these words, if all of them come next."""
        if all(self.key(number) == word for number, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def one_of(self, *words: str) -> str:
        """Go behind the next word if it is one of these; which it was, or nothing."""
        found = self.key()
        if found and found in words:
            self.at += 1
            return found
        return ""

    def expect(self, *words: str) -> None:
        if not self.accept(*words):
            raise UnreadError

    def finish(self) -> None:
        if not self.done:
            raise UnreadError

    def text(self) -> str:
        """The text of the next token, as written."""
        if self.done:
            raise UnreadError
        token = self.statement.tokens[self.at]
        return self.statement.text[token.start : token.end]

    def identifier(self) -> str:
        """The next token as a name, without its quotes."""
        text = self.text()
        kind = self.statement.tokens[self.at].kind
        if kind not in ("word", "quoted", "hole", "string", "parameter"):
            raise UnreadError
        self.at += 1
        if kind == "parameter":
            return HOLE
        if kind not in ("quoted", "string"):
            return text
        quote = text[0]
        return text[1:-1] if quote == "[" else text[1:-1].replace(quote * 2, quote)

    def name(self) -> str:
        """A name with what qualifies it."""
        parts = [self.identifier()]
        while self.key() == ".":
            self.at += 1
            parts.append(self.identifier())
        return ".".join(parts)

    def group(self) -> Cursor:
        """The tokens in the brackets that come next; this cursor goes behind them."""
        if self.key() != "(":
            raise UnreadError
        depth = 0
        for number in range(self.at, self.end):
            key = self.statement.tokens[number].key
            depth += (key == "(") - (key == ")")
            if not depth:
                inner = Cursor(self.statement, self.dialect, self.at + 1, number)
                self.at = number + 1
                return inner
        raise UnreadError

    def parts(self) -> list[Cursor]:
        """The stretches between the commas of what is left."""
        found = self.statement.parts(self.at, self.end)
        self.at = self.end
        if any(first >= behind for first, behind in found):
            raise UnreadError
        return [Cursor(self.statement, self.dialect, first, behind) for first, behind in found]

    def names(self) -> tuple[str, ...]:
        """The columns in the brackets that come next: names, or expressions as they are written."""
        found: list[str] = []
        for part in self.group().parts():
            start = part.at
            try:
                name = part.identifier()
                plain = part.done or part.key() in ("(", "ASC", "DESC", "COLLATE")
            except UnreadError:
                plain = False
            found.append(name if plain else self.statement.between(start, part.end))
        return tuple(found)

    def rest(self) -> str:
        """The text of what is left."""
        text = self.statement.between(self.at, self.end)
        self.at = self.end
        return text

    def span(self) -> tuple[int, int]:
        """The offsets of all that the cursor was given."""
        return self.statement.tokens[self.at].start, self.statement.tokens[self.end - 1].end
