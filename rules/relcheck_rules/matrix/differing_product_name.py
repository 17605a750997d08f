"""Two documents with matrices name different products in their titles."""

from __future__ import annotations

import re
from collections import Counter

from relcheck.sdk import Expect, Invalid, Related, RuleOptions, Severity, Valid
from relcheck.sdk.matrix import Documents, MatrixFinding, MatrixFindings, MatrixRule

_TITLE = re.compile(r"(?P<name>[^\s–—:|-][^–—:|]{0,40}?)\s*(?:\s[-–—|]\s|:\s|[–—])\s*\S.*")
_TABLE = "\n| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n| No loss | Backups | Kim | Stubbed |\n"


class DifferingProductName(MatrixRule):
    """
    ## What it does
    Compares the titles of documents that hold a matrix: what stands before the dash or the colon (`Shop - Mechanism
    stubs`) is taken for the name of the product. The name that most documents have is the right one, or that of the
    option `product`; of two the first by path. Documents without such a title are not judged.

    ## Why is this bad
    A document that was copied from another product, or kept after a renaming, may promise what that product does.

    ## Example
    ```markdown
    # Depot - Mechanism stubs
    ```

    ## Use instead
    The name that the other documents use.
    """

    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        product: str = ""

    options: Options

    examples = (
        Invalid(
            "# Shop - Mechanism stubs\n" + _TABLE,
            Expect(
                1,
                3,
                7,
                "this document is about 'Shop', and docs/matrix.md about 'Depot'. Correct the title, or say that it is "
                "another product's",
            ),
            path="docs/stubs.md",
            files={"docs/matrix.md": "# Depot — Guarantees\n" + _TABLE},
        ),
        Valid(
            "# Shop - Mechanism stubs\n" + _TABLE,
            path="docs/stubs.md",
            files={"docs/matrix.md": "# Shop: Guarantees\n" + _TABLE, "docs/other.md": "# Mechanisms\n" + _TABLE},
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        named: dict[str, str] = {}
        for path in documents.reliability:
            document = documents.by_path[path]
            if (found := _TITLE.fullmatch(document.title)) is not None:
                named[path] = found["name"].strip()
        counted = Counter(name.casefold() for name in named.values())
        right = self.options.product.casefold() or next((name for name, _ in counted.most_common(1)), "")
        example = next((path for path, name in named.items() if name.casefold() == right), None)
        for path, name in named.items():
            if name.casefold() == right:
                continue
            heading = documents.by_path[path].headings[0]
            start = heading.place.column + _offset(documents, path)
            region = type(heading.place)(heading.place.line, start, heading.place.line, start + len(name))
            other = (
                f"{example} about {named[example]!r}"
                if example is not None
                else f"the product is {self.options.product!r}"
            )
            yield MatrixFinding(
                path=path,
                region=region,
                message=f"this document is about {name!r}, and {other}. Correct the title, or say that it is another "
                "product's",
                key=name,
                related=(Related(example, documents.by_path[example].headings[0].place, "the other title"),)
                if example is not None
                else (),
            )


def _offset(documents: Documents, path: str) -> int:
    """Where the text of the first heading begins behind its signs."""
    return documents.by_path[path].headings[0].level + 1
