"""The examples of a rule as its tests: exact, and again in changed form.

Every example is run as it is written, and then with lines put before it (the fingerprints stay), with Windows line
ends, with aliased imports, with each finding waived, and without the prefilter. What a rule finds must not depend on
any of these.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import libcst as cst
import msgspec

from relcheck.config import load_config
from relcheck.engine.bind import bind
from relcheck.engine.catalog import make_rule
from relcheck.engine.changed_example import is_markdown, moved, waived
from relcheck.engine.examining.examiner import NOTHING, Examined, Examiner
from relcheck.engine.fixing import edited
from relcheck.engine.judge import Case, judge
from relcheck.engine.migration_examples import settings_of
from relcheck.engine.migration_trial import MigrationTrial
from relcheck.engine.plan import Plan, Planned, Scopes
from relcheck.engine.project import ProjectView, Surroundings
from relcheck.engine.project_rules import project_findings
from relcheck.engine.revisions.history import History, Then
from relcheck.model.finding import Finding, Status
from relcheck.sdk.examples import Example, Expect
from relcheck.sdk.options import OptionValue
from relcheck.sdk.rendered import Rendered
from relcheck.sdk.spec import Catalog, RuleSpec

_SECTIONS = ("## What it does", "## Why is this bad", "## Example", "## Use instead")
_TODAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not hold, or a rule that lacks what every rule has. `example` counts from 1; 0 is the rule
    itself."""

    rule: str
    example: int
    message: str


def check_rule(spec: RuleSpec, examples: tuple[Example, ...], catalog: Catalog) -> Iterator[Failure]:
    """Everything that is wrong with a rule and its examples."""
    for section in _SECTIONS:
        if section not in spec.page:
            yield Failure(spec.name, 0, f"its page lacks the section {section!r}")
    if not spec.summary:
        yield Failure(spec.name, 0, "its module has no docstring: its first line is the rule's summary")
    if not any(one.invalid for one in examples) or all(one.invalid for one in examples):
        yield Failure(spec.name, 0, "it needs at least one Invalid and one Valid example")
    seen: dict[object, int] = {}
    for number, example in enumerate(examples, 1):
        key = (
            example.code,
            example.path,
            example.settings,
            example.rendered,
            tuple(sorted(example.files.items())),
            (example.sql, example.alembic, example.django, example.before, example.models),
            (example.dialect, example.server),
            (tuple(sorted(example.files.items())), tuple(sorted((example.earlier or {}).items()))),
            tuple(sorted((name, str(value)) for name, value in example.options.items())),
        )
        if (first := seen.setdefault(key, number)) != number:
            yield Failure(spec.name, number, f"it is the same as example {first}")
        unknown = example.options.keys() - {option.name for option in spec.options}
        if unknown:
            yield Failure(spec.name, number, f"it sets {', '.join(sorted(unknown))}, which the rule has no option for")
            continue
        for message in _trial(spec, example, catalog).failures():
            yield Failure(spec.name, number, message)


def _trial(spec: RuleSpec, example: Example, catalog: Catalog) -> _Trial | MigrationTrial:
    if not (example.sql or example.alembic or example.django):
        return _Trial(spec, example, catalog)
    options, settings = _typed(example.options), settings_of(example)

    def run(files: Mapping[str, str], *, prefilter: bool = True) -> list[Finding]:
        return findings_in(spec, files, options, catalog, prefilter=prefilter, settings=settings)

    return MigrationTrial(spec.name, example, run)


def findings_in(
    spec: RuleSpec,
    files: Mapping[str, str],
    options: Mapping[str, OptionValue],
    catalog: Catalog,
    *,
    prefilter: bool = True,
    settings: str = "",
    earlier: Mapping[str, str] | None = None,
    rendered: str = "",
) -> list[Finding]:
    """What a rule finds in files that exist only here. `settings` is the text of their `relcheck.toml`, `earlier` what
    the project was at the base of the change and before, `rendered` the text of `--rendered`."""
    config = load_config(
        Path("/relcheck.toml") if settings else None,
        shown_as="relcheck.toml",
        catalog=catalog,
        read=lambda _: settings.encode(),
    )
    planned = Planned(spec, bind(spec, options), dict(options), None, None)
    plan = Plan((planned,), max_file_size=10**9, prefilter=prefilter)
    scopes = Scopes("")
    examiner = Examiner(plan, scopes, make_rule)
    examined = {path: _examined(examiner, path, text) for path, text in files.items()}
    findings = [one for result in examined.values() for one in result.findings]
    if spec.type == "project":
        project = ProjectView(examined, scopes, config, _TODAY, contents=lambda path: files[path].encode())
        if earlier is not None:
            project = _changed(project, examiner, files, earlier)
        if rendered:
            project = msgspec.structs.replace(project, rendered=Rendered("rendered.sql", rendered))
        found, crashes = project_findings(examiner, project)
        findings.extend(found)
        examined["."] = Examined(crashes=tuple(crashes))
    case = Case(
        catalog=catalog,
        config=config,
        plan=plan,
        scopes=scopes,
        examined=examined,
        findings=findings,
        surroundings=lambda: Surroundings(examined),
        paths=list(files),
        complete=False,
        today=_TODAY,
    )
    return judge(case)


def _changed(
    project: ProjectView, examiner: Examiner, files: Mapping[str, str], earlier: Mapping[str, str]
) -> ProjectView:
    """A project that was something else before."""
    was = {path: _examined(examiner, path, text) for path, text in earlier.items()}
    before = msgspec.structs.replace(project, files=was, contents=lambda path: earlier[path].encode())

    def then(_: int, wanted: Callable[[str], bool], *, releases: int = 0) -> Then:
        differing = {path: text.encode() for path, text in earlier.items() if files.get(path) != text and wanted(path)}
        return Then(differing, name="v1.0" if releases else "")

    return msgspec.structs.replace(
        project,
        compared=lambda: before,
        origin=lambda path: path if path in earlier else None,
        history=lambda: History("main", lambda path: files.get(path) == earlier.get(path)),
        then=then,
    )


def _examined(examiner: Examiner, path: str, text: str) -> Examined:
    data = text.encode("utf-8", "surrogatepass")
    work = examiner.sift(path, data)
    return examiner.read(work, data, isolated=True) if work is not None else NOTHING


class _Trial:
    """One example, as written and changed."""

    def __init__(self, spec: RuleSpec, example: Example, catalog: Catalog) -> None:
        self._spec = spec
        self._example = example
        self._catalog = catalog
        self._options = _typed(example.options)

    def failures(self) -> Iterator[str]:
        example = self._example
        found = self._run(example.code)
        shown = [_shown(one, example.path) for one in found]
        expected = sorted(_expected(one, example.path) for one in example.expect)
        if shown != expected:
            yield f"expected\n{_lines(expected)}\nfound\n{_lines(shown)}"
            return
        wrong = [one.kind for one in found for expect in example.expect if _differs(expect, one)]
        if wrong:
            yield f"the kinds differ: found {wrong}"
        yield from self._same("without the prefilter", found, self._run(example.code, prefilter=False))
        crlf = example.code.replace("\n", "\r\n")
        yield from self._same("with CRLF line ends", found, self._run(crlf))
        yield from self._moved(found)
        yield from self._aliased(found)
        yield from self._each_waived(found)
        yield from self._fixed(found)

    def _run(self, code: str, *, prefilter: bool = True) -> list[Finding]:
        files = {self._example.path: code, **self._example.files}
        return findings_in(
            self._spec,
            files,
            self._options,
            self._catalog,
            prefilter=prefilter,
            settings=textwrap.dedent(self._example.settings),
            earlier=self._example.earlier,
            rendered=self._example.rendered,
        )

    def _same(self, how: str, found: list[Finding], again: list[Finding]) -> Iterator[str]:
        before, after = ([_shown(one, self._example.path) for one in run] for run in (found, again))
        if before != after:
            yield f"{how} it finds something else:\n{_lines(after)}"

    def _moved(self, found: list[Finding]) -> Iterator[str]:
        again = self._run(moved(self._example.code, self._example.path))
        before = sorted((one.path, one.fingerprint) for one in found)
        if sorted((one.path, one.fingerprint) for one in again) != before:
            yield "with lines put before it the fingerprints change"

    def _aliased(self, found: list[Finding]) -> Iterator[str]:
        if is_markdown(self._example.path):
            return
        code = _with_aliases(self._example.code)
        if code == self._example.code:
            return
        kinds = sorted(one.kind for one in found)
        if sorted(one.kind for one in self._run(code)) != kinds:
            yield f"with its imports aliased it finds something else:\n{code}"

    def _each_waived(self, found: list[Finding]) -> Iterator[str]:
        for one in found:
            if one.path != self._example.path:
                continue
            again = self._run(waived(self._example.code, self._example.path, one.region.line, self._spec.name))
            silent = [other for other in again if other.status is Status.WAIVED]
            if not any(other.fingerprint == one.fingerprint for other in silent):
                yield f"a waiver above line {one.region.line} does not silence it"
            if any(other.rule == "relcheck/unused-waiver" for other in again):
                yield f"a waiver above line {one.region.line} counts as unused"

    def _fixed(self, found: list[Finding]) -> Iterator[str]:
        if self._example.fixed is None:
            return
        code = edited(self._example.code, [edit for one in found if one.fix is not None for edit in one.fix.edits])
        if code != self._example.fixed:
            yield f"fixed it reads\n{code}"


_Shown = tuple[str, int, int, int, str]


def _shown(finding: Finding, path: str) -> _Shown:
    del path
    region = finding.region
    return (finding.path, region.line, region.column, region.end_column, finding.message)


def _expected(expect: Expect, path: str) -> _Shown:
    return (expect.path or path, expect.line, expect.column, expect.end, expect.message)


def _differs(expect: Expect, finding: Finding) -> bool:
    same_place = (expect.line, expect.column) == (finding.region.line, finding.region.column)
    return same_place and expect.kind is not None and expect.message == finding.message and expect.kind != finding.kind


def _lines(shown: list[_Shown]) -> str:
    return "\n".join(f"  {path}:{line}:{column}-{end} {text}" for path, line, column, end, text in shown) or "  nothing"


def _typed(options: Mapping[str, OptionValue | list[str]]) -> dict[str, OptionValue]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}


def _with_aliases(code: str) -> str:
    """Every `from module import name` of the top level as `… as other_name`, and the uses of the name with it."""
    try:
        tree = cst.parse_module(code)
    except cst.ParserSyntaxError:
        return code
    return tree.visit(_Aliasing()).code


class _Aliasing(cst.CSTTransformer):
    def __init__(self) -> None:
        super().__init__()
        self._renamed: set[str] = set()

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:  # noqa: N802  # libcst's name
        del node
        return False

    def leave_ImportFrom(  # noqa: N802  # libcst's name
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom:
        names = original_node.names
        module = original_node.module
        if isinstance(names, cst.ImportStar) or (isinstance(module, cst.Name) and module.value == "__future__"):
            return updated_node
        return updated_node.with_changes(names=[self._alias(alias) for alias in names])

    def _alias(self, alias: cst.ImportAlias) -> cst.ImportAlias:
        if alias.asname is not None or not isinstance(alias.name, cst.Name):
            return alias
        self._renamed.add(alias.name.value)
        return alias.with_changes(asname=cst.AsName(cst.Name(f"other_{alias.name.value}")))

    def visit_Attribute_attr(self, node: cst.Attribute) -> None:  # noqa: N802  # libcst's name
        self._kept = node.attr

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:  # noqa: N802  # libcst's name
        if original_node.value in self._renamed and original_node is not getattr(self, "_kept", None):
            return updated_node.with_changes(value=f"other_{original_node.value}")
        return updated_node

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:  # noqa: N802  # libcst's name
        return updated_node.with_changes(keyword=original_node.keyword)
