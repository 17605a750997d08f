"""What the rules find at another revision, and which finding of the scan is one of those.

"At another revision" means its content under the rules and options of this run. Only what has changed is looked at: a
file with the same content at the same place yields the same findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from relcheck.config import ConfigError
from relcheck.engine import own_rules
from relcheck.engine.examining.examiner import facts_in
from relcheck.engine.judge import Case, judge
from relcheck.engine.project import ProjectView, Surroundings
from relcheck.engine.project_rules import project_findings
from relcheck.engine.revisions.pairing import pair
from relcheck.engine.rule_view import is_about_settings
from relcheck.model.finding import Finding, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from relcheck.config import Config
    from relcheck.engine.examining.cache import Cache
    from relcheck.engine.examining.examiner import Examined, Examiner
    from relcheck.engine.exceptions.baseline import Baseline
    from relcheck.engine.revisions.past import Past

_ALWAYS_NEW = frozenset(
    spec.name for spec in (own_rules.NOTHING_CHECKED, own_rules.RULE_CRASHED, own_rules.POLICY_CHANGED)
)
"""What no earlier revision excuses: a gate that is blind, a rule that did not do its work, and what is said of the
change itself."""


class Earlier:
    """A revision as the scan's rules see it. `config` and `baseline` held there; of the configuration, only the waivers
    are used; `code_cache` opens what earlier runs have read of code."""

    def __init__(
        self,
        past: Past,
        case: Case,
        examiner: Examiner,
        config: Config,
        baseline: Baseline | None = None,
        *,
        code_cache: Callable[[], Cache] | None = None,
    ) -> None:
        self._baseline = baseline
        self._code_cache = code_cache
        self.past = past
        self._case = case
        self._examiner = examiner
        self._config = config

    def partners(self, findings: Sequence[Finding]) -> list[Finding | None]:
        """For each finding of the scan the one of the revision that it is, with the status that it has there."""
        by_path: dict[str, list[int]] = {}
        for index, one in enumerate(findings):
            if one.rule not in _ALWAYS_NEW:
                by_path.setdefault(one.path, []).append(index)
        self.past.follow(by_path)
        about_config = _config_files(self._case.config) & by_path.keys()
        about_lines = self._case.baseline is not None and self._case.baseline.shown in by_path
        there = self._findings(findings, whole=(bool(about_config) or about_lines) and self._case.complete)
        found: list[Finding | None] = [None] * len(findings)
        for path, indexes in by_path.items():
            here = [findings[index] for index in indexes]
            matched = self._of_config(path, here, there) if path in about_config else self._of_file(path, here, there)
            for index, partner in zip(indexes, matched, strict=True):
                found[index] = partner
        return found

    def found(self, findings: Sequence[Finding]) -> Mapping[str, Sequence[Finding]]:
        """What the rules find at the revision in the files of these findings, judged."""
        return self._findings(findings, whole=False)

    @cached_property
    def surroundings(self) -> Surroundings:
        """What every file of the project yielded at the revision."""
        self._case.surroundings()  # what has not changed is known once all files are
        return Surroundings(self.past.examined(self.past.paths))

    def _of_file(
        self, path: str, here: Sequence[Finding], there: Mapping[str, Sequence[Finding]]
    ) -> list[Finding | None]:
        was = self.past.origin(path)
        if was is None or was not in there:
            return [None] * len(here)
        texts = None
        if not self.past.is_unchanged(path):
            texts = self.past.texts(path)
            if texts is None:
                return [None] * len(here)
        partners = pair(here, there[was], texts)
        if texts is None or self.past.has_content_of(path, was):
            return partners
        # What the change put into a file that cannot be read was not checked, though the file was no better before.
        unread = own_rules.UNPARSEABLE_FILE.name
        return [None if one.rule == unread else partner for one, partner in zip(here, partners, strict=True)]

    def _of_config(
        self, path: str, here: Sequence[Finding], there: Mapping[str, Sequence[Finding]]
    ) -> list[Finding | None]:
        """Those about the configuration. The revision is judged by the same one, so lines are the same; what stands on
        lines that the change wrote is new."""
        partners = pair(here, there.get(path, ()), None)
        if self._config is self._case.config:
            return partners
        texts = self.past.texts(path)
        return [
            partner if texts is not None and texts.was(one.region.line) is not None else None
            for one, partner in zip(here, partners, strict=True)
        ]

    def _findings(self, findings: Sequence[Finding], *, whole: bool) -> dict[str, list[Finding]]:
        """The judged findings of the revision, by path: of all its files, or of those where the scan found some."""
        case = self._case
        if whole:
            examined = self.surroundings.files
        else:
            examined = self.past.examined(
                sorted({was for one in findings if (was := self.past.origin(one.path)) is not None})
            )
        found = [one for result in examined.values() for one in result.findings]
        # A waiver may be of use for what project rules find, too.
        of_project = {planned.spec.name for planned in case.plan.project_rules} | {own_rules.UNUSED_WAIVER.name}
        # Of new files alone there is nothing to be found there.
        if (examined or whole) and any(one.rule in of_project for one in findings):
            found.extend(self._of_project(case, examined, whole=whole))
        paths = sorted(examined)
        judged = judge(
            msgspec.structs.replace(
                case,
                config=_with_waivers_of(self._config, case.config),
                baseline=self._baseline,
                baseline_now=None,
                moved={},
                now=None,
                names_folder=False,
                examined=examined,
                findings=found,
                surroundings=(lambda: self.surroundings) if whole else case.surroundings,
                paths=paths,
                complete=whole,
                files_by_rule=case.scopes.count(case.plan, paths, facts_in(examined)) if whole else {},
                trusts=None,
            )
        )
        by_path: dict[str, list[Finding]] = {}
        for one in judged:
            by_path.setdefault(one.path, []).append(one)
        return by_path

    def _of_project(self, case: Case, examined: Mapping[str, Examined], *, whole: bool) -> list[Finding]:
        """What project rules find at the revision. The exceptions that its own configuration stated hold for it."""
        exceptions = None
        if any(contract.allow for contract in self._config.layering.contract):
            from relcheck.engine.exceptions.allowed import Allowances

            exceptions = Allowances(self._config, case.today)
        project = ProjectView(
            self.surroundings.files,
            case.scopes,
            case.config,
            case.today,
            exceptions,
            self.past.revision.read,
            code_cache=self._code_cache,
        )
        try:
            found, _ = project_findings(self._examiner, project)
        except ConfigError:
            return []  # the configuration is that of the scan, where it fits the project
        project.keep()
        told = [one for one in found if (whole if is_about_settings(one) else one.path in examined)]
        if exceptions is not None and whole:
            told += [*exceptions.problems(), *exceptions.unused()]
        return told


def with_base(findings: Sequence[Finding], base: Earlier) -> list[Finding]:
    """The findings with the status `existing` where the base had them, and neither a waiver nor the baseline had
    accepted them there. A line of the baseline does not follow its file to a new name, the finding does."""
    partners = base.partners(findings)
    return [
        replace(one, status=Status.EXISTING)
        if one.status is Status.NEW and partner is not None and _counted(partner, one)
        else one
        for one, partner in zip(_on_changed_lines(findings, partners), partners, strict=True)
    ]


def _on_changed_lines(findings: Sequence[Finding], partners: Sequence[Finding | None]) -> list[Finding]:
    """Of equal findings the baseline accepts those that the base had: the excess stands where the change put it."""
    result = list(findings)
    come: dict[tuple[str, str], list[int]] = {}
    for index, (one, partner) in enumerate(zip(findings, partners, strict=True)):
        if one.status is Status.BASELINED and partner is None:
            come.setdefault((one.path, one.fingerprint), []).append(index)
    if not come:
        return result
    for index, (one, partner) in enumerate(zip(findings, partners, strict=True)):
        was_accepted = partner is not None and partner.status is Status.BASELINED
        if one.status is Status.NEW and was_accepted and (others := come.get((one.path, one.fingerprint))):
            other = others.pop()
            result[index] = replace(one, status=Status.BASELINED, waiver=findings[other].waiver)
            result[other] = replace(findings[other], status=Status.NEW, waiver=None)
    return result


def _counted(there: Finding, now: Finding) -> bool:
    return there.status is Status.NEW or (there.status is Status.BASELINED and there.path != now.path)


def _config_files(config: Config) -> frozenset[str]:
    return frozenset(layer.document.shown for layer in config.layers)


def _with_waivers_of(there: Config, config: Config) -> Config:
    return config if there is config else msgspec.structs.replace(config, waivers=there.waivers)
