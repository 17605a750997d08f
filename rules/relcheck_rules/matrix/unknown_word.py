"""A status, a location or a layer that is none of the words that the team has agreed on."""

from __future__ import annotations

import re
from difflib import get_close_matches

from relcheck.sdk import Expect, Invalid, RuleOptions, Severity, Valid, on
from relcheck.sdk.matrix import Cell, Document, Matrix, MatrixFinding, MatrixFindings, MatrixRule, Row, matrix
from relcheck_rules.matrix._text import region_of

_STATUS = ("Defined", "Stubbed", "Implemented", "Enabled", "Deferred")
_LISTED = re.compile(r"[A-Za-z][\w-]*(?:\s*[/|]\s*[A-Za-z][\w-]*){2,}")
_BESIDE = re.compile(
    r"\s*(?:\(.*\)|(?:until|since|by|from|as of)\b.*|\d{4}-\d{2}(?:-\d{2})?|#\d+|[-–—:,;].*)\s*$", re.IGNORECASE
)
_ORNAMENT = re.compile(r"^[^\w]+|[^\w)]+$")

_HEADER = "| Guarantee | Mechanism | Location | Owner | Status |\n|---|---|---|---|---|\n"
_SAYS = "- Location: where it lives (DB/App/Infra/Process/Human)\n- Status: Defined/Stubbed/Enabled\n\n"


class UnknownWord(MatrixRule):
    """
    ## What it does
    Reports a word in the column `status`, `location` or `layer` that is not in its vocabulary. Which words there are is
    said, in this order, by `vocabularies` of the `[[matrix]]`, by the rule's options, by the document itself (`Status:
    Defined/Stubbed/Enabled` in a list, or items below a heading with the word "vocabulary"), and by default. Locations
    and layers may be joined by `/`; a status is exactly one. Columns of other names are checked when a `[[matrix]]`
    gives their words.

    Words that hardly fit the default are a vocabulary of the team's own: that is told once, as information, at the
    header.

    ## Why is this bad
    Gates and people decide by the status. "Done" or "partly" is read by everyone in their own way, and by a gate in no
    way at all.

    ## Example
    ```markdown
    | Guarantee | Mechanism | Location | Owner | Status |
    |-----------|-----------|----------|-------|--------|
    | Audit log | Writer    | App      | Kim   | Done   |
    ```

    ## Use instead
    One of the agreed words, with what else there is to say in the notes.
    """

    class Options(RuleOptions, frozen=True):
        status: tuple[str, ...] = _STATUS
        location: tuple[str, ...] = ("DB", "App", "Infra", "Process", "Human", "Test")
        layer: tuple[str, ...] = ("DB", "App", "Process", "Human")

    options: Options

    examples = (
        Invalid(
            _HEADER
            + "| Audit log | Writer | App | Kim | Enabeld |\n| Backups | Job | Infra | Lee | Stubbed |\n"
            + "| Restore | Drill | Process | Lee | Defined |\n",
            Expect(
                3,
                36,
                43,
                "'Enabeld' is no status; did you mean Enabled?",
                kind="status",
            ),
            path="docs/matrix.md",
        ),
        Invalid(
            _HEADER + "| Audit log | Writer | App | Kim | Enabeld |\n",
            Expect(3, 36, 43, "'Enabeld' is no status; did you mean Enabled?", kind="status"),
            title="a slip in the only row, which makes no vocabulary",
            path="docs/matrix.md",
        ),
        Invalid(
            _HEADER + "| Audit log | Writer | App | Kim | Stubbed |\n| Flags | Reader | Web | Lee | Stubbed |\n",
            Expect(
                4,
                20,
                23,
                "'Web' is no location; relcheck knows DB, App, Infra, Process, Human, Test. If it is a word of yours, "
                "give all of them as vocabularies.location of a [[matrix]]",
                kind="location",
            ),
            title="a word that nobody has listed",
            path="docs/matrix.md",
        ),
        Invalid(
            _SAYS + _HEADER + "| Audit log | Writer | App/Test | Kim | Enabled |\n",
            Expect(
                6,
                28,
                32,
                "'Test' is no location; this document knows DB, App, Infra, Process, Human",
                kind="location",
            ),
            title="a word that the document itself does not list",
            path="docs/matrix.md",
        ),
        Invalid(
            _HEADER + "| Audit log | Writer | App | Kim | Done |\n| Backups | Job | Infra | Lee | In work |\n",
            Expect(
                1,
                46,
                52,
                "Done, In work: none is a status that relcheck knows (Defined, Stubbed, Implemented, Enabled, "
                "Deferred), so nothing is checked by status. Give yours as vocabularies.status of a [[matrix]]",
                kind="own-vocabulary",
            ),
            title="a vocabulary of the team's own",
            path="docs/matrix.md",
        ),
        Valid(
            _SAYS + _HEADER + "| Audit log | Writer | DB/App | Kim | Enabled (#12) |\n",
            path="docs/matrix.md",
        ),
        Valid(
            _HEADER + "| Audit log | Writer | App | Kim | Live |\n",
            path="docs/matrix.md",
            settings="""
            [[matrix]]
            file = "docs/matrix.md"
            vocabularies = { status = ["Planned", "Live"] }
            """,
        ),
    )

    @on(matrix())
    def words(self, one: Matrix) -> MatrixFindings:
        document = self.project.documents.by_path[one.path]
        for name in dict.fromkeys(("status", "location", "layer", *one.vocabularies)):
            column = one.column(name)
            if column is None:
                continue
            cells = [(row, cell) for row in one.rows if (cell := row.cell(name)) is not None and not cell.empty]
            said = [(row, cell, word) for row, cell in cells for word in self._words(name, cell)]
            words, whose = self._vocabulary(one, name, document)
            known = {word.lower() for word in words}
            strange = [(row, cell, word) for row, cell, word in said if word.lower() not in known]
            foreign = [one for one in strange if not _near(one[2], words)]
            if whose == "relcheck" and len(foreign) * 2 > len(said):
                if name == "status":
                    yield self._own_vocabulary(one, strange, words)
                continue
            for row, cell, word in strange:
                yield self._strange(row, cell, word, name, words, whose)

    def _strange(self, row: Row, cell: Cell, word: str, name: str, words: tuple[str, ...], whose: str) -> MatrixFinding:
        near = _near(word, words)
        hint = f"did you mean {near}?" if near else f"{whose} knows {', '.join(words)}"
        if not near and whose == "relcheck":
            hint += f". If it is a word of yours, give all of them as vocabularies.{name} of a [[matrix]]"
        return self.found(row, region_of(word, cell), f"{word!r} is no {name}; {hint}", kind=name, key=f"{name}:{word}")

    def _own_vocabulary(
        self, one: Matrix, strange: list[tuple[Row, Cell, str]], words: tuple[str, ...]
    ) -> MatrixFinding:
        column = one.column("status")
        row = strange[0][0]
        shown = ", ".join(dict.fromkeys(word for _, _, word in strange))
        return self.found(
            row,
            column.place if column is not None else one.place,
            f"{shown}: none is a status that relcheck knows ({', '.join(words)}), so nothing is checked by status. "
            "Give yours as vocabularies.status of a [[matrix]]",
            kind="own-vocabulary",
            key="own-vocabulary",
            severity=Severity.INFO,
        )

    def _words(self, name: str, cell: Cell) -> list[str]:
        parts = re.split(r"[/,+&]", cell.text) if name != "status" else [cell.text]
        return [word for part in parts if (word := _ORNAMENT.sub("", _BESIDE.sub("", part)).strip())]

    def _vocabulary(self, one: Matrix, name: str, document: Document) -> tuple[tuple[str, ...], str]:
        """The words of a column, and whose they are."""
        if name in one.vocabularies:
            return one.vocabularies[name], "the configuration"
        default: tuple[str, ...] = getattr(self.Options(), name)
        chosen: tuple[str, ...] = getattr(self.options, name)
        if chosen != default:
            return chosen, "the configuration"
        column = one.column(name)
        titles = {name, column.title.lower() if column is not None else name}
        for item in document.items:
            label, colon, rest = item.text.partition(":")
            if colon and label.strip().lower() in titles and (found := _LISTED.search(rest)):
                return tuple(word.strip() for word in re.split(r"[/|]", found.group())), "this document"
        words = []
        for item in document.items:
            heading = document.heading_of(item.heading)
            if heading is not None and "vocabulary" in heading.text.lower() and name in heading.text.lower():
                words.append(re.split(r"\s+[-–—]\s+|:", item.text)[0].strip())
        return (tuple(words), "this document") if len(words) > 1 else (default, "relcheck")


def _near(word: str, words: tuple[str, ...]) -> str:
    """The word that was probably meant; empty where there is none."""
    near = get_close_matches(word.lower(), [one.lower() for one in words], n=1, cutoff=0.7)
    return next((one for one in words if one.lower() in near), "")
