"""However imports, strings, comments and blocks are mixed: what is read by lines is what the tree says."""

from __future__ import annotations

import textwrap

from hypothesis import given, settings
from hypothesis import strategies as st

from relcheck.sources.python.imports import file_imports
from relcheck.sources.python.sifted_imports import sifted_imports
from relcheck.sources.python.syntax import Source, parse_ast

_LINES = st.sampled_from(
    [
        *(
            "import a",
            "import a.b as c, d",
            "from a import b",
            "from . import a",
            "from ..b import (c, d as e)",
            "from a import *",
        ),
        *(
            "from a import (",
            "    b,",
            "    c as d,  # ''' e",
            ")",
            "import a; import b",
            "import a \\",
            ", b",
            "from a import \\",
        ),
        *(
            "x = 1",
            "# import c",
            "# '''",
            "y = 'it''s'",
            'z = "#"',
            "w = '''",
            "'''",
            '"""',
            "v = r'\\'",
            "'''import a'''",
            '"""Don\'t."""',
        ),
        *(
            "__all__ = ['a', \"b\"]",
            "__all__ += ['c']",
            "u = (",
            "]",
            "",
            "    ",
            "\\",
            "é = 'ä — ü'",
            "t = f'{x}'",
            "s = '\\",
            "'",
        ),
        *("@once", "pass", "return", "# Layer: L2 — API", "import b  # é", "from é import a"),
    ]
)
_HEADS = st.sampled_from(
    [
        *(
            "if TYPE_CHECKING:",
            "if not TYPE_CHECKING:",
            "if x:",
            "else:",
            "elif y:",
            "try:",
            "except E:",
            "finally:",
            "def f():",
        ),
        *(
            "async def g():",
            "class A:",
            "with a as b:",
            "for i in j:",
            "while x:",
            "match x:",
            "case 1:",
            "lambda: (",
            "x = {",
        ),
    ]
)


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda head, body, width: f"{head}\n{textwrap.indent(chr(10).join(body), ' ' * width)}",
        _HEADS,
        st.lists(inner, min_size=1, max_size=4),
        st.sampled_from([1, 2, 4]),
    )


_TEXTS = st.lists(st.recursive(_LINES, _blocks, max_leaves=6), max_size=9).map(lambda parts: "\n".join(parts) + "\n")


@settings(max_examples=500, deadline=None)
@given(_TEXTS)
def test_what_is_read_by_lines_is_what_the_tree_says(text: str) -> None:
    found = sifted_imports(text)
    if found is not None:
        tree = parse_ast(text)
        assert tree is not None, text
        assert found == file_imports(tree, Source(text)), text
