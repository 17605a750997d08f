"""The page of `relcheck matrix report`, as a person has it in front of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import Page
from project import Project

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
HOSTILE = "</script><script>alert(1)</script> \u202eevil <img src=x onerror=alert(2)>"

HEAD = "# Mechanisms\n\n| Guarantee | Mechanism | Location | Owner | Status | Notes |\n|---|---|---|---|---|---|\n"
ROWS = (
    "| Read-only mode [#G-4] | WRITE_GUARD gate | App | TBD | {guard} | src/guards.ts (always allow) |\n"
    "| Audit log | Append-only writer | App | Kim Ode | {audit} | app/audit.py |\n"
    "| Backups | Scheduled job | Infra | Ada Lin | Stubbed | src/backup.ts (dry-run) |\n"
    "| Incident record | Template | Process/Human | Kim Ode | Defined | manual |\n"
)
JUNIT = (
    '<testsuite><testcase classname="tests.test_audit" name="test_writes"/>'
    '<testcase classname="tests.test_audit" name="test_twice"><failure/></testcase></testsuite>'
)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report over a small project with a history, in a file."""
    folder = tmp_path_factory.mktemp("guarantees")
    project = Project(folder / "project")
    project.write("src/guards.ts", "export function canWrite() {\n  return true;\n}\n")
    project.write("src/api.ts", 'import { canWrite } from "./guards";\nexport const post = () => canWrite();\n')
    project.write("app/__init__.py", "")
    project.write("app/audit.py", '# relcheck: upholds "Audit log"\ndef write(db, row):\n    db.insert(row)\n')
    project.write("tests/test_audit.py", "from app.audit import write\n\n\ndef test_writes(db):\n    write(db, {})\n")
    for day, guard, audit in (("05", "Defined", "Defined"), ("12", "Stubbed", "Defined"), ("20", "Stubbed", "Stubbed")):
        project.write("docs/MECHANISMS.md", HEAD + ROWS.format(guard=guard, audit=audit))
        project.git("add", "--all")
        moment = f"2026-01-{day}T12:00:00Z"
        committed = project.run("git", "commit", "--quiet", "-m", "x", GIT_COMMITTER_DATE=moment)
        assert committed.code == 0, committed.err
    hostile = f"| `{HOSTILE}` | A gate | App | `{HOSTILE}` | `{HOSTILE}` | src/{{a,b}}.ts |\n"
    project.write("docs/MECHANISMS.md", HEAD + ROWS.format(guard="Stubbed", audit="Implemented") + hostile)
    project.write("junit.xml", JUNIT)
    ran = project.relcheck("matrix", "report", "--junit", "junit.xml", "--today", "2026-02-01")
    assert (ran.code, ran.err) == (0, "")
    file = folder / "report.html"
    file.write_text(ran.out, encoding="utf-8")
    return file


@pytest.fixture
def shown(page: Page, report: Path) -> Page:
    page.visit(report)
    return page


def names(page: Page) -> list[str]:
    """The guarantees that are shown in the table."""
    found = page.evaluate(
        "[...document.querySelectorAll('#matrix-table .guarantee')].filter((one) => one.checkVisibility())"
        ".map((one) => one.textContent)"
    )
    assert isinstance(found, list)
    return [str(one) for one in found]


def test_the_page_loads_nothing_and_nothing_of_the_repository_runs(shown: Page, report: Path) -> None:
    assert shown.requests == [report.as_uri()]
    assert shown.complaints == []
    assert shown.dialogs == []
    assert len(names(shown)) == 5
    assert names(shown)[4].startswith("</script><script>alert(1)</script> \\u202eevil <img")


def test_each_row_tells_status_behaviour_tests_and_gaps(shown: Page) -> None:
    assert shown.texts("tr[data-entry='0'] td") == [
        "Stubbed",
        "TBD",
        "1 constant",
        "1",
        "0",
        "no test calls it, and none is namednobody owns it",
    ]
    assert shown.texts("tr[data-entry='1'] td")[2:] == [
        "1 active",
        "0",
        "1 1 failed1 passed",
        "tests fail: tests/test_audit.py",
    ]
    assert shown.texts("tr[data-entry='3'] td")[5] == "none"


def test_typing_filters_the_rows(shown: Page) -> None:
    shown.press("/")
    shown.type("guards")
    shown.until(lambda: names(shown) == ["Read-only mode"])
    assert shown.texts("#said") == ["1 of 5 guarantees"]
    shown.type(" nowhere")
    shown.until(lambda: names(shown) == [])
    assert shown.evaluate("document.querySelector('#nothing').checkVisibility()") is True


def test_a_status_and_gaps_filter_the_rows(shown: Page) -> None:
    box = "document.querySelector('#status-filter')"
    shown.evaluate(f"{box}.value = 'Stubbed'; {box}.dispatchEvent(new Event('input'))")
    assert names(shown) == ["Read-only mode", "Backups"]
    shown.evaluate(f"{box}.value = ''; {box}.dispatchEvent(new Event('input'))")
    shown.click("#only-gaps")
    assert "Incident record" not in names(shown)


def test_a_guarantee_opens_with_all_that_hangs_on_it(shown: Page) -> None:
    shown.click("tr[data-entry='1'] .guarantee")
    assert shown.texts("#details h2") == ["Audit log"]
    assert shown.texts("#details h3") == ["Gaps", "1 row", "Code", "Tests", "History"]
    assert shown.texts("#details .symbols .name")[0] == "write"
    assert shown.texts("#details .steps li") == ["2026-01-05 Defined", "2026-01-20 Stubbed", "2026-02-01 Implemented"]
    assert (
        shown.evaluate("document.querySelector(\"tr[data-entry='1'] .guarantee\").getAttribute('aria-expanded')")
        == "true"
    )
    shown.press("Escape")
    assert shown.evaluate("document.querySelector('#details').checkVisibility()") is False
    assert shown.evaluate("document.activeElement.textContent") == "Audit log"


def test_keys_are_enough_for_the_table(shown: Page) -> None:
    shown.press("Tab")
    shown.evaluate("document.querySelector(\"tr[data-entry='0'] .guarantee\").focus()")
    shown.press("ArrowDown")
    assert shown.evaluate("document.activeElement.textContent") == "Audit log"
    shown.press("Enter")
    shown.until(lambda: shown.texts("#details h2") == ["Audit log"])
    assert shown.evaluate("document.activeElement.id") == "details"


def test_an_address_opens_a_guarantee(page: Page, report: Path) -> None:
    page.visit(report, fragment="#/G-4")
    page.until(lambda: page.texts("#details h2") == ["Read-only mode"])
    page.visit(report, fragment="#/no%E0thing")
    assert page.complaints == []


def test_the_graph_ties_guarantees_to_code_and_tests(shown: Page) -> None:
    shown.click("#as-graph")
    labels = shown.evaluate("[...document.querySelectorAll('.node')].map((one) => one.getAttribute('aria-label'))")
    assert isinstance(labels, list)
    assert "Guarantee Read-only mode, with gaps, tied to 1 other" in labels
    assert "File src/backup.ts, missing, tied to 1 other" in labels
    assert "Tests tests/test_audit.py, failed, tied to 1 other" in labels
    assert "Rule " not in "".join(map(str, labels))
    assert shown.complaints == []


def test_keys_walk_the_graph_and_open_a_guarantee(shown: Page) -> None:
    shown.click("#as-graph")
    label = "document.activeElement.getAttribute('aria-label')"
    shown.evaluate("document.querySelector('.node[tabindex=\"0\"]').focus()")
    shown.press("ArrowDown")
    assert str(shown.evaluate(label)).startswith("Guarantee Audit log")
    shown.press("ArrowRight")
    assert str(shown.evaluate(label)).startswith("File app/audit.py")
    assert shown.evaluate("document.querySelectorAll('.node.on').length") == 3
    shown.press("ArrowRight")
    assert str(shown.evaluate(label)).startswith("Tests tests/test_audit.py")
    shown.press("ArrowLeft", "ArrowLeft", "Enter")
    shown.until(lambda: shown.texts("#details h2") == ["Audit log"])


def test_the_trend_has_a_step_for_each_day_and_the_numbers(shown: Page) -> None:
    shown.click("#as-trend")
    days = shown.texts("#trend tbody th")
    assert days == ["2026-02-01", "2026-01-20", "2026-01-12", "2026-01-05"]
    assert shown.texts("#trend thead th")[2:6] == [
        "Defined",
        "Stubbed",
        "Implemented",
        HOSTILE.replace("\u202e", "\\u202e"),
    ]
    assert shown.texts("#trend tbody tr:first-child td") == ["today", "1", "2", "1", "1"]
    assert shown.evaluate("document.querySelectorAll('#trend path.area').length") == 4
    assert shown.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_far_enough_apart(page: Page, report: Path, scheme: str) -> None:
    page.colours(scheme)
    page.visit(report)
    assert page.evaluate(CONTRAST) == []
    page.click("tr[data-entry='1'] .guarantee")
    assert page.evaluate(CONTRAST) == []
    for view in ("#as-graph", "#as-trend"):
        page.click(view)
        assert page.evaluate(CONTRAST) == []


def test_every_control_has_a_name(shown: Page) -> None:
    shown.call("Accessibility.enable")
    nodes = shown.call("Accessibility.getFullAXTree")["nodes"]
    assert isinstance(nodes, list)
    roles = {"button", "checkbox", "combobox", "searchbox", "link", "region"}
    controls = [one for one in nodes if not one["ignored"] and one["role"]["value"] in roles]
    assert len(controls) > 8
    assert [one for one in controls if not one["name"]["value"]] == []


def test_nothing_is_wider_than_a_narrow_screen(page: Page, report: Path) -> None:
    page.size(420, 800)
    page.visit(report)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    page.click("tr[data-entry='1'] .guarantee")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True


def test_on_paper_the_table_is_there_and_the_tools_are_not(page: Page, report: Path) -> None:
    page.on_paper()
    page.visit(report)
    assert page.evaluate("document.querySelector('.tools').checkVisibility()") is False
    assert len(names(page)) == 5
