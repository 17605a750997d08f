"""Migrations that are history."""

from __future__ import annotations

import msgspec


class Old(msgspec.Struct, frozen=True):
    """The migrations that are not gated. `name` is what they are known from, for people: a branch, or a migration."""

    paths: frozenset[str] = frozenset()
    name: str = ""
