"""A function is replaced by one of another volatility or result."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule

_VOLATILITY = re.compile(r"\b(immutable|stable|volatile)\b", re.IGNORECASE)
_RESULT = re.compile(r"\breturns\s+((?:setof\s+)?[\w.]+(?:\s*\([^)]*\))?)", re.IGNORECASE)


def _signature(sql: str) -> tuple[str, str]:
    """Volatility and result, as they are written."""
    head = re.sub(r"\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'", "", sql, flags=re.DOTALL)
    volatility, result = _VOLATILITY.search(head), _RESULT.search(head)
    return (volatility[1].upper() if volatility else "VOLATILE", result[1].lower() if result else "nothing")


class ReplaceFunctionSignature(MigrationRule):
    """
    ## What it does
    Finds `CREATE OR REPLACE FUNCTION` of a function that an earlier migration creates, where `IMMUTABLE`, `STABLE` or
    `VOLATILE`, or what stands behind `RETURNS`, differs.

    ## Why is this bad
    Indexes and generated columns that were made with an `IMMUTABLE` function keep what it gave then, whatever it gives
    now; nothing checks that. Another result makes PostgreSQL refuse, and callers fail.

    ## Example
    ```sql
    CREATE OR REPLACE FUNCTION shop_net(total int) RETURNS int LANGUAGE sql STABLE AS 'SELECT total';
    ```

    ## Use instead
    A function of another name, and callers that move to it; then rebuild what was made with the old one.
    """

    requires = (Kind.CREATE_ROUTINE,)
    severity = Severity.INFO

    def check_chains(self, migrations: Sequence[Migration]) -> MigrationFindings:
        known: dict[tuple[str, str | None], tuple[str, str]] = {}
        for migration in migrations:
            for one in migration.operations:
                if one.kind is not Kind.CREATE_ROUTINE or not one.sql:
                    continue
                place = (migration.environment, one.name)
                before, now = known.get(place), _signature(one.sql)
                known[place] = now
                if before is None or before == now or not one.or_replace or one.created_here:
                    continue
                said = (
                    f"from {before[0]} to {now[0]}" if before[0] != now[0] else f"from RETURNS {before[1]} to {now[1]}"
                )
                yield self.found(
                    one,
                    migration,
                    "the function {name} goes {said}: indexes and generated columns keep what it gave before, "
                    "and callers may not expect it. Give the new one another name, and rebuild what was made "
                    "with the old one",
                    words={"said": said},
                )

    examples = (
        Invalid(
            sql="CREATE OR REPLACE FUNCTION shop_net(total int) RETURNS int LANGUAGE sql STABLE AS 'SELECT total';",
            before="CREATE FUNCTION shop_net(total int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT total';",
            finds="the function shop_net goes from IMMUTABLE to STABLE: indexes and generated columns keep what "
            "it gave before, and callers may not expect it. Give the new one another name, and rebuild what was "
            "made with the old one",
        ),
        Valid(
            sql="CREATE OR REPLACE FUNCTION shop_net(total int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT "
            "total - 1';",
            before="CREATE FUNCTION shop_net(total int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT total';",
        ),
        Valid(sql="CREATE OR REPLACE FUNCTION shop_net(total int) RETURNS int LANGUAGE sql AS 'SELECT total';"),
    )
