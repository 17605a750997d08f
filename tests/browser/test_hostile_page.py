"""A page about a hostile repository shows what it holds, and does nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import Page
from project import Project

BREAKOUT = "</script><img src=x onerror=alert(1)><!--<script>"
CONTRACT = f'''
[[layers.contract]]
id = "{BREAKOUT}"
kind = "forbidden"
sources = ["shop.**"]
targets = ["json"]
guidance = "{BREAKOUT} \\u2028 &lt; \\" ' `${{alert(1)}}` \\u202e"
'''
FILES = (
    "shop/a<",  # with what stands below it, `</script>` in a path
    'shop/"onfocus=alert(1) autofocus="',
    "shop/'; alert(1); '",
    "shop/line\nbreak",
    "shop/para\u2028graph",
    "shop/over\u202eride",
    "shop/__proto__",
    "shop/constructor",
    "shop/url(javascript:alert(1))",
    "shop/\u05d0\u05d1\u05d2",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("hostile") / "repository")
    project.write("relcheck.toml", CONTRACT)
    for file in FILES:
        project.write(f"{file}/script><img src=x onerror=alert(1)>.py", "import json\nimport shop.__proto__\n")
    ran = project.relcheck("layers", "graph", "--format", "html")
    assert ran.code == 0, ran.err
    page = project.root.parent / "imports.html"
    page.write_text(ran.out, encoding="utf-8")
    return page


def test_names_do_nothing_wherever_they_are_shown(page: Page, hostile: Path) -> None:
    page.visit(hostile)
    assert len(page.texts("#drawing .box.package.inside")) == len(FILES)
    for view in ("#as-table", "#as-graph"):
        page.click(view)
    page.press("/")
    page.type("<")
    page.evaluate("for (const one of document.querySelectorAll('.edge[role]')) one.dispatchEvent(new Event('click'))")
    page.evaluate("for (const one of document.querySelectorAll('#drawing .box')) one.dispatchEvent(new Event('focus'))")
    page.click("#drawing .box.package.inside .title")

    assert page.evaluate("document.querySelectorAll('img, iframe, object, embed, link, base').length") == 0
    assert page.evaluate("document.querySelectorAll('script').length") == 9
    assert page.evaluate("[...document.querySelectorAll('*')].some((one) => one.hasAttribute('onerror'))") is False
    assert (page.dialogs, page.complaints, page.requests) == ([], [], [hostile.as_uri()])


def test_names_are_shown_as_they_are_and_what_cannot_be_seen_as_an_escape(page: Page, hostile: Path) -> None:
    page.visit(hostile)
    titles = set(page.texts("#drawing .box .title"))
    assert {"a<", "__proto__", "constructor", r"line\nbreak", r"para\u2028graph", r"over\u202eride"} <= titles
    assert page.texts("#details .badge")[0] == f"✕ {BREAKOUT}"
    assert r"\u202e" in page.texts("#details .why p")[0]
    assert "\u202e" not in "".join(page.texts("body"))


def test_a_name_in_another_direction_keeps_to_itself(page: Page, hostile: Path) -> None:
    page.visit(hostile)
    assert page.style("#details .name", "unicode-bidi") == "isolate"


def test_the_policy_refuses_what_is_not_the_pages_own(page: Page, hostile: Path) -> None:
    page.visit(hostile)
    refused = "new Promise((done) => { %s; setTimeout(() => done('done'), 300); })"
    script = (
        "const one = document.createElement('script'); one.textContent = 'window.ran = 1'; document.body.append(one)"
    )
    assert page.evaluate(f"(() => {{ try {{ {script} }} catch (error) {{ return 'refused' }} }})()") == "refused"
    markup = "document.body.insertAdjacentHTML('beforeend', '<b>')"
    assert page.evaluate(f"(() => {{ try {{ {markup} }} catch (error) {{ return 'refused' }} }})()") == "refused"
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'asked', () => 'refused')") == "refused"
    page.evaluate(refused % "const one = new Image(); one.src = 'http://127.0.0.1:9/x.png'")
    assert page.evaluate("window.ran") is None
    assert any("violates" in one for one in page.complaints)
    assert [one for one in page.complaints if "ERR_CONNECTION" in one] == []
