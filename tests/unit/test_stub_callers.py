"""Who uses a symbol: by imports, over re-exports and other names."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from stub_cases import linked

from relcheck.engine.wording import files_with
from relcheck.sources.stubs.callers import callers


def places(files: Mapping[str, str], path: str, symbol: str) -> list[str]:
    def look(words: Collection[str]) -> dict[str, tuple[str, ...]]:
        return files_with(words, files, lambda one: files[one].encode())

    return [f"{one.path}:{one.line}" for one in callers(linked(files), path, symbol, look).places]


GUARD = "export function canWrite() { return true; }\nexport default function other() {}\n"


def test_a_named_import_is_a_use_and_the_import_itself_is_none() -> None:
    files = {"src/guard.ts": GUARD, "src/app.ts": 'import { canWrite } from "./guard";\n\nif (canWrite()) run();\n'}
    assert places(files, "src/guard.ts", "canWrite") == ["src/app.ts:3"]


def test_another_function_of_the_same_name_is_none() -> None:
    files = {
        "src/guard.ts": GUARD,
        "src/app.ts": 'import { canWrite } from "./elsewhere";\ncanWrite();\n',
        "src/elsewhere.ts": "export const canWrite = () => false;\n",
        "src/own.ts": "function canWrite() {}\ncanWrite();\n",
        "src/comment.ts": "// canWrite()\nconst x = 'canWrite';\n",
    }
    assert places(files, "src/guard.ts", "canWrite") == []


def test_an_alias_a_namespace_and_require_are_followed() -> None:
    files = {
        "src/guard.ts": GUARD,
        "src/a.ts": 'import { canWrite as may } from "./guard";\nmay();\n',
        "src/b.ts": 'import * as guard from "./guard";\nguard.canWrite();\nguard.other();\n',
        "src/c.js": 'const { canWrite } = require("./guard");\ncanWrite();\n',
        "src/d.js": 'const guard = require("./guard");\nguard.canWrite();\n',
    }
    assert places(files, "src/guard.ts", "canWrite") == ["src/a.ts:2", "src/b.ts:2", "src/c.js:2", "src/d.js:2"]


def test_a_default_export_is_found_under_any_name() -> None:
    files = {"src/guard.ts": GUARD, "src/a.ts": 'import whatever from "./guard";\nwhatever();\n'}
    assert places(files, "src/guard.ts", "default") == ["src/a.ts:2"]


def test_barrels_aliases_of_tsconfig_and_new_names_are_followed() -> None:
    files = {
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}} // comment',
        "src/lib/guard.ts": GUARD,
        "src/lib/index.ts": 'export * from "./guard";\nexport { canWrite as mayWrite } from "./guard";\n',
        "src/a.ts": 'import { canWrite } from "@/lib";\ncanWrite();\n',
        "src/b.ts": 'import { mayWrite } from "@/lib/index";\nmayWrite();\n',
        "src/lib/guard.test.ts": 'import { canWrite } from "./guard.js";\ncanWrite();\n',
    }
    assert places(files, "src/lib/guard.ts", "canWrite") == ["src/a.ts:2", "src/b.ts:2", "src/lib/guard.test.ts:2"]


def test_what_a_file_calls_of_its_own_counts_and_recursion_does_not() -> None:
    files = {"src/a.ts": "export function f(n) {\n  return f(n - 1);\n}\nexport const g = () => f(3);\n"}
    assert places(files, "src/a.ts", "f") == ["src/a.ts:4"]


def test_python_imports_of_all_forms() -> None:
    files = {
        "app/__init__.py": "from app.guards import can_write\n",
        "app/guards/__init__.py": "from .write import can_write\n",
        "app/guards/write.py": "def can_write():\n    return True\n",
        "app/a.py": "from app import can_write\n\ncan_write()\n",
        "app/b.py": "from app.guards import write\n\nwrite.can_write()\n",
        "app/c.py": "from .guards.write import can_write as may\n\nmay()\n",
        "app/d.py": "def can_write(): ...\n\ncan_write()\n",
        "app/e.py": "def later():\n    from app.guards.write import can_write\n\n    return can_write()\n",
    }
    assert places(files, "app/guards/write.py", "can_write") == ["app/a.py:3", "app/b.py:3", "app/c.py:3", "app/e.py:4"]


def test_go_packages_and_files_of_the_same_package() -> None:
    files = {
        "go.mod": "module example.org/shop\n",
        "guard/guard.go": "package guard\n\nfunc CanWrite() bool { return true }\n",
        "guard/other.go": "package guard\n\nfunc both() bool { return CanWrite() }\n",
        "cmd/main.go": 'package main\n\nimport g "example.org/shop/guard"\n\nfunc main() { g.CanWrite() }\n',
        "other/x.go": 'package x\n\nimport "example.org/shop/other/guard"\n\nfunc f() { guard.CanWrite() }\n',
        "other/guard/guard.go": "package guard\n\nfunc CanWrite() bool { return false }\n",
    }
    assert places(files, "guard/guard.go", "CanWrite") == ["cmd/main.go:5", "guard/other.go:3"]


def test_methods_are_found_where_their_class_is_imported() -> None:
    files = {
        "src/guard.ts": "export class Guard { check() { return true; } }\n",
        "src/a.ts": 'import { Guard } from "./guard";\nnew Guard().check();\n',
        "src/b.ts": "thing.check();\n",
    }
    assert places(files, "src/guard.ts", "Guard.check") == ["src/a.ts:2"]


def test_names_of_python_may_begin_at_a_folder_that_nothing_marks() -> None:
    files = {
        "backend/app/infra/__init__.py": "",
        "backend/app/infra/txn.py": "def begin():\n    pass\n",
        "backend/app/jobs/run.py": "from app.infra.txn import begin\n\nbegin()\n",
        "backend/app/api/route.py": "from app.infra import txn as t\n\nt.begin()\n",
        "backend/app/api/other.py": "import logging\n\nlogging.begin()\n",
        "backend/app/api/logging.py": "def begin():\n    pass\n",
    }
    used = ["backend/app/api/route.py:3", "backend/app/jobs/run.py:3"]
    assert places(files, "backend/app/infra/txn.py", "begin") == used
