"""What is missing between a guarantee and its proof."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.engine.tracing.evidence import Evidence
from relcheck.sdk.gating import NOBODY
from relcheck.sources.matrix.chain import Chain, TracedSymbol

_PLANNED = ("defined", "deferred", "planned", "specified")
_BUILT = ("implemented", "enabled", "built", "live", "active")
_NOBODY = ("", *NOBODY)


def gaps(chain: Chain, evidence: Evidence) -> Iterator[str]:
    """A sentence for each, the graver ones first."""
    status = chain.status.strip().lower()
    symbols = [symbol for place in chain.all_places for symbol in place.symbols]
    for place in chain.all_places:
        if place.state not in ("file", "folder"):
            yield f"{place.path} does not exist" if place.state == "missing" else f"{place.path} is not tracked as such"
        elif place.problem is not None:
            yield f"what {place.path} does is not known: {place.problem}"
    yield from _against_status(status, symbols)
    if status not in _PLANNED:
        yield from _of_proof(chain, symbols, evidence)
    asked = any(row.owner or "owner" in map(str.lower, row.cells) for row in chain.rows)
    if asked and chain.owner.strip().lower() in _NOBODY:
        yield "nobody owns it"


def _against_status(status: str, symbols: list[TracedSymbol]) -> Iterator[str]:
    for one in symbols:
        if one.verdict is None:
            yield one.reason
    active = [one.name for one in symbols if one.verdict is not None and not one.inert and one.verdict != "unknown"]
    unknown = [one.name for one in symbols if one.verdict == "unknown"]
    if status == "stubbed" and active:
        yield f"it is called a stub, and {_listed(active)} changes something or may refuse"
    if status in _BUILT and symbols and not active and not unknown:
        yield f"it is called {status}, and its code does nothing"
    if unknown:
        yield f"what {_listed(unknown)} does cannot be told"
    if status in ("enabled", "live", "active") and symbols and not any(one.callers for one in symbols):
        yield "it is called enabled, and nothing calls it"


def _of_proof(chain: Chain, symbols: list[TracedSymbol], evidence: Evidence) -> Iterator[str]:
    if not chain.all_places and not chain.rules and not all(row.elsewhere for row in chain.rows):
        yield "nothing leads to code: no path, no marker, no rule"
    elif symbols and not chain.tests:
        yield "no test calls it, and none is named"
    if evidence.cases and chain.tests:
        failed = [one.path for one in chain.tests if one.result == "failed"]
        silent = [one.path for one in chain.tests if one.result == "unknown"]
        if failed:
            yield f"tests fail: {_listed(failed)}"
        if len(silent) == len(chain.tests):
            yield "the results given say nothing of its tests"


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
