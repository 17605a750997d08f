"""The page of `relcheck migrations review --format html`, as the person who signs has it in front of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from chromium import Page
from project import ROOT, Project

FIXTURES = ROOT / "tests" / "fixtures"
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
HOSTILE = "<img src=x onerror=alert(1)>"


def drawn(project: Project, *arguments: str) -> Path:
    """The page of a project, as a file."""
    ran = project.relcheck("migrations", "review", "--format", "html", "--today", "2026-06-01", *arguments)
    assert ran.code in (0, 1), ran.err
    file = project.root.parent / "review.html"
    file.write_text(ran.out, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The review of the bundled example."""
    folder = tmp_path_factory.mktemp("orders") / "repository"
    shutil.copytree(FIXTURES / "orders_broken", folder)
    return drawn(Project(folder))


@pytest.fixture
def shown(page: Page, example: Path) -> Page:
    page.visit(example)
    return page


def test_the_page_loads_nothing_and_has_nothing_to_complain_of(shown: Page, example: Path) -> None:
    assert shown.requests == [example.as_uri()]
    assert shown.complaints == []
    assert shown.evaluate("document.querySelectorAll('script').length") == 0


def test_every_migration_is_in_the_table_and_a_link_leads_to_it(shown: Page) -> None:
    names = shown.texts("table tbody th")
    assert {"0002", "shop.0003_no_coupons"} <= set(names)
    targets = shown.evaluate(
        "[...document.querySelectorAll('table tbody th a')].every((one) =>"
        " document.querySelector(one.getAttribute('href')) !== null)"
    )
    assert targets is True


def test_the_safe_way_is_there_for_these_very_names(shown: Page) -> None:
    text = str(shown.evaluate("document.body.innerText"))
    assert "CREATE INDEX CONCURRENTLY parcel_order_number ON parcel (order_number)" in text
    assert "VALIDATE CONSTRAINT parcel_on_shelf" in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(page: Page, example: Path, scheme: str) -> None:
    page.colours(scheme)
    page.visit(example)
    assert page.evaluate(CONTRAST) == []


def test_keys_lead_through_the_page_and_the_focus_is_seen(shown: Page) -> None:
    first = "document.activeElement.getAttribute('href')"
    for _ in range(3):
        shown.press("Tab")
        if shown.evaluate(first) == "#m1":
            break
    assert shown.evaluate(first) == "#m1"
    assert shown.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    shown.press("Enter")
    shown.until(lambda: shown.evaluate("location.hash") == "#m1")
    shown.press("Tab")
    assert shown.evaluate("document.activeElement !== document.body")


def test_a_narrow_window_does_not_scroll_sideways(shown: Page) -> None:
    shown.call("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False)
    assert shown.evaluate("document.documentElement.scrollWidth <= 400")


def test_hostile_names_are_text(page: Page, tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    project.write("relcheck.toml", "[migrations]\nhistory = true\n")
    name = HOSTILE.replace('"', "")
    project.write(
        "db/migration/V1__hostile.sql",
        f'CREATE TABLE "{name}" (id bigint PRIMARY KEY);\n-- MIGRATION_APPROVED: </pre><script>alert(2)</script>\n'
        f'DROP TABLE "\u202e{name}";\nDROP TABLE "]]>--><style>body{{display:none}}</style>";\n',
    )
    page.visit(drawn(project))
    assert page.complaints == []
    assert len(page.requests) == 1
    assert page.evaluate("document.querySelectorAll('script, img, body style').length") == 0
    text = str(page.evaluate("document.body.innerText"))
    assert HOSTILE in text
    assert "\u202e" not in text


def test_the_page_says_what_the_command_decides(tmp_path: Path, page: Page) -> None:
    folder = tmp_path / "repository"
    shutil.copytree(FIXTURES / "orders_mended", folder)
    project = Project(folder)
    ran = project.relcheck("migrations", "review", "--today", "2026-06-01")
    assert ran.code == 0
    page.visit(drawn(project))
    assert "drops the column parcel.remark" in str(page.evaluate("document.body.innerText"))
    assert page.complaints == []
