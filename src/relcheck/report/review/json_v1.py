"""A review of migrations for programs, version 1. Fields may be added, never changed."""

from __future__ import annotations

import msgspec

from relcheck import __version__
from relcheck.model.migration_review import Review
from relcheck.report.escape import as_json


def render(review: Review) -> str:
    """The document."""
    tool = {"name": "relcheck", "version": __version__}
    return as_json({"version": 1, "tool": tool, **msgspec.to_builtins(review)}, indent=2) + "\n"
