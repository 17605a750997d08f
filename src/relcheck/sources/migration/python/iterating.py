"""What a loop runs over."""

from __future__ import annotations

from relcheck.sources.migration.python.values import (
    ANYWHERE,
    Choice,
    Entries,
    Items,
    Maybe,
    Path,
    Value,
)


def elements(value: Value) -> list[tuple[Value, Path]] | None:
    """The elements, each with the conditions under which it is there; None where they are not all known."""
    if type(value) is Entries:
        return [(key, ANYWHERE) for key, _ in value.entries] if value.complete else None
    if type(value) is Choice:
        found: list[tuple[Value, Path]] = []
        for option, path in value.options:
            inner = elements(option)
            if inner is None:
                return None
            for item, item_path in inner:
                joined = path.join(item_path)
                if joined is not None:
                    found.append((item, joined))
        return found
    if type(value) is not Items or not value.complete:
        return None
    return [(item.value, item.path) if type(item) is Maybe else (item, ANYWHERE) for item in value.items]
