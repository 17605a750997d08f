"""What every HTML page keeps: text stays text, data stays data, and nothing is loaded from anywhere."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcheck.report import html
from relcheck.report.escape import visible
from relcheck.report.html.assets import source
from relcheck.report.html.elements import element, joined, text
from relcheck.report.html.embedded import ID, embedded
from relcheck.report.html.page import page

STATIC = sorted((Path(html.__file__).parent / "static").iterdir())
HOSTILE = "</script><img src=x onerror=alert(1)><!--\u2028\u202e&\"'`"


class Read(HTMLParser):
    """What a browser would see of a document: its elements with their attributes, and the texts inside of them."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = [""]
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self._open[-1], []).append(data)

    def attribute(self, tag: str, name: str) -> list[str | None]:
        return [given[name] for one, given in self.seen if one == tag and name in given]


def written(data: object = None) -> str:
    return page("Title", element("p", text("said")), about="About it", scripts=("import_tree.js",), data=data)


@given(st.text())
def test_a_text_stays_a_text(said: str) -> None:
    read = Read(element("td", text(said), title=said))
    assert read.attribute("td", "title") == [visible(said)]
    assert "".join(read.texts.get("td", [])) == visible(said)
    assert len(read.seen) == 1


def test_attributes_are_written_as_html_has_them() -> None:
    assert element("td", class_="a b", aria_label='say "hi"', hidden=True, open=False) == (
        '<td class="a b" aria-label="say &quot;hi&quot;" hidden></td>'
    )
    assert element("br") == "<br>"
    assert joined(text("a<"), element("hr"), by="\n") == "a&lt;\n<hr>"


@given(st.recursive(st.text() | st.integers() | st.none(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)))
def test_data_comes_back_as_it_was(data: object) -> None:
    markup = embedded(data)
    read = Read(markup)
    assert read.seen == [("script", {"type": "application/json", "id": ID})]
    assert json.loads("".join(read.texts["script"])) == data
    content = markup.partition(">")[2].removesuffix("</script>")
    assert re.search(r"[<>&]|\u2028|\u2029", content) is None


def test_hostile_data_does_not_leave_its_element() -> None:
    read = Read(written({HOSTILE: [HOSTILE]}))
    assert [tag for tag, _ in read.seen if tag in ("img", "script")] == ["script"] * 3


def test_the_policy_knows_what_is_inlined_and_nothing_else() -> None:
    document = written(HOSTILE)
    (policy,) = (value for value in Read(document).attribute("meta", "content") if value and "default-src" in value)
    rules = dict(one.split(" ", 1) for one in policy.split("; "))
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        inlined = re.findall(rf"<{tag}>(.*?)</{tag}>", document, re.DOTALL)
        hashes = [f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in inlined]
        assert rules[directive].split() == hashes
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == rules["trusted-types"] == "'none'"


def test_a_page_without_scripts_allows_none() -> None:
    document = page("Title", text("said"))
    assert "script-src 'none'" in document.replace("&apos;", "'")
    assert "<script" not in document
    assert "<noscript" not in document


def test_nothing_is_loaded() -> None:
    document = written({"a": 1})
    assert re.findall(r"(?i)\b(?:src|srcset|action|data|poster)\s*=|@import|\burl\(", document) == []
    assert Read(document).attribute("a", "href") == ["#content"]
    assert "http://" not in document.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in document


def test_the_same_page_is_written_each_time() -> None:
    assert written({"b": 1, "a": [2]}) == written({"b": 1, "a": [2]})


@pytest.mark.parametrize("file", STATIC, ids=lambda file: file.name)
def test_what_is_inlined_ends_no_element_and_styles_nothing_in_attributes(file: Path) -> None:
    content = source(file.name)
    if file.suffix != ".html":
        assert re.search(r"(?i)</(script|style)|<!--", content) is None
    assert "\r" not in content
    assert re.search(r"(?i)\bstyle=|\bon\w+=\"", content) is None  # the policy would refuse both


@pytest.mark.parametrize("file", [one for one in STATIC if one.suffix == ".js"], ids=lambda file: file.name)
def test_scripts_make_no_markup_out_of_strings(file: Path) -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|javascript:"
    assert re.findall(forbidden, source(file.name)) == []
    assert source(file.name).startswith('"use strict";\n')
