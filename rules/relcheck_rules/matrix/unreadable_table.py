"""A matrix that cannot be read: its table is none, or its file has an error."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, Valid
from relcheck.sdk.matrix import Documents, MatrixFinding, MatrixFindings, MatrixRule, Trouble, looks_like_matrix_header

_ROW = "| No partial writes | Wrapper | Kim | Stubbed |\n"


class UnreadableTable(MatrixRule):
    """
    ## What it does
    Reports rows with the header of a matrix that Markdown does not take for a table: the line `|---|---|` below the
    header is missing, or has another number of columns. Reports YAML and TOML with the words of a matrix that cannot be
    read, and a `[[matrix]]` of the configuration that no table of its documents is.

    ## Why is this bad
    Renderers show such a table as a paragraph full of `|`, and no gate looks at its rows.

    ## Example
    ```markdown
    | Guarantee         | Mechanism | Owner | Status  |
    | No partial writes | Wrapper   | Kim   | Stubbed |
    ```

    ## Use instead
    ```markdown
    | Guarantee         | Mechanism | Owner | Status  |
    |-------------------|-----------|-------|---------|
    | No partial writes | Wrapper   | Kim   | Stubbed |
    ```
    """

    examples = (
        Invalid(
            "# Stubs\n\n| Guarantee | Mechanism | Owner | Status |\n" + _ROW,
            Expect(
                3,
                3,
                12,
                "this looks like a matrix, and is no table: the line |---|---| is missing below the header. Nothing in "
                "it is checked until that is mended",
                kind="no-separator",
            ),
            path="docs/matrix.md",
        ),
        Invalid(
            "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|\n" + _ROW,
            Expect(
                1,
                3,
                12,
                "this looks like a matrix, and is no table: the line below the header has 3 columns and the header 4. "
                "Nothing in it is checked until that is mended",
                kind="separator-width",
            ),
            path="docs/matrix.md",
        ),
        Valid("| Guarantee | Mechanism | Owner | Status |\n|---|:-:|---|---|\n" + _ROW, path="docs/matrix.md"),
        Valid(
            "    | Guarantee | Mechanism | Owner | Status |\n",
            title="an example in a code block",
            path="docs/matrix.md",
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        yield from super().check(project)
        for number in project.documents.unfound:
            message = (
                f"the {_ordinal(number + 1)} [[matrix]] is no table of any document: there is none with its columns "
                "in its file, below its heading. Correct or remove it"
            )
            yield project.vacuous(message, "matrix", number)

    def check_documents(self, documents: Documents) -> MatrixFindings:
        for path, document in sorted(documents.by_path.items()):
            for trouble in document.troubles:
                if not trouble.header:
                    yield _finding(
                        path, trouble, f"this file cannot be read: {trouble.message}. No row in it is checked"
                    )
                elif looks_like_matrix_header(trouble.header):
                    message = f"this looks like a matrix, and is no table: {trouble.message}. "
                    yield _finding(path, trouble, message + "Nothing in it is checked until that is mended")


def _finding(path: str, trouble: Trouble, message: str) -> MatrixFinding:
    key = " ".join(field.raw.partition("<!--")[0].strip() for field in trouble.header) or trouble.kind
    return MatrixFinding(path=path, region=trouble.place, message=message, key=key, kind=trouble.kind)


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")
