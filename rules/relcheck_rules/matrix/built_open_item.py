"""An open item of a document has been built, and is still listed as open."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Related, RuleOptions, Severity, Valid
from relcheck.sdk.matrix import Document, Documents, Item, MatrixFinding, MatrixFindings, MatrixRule, Row
from relcheck_rules.matrix._text import significant

_TABLE = (
    "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"
    "| Audit log | Append-only table + writer | Kim | Implemented |\n"
    "| Restore verification | Invariant suite | Kim | Stubbed |\n\n"
)


class BuiltOpenItem(MatrixRule):
    """
    ## What it does
    Reports an item below a heading such as "Open items" (the option `headings`) that names a guarantee, or its
    mechanism, of a row whose status is `Implemented` or `Enabled` (the option `built`). An item names it when it holds
    all of its words, at least two, that carry meaning. Boxes that are checked are not open.

    ## Why is this bad
    Whoever reads the list plans work that is done, and trusts the rest of it less.

    ## Example
    ```markdown
    ## Open items
    - Define the audit log storage model

    | Guarantee | Mechanism          | Owner | Status      |
    |-----------|--------------------|-------|-------------|
    | Audit log | Append-only writer | Kim   | Implemented |
    ```

    ## Use instead
    Remove the item, or say what is still open about it.
    """

    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        headings: tuple[str, ...] = ("open item", "open question", "open issue", "to do", "todo")
        built: tuple[str, ...] = ("Implemented", "Enabled")

    options: Options

    examples = (
        Invalid(
            _TABLE + "## 6. Open items\n\n- Define the audit log storage model\n- Define restore verification\n",
            Expect(
                8,
                3,
                37,
                "this is listed as open, and 'Audit log' is Implemented in docs/matrix.md:3. Remove it, or say what is "
                "still open",
            ),
            path="docs/matrix.md",
        ),
        Valid(
            _TABLE + "## Open items\n\n- Define restore verification\n- [x] Define the audit log\n- Log rotation\n",
            path="docs/matrix.md",
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        statuses = {word.lower() for word in self.options.built}
        built = [
            row
            for one in documents.matrices
            for row in one.rows
            if row.text("status").split("(")[0].strip().lower() in statuses
        ]
        for path in documents.reliability if built else ():
            document = documents.by_path[path]
            for item in document.items:
                row = next((row for row in built if _names(item, row)), None) if self._is_open(item, document) else None
                if row is not None:
                    yield MatrixFinding(
                        path=path,
                        region=item.place,
                        message=f"this is listed as open, and {row.guarantee!r} is {row.text('status')} in "
                        f"{row.path}:{row.place.line}. Remove it, or say what is still open",
                        key=item.text,
                        related=(Related(row.path, row.place, "the row that is built"),),
                    )

    def _is_open(self, item: Item, document: Document) -> bool:
        heading = document.heading_of(item.heading)
        return (
            heading is not None
            and item.checked is not True
            and any(word in heading.text.lower() for word in self.options.headings)
        )


def _names(item: Item, row: Row) -> bool:
    said = significant(item.text)
    return any(
        len(words) > 1 and words <= said for words in (significant(row.guarantee), significant(row.text("mechanism")))
    )
