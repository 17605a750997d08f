"""Code that is broken, hostile or of no use: what it does is unknown and said to be, and nothing ends the run."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from stub_cases import linked

from relcheck.sources.stubs.behaviour import Behaviour, behaviour, behaviours
from relcheck.sources.stubs.code import Code
from relcheck.sources.stubs.collect import collect


def of(files: Mapping[str, str | bytes], path: str, symbol: str) -> Behaviour:
    found = behaviour(linked(files), path, symbol)
    assert found is not None
    return found


def reason(files: Mapping[str, str | bytes], path: str, symbol: str = "f") -> str:
    found = of(files, path, symbol)
    assert found.verdict == "unknown"
    return found.reach[-1].text


@pytest.mark.parametrize(
    ("path", "data", "problem"),
    [
        ("a.ts", b"export\0", "NUL byte"),
        ("a.py", b"\x7fELF\0\0", "NUL byte"),
        ("a.go", b"package a\n// \xff\n", "not valid UTF-8"),
        ("a.py", b"# \xff\n", "not valid utf-8"),
        ("a.py", b"def f(:\n", "syntax error"),
        ("a.rb", b"def f; end", "Python, TypeScript, JavaScript and Go"),
        ("Makefile", b"all:", "Python, TypeScript, JavaScript and Go"),
        ("a.ts", b"(" * 5000, "brackets in one another"),
        ("a.tsx", b"x:{" * 200_000, "code is read up to"),
        ("a.go", b"package a\nvar x = " + b"!" * 400 + b"y\n", "nested deeper than"),
        ("a.py", b"x = " + b"-" * 3000 + b"1\n", "nested"),
        ("a.py", b"x = " + b"(" * 300 + b")" * 300 + b"\n", ""),
        ("a.js", b"a." * 2000 + b"b;", "nested deeper than"),
        ("a.py", b"a" * 2_000_000, "code is read up to"),
    ],
    ids=lambda one: repr(one)[:24],
)
def test_what_cannot_be_read_has_a_problem(path: str, data: bytes, problem: str) -> None:
    code = collect(path, data)
    assert code.problem is not None
    assert problem in code.problem
    assert code.line >= 1
    assert problem in reason({path: data}, path)
    assert behaviours(linked({path: data}), path) == {}


def test_facts_survive_being_kept() -> None:
    files = {
        "a.py": "X = 10 ** 40\nY = 123456789012345678901234567890\nS = '\\ud800'\nB = b'x'\nC = 1e400 - 1e400\n",
        "a.ts": "export const x = 99999999999999999999n, y = 0x1f, z = 1_000, s = '\\u{1F600}';\n",
        "a.go": "package a\n\nvar X = 0b11 + 0x1p-2 + 'a'\n",
    }
    for path, text in files.items():
        code = collect(path, text.encode())
        assert code.problem is None
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(code), type=Code) == code


def test_imports_in_a_circle_end() -> None:
    files = {
        "a.py": "from b import g\n\ndef f():\n    return g()\n",
        "b.py": "from a import f\n\ndef g():\n    return f()\n",
        "x.ts": 'export * from "./y";\nexport { q } from "./y";\n',
        "y.ts": 'export * from "./x";\nexport { q } from "./x";\nexport const z = 1;\n',
    }
    assert of(files, "a.py", "f").verdict in ("contained", "raises", "unknown")
    assert of(files, "x.ts", "z").constant == 1
    assert "again more than" in reason(files, "x.ts", "q")


def test_a_file_that_imports_itself_ends() -> None:
    assert of({"a.ts": 'import * as a from "./a";\nexport const f = () => a.f();\n'}, "a.ts", "f").verdict != "active"


def test_classes_in_a_circle_end() -> None:
    files = {"a.py": "class A(B):\n    def f(self):\n        return self.g()\n\nclass B(A):\n    pass\n"}
    assert of(files, "a.py", "A.f").verdict == "unknown"


def test_mutual_recursion_ends() -> None:
    files = {"a.js": "export const f = (n) => n ? g(n - 1) : 0;\nexport const g = (n) => n ? f(n - 1) : 1;\n"}
    assert of(files, "a.js", "f").verdict == "contained"


def test_too_much_to_follow_is_unknown() -> None:
    doubling = "".join(f"def f{n}():\n    f{n + 1}()\n    f{n + 1}()\n\n" for n in range(25))
    assert "steps" in reason({"a.py": f"{doubling}def f25():\n    pass\n"}, "a.py", "f0")


def test_long_chains_of_calls_are_unknown() -> None:
    chain = "".join(f"const f{n} = () => f{n + 1}();\n" for n in range(60))
    assert "in one another" in reason({"a.js": f"{chain}const f60 = () => 1;\n"}, "a.js", "f0")


def test_more_than_two_imports_away_is_unknown() -> None:
    files = {
        f"m{n}.ts": f'import {{ f{n + 1} }} from "./m{n + 1}";\nexport const f{n} = () => f{n + 1}();\n'
        for n in range(4)
    }
    files["m4.ts"] = "export const f4 = () => 1;\n"
    assert "more than 2 imports" in reason(files, "m0.ts", "f0")
    assert of(files, "m2.ts", "f2").constant == 1


def test_an_import_that_leaves_the_repository_leads_nowhere() -> None:
    files = {"a.ts": 'import { x } from "../../../etc/passwd";\nexport const f = () => x();\n'}
    assert "leads to no file" in reason(files, "a.ts")


@pytest.mark.parametrize(
    "settings",
    [
        "{",
        "[]",
        '{"extends": "./tsconfig.json"}',
        '{"compilerOptions": 3}',
        '{"compilerOptions": {"paths": {"@/*": "src"}, "baseUrl": ["x"]}}',
        '{"compilerOptions": {"paths": {"*": ["../../*"], "@/*": [3, null]}}}',
        "[" * 5000,
    ],
)
def test_a_broken_tsconfig_gives_no_aliases(settings: str) -> None:
    files = {"tsconfig.json": settings, "a.ts": 'import { x } from "@/x";\nexport const f = () => x();\n'}
    assert of(files, "a.ts", "f").verdict == "unknown"


def test_what_stands_behind_a_syntax_error_is_named() -> None:
    files = {
        "a.ts": 'import { g } from "./b";\nexport const f = () => g();\n',
        "b.ts": "export function h() { return ]; }\n",
    }
    assert "could not be parsed" in reason(files, "a.ts")


def test_a_symbol_that_is_not_there_is_none() -> None:
    project = linked({"a.ts": "export const f = 1;\n"})
    assert behaviour(project, "a.ts", "g") is None
    assert behaviour(project, "a.ts", "f.g") is None or behaviour(project, "a.ts", "f.g")


def test_a_private_symbol_is_found() -> None:
    project = linked({"a.ts": "function hidden() { return 3; }\n", "b.py": "def _hidden():\n    return 4\n"})
    found = [behaviour(project, path, symbol) for path, symbol in (("a.ts", "hidden"), ("b.py", "_hidden"))]
    assert [one.constant for one in found if one is not None] == [3, 4]


@pytest.mark.parametrize(
    ("path", "begin", "middle", "end"),
    [
        (
            "a.js",
            "export const f = () => ",
            "(1, function () { switch (x) { case 1: a(); case 2: b(); } return ",
            "0" + "})" * 25,
        ),
        ("a.js", "let x = 1", "--", ";"),
        ("a.js", "", "do { ", "x" + "} while (y)" * 25),
        ("a.js", "", "module.exports = { a: function () { ", "}}" * 25),
        ("a.js", "", "({ a, b } = function () { ", "})" * 25),
        ("a.py", "x = ", "[a for a in ", "y" + "]" * 25),
        ("a.py", "x = ", "(1 < ", "y" + " < 2)" * 25),
        ("a.py", "x = y = ", "(lambda: ", "1" + ")" * 25),
        (
            "a.go",
            "package a\nfunc f() {",
            "switch func() int {",
            "return 1" + "}() { case 1: a(); fallthrough; case 2: b() }" * 25 + "}",
        ),
    ],
)
def test_what_stands_in_itself_many_times_is_read_once(path: str, begin: str, middle: str, end: str) -> None:
    code = collect(path, (begin + middle * 25 + end + "\n").encode())
    assert len(msgspec.msgpack.encode(code)) < 50_000
