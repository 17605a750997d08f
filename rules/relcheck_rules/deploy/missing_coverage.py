"""What each domain needs before production is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, Severity, Valid
from relcheck.sdk.matrix import Document, DocumentRule, Item

_DOMAIN = re.compile(r"(?P<domain>[^:]{2,40}):\s+(?P<needs>\S.*)")
_BETWEEN = re.compile(r"\s*(?:,|;|\+|\band\b)\s*")
_HEADING = re.compile(r"\bcoverage\b", re.IGNORECASE)

_MATRIX = (
    "| Guarantee | Mechanism | Detection | Recovery |\n|---|---|---|---|\n"
    "| No data loss | Backups | Job health | Restore |\n"
)
_NEEDED = f"# Matrix\n\n{_MATRIX}\n## Coverage before production\n\n- Data: backups, restore drills\n"
_SETTINGS = '[gate.deploy.coverage.Data]\nbackups = ["ops/backup/**"]\n"restore drills" = ["docs/drills/*.md"]\n'


class MissingCoverage(DocumentRule):
    """
    ## What it does
    Reports what a domain needs before production and does not have. `coverage` in `[gate.deploy]` names the domains,
    what each needs, and the files that show that it is there; one file is enough. Where a document with a matrix has a
    heading about coverage with items such as `Data: backups, restore drills`, what it asks for and `coverage` does not
    name is a warning: nothing shows that it is there.

    ## Why is this bad
    A matrix with a row for everything says nothing about what is missing in it. Domains are how a team makes sure that
    nothing was forgotten.

    ## Example
    ```toml
    [gate.deploy.coverage]
    Data = { backups = ["ops/backup/**"], "restore drills" = ["docs/drills/*.md"] }   # there are no drills
    ```

    ## Use instead
    Add what is missing, or correct the pattern.
    """

    stage = "deploy"

    examples = (
        Invalid(
            _NEEDED,
            Expect(
                3,
                1,
                1,
                "Data has no 'restore drills': docs/drills/*.md matches no file. Production needs them; add them, "
                "or correct the patterns",
                path="relcheck.toml",
            ),
            path="docs/matrix.md",
            files={"ops/backup/job.py": "", "relcheck.toml": _SETTINGS},
            settings=_SETTINGS,
        ),
        Invalid(
            _NEEDED,
            Expect(
                9,
                3,
                32,
                "Data needs 'restore drills' before production, and nothing says what shows that it is there. "
                "Name its files in [gate.deploy.coverage]",
                kind="unmapped",
            ),
            path="docs/matrix.md",
            files={"ops/backup/job.py": ""},
            settings='[gate.deploy.coverage.Data]\nbackups = ["ops/backup/**"]\n',
        ),
        Valid(
            _NEEDED,
            path="docs/matrix.md",
            files={"ops/backup/job.py": "", "docs/drills/2026-09.md": "# Drill\n"},
            settings=_SETTINGS,
        ),
        Valid(f"# Matrix\n\n{_MATRIX}", path="docs/matrix.md"),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        coverage = project.gates.deploy.coverage
        for domain, needs in coverage.items():
            for need, globs in needs.items():
                if not any(project.matches(path, globs) for path in project.paths):
                    yield self._missing(project, domain, need, globs)
        named = {(domain.lower(), need.lower()) for domain, needs in coverage.items() for need in needs}
        for path in project.documents.reliability:
            for item, domain, need in _asked(project.documents.by_path[path]):
                if (domain.lower(), need.lower()) not in named:
                    message = (
                        f"{domain} needs {need!r} before production, and nothing says what shows that it is there. "
                        "Name its files in [gate.deploy.coverage]"
                    )
                    yield project.finding(
                        path,
                        item.place,
                        message,
                        key=f"{domain}:{need}",
                        kind="unmapped",
                        severity=Severity.WARNING,
                    )

    def looks_at(self, project: Project[object]) -> str:
        domains = project.gates.deploy.coverage
        asked = sum(1 for path in project.documents.reliability for _ in _asked(project.documents.by_path[path]))
        if not domains and not asked:
            return "nothing: `coverage` names no domain"
        documents = f"; documents ask for {asked}" if asked else ""
        needs = sum(map(len, domains.values()))
        things = "1 thing" if needs == 1 else f"{needs} things"
        return f"{things} that {'1 domain needs' if len(domains) == 1 else f'{len(domains)} domains need'}{documents}"

    def _missing(self, project: Project[object], domain: str, need: str, globs: tuple[str, ...]) -> ProjectDraft:
        said = " and ".join(globs) + (" match" if len(globs) > 1 else " matches") + " no file" if globs else "no file"
        message = f"{domain} has no {need!r}: {said}. Production needs them; add them, or correct the patterns"
        path, region = project.setting("gate", "deploy", "coverage", domain, need)
        return project.finding(path, region, message, key=f"{domain}:{need}")


def _asked(document: Document) -> Iterator[tuple[Item, str, str]]:
    """What a document asks for by domain."""
    for item in document.items:
        heading = document.heading_of(item.heading)
        found = _DOMAIN.fullmatch(item.text)
        if heading is not None and _HEADING.search(heading.text) and found is not None:
            for need in _BETWEEN.split(found["needs"].rstrip(".")):
                yield item, found["domain"].strip(), need
