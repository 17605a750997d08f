"""The examples of rules about migrations as their tests: in every form, and each again in changed form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from relcheck.engine.changed_example import approved, moved, waived
from relcheck.engine.fixing import edited
from relcheck.engine.migration_examples import Form, expected_text, forms, region_text
from relcheck.model.finding import Finding, Status
from relcheck.sdk.examples import Example


class Run(Protocol):
    """What a rule finds in files, with the prefilter or without."""

    def __call__(self, files: Mapping[str, str], *, prefilter: bool = True) -> list[Finding]: ...


class MigrationTrial:
    """One example of a migration rule: in every form, each as written and changed."""

    def __init__(self, rule: str, example: Example, run: Run) -> None:
        self._rule = rule
        self._example = example
        self._find = run

    def failures(self) -> Iterator[str]:
        mended = False
        for form in forms(self._example):
            for message in self._of(form):
                yield f"{form.name}: {message}\n{form.code if not form.exact else ''}".rstrip()
            found = self._run(form)
            if found and all(one.fix is not None for one in found):
                mended = True
                for message in self._mended(form, found):
                    yield f"{form.name}: {message}"
        if self._example.fixed is not None and not mended:
            yield "there is no fix for it"

    def _of(self, form: Form) -> Iterator[str]:
        found = self._run(form)
        expected = sorted(self._expected(form))
        shown = sorted(self._shown(one, form) for one in found)
        if shown != expected:
            yield f"expected\n{_texts(expected)}\nfound\n{_texts(shown)}"
            return
        outside = [one.region.line for one in found if not form.first <= one.region.line <= form.last]
        if outside:
            yield f"it finds something on line {outside[0]}, outside of lines {form.first} to {form.last}"
        for how, again in (
            ("without the prefilter", self._run(form, prefilter=False)),
            ("with CRLF line ends", self._run(form, form.code.replace("\n", "\r\n"))),
        ):
            if [(one.region, one.message) for one in again] != [(one.region, one.message) for one in found]:
                yield f"{how} it finds something else:\n{_texts(sorted(self._shown(one, form) for one in again))}"
        yield from self._moved(form, found)
        yield from self._spelled(form, found)
        yield from self._each_silenced(form, found)

    def _mended(self, form: Form, found: list[Finding]) -> Iterator[str]:
        """What is written by the fixes is read again."""
        code = edited(form.code, [edit for one in found if one.fix is not None for edit in one.fix.edits])
        if again := self._run(form, code):
            yield f"fixed it is still found ({again[0].message}):\n{code}"
        wanted = self._example.fixed
        if wanted is not None and " ".join(wanted.split()) not in " ".join(code.split()):
            yield f"fixed it reads\n{code}"

    def _run(self, form: Form, code: str | None = None, *, prefilter: bool = True) -> list[Finding]:
        return self._find(form.files if code is None else {**form.files, form.path: code}, prefilter=prefilter)

    def _expected(self, form: Form) -> Iterator[tuple[str, str]]:
        for one in self._example.finds:
            yield one.message, expected_text(self._example, one.at) if form.exact else ""

    def _shown(self, finding: Finding, form: Form) -> tuple[str, str]:
        region = finding.region
        place = (region.line, region.column, region.end_line, region.end_column)
        message = finding.message if finding.rule == self._rule else f"{finding.rule}: {finding.message}"
        return message, region_text(form, *place) if form.exact else ""

    def _moved(self, form: Form, found: list[Finding]) -> Iterator[str]:
        again = self._run(form, moved(form.code, form.path))
        if sorted(one.fingerprint for one in again) != sorted(one.fingerprint for one in found):
            yield "with lines put before it the fingerprints change"

    def _spelled(self, form: Form, found: list[Finding]) -> Iterator[str]:
        """PostgreSQL does not care for the case of letters outside of quotes and comments."""
        if self._example.dialect != "postgres" or not form.path.endswith(".sql"):
            return
        if "'" in form.code or '"' in form.code or "$$" in form.code or "--" in form.code:
            return
        for code in (form.code.upper(), form.code.lower()):
            again = sorted(one.fingerprint for one in self._run(form, code))
            if again != sorted(one.fingerprint for one in found):
                yield f"in letters of another case it finds something else:\n{code}"

    def _each_silenced(self, form: Form, found: list[Finding]) -> Iterator[str]:
        """A waiver of the rule waives what it finds, an approval of the operation approves it."""
        for one in found:
            line = one.region.line
            if one.path != form.path:
                continue
            again = self._run(form, waived(form.code, form.path, line, self._rule))
            if one.fingerprint not in _with(Status.WAIVED, again):
                yield f"a waiver above line {line} does not silence it"
            if "facets" not in one.details or (form.path.endswith(".py") and line != form.first):
                continue  # it is about no operation, or stands amid a text
            again = self._run(form, approved(form.code, form.path, line))
            if one.fingerprint not in _with(Status.APPROVED, again):
                yield f"an approval above line {line} does not silence it"


def _with(status: Status, found: list[Finding]) -> set[str]:
    return {one.fingerprint for one in found if one.status is status}


def _texts(shown: list[tuple[str, str]]) -> str:
    return "\n".join(f"  {message} [{text}]" if text else f"  {message}" for message, text in shown) or "  nothing"
