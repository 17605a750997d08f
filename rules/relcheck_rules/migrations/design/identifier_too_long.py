"""A name is longer than the database keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation

_LONGEST = {"postgres": 63, "mysql": 64}
_STRINGS = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_NAMES = re.compile(r'"((?:[^"]|"")+)"|`([^`]+)`|([^\W\d][\w$]*)')


class IdentifierTooLong(MigrationRule):
    """
    ## What it does
    Finds names of tables, columns, indexes and constraints that are longer than 63 bytes (64 characters on MySQL).

    ## Why is this bad
    PostgreSQL cuts them off without an error (manual, "Identifiers and Key Words"). Two names that differ at the end
    are one then, and code that looks for the whole name finds nothing. MySQL refuses them.

    ## Example
    ```sql
    CREATE INDEX an_index_whose_name_tells_the_whole_story_of_the_query_that_it_is_for ON orders (number);
    ```

    ## Use instead
    ```sql
    CREATE INDEX orders_number ON orders (number);
    ```
    """

    severity = Severity.WARNING

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        longest = _LONGEST.get(operation.dialect)
        if longest is None or not operation.kind.startswith(("create_", "add_", "rename_")):
            return
        for name in dict.fromkeys(_names(operation)):
            size = len(name) if operation.dialect == "mysql" else len(name.encode("utf-8", "replace"))
            if size > longest:
                kept = name.encode("utf-8", "replace")[:longest].decode("utf-8", "ignore")
                happens = "MySQL refuses it" if operation.dialect == "mysql" else f"PostgreSQL cuts it off to {kept}"
                message = f"{name} is {size} long, and a name has at most {longest}: {happens}. Shorten it"
                yield self.found(operation, migration, message.replace("{", "{{").replace("}", "}}"))

    examples = (
        Invalid(
            sql="CREATE INDEX an_index_whose_name_tells_the_whole_story_of_the_query_that_it_is_for "
            "ON shop_order (number);",
            finds="an_index_whose_name_tells_the_whole_story_of_the_query_that_it_is_for is 69 long, and a name has at "
            "most 63: PostgreSQL cuts it off to an_index_whose_name_tells_the_whole_story_of_the_query_that_it_. "
            "Shorten it",
        ),
        Invalid(
            alembic="op.create_index('an_index_whose_name_tells_the_whole_story_of_the_query_that_it_is_for', "
            "'shop_order', ['number'])",
            finds="an_index_whose_name_tells_the_whole_story_of_the_query_that_it_is_for is 69 long, and a name has at "
            "most 63: PostgreSQL cuts it off to an_index_whose_name_tells_the_whole_story_of_the_query_that_it_. "
            "Shorten it",
        ),
        Valid(sql="CREATE INDEX shop_order_number ON shop_order (number);"),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN note text DEFAULT "
            "'a_default_that_is_a_long_word_and_no_name_and_so_may_be_as_long_as_it_likes';"
        ),
    )


def _names(operation: Operation) -> Iterator[str]:
    """The names that an operation makes: those of its parts, and all that stand in its SQL, where the parser has cut
    them off already."""
    if operation.sql:
        for quoted, ticked, plain in _NAMES.findall(_STRINGS.sub(" ", operation.sql)):
            yield quoted.replace('""', '"') or ticked or plain
        return
    for name in (operation.table, operation.column, operation.name, operation.new_name):
        if name:
            yield from name.split(".")
    for column in operation.new_columns:
        yield column.name
    for constraint in operation.constraints:
        if constraint.name:
            yield constraint.name
