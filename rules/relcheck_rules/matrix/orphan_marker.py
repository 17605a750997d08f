"""A marker in the code stands above nothing."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, ProjectRule, Severity, Valid, View


class OrphanMarker(ProjectRule[object]):
    """
    ## What it does
    Reports a comment `relcheck: upholds "…"` behind which no code follows in its file, and that stands in no function
    or class: what it marked is gone.

    ## Why is this bad
    The guarantee still counts as one that code upholds, while that code was deleted or moved elsewhere.

    ## Example
    ```python
    def read(row): ...

    # relcheck: upholds "No partial writes"
    ```

    ## Use instead
    Move the marker to the code that upholds the guarantee now, or take it away.
    """

    severity = Severity.WARNING
    view = View.MARKERS
    facts = object
    files = ("**/*",)

    examples = (
        Invalid(
            "def read(row):\n    return row\n",
            Expect(
                3,
                22,
                41,
                "this marker says that code upholds 'No partial writes', and there is no code behind it. "
                "Move it to the code that does, or take it away",
                path="src/write.ts",
            ),
            files={"src/write.ts": '// What wrote is gone.\n\n// relcheck: upholds "No partial writes"\n'},
        ),
        Valid('def write(work):\n    work()  # relcheck: upholds "No partial writes"\n'),
        Valid('def write(work):\n    # relcheck: upholds "No partial writes"\n    work()\n'),
        Valid('/* relcheck: upholds "No partial writes" */\nexport function write() {}\n', path="src/write.ts"),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        for path, markers in project.markers.items():
            for one in markers:
                if one.idle and one.guarantee:
                    message = (
                        f"this marker says that code upholds {one.guarantee!r}, and there is no code behind it. "
                        "Move it to the code that does, or take it away"
                    )
                    yield project.finding(path, one.region, message, key=one.guarantee)
