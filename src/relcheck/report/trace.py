"""A guarantee with all that hangs on it, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from relcheck.report.escape import as_json, visible
from relcheck.sources.matrix.chain import Chain, Spot, TracedPlace, TracedSymbol, TracedTest

_SHOWN = 6


def trace_as_text(chain: Chain) -> str:
    """The chain from top to bottom, a step a line, then what is missing in it."""
    lines = [chain.guarantee + (f" ({chain.id})" if chain.id else "")]
    for row in chain.rows:
        said = ", ".join(part for part in (row.status, f"owner {row.owner}" if row.owner else "") if part)
        lines.append(f"  row {row.at}" + (f" ({said})" if said else ""))
        lines += [f"    {line}" for place in row.places for line in _place(place)]
    for place in chain.places:
        lines.append(f"  marker {place.marker}")
        lines += [f"    {line}" for line in _place(place)]
    lines += [f"  rule {one.name}: {one.summary}" for one in chain.rules]
    lines += [f"  test {one.path} ({one.why}): {_results(one)}" for one in chain.tests]
    lines += [f"  gap: {one}" for one in chain.gaps] or ["  no gap"]
    return "".join(f"{visible(line)}\n" for line in lines)


def trace_as_json(chain: Chain) -> str:
    """The same as a document."""
    return as_json(chain_as_builtins(chain), indent=2) + "\n"


def chain_as_builtins(chain: Chain) -> dict[str, object]:
    """What JSON can say of a chain."""
    return {
        "guarantee": chain.guarantee,
        "id": chain.id,
        "status": chain.status,
        "owner": chain.owner,
        "rows": [
            {
                "path": row.at.path,
                "line": row.at.line,
                "matrix": row.matrix,
                "status": row.status,
                "owner": row.owner,
                "cells": row.cells,
                "places": [_place_as_builtins(place) for place in row.places],
            }
            for row in chain.rows
        ],
        "markers": [_place_as_builtins(place) for place in chain.places],
        "rules": [{"name": one.name, "summary": one.summary} for one in chain.rules],
        "tests": [
            {
                "path": one.path,
                "why": one.why,
                "result": one.result,
                "cases": [{"name": case.name, "group": case.group, "result": case.result} for case in one.cases],
            }
            for one in chain.tests
        ],
        "gaps": list(chain.gaps),
    }


def _place(place: TracedPlace) -> Iterator[str]:
    if place.state != "file":
        yield f"{place.path}: {place.state}"
        return
    yield f"{place.path}" + (f": {place.problem}" if place.problem is not None else "")
    for symbol in place.symbols:
        yield from (f"  {line}" for line in _symbol(symbol))
    if place.more:
        yield f"  and {place.more} more symbols"


def _symbol(symbol: TracedSymbol) -> Iterator[str]:
    yield f"{symbol.name} (line {symbol.line}): {does(symbol)}"
    if symbol.verdict is None:
        return
    yield f"  called at {_spots(symbol.callers)}" if symbol.callers else "  called nowhere outside of tests"
    if symbol.tests:
        yield f"  tested at {_spots(symbol.tests)}"
    if symbol.covered is not None:
        yield f"  {round(symbol.covered * 100)} % of its lines are run by tests"


def does(symbol: TracedSymbol) -> str:
    """What a symbol does, in a few words."""
    if symbol.verdict is None:
        return f"not there: {symbol.reason}"
    said = {
        "no-op": "does nothing",
        "constant": f"always returns {symbol.constant}" if symbol.constant is not None else "always returns the same",
        "raises": "always raises",
        "pass-through": "gives back what it is given",
        "contained": "computes, and changes nothing outside of it",
        "gated": f"inert unless {', '.join(symbol.env)} is set" if symbol.env else "inert unless it is switched on",
        "active": "active",
        "unknown": "unknown",
    }[symbol.verdict]
    return f"{said}; {symbol.reason}" if symbol.reason and symbol.verdict in ("active", "unknown") else said


def _spots(spots: Sequence[Spot]) -> str:
    shown = ", ".join(map(str, spots[:_SHOWN]))
    return f"{shown} and {len(spots) - _SHOWN} more" if len(spots) > _SHOWN else shown


def _results(test: TracedTest) -> str:
    if not test.cases:
        return "no result given"
    counts = Counter(one.result for one in test.cases)
    return ", ".join(f"{counts[one]} {one}" for one in ("failed", "passed", "skipped") if counts[one])


def _place_as_builtins(place: TracedPlace) -> dict[str, object]:
    return {
        "path": place.path,
        "state": place.state,
        "problem": place.problem,
        "marker": place.marker.line if place.marker is not None else None,
        "symbols": [
            {
                "name": one.name,
                "line": one.line,
                "verdict": one.verdict,
                "reason": one.reason,
                "inert": one.inert,
                "constant": one.constant,
                "env": list(one.env),
                "covered": round(one.covered, 4) if one.covered is not None else None,
                "callers": [{"path": spot.path, "line": spot.line} for spot in one.callers],
                "tests": [{"path": spot.path, "line": spot.line} for spot in one.tests],
            }
            for one in place.symbols
        ],
        "more": place.more,
    }
