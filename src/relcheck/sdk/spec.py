"""A rule as data: what the engine, the configuration and the pages need to know without importing it."""

from __future__ import annotations

from typing import Literal

import msgspec

from relcheck.model.severity import Confidence, Severity
from relcheck.sdk.options import OptionSpec
from relcheck.sdk.selectors import FileSelector, Opt, Selector


class HandlerSpec(msgspec.Struct, frozen=True):
    """A method of the rule and the selectors that fire it."""

    method: str
    selectors: tuple[Selector, ...]


class ConventionSpec(msgspec.Struct, frozen=True):
    """The names by which the project shows that it has adopted a convention, and the severity where it has not."""

    names: Opt
    otherwise: Severity


class RuleSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. `name` is `pack/bad-pattern`, `module` and `cls` are where it is; `page` is Markdown."""

    name: str
    module: str
    cls: str
    digest: str = ""
    summary: str = ""
    page: str = ""
    type: Literal["python", "project", "engine"] = "python"
    view: str = "tree"
    reads: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    by_headers: bool = False
    severity: Severity = Severity.ERROR
    confidence: Confidence = Confidence.HIGH
    enabled: bool = True
    preview: bool = False
    fixable: bool = False
    upholds: str | None = None
    aliases: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    where: FileSelector | None = None
    convention: ConventionSpec | None = None
    handlers: tuple[HandlerSpec, ...] = ()
    visitor: bool = False
    local: bool = False
    stage: str = ""
    triggers: tuple[str, ...] = ()
    options: tuple[OptionSpec, ...] = ()

    @property
    def pack(self) -> str:
        return self.name.partition("/")[0]

    @property
    def default(self) -> bool:
        """Whether a scan runs it without being asked to."""
        return self.enabled and not self.preview and not self.stage


class Catalog(msgspec.Struct, frozen=True):
    """Every rule that a run may use, by name."""

    rules: dict[str, RuleSpec]

    @property
    def packs(self) -> frozenset[str]:
        return frozenset(rule.pack for rule in self.rules.values())

    def named(self, name: str) -> tuple[RuleSpec, ...]:
        """The rules that a rule's name, a former name of one, or a pack's name stands for; empty for an unknown one."""
        if name in self.rules:
            return (self.rules[name],)
        return tuple(rule for rule in self.rules.values() if rule.pack == name or name in rule.aliases)
