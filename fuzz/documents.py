"""Documents and matrices in every format: whatever they hold, rules can judge it, and every place is in the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import msgspec

from relcheck.config import load_config
from relcheck.engine.bind import bind
from relcheck.engine.catalog import load_catalog, make_rule
from relcheck.engine.examining.examiner import Examiner
from relcheck.engine.exceptions.inline import markdown_waivers
from relcheck.engine.exceptions.inline_writing import NoPlaceError
from relcheck.engine.exceptions.markdown_writing import with_markdown_waiver
from relcheck.engine.exceptions.stated import Stated
from relcheck.engine.plan import Plan, Planned, Scopes
from relcheck.engine.project import ProjectView
from relcheck.engine.project_rules import project_findings
from relcheck.model.finding import Region
from relcheck.sdk.rule import View
from relcheck.sources.markdown.document import Document
from relcheck.sources.markdown.lines import lines_of

_ENDINGS = ("md", "yaml", "toml", "csv")


class DocumentFlaw(Exception):  # noqa: N818  # it says what it is
    """What must hold of a document does not."""


def document(data: bytes) -> str:
    """A Markdown document."""
    text = data.decode("utf-8", "replace")
    outcome = _judged("docs/a.md", data)
    waivers = markdown_waivers(text, "docs/a.md")
    lines = len(lines_of(text).texts)
    if not all(1 <= one.waiver.first <= one.waiver.last <= lines for one in waivers):
        raise DocumentFlaw("a waiver covers lines that are not there")
    try:
        written = with_markdown_waiver(data, 1 + len(data) % lines, "matrix/empty-cell", Stated("because"))
    except NoPlaceError:
        return outcome
    if len(markdown_waivers(written.decode(), "docs/a.md")) != len(waivers) + 1:
        raise DocumentFlaw("a waiver that was written changes others")
    return outcome


def matrix_file(data: bytes) -> str:
    """A matrix in YAML, TOML or CSV, as its first line says."""
    kind, _, rest = data.partition(b"\n")
    ending = next((one for one in _ENDINGS[1:] if one.encode() in kind), "yaml")
    return f"{ending}: {_judged(f'docs/a.{ending}', rest)}"


def _judged(path: str, data: bytes) -> str:
    """Everything that rules find in one file."""
    examiner = _examiner()
    work = examiner.sift(path, data)
    if work is None:
        return "concerns no rule"
    examined = examiner.read(work, data, isolated=True)
    if examined.crashes:
        raise DocumentFlaw(f"it cannot be read: {examined.crashes[0].error}")
    if examined.broken is not None:
        return "unparseable"
    for facts in examined.facts.values():
        _check_places(msgspec.msgpack.decode(facts, type=Document), data)
    project = ProjectView(
        {path: examined},
        Scopes(""),
        load_config(None, shown_as="relcheck.toml", catalog=load_catalog()),
        date(2026, 1, 1),
    )
    findings, crashes = project_findings(examiner, project)
    if crashes:
        raise DocumentFlaw(f"{crashes[0].rule} raised {crashes[0].error}")
    return "findings" if findings else "no findings"


def _check_places(document: Document, data: bytes) -> None:
    lines = lines_of(data.decode("utf-8", "replace").removeprefix("\ufeff")).texts
    for place in _places(document):
        if not 1 <= place.line <= len(lines) or not 1 <= place.column <= len(lines[place.line - 1]) + 2:
            raise DocumentFlaw(f"{place} is not in the file")


def _places(document: Document) -> Iterator[Region]:
    for group in (document.headings, document.links, document.spans, document.items, document.mentions):
        yield from (one.place for one in group)
    for table in document.tables:
        yield from (field.place for line in (table.header, *(one.fields for one in table.lines)) for field in line)


@cache
def _examiner() -> Examiner:
    specs = [spec for spec in load_catalog().rules.values() if spec.view == View.DOCUMENTS]
    rules = tuple(Planned(spec, bind(spec, {}), {}, None, None) for spec in specs)
    return Examiner(Plan(rules, max_file_size=10**9), Scopes(""), make_rule)
