"""A mechanism is deferred without a reason, or past the date that was set."""

from __future__ import annotations

import re
from datetime import date

from relcheck.sdk import Expect, Invalid, RuleOptions, Valid, on
from relcheck.sdk.matrix import Matrix, MatrixFindings, MatrixRule, Row, row

_HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_MONTH = re.compile(r"\b(\d{4})-(\d{2})\b(?!-)")
_QUARTER = re.compile(r"\b(?:Q([1-4])[ /-]?(\d{4})|(\d{4})[ /-]?Q([1-4]))\b", re.IGNORECASE)
_PROMISED = re.compile(r"\b(?:until|till|by|before|after|revisit|due|again)\b", re.IGNORECASE)
_SAYS_NOTHING = frozenset({"deferred", "later", "tbd", "todo", "postponed", "n/a", "none"})


class DeferredWithoutRationale(MatrixRule):
    """
    ## What it does
    Reports a row with the status `Deferred` (the option `statuses`) whose columns `notes` and `rationale` (the option
    `columns`) say nothing, and one whose date has passed: a date in the column `until`, or behind `until`, `by`,
    `revisit` and the like in these columns or in the status. Dates are `2027-03-31`, `2027-03`, `Q1 2027`.

    ## Why is this bad
    Deferred means that somebody decided to live without the mechanism for a reason. Without it nobody can tell whether
    the reason still holds, and a date that has passed is a decision that nobody has taken.

    ## Example
    ```markdown
    | Guarantee | Mechanism | Owner | Status   | Notes |
    |-----------|-----------|-------|----------|-------|
    | Audit log | Writer    | Kim   | Deferred |       |
    ```

    ## Use instead
    ```markdown
    | Audit log | Writer    | Kim   | Deferred | No admins before the pilot; until 2027-03-31 |
    ```
    """

    class Options(RuleOptions, frozen=True):
        statuses: tuple[str, ...] = ("Deferred",)
        columns: tuple[str, ...] = ("rationale", "notes")

    options: Options

    examples = (
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Deferred | |\n",
            Expect(
                3,
                30,
                38,
                "'Audit log' is deferred, and no reason is given: nobody can tell whether it still holds. Write it in "
                "the notes",
                kind="rationale",
            ),
            path="docs/matrix.md",
        ),
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Deferred | No admins yet; until 2025-06-30 |\n",
            Expect(
                3,
                30,
                38,
                "'Audit log' was deferred until 2025-06-30, which has passed. Decide again: build it, or set a new "
                "date with its reason",
                kind="past",
            ),
            path="docs/matrix.md",
        ),
        Valid(
            _HEADER
            + "| Audit log | Writer | Kim | Deferred | No admins yet; until 2027-06-30 |\n"
            + "| Backups | Job | Kim | Deferred | Provider does them since 2024-01-31 |\n",
            path="docs/matrix.md",
        ),
    )

    @on(row(columns=("status",)))
    def deferred(self, one: Row, matrix: Matrix) -> MatrixFindings:
        status = one.cell("status")
        if status is None or not self._is_deferred(status.text):
            return
        reasons = [one.text(name) for name in self.options.columns]
        if not any(_says_something(reason) for reason in (*reasons, self._beside(status.text))):
            columns = [column.title.lower() for column in matrix.columns if column.name in self.options.columns]
            where = f"Write it in the {columns[-1]}" if columns else "Give the table a column for it"
            yield self.found(
                one,
                status,
                f"{one.guarantee!r} is deferred, and no reason is given: "
                f"nobody can tell whether it still holds. {where}",
                kind="rationale",
            )
        last = _last_day(one.text("until"), promised=True) or next(
            (day for text in (status.text, *reasons) if (day := _last_day(text, promised=False)) is not None), None
        )
        if last is not None and last < self.project.today:
            yield self.found(
                one,
                status,
                f"{one.guarantee!r} was deferred until {last}, which has passed. Decide again: build it, or set a new "
                "date with its reason",
                kind="past",
            )

    def _is_deferred(self, text: str) -> bool:
        return any(text.lower().startswith(word.lower()) for word in self.options.statuses)

    def _beside(self, text: str) -> str:
        """What stands beside the status in its own cell: `Deferred (no admins yet)`."""
        found = re.search(r"\(([^()]*)\)|[:;–—]\s*(.*)", text)
        return (found[1] or found[2] or "") if found is not None else ""


def _says_something(text: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+(?:/[^\W\d_]+)?", text.lower()) if word not in _SAYS_NOTHING]
    return len(words) > 1


def _last_day(text: str, *, promised: bool) -> date | None:
    """The last day that a text names; unless it is `promised` anyway, one that stands behind a word such as until."""
    if not promised:
        word = _PROMISED.search(text)
        text = text[word.end() : word.end() + 40] if word is not None else ""
    try:
        if found := _DAY.search(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MONTH.search(text):
            return _end_of_month(int(found[1]), int(found[2]))
        if found := _QUARTER.search(text):
            return _end_of_month(int(found[2] or found[3]), 3 * int(found[1] or found[4]))
    except ValueError:
        return None
    return None


def _end_of_month(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    date(year, month, 1)  # a month such as 13 is none
    return date.fromordinal(following.toordinal() - 1)
