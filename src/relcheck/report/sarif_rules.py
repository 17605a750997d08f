"""The rules of a SARIF document, with what a reader needs to act on their findings (SARIF 2.1.0, section 3.49)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from relcheck.model.outcome import RuleRecord
from relcheck.model.severity import Severity
from relcheck.report.escape import encodable, one_line, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relcheck.model.outcome import Outcome

Json: TypeAlias = dict[str, object]

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
"""Severities as SARIF names them (section 3.27.10)."""

_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_TITLE = 255
_DESCRIPTION = 1024
"""What GitHub takes of a rule's name and of its descriptions."""

_PAGE = 50_000
_WHAT = "## What it does"


def descriptors(outcome: Outcome, reported: Iterable[str]) -> list[Json]:
    """The rules that took part, and those of `reported` that are not among them, by name."""
    known = {rule_id(rule.name): _descriptor(rule) for rule in (*outcome.own_rules, *outcome.rules)}
    for name in set(map(rule_id, reported)) - set(known):
        known[name] = _descriptor(RuleRecord(name, name, Severity.ERROR, 0))
    return [known[name] for name in sorted(known)]


def rule_id(name: str) -> str:
    """The rule's name, which may not be empty here."""
    return shortened(one_line(name), _TITLE) or "unnamed"


def _descriptor(rule: RuleRecord) -> Json:
    summary = shortened(one_line(rule.summary), _DESCRIPTION) or rule_id(rule.name)
    told: Json = {
        "id": rule_id(rule.name),
        "name": _identifier(rule.name),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": _what_it_does(rule.page) or summary},
        "help": _help(rule, summary),
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "precision": rule.confidence.value,
            "problem.severity": _PROBLEM[rule.severity],
            "tags": [shortened(one_line(rule.pack), _TITLE) or "unnamed"],
        },
    }
    if rule.help is not None and rule.help.startswith("https://") and rule.help.isascii() and rule.help.isprintable():
        told["helpUri"] = rule.help.replace(" ", "%20")
    return told


def _identifier(name: str) -> str:
    """`transactions/raw-row-lock` as a name in the style of the format: `RawRowLock`."""
    words = one_line(name).rpartition("/")[2].split("-")
    return shortened("".join(word[:1].upper() + word[1:] for word in words), _TITLE) or "Unnamed"


def _what_it_does(page: str) -> str:
    _, __, rest = page.partition(_WHAT)
    return shortened(one_line(rest.partition("\n## ")[0].strip()), _DESCRIPTION)


def _help(rule: RuleRecord, summary: str) -> Json:
    upholds = f"It upholds: {one_line(rule.upholds)}." if rule.upholds else ""
    more = f"`relcheck explain {rule_id(rule.name)}` shows options and examples."
    page = shortened(encodable(rule.page), _PAGE)
    text = "\n\n".join(part for part in (summary, page, upholds, more) if part)
    return {"text": text, "markdown": text}
