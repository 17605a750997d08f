"""All guarantees with what hangs on them, as Markdown and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from relcheck.report.escape import as_json, no_commands
from relcheck.report.markup import markdown_code, markdown_text
from relcheck.report.trace import chain_as_builtins
from relcheck.sources.matrix.chain import Chain
from relcheck.sources.matrix.report import Entry, Report

_WORDS = {
    "no-op": "does nothing",
    "constant": "constant",
    "raises": "always raises",
    "pass-through": "pass-through",
    "contained": "contained",
    "gated": "gated",
    "active": "active",
    "unknown": "unknown",
    "missing": "missing",
}


def report_as_json(report: Report) -> str:
    """`{"version": 1, "summary": {…}, "guarantees": […], "trend": […]}`; guarantees as `relcheck matrix trace` has
    them, with `review` and `history`."""
    document = {
        "version": 1,
        "summary": summary(report),
        "guarantees": [
            {
                **chain_as_builtins(one.chain),
                "review": one.review or None,
                "history": [{"day": was.day, "status": was.status} for was in one.history],
            }
            for one in report.entries
        ],
        "trend": [
            {"day": point.day, "commit": point.commit or None, "counts": point.counts} for point in report.trend.points
        ],
        "trend_cut_off": report.trend.cut_off,
    }
    return as_json(document, indent=2) + "\n"


def report_as_markdown(report: Report) -> str:
    """A table for a summary or a comment, what is missing below it, and how the statuses have changed."""
    return no_commands("".join(f"{line}\n" for line in _markdown(report)))


def summary(report: Report) -> dict[str, object]:
    """The numbers above everything else."""
    chains = [one.chain for one in report.entries]
    return {
        "guarantees": len(chains),
        "with_gaps": sum(bool(one.gaps) for one in chains),
        "with_code": sum(any(place.state == "file" for place in one.all_places) for one in chains),
        "with_tests": sum(bool(one.tests) for one in chains),
        "statuses": dict(Counter(one.status for one in chains)),
        "suspect": sum(one.review == "suspect" for one in report.entries),
    }


def behaviour_of(chain: Chain) -> list[tuple[str, int]]:
    """How many symbols of its code behave in each way, what does most first. `missing` are places that are not there,
    and symbols that their file does not have."""
    counts: Counter[str] = Counter()
    for place in chain.all_places:
        if place.state not in ("file", "folder"):
            counts["missing"] += 1
        elif place.problem is not None:
            counts["unknown"] += 1
        for symbol in place.symbols:
            counts[symbol.verdict or "missing"] += 1
    return [(_WORDS[one], counts[one]) for one in reversed(_WORDS) if counts[one]]


def evidence_of(chain: Chain) -> list[str]:
    """What tests have shown, in a few words each."""
    cases = Counter(case.result for test in chain.tests for case in test.cases)
    said = [f"{cases[one]} {one}" for one in ("failed", "passed", "skipped") if cases[one]]
    covered = [symbol.covered for place in chain.all_places for symbol in place.symbols if symbol.covered is not None]
    return said + ([f"{round(100 * sum(covered) / len(covered))} % run"] if covered else [])


def _markdown(report: Report) -> Iterator[str]:
    numbers = summary(report)
    yield "## Guarantees and their code"
    yield ""
    yield (
        f"{numbers['guarantees']} guarantees: {numbers['with_code']} lead to code, {numbers['with_tests']} to tests, "
        f"{numbers['with_gaps']} have gaps."
    )
    yield ""
    yield "| Guarantee | Status | Owner | Behaviour | Tests | Evidence | Gaps |"
    yield "|---|---|---|---|--:|---|--:|"
    for one in report.entries:
        yield _line(one)
    if gaps := [one.chain for one in report.entries if one.chain.gaps]:
        yield ""
        yield "### Gaps"
        yield ""
        for chain in gaps:
            row = chain.rows[0].at
            yield f"- {markdown_text(chain.guarantee)} ({markdown_code(str(row))})"
            for gap in chain.gaps:
                yield f"  - {markdown_text(gap)}"
    if len(report.trend.points) > 1:
        yield ""
        yield "### Statuses over time"
        yield ""
        yield "| Day |" + "".join(f" {markdown_text(status)} |" for status in report.statuses)
        yield "|---|" + "--:|" * len(report.statuses)
        for point in report.trend.points:
            yield f"| {point.day} |" + "".join(f" {point.counts.get(status, 0)} |" for status in report.statuses)


def _line(one: Entry) -> str:
    chain = one.chain
    cells = (
        chain.guarantee + (f" ({chain.id})" if chain.id else ""),
        chain.status,
        chain.owner,
        ", ".join(f"{count} {word}" for word, count in behaviour_of(chain)),
        str(len(chain.tests)),
        ", ".join(evidence_of(chain)),
        str(len(chain.gaps)),
    )
    return f"| {' | '.join(markdown_text(cell) if cell else '' for cell in cells)} |"
