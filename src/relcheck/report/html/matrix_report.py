"""All guarantees as a page: a table that can be searched, a graph from guarantee to code and rule, and a trend.

The table is markup, so that it is there without scripts and on paper; the rest is drawn from the data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from relcheck.report.escape import visible
from relcheck.report.html.assets import skeleton
from relcheck.report.html.elements import Html, element, joined, text
from relcheck.report.html.page import page
from relcheck.report.matrix_report import behaviour_of, evidence_of
from relcheck.report.trace import does
from relcheck.sources.matrix.chain import Chain, Spot, TracedPlace, TracedSymbol
from relcheck.sources.matrix.report import Entry, Report

_SCRIPTS = ("guarantee_details.js", "guarantee_graph.js", "status_trend.js", "matrix_report.js")
_WITHOUT_SCRIPTS = (
    "Search, details, graph and trend need JavaScript. The table below is complete without it, "
    "and `relcheck matrix report --format json` prints everything."
)
_TONES = {
    "active": "active",
    "unknown": "doubt",
    "missing": "bad",
    "failed": "bad",
}
_COLUMNS = ("Guarantee", "Status", "Owner", "Behaviour of its code", "Callers", "Tests", "Gaps")


def as_html(report: Report) -> str:
    """One document."""
    about = "From each promise to its code, who calls it, the rules and tests that hold it, and what is missing."
    return page(
        "Guarantees",
        joined(_tiles(report), _bar(report), skeleton("matrix_report.html"), _table(report)),
        about=about,
        styles=("matrix_report.css",),
        scripts=_SCRIPTS,
        data=_data(report),
        without_scripts=_WITHOUT_SCRIPTS,
    )


def _tiles(report: Report) -> Html:
    chains = [one.chain for one in report.entries]
    gaps = sum(bool(one.gaps) for one in chains)
    suspect = sum(one.review == "suspect" for one in report.entries)
    tiles = [
        _tile(str(len(chains)), "guarantee" if len(chains) == 1 else "guarantees"),
        _tile(str(sum(any(place.state == "file" for place in one.all_places) for one in chains)), "lead to code"),
        _tile(str(sum(bool(one.tests) for one in chains)), "lead to tests"),
        _tile(str(gaps), "with gaps", bad=gaps > 0),
    ]
    if any(one.review for one in report.entries):
        tiles.append(_tile(str(suspect), "suspect since review", bad=suspect > 0))
    return element("ul", *tiles, class_="tiles", aria_label="Summary")


def _bar(report: Report) -> Html:
    """How many guarantees have each status, as a bar; its legend has the numbers."""
    counts = Counter(one.chain.status for one in report.entries if one.chain.status)
    if not counts:
        return Html("")
    shares, legend, at = [], [], 0
    for status in report.statuses:
        if not counts[status]:
            continue
        tone = f"tone-{tone_of(status, report.statuses)}"
        shares.append(element("rect", x=str(at), y="0", width=str(counts[status]), height="1", class_=tone))
        at += counts[status]
        swatch = element("span", class_=f"swatch {tone}", aria_hidden="true")
        legend.append(element("li", swatch, text(f"{status} "), element("strong", text(str(counts[status])))))
    box = f"0 0 {at} 1"
    bar = element("svg", *shares, class_="bar", viewBox=box, preserveAspectRatio="none", aria_hidden="true")
    return joined(bar, element("ul", *legend, class_="bar-legend", aria_label="Guarantees by status"))


def _tile(number: str, said: str, *, bad: bool = False) -> Html:
    return element("li", element("strong", text(number)), Html(" "), text(said), class_="tile bad" if bad else "tile")


def _table(report: Report) -> Html:
    head = element("tr", *(element("th", text(one), scope="col") for one in _COLUMNS))
    body = [_row(number, one, report.statuses) for number, one in enumerate(report.entries)]
    caption = element("caption", text("Every guarantee, with what its code does and what is missing"), class_="unseen")
    table = element("table", caption, element("thead", head), element("tbody", *body), id="matrix-table")
    aside = element("aside", id="details", class_="details", aria_label="Details", tabindex="0", hidden=True)
    view = element(
        "section",
        element("div", table, class_="scroll", role="region", aria_label="Table of guarantees", tabindex="0"),
        aside,
        id="matrix",
        class_="workbench",
    )
    return joined(
        view,
        element("p", text("No guarantee matches."), id="nothing", class_="notice", hidden=True),
    )


def _row(number: int, one: Entry, statuses: Sequence[str]) -> Html:
    chain = one.chain
    at = next((row.at for row in chain.rows if row.status), chain.rows[0].at)
    callers = {spot for place in chain.all_places for symbol in place.symbols for spot in symbol.callers}
    name = element("button", text(chain.guarantee), type="button", class_="link guarantee", aria_expanded="false")
    marks = []
    if chain.id:
        marks.append(element("span", text(chain.id), class_="mark"))
    if one.review == "suspect":
        marks.append(element("span", text("suspect"), class_="chip bad", title="Changed since it was reviewed"))
    where = element("span", text(str(at)), class_="where name")
    cells = [
        element("th", name, *marks, where, scope="row"),
        element("td", _status(chain.status, statuses)),
        element("td", _owner(chain.owner)),
        element("td", _chips((f"{count} {word}", _TONES.get(word, "quiet")) for word, count in behaviour_of(chain))),
        element("td", text(str(len(callers)) if chain.all_places else "–"), class_="number"),
        element("td", text(str(len(chain.tests))), _evidence(chain), class_="tests"),
        element("td", _gaps(chain), class_="gaps"),
    ]
    return element("tr", *cells, data_entry=str(number))


def _status(status: str, statuses: Sequence[str]) -> Html:
    if not status:
        return element("span", text("–"), class_="none")
    return element(
        "span",
        element("span", class_="dot", aria_hidden="true"),
        text(status),
        class_=f"status-{tone_of(status, statuses)}",
    )


def tone_of(status: str, statuses: Sequence[str]) -> str:
    """The colour of a status: that of the usual words, and for others one by their order."""
    usual = {
        "defined": "1",
        "planned": "1",
        "specified": "1",
        "stubbed": "2",
        "implemented": "3",
        "built": "3",
        "enabled": "4",
        "live": "4",
        "active": "4",
        "deferred": "5",
    }
    own = [one for one in statuses if one.lower() not in usual]
    return usual.get(status.lower()) or str(6 + own.index(status) % 2 if status in own else 6)


def _owner(owner: str) -> Html:
    return text(owner) if owner else element("span", text("–"), class_="none")


def _chips(said: Iterable[tuple[str, str]]) -> Html:
    chips = [element("span", text(one), class_=f"chip {tone}") for one, tone in said]
    return joined(*chips, by=" ") if chips else element("span", text("–"), class_="none")


def _evidence(chain: Chain) -> Html:
    said = evidence_of(chain)
    if not said:
        return Html("")
    return joined(
        Html(" "),
        *(element("span", text(one), class_=f"chip {_TONES.get(one.split()[-1], 'quiet')}") for one in said),
    )


def _gaps(chain: Chain) -> Html:
    if not chain.gaps:
        return element("span", text("none"), class_="none")
    return element("ul", *(element("li", text(one)) for one in chain.gaps))


def _data(report: Report) -> dict[str, object]:
    return {
        "entries": [_entry(one, report.statuses) for one in report.entries],
        "statuses": [{"name": visible(one), "tone": tone_of(one, report.statuses)} for one in report.statuses],
        "trend": {
            "points": [
                {"day": one.day, "commit": one.commit, "counts": {visible(key): n for key, n in one.counts.items()}}
                for one in report.trend.points
            ],
            "cutOff": report.trend.cut_off,
            "leftOut": report.trend.left_out,
        },
    }


def _entry(one: Entry, statuses: Sequence[str]) -> dict[str, object]:
    chain = one.chain
    places = [_place(place) for row in chain.rows for place in row.places] + [_place(place) for place in chain.places]
    return {
        "guarantee": visible(chain.guarantee),
        "id": visible(chain.id or ""),
        "status": visible(chain.status),
        "tone": tone_of(chain.status, statuses) if chain.status else "",
        "owner": visible(chain.owner),
        "review": one.review,
        "rows": [
            {
                "at": _spot(row.at),
                "cells": [[visible(key), visible(value)] for key, value in row.cells.items() if value],
            }
            for row in chain.rows
        ],
        "places": places,
        "rules": [[visible(rule.name), visible(rule.summary)] for rule in chain.rules],
        "tests": [
            {
                "path": visible(test.path),
                "why": visible(test.why),
                "result": test.result if test.cases else "",
                "failed": [visible(case.name) for case in test.cases if case.result == "failed"][:20],
                "count": len(test.cases),
            }
            for test in chain.tests
        ],
        "gaps": [visible(gap) for gap in chain.gaps],
        "history": [[was.day, visible(was.status)] for was in one.history],
    }


def _place(place: TracedPlace) -> dict[str, object]:
    return {
        "path": visible(place.path),
        "state": place.state,
        "problem": visible(place.problem or ""),
        "marker": _spot(place.marker) if place.marker is not None else "",
        "symbols": [_symbol(one) for one in place.symbols],
        "more": place.more,
    }


def _symbol(symbol: TracedSymbol) -> dict[str, object]:
    return {
        "name": visible(symbol.name),
        "line": symbol.line,
        "verdict": symbol.verdict or "missing",
        "does": visible(does(symbol)),
        "callers": [_spot(one) for one in symbol.callers[:_MOST]],
        "moreCallers": max(0, len(symbol.callers) - _MOST),
        "tests": [_spot(one) for one in symbol.tests[:_MOST]],
        "covered": round(symbol.covered * 100) if symbol.covered is not None else None,
    }


def _spot(spot: Spot) -> str:
    return visible(str(spot))


_MOST = 30
