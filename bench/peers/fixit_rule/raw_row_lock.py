"""`transactions/raw-row-lock` as a small fixit rule: the work that relcheck is compared with.

It has no metadata dependency of its own (fixit itself computes positions and parents for every rule) and is a plain
module on the path rather than a local rule, which fixit would import anew for each file: the cheapest form of a rule.
"""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst
from fixit import Invalid, LintRule, Valid

_LOCK = re.compile(r"\bFOR\s+(?:NO\s+KEY\s+|KEY\s+)?(?:UPDATE|SHARE)\b")


class RawRowLock(LintRule):
    """Row locks go through the blessed transaction primitive."""

    MESSAGE = "row lock outside the transaction primitive"
    VALID: ClassVar = [Valid("q = select(A)"), Valid('"""SELECT 1 FOR UPDATE"""'), Valid('log("waiting for update")')]
    INVALID: ClassVar = [
        Invalid("q = select(A).with_for_update()"),
        Invalid("s.get(A, 1, with_for_update=True)"),
        Invalid('s.execute(text("SELECT 1 FOR UPDATE"))'),
        Invalid('s.execute(f"SELECT {a} FOR NO KEY UPDATE")'),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._bare: cst.BaseExpression | None = None

    def visit_Expr(self, node: cst.Expr) -> None:  # noqa: N802
        self._bare = node.value  # a docstring or another string statement; its visit comes next

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "with_for_update":
            self.report(node.func.attr, self.MESSAGE)

    def visit_Arg(self, node: cst.Arg) -> None:  # noqa: N802
        if node.keyword is not None and node.keyword.value == "with_for_update":
            self.report(node.keyword, self.MESSAGE)

    def visit_SimpleString(self, node: cst.SimpleString) -> None:  # noqa: N802
        if node is not self._bare and _LOCK.search(node.value):
            self.report(node, self.MESSAGE)

    def visit_FormattedStringText(self, node: cst.FormattedStringText) -> None:  # noqa: N802
        if _LOCK.search(node.value):
            self.report(node, self.MESSAGE)
