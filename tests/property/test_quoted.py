"""Every literal that may be a text stands in what the bytes say are literals."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator

from generated_code import files
from hypothesis import HealthCheck, given, settings

from relcheck.engine.prefilter.quoted import quoted

_PREFIX = "rbfut"


def literals(code: str) -> Iterator[str]:
    """The literals of a file without their prefixes, bare strings apart; f-strings only where they are one token."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(code)
    bare = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    for token in tokenize.generate_tokens(io.StringIO(code, newline="").readline):
        if token.type == tokenize.STRING and token.start[0] not in bare:
            yield token.string.lower().lstrip(_PREFIX)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(files())
def test_no_literal_is_lost(code: str) -> None:
    found = quoted(code.lower().encode("utf-8", "surrogatepass"))
    try:
        expected = list(literals(code))
    except (tokenize.TokenError, IndentationError):
        return
    if found is not None:
        assert [one for one in expected if one.encode("utf-8", "surrogatepass") not in found] == []
