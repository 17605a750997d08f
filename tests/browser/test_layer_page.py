"""The page of `relcheck layers graph --format html`, as a person has it in front of them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from chromium import Page
from project import BROKEN, Project

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
LIGHT_RED, DARK_RED = "rgb(179, 38, 30)", "rgb(255, 138, 128)"


@pytest.fixture(scope="session")
def billing(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The bundled example."""
    folder = tmp_path_factory.mktemp("billing") / "repository"
    shutil.copytree(BROKEN, folder)
    project = Project(folder)
    project.commit()
    return project


@pytest.fixture(scope="session")
def example(billing: Project) -> Path:
    return drawn(billing)


@pytest.fixture
def shown(page: Page, example: Path) -> Page:
    """The example's page, which begins above `app` and `tests`."""
    page.visit(example)
    return page


def drawn(project: Project, *arguments: str) -> Path:
    """The page of a project, as a file."""
    ran = project.relcheck("layers", "graph", "--format", "html", *arguments)
    assert (ran.code, ran.err) == (0, "")
    file = project.root.parent / "imports.html"
    file.write_text(ran.out, encoding="utf-8")
    return file


def where(page: Page) -> str:
    """The trail of packages above the drawing."""
    return " / ".join(page.texts("#crumbs li"))


def labels(page: Page) -> list[str]:
    return sorted(page.texts("#drawing .box .title"))


def test_the_page_loads_nothing_and_has_nothing_to_complain_of(shown: Page, example: Path) -> None:
    assert labels(shown) == ["alembic", "app", "tests"]
    assert shown.requests == [example.as_uri()]
    assert shown.complaints == []


def test_a_click_opens_a_package_and_the_trail_leads_back(shown: Page) -> None:
    shown.click("#drawing .box[data-name='app'] .title")
    assert where(shown) == "All packages / app"
    shown.click("#drawing .box[data-name='app.services'] .title")
    assert where(shown) == "All packages / app / services"
    assert {"statements", "invoicing", "app.api"} <= set(labels(shown))
    shown.click("#crumbs li:nth-child(2) button")
    assert where(shown) == "All packages / app"
    assert shown.complaints == []


def test_the_browser_goes_back_and_an_address_leads_to_a_package(shown: Page, page: Page, example: Path) -> None:
    shown.click("#drawing .box[data-name='app'] .title")
    shown.evaluate("history.back()")
    shown.until(lambda: where(shown) == "All packages")
    page.visit(example, fragment="#/app.infra")
    page.until(lambda: where(page) == "All packages / app / infra")


def test_an_address_that_names_nothing_begins_at_the_beginning(page: Page, example: Path) -> None:
    page.visit(example, fragment="#/no.such%E0package")
    assert where(page) == "All packages"
    assert page.complaints == []


def test_keys_open_packages_and_go_up_again(shown: Page) -> None:
    name = "document.activeElement.getAttribute('data-name')"
    for _ in range(30):
        if shown.evaluate("document.activeElement.classList.contains('box')"):
            break
        shown.press("Tab")
    seen = {str(shown.evaluate(name))}
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowUp"):
        shown.press(key)
        seen.add(str(shown.evaluate(name)))
    assert seen == {"app", "tests", "alembic"}
    shown.evaluate("document.querySelector(\"#drawing .box[data-name='app']\").focus()")
    shown.press("Enter")
    shown.until(lambda: where(shown) == "All packages / app")
    assert shown.evaluate("document.activeElement.classList.contains('box')")
    shown.press("Escape")
    shown.until(lambda: where(shown) == "All packages")
    assert shown.evaluate(name) == "app"


def test_the_focus_is_seen(shown: Page) -> None:
    shown.press("Tab")
    shown.evaluate("document.querySelector(\"#drawing .box[data-name='app']\").focus()")
    assert shown.style("#drawing .box[data-name='app'] .face", "stroke-width") == "3.5px"
    assert shown.style("#drawing .box[data-name='tests'] .face", "stroke-width") == "1.25px"
    shown.evaluate("document.querySelector('#as-table').focus()")
    assert shown.style("#as-table", "outline-style") == "solid"


def test_every_control_has_a_name(shown: Page) -> None:
    shown.call("Accessibility.enable")
    nodes = shown.call("Accessibility.getFullAXTree")["nodes"]
    assert isinstance(nodes, list)
    roles = {"button", "checkbox", "combobox", "searchbox", "link", "region"}
    controls = [one for one in nodes if not one["ignored"] and one["role"]["value"] in roles]
    assert len(controls) > 10
    assert [one for one in controls if not one["name"]["value"]] == []


@pytest.mark.parametrize(("scheme", "red"), [("light", LIGHT_RED), ("dark", DARK_RED)])
def test_an_edge_with_illegal_imports_is_red_and_no_other(page: Page, example: Path, scheme: str, red: str) -> None:
    page.colours(scheme)
    page.visit(example, fragment="#/app")
    edges = page.evaluate(
        "[...document.querySelectorAll('.edge')].filter((one) => one.hasAttribute('data-from')).map((one) =>"
        " [one.dataset.from, one.dataset.to, getComputedStyle(one.querySelector('.line')).stroke])"
    )
    assert isinstance(edges, list)
    assert sorted(edge[:2] for edge in edges if edge[2] == red) == [
        ["app.costsim", "app.api"],
        ["app.infra", "app.links"],
        ["app.services", "app.api"],
    ]
    assert len(edges) == 18
    assert page.style("#arrow-illegal path", "fill") == red


def test_an_edge_tells_its_total_and_the_contract(page: Page, example: Path) -> None:
    page.visit(example, fragment="#/app")
    edge = "[data-from='app.services'][data-to='app.api']"
    assert page.texts(f".plate{edge} .total") == ["3 · ✕ 3 onion"]
    said = page.evaluate(f"document.querySelector(\".edge{edge}\").getAttribute('aria-label')")
    assert said == "app.services imports app.api: 3 imports, 3 illegal (onion)"


def test_a_chosen_edge_lists_its_imports_with_their_places(page: Page, example: Path) -> None:
    page.visit(example, fragment="#/app")
    page.click(".plate[data-from='app.services'][data-to='app.api'] text")
    assert page.texts("#details h2") == ["app.services imports app.api"]
    assert page.texts("#details .place") == [
        "app/services/statements.py:7:6",
        "app/services/statements.py:10:10",
        "app/services/statements.py:18:25",
    ]
    assert page.texts("#details .badge") == ["✕ onion"] * 3
    assert "(for types only)" in page.texts("#details .why p")[1]


def test_an_import_that_leads_on_to_what_is_forbidden_lists_the_steps(page: Page, example: Path) -> None:
    page.visit(example, fragment="#/app")
    page.evaluate("document.querySelector(\".edge[data-from='app.infra'][data-to='app.links']\").focus()")
    page.press("Enter")
    assert page.texts("#details .steps li") == ["app/links.py:5app.links imports app.api.billing"]


def test_what_is_illegal_inside_of_a_package_is_told_on_its_box(shown: Page) -> None:
    assert shown.texts("#drawing .box[data-name='app'] .inside-illegal") == ["✕ 5 illegal inside"]
    assert shown.style("#drawing .box[data-name='app'] .inside-illegal", "fill") == LIGHT_RED


def test_the_table_has_the_numbers_of_the_other_formats(page: Page, billing: Project, example: Path) -> None:
    page.visit(example, fragment="#/app")
    page.click("#as-table")
    assert page.evaluate("document.querySelector('#graph').checkVisibility()") is False
    rows = page.evaluate(
        "[...document.querySelectorAll('#table table:first-of-type tbody tr')]"
        ".map((row) => [...row.cells].slice(0, 4).map((cell) => cell.textContent))"
    )
    assert isinstance(rows, list)
    document = json.loads(billing.relcheck("layers", "graph", "app", "--format", "json").out)
    expected = [
        [edge["importer"], edge["imported"], str(edge["imports"]), str(edge["illegal"])] for edge in document["edges"]
    ]
    assert sorted(row for row in rows if not row[0].startswith("tests")) == sorted(expected)
    assert rows[0][3] != "0"  # what is illegal comes first


def test_packages_open_from_the_table_too(page: Page, example: Path) -> None:
    page.visit(example, fragment="#/app")
    page.click("#as-table")
    page.click("#table tbody button")
    assert where(page).startswith("All packages / app / ")
    assert page.evaluate("document.querySelector('#table').checkVisibility()") is True


def test_the_drawing_can_be_made_larger_and_fits_again(page: Page, example: Path) -> None:
    page.visit(example, fragment="#/app")
    width = "document.querySelector('#drawing').clientWidth"
    fitting = page.evaluate(width)
    page.click("#larger")
    assert isinstance(fitting, int)
    assert page.evaluate(width) == pytest.approx(fitting * 1.25, abs=1)
    page.click("#as-table")
    page.click("#as-graph")
    page.click("#fit")
    assert page.evaluate(width) == fitting


def test_a_module_is_found_by_its_name_and_told_of(shown: Page) -> None:
    shown.press("/")
    shown.type("statem")
    assert shown.texts("#found [role=option] code") == ["app.services.statements"]
    shown.press("Enter")
    shown.until(lambda: where(shown) == "All packages / app / services")
    assert shown.texts("#details h2") == ["app.services.statements"]
    assert "app/services/statements.py" in shown.texts("#details .sum")[0]
    assert shown.texts("#drawing .box.chosen .title") == ["statements"]


def test_a_search_for_nothing_says_so(shown: Page) -> None:
    shown.press("/")
    shown.type("xyzzy")
    assert shown.texts("#found li") == ["Nothing has this in its name or path."]
    shown.press("Enter", "Escape")
    assert shown.evaluate("document.querySelector('#found').hidden") is True
    assert shown.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["graph", "table"])
def test_colours_have_enough_contrast(page: Page, example: Path, scheme: str, view: str) -> None:
    page.colours(scheme)
    page.visit(example, fragment="#/app")
    page.click(f"#as-{view}")
    assert page.evaluate(CONTRAST) == []


def test_a_narrow_window_needs_no_scrolling_sideways(page: Page, example: Path) -> None:
    page.size(390, 800)
    page.visit(example, fragment="#/app.services")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_on_paper_there_are_drawing_and_table_and_no_controls(page: Page, example: Path) -> None:
    page.visit(example, fragment="#/app")
    page.colours("dark")
    page.on_paper()
    visible = "['#drawing', '#table', '.tools'].map((one) => document.querySelector(one).checkVisibility())"
    assert page.evaluate(visible) == [True, True, False]
    assert page.style("body", "background-color") == "rgb(255, 255, 255)"


def test_what_is_not_ours_is_drawn_where_a_contract_forbids_it(page: Page, tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    contract = (
        '[[layers.contract]]\nid = "pure"\nkind = "forbidden"\nsources = ["shop.domain"]\ntargets = ["requests"]\n'
    )
    project.write("relcheck.toml", contract)
    project.write("shop/domain/price.py", "import json\nfrom requests import get, Session\n")
    project.write("shop/web.py", "import requests\nimport shop.domain.price\n")
    page.visit(drawn(project))
    assert labels(page) == ["domain", "requests", "web"]
    assert page.texts(".plate.illegal .total") == ["1 · ✕ 1 pure"]
    assert page.texts(".plate[data-from='shop.web'][data-to='requests'] .total") == ["1"]


def test_a_package_alone_is_a_page_too(page: Page, billing: Project) -> None:
    page.visit(drawn(billing, "app.services"))
    assert page.texts("h1") == ["Import graph of app.services"]
    assert "app.api" not in labels(page)
    assert page.complaints == []


def test_a_project_without_modules_is_an_empty_drawing(page: Page, tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    project.write("README.md", "nothing\n")
    page.visit(drawn(project))
    assert page.texts("#drawing .box") == []
    assert page.complaints == []


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty packages of thirty modules; each imports ten others, and the first package what it must not."""
    project = Project(tmp_path_factory.mktemp("large") / "repository")
    lines = ['[[layers.contract]]\nid = "down"\nkind = "forbidden"\nindirect = false']
    project.write("relcheck.toml", "\n".join([*lines, 'sources = ["big.p0"]\ntargets = ["big.p29"]\n']))
    for package in range(30):
        for module in range(30):
            others = [((package * 7 + module * step) % 30, (module + step) % 30) for step in range(1, 11)]
            text = "".join(f"import big.p{one}.m{other}\n" for one, other in others)
            project.write(f"big/p{package}/m{module}.py", text)
    return drawn(project)


def test_of_a_large_project_what_is_illegal_is_drawn_and_the_rest_when_pointed_at(page: Page, large: Path) -> None:
    page.visit(large)
    assert len(page.texts("#drawing .box")) == 30
    edges = len(page.texts(".edges .edge"))
    assert edges == len(page.texts(".edges .edge.illegal")) == 1
    (status,) = page.texts("#status")
    more = re.search(r"(\d+) more are drawn when you point at a box", status)
    assert more is not None
    page.point_at("#drawing .box[data-name='big.p5'] .title")
    hints = page.evaluate("document.querySelectorAll('.hints .line').length")
    assert isinstance(hints, int)
    assert 0 < hints < int(more[1])


def test_all_imports_of_a_large_project_can_be_drawn(page: Page, large: Path) -> None:
    page.visit(large)
    page.evaluate("document.querySelector('#drawn').value = 'all'")
    page.evaluate("document.querySelector('#drawn').dispatchEvent(new Event('change'))")
    assert len(page.texts(".edges .edge")) > 250
    assert page.complaints == []
