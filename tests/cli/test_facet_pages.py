"""Approval, signature and way back are told in findings; each has a page for those who ask what it means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from project import Project

if TYPE_CHECKING:
    from pathlib import Path

FACETS = ("approval-missing", "destructive-without-rollback-plan", "signoff-missing")


@pytest.mark.parametrize("name", FACETS)
def test_a_facet_has_a_page(name: str, tmp_path: Path) -> None:
    ran = Project(tmp_path).relcheck("explain", f"migrations/{name}")
    assert ran.code == 0
    assert ran.out.startswith(f"# migrations/{name}\n")
    for section in ("## What it does", "## Why is this bad", "## Example", "## Use instead"):
        assert section in ran.out
    assert "Severity: error." in ran.out


def test_the_rules_list_facets(tmp_path: Path) -> None:
    ran = Project(tmp_path).relcheck("rules", "--format", "json")
    listed = {one["name"]: one for one in json.loads(ran.out)}
    assert [listed[f"migrations/{name}"]["default"] for name in FACETS] == [True, False, False]


def test_a_facet_is_told_in_findings_and_is_none_of_them(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("db/migration/V1__a.sql", "DROP TABLE shop_order;\n")
    project.write("relcheck.toml", "[migrations]\nhistory = true\nrollback_plan = true\n")
    found = json.loads(project.scan("--select", "migrations").out)["findings"]
    assert not {one["rule"] for one in found} & {f"migrations/{name}" for name in FACETS}
    dropped = next(one for one in found if one["rule"] == "migrations/drop-table")
    assert dropped["details"]["facets"]["approval"] == "missing"
    assert dropped["details"]["facets"]["rollback"] == "missing"
