"""The stages that there are, and what each would check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from relcheck.model.severity import Severity
from relcheck.report.escape import as_json, visible


class Check(Protocol):
    """A rule of a stage."""

    @property
    def rule(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def summary(self) -> str: ...
    @property
    def looks_at(self) -> str | None: ...


class Stage(Protocol):
    """A stage."""

    @property
    def name(self) -> str: ...
    @property
    def checks(self) -> Sequence[Check]: ...


def stages_as_text(stages: Sequence[Stage]) -> str:
    """A block for each stage: its checks, what each is about, and what it would look at here."""
    blocks = []
    for stage in stages:
        lines = [f"relcheck gate {stage.name}"]
        for one in stage.checks:
            said = "off" if one.looks_at is None else visible(one.looks_at)
            lines += [f"  {one.rule} ({one.severity.value}): {one.summary}"]
            lines += [f"      {said}"] if said else []
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def stages_as_json(stages: Sequence[Stage]) -> str:
    """`{"stages": [{"name": …, "checks": [{"rule", "severity", "summary", "enabled", "looks_at"}]}]}`."""
    document = {
        "stages": [
            {
                "name": stage.name,
                "checks": [
                    {
                        "rule": one.rule,
                        "severity": one.severity.value,
                        "summary": one.summary,
                        "enabled": one.looks_at is not None,
                        "looks_at": one.looks_at or "",
                    }
                    for one in stage.checks
                ],
            }
            for stage in stages
        ]
    }
    return as_json(document, indent=2) + "\n"
