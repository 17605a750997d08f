"""What the first comments of a file say of its layer, and what only looks like it."""

from __future__ import annotations

import pytest

from relcheck.sources.python.layer_header import Header, header_of
from relcheck.sources.python.syntax import Source


def header(text: str) -> Header:
    return header_of(Source(text)) or Header()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("# Layer: L4 — Domain Engine\n", "L4"),
        ("# Layer: L4 – Domain Engine\n", "L4"),
        ("# Layer: L4 - Domain Engine\n", "L4"),
        ("# Layer: L4 -- Domain Engine\n", "L4"),
        ("# Layer: L4\n", "L4"),
        ("## Layer: L2.1 (API)\n", "L2.1"),
        ("#Layer: L2a\r\n", "L2a"),
        ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n# Copyright\n# Layer: domain\n", "domain"),
        ("# Layer L6 compliance: see the handbook\n", None),
        ("# Layer: L6 compliance has to sign\n", None),
        ("# The Layer: L6\n", None),
        ("import os\n# Layer: L6\n", None),
        ('x = "# Layer: L6"\n', None),
    ],
)
def test_a_header_stands_before_any_code(text: str, name: str | None) -> None:
    layer = header(text).layer
    assert (layer.name if layer is not None else None) == name


@pytest.mark.parametrize(
    "line", ["# Allowed Imports: L5, L6", "# allowed imports: L5 and L6", "# ALLOWED IMPORT: L5; L6 (platform)"]
)
def test_lists_of_imports_are_read_in_any_case(line: str) -> None:
    found = header(f"{line}\nimport os\n").allowed
    assert [(one.name, line[one.region.column - 1 : one.region.end_column - 1]) for one in found or ()] == [
        ("L5", "L5"),
        ("L6", "L6"),
    ]


def test_a_list_that_says_none_is_empty_and_one_below_code_is_none() -> None:
    assert header("# Forbidden Imports: none\n").forbidden == ()
    assert header("import os\n# Forbidden Imports: L1\n") == Header()


def test_the_docstring_may_name_a_layer_too() -> None:
    found = header('"""Orders.\n\n    Layer: L4 — Domain\n"""\n').docstring
    assert found is not None
    assert (found.name, found.region.line, found.region.column) == ("L4", 3, 12)
