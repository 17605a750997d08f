"""`relcheck new-rule`: a file that works at once, for its author to change."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from relcheck.engine.ground import Ground

_WORDS = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SOUNDS_GOOD = ("no-", "check-", "dont-", "do-not-")


@click.command(name="new-rule")
@click.argument("name", metavar="PACK/NAME")
@click.option("--visitor", is_flag=True, help="Start from a plain libcst visitor in place of a selector.")
def new_rule(name: str, visitor: bool) -> None:  # noqa: FBT001  # click passes it by name
    """Start a rule: local/NAME for a rule of this repository alone.

    The file has a page, an option, and two examples that hold. NAME says what is wrong, as in raw-row-lock.
    """
    from relcheck.cli.local_folder import ground_around
    from relcheck.engine.catalog import LOCAL_PACK

    pack, stem = _parts(name)
    ground = ground_around(Path.cwd())
    local = pack == LOCAL_PACK
    file = _place(ground, pack, stem)
    _write(file, _code(name, stem, visitor=visitor))
    click.echo(_next_steps(_shown(file), local=local))


def _parts(name: str) -> tuple[str, str]:
    """Pack and name. Raises click.UsageError that says what a good name is."""
    pack, slash, stem = name.partition("/")
    if not slash:
        raise click.UsageError(f"a rule is named PACK/NAME: local/{name} for a rule of this repository alone")
    if not (_WORDS.fullmatch(pack) and _WORDS.fullmatch(stem)):
        near = "/".join(_kebab(part) for part in (pack, stem))
        hint = f"; did you mean {near}?" if re.fullmatch(f"{_WORDS.pattern}/{_WORDS.pattern}", near) else ""
        raise click.UsageError(f"{name} is no name of a rule: write words in lower case with hyphens{hint}")
    if pack == "relcheck":
        raise click.UsageError("the pack relcheck is the engine's own: choose another, local for instance")
    if stem.startswith(_SOUNDS_GOOD):
        raise click.UsageError(
            f"{stem} says what the rule does: name what is wrong instead, as in raw-row-lock or sleep-in-transaction"
        )
    return pack, stem


def _kebab(word: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", word)
    return re.sub(r"[^a-z0-9]+", "-", apart.lower()).strip("-")


def _place(ground: Ground, pack: str, stem: str) -> Path:
    """The file of the rule. Raises click.UsageError where a pack has no place here."""
    from relcheck.cli.local_folder import local_folder
    from relcheck.engine.catalog import LOCAL_PACK

    module = f"{stem.replace('-', '_')}.py"
    if pack == LOCAL_PACK:
        return local_folder(ground) / module
    package = ground.root / "rules" / "relcheck_rules"
    if not (package / "__init__.py").is_file():
        raise click.UsageError(
            f"the pack {pack} has no place here. Rules of this repository alone are local/{stem}; "
            "a rule of a pack that ships with relcheck is begun in a clone of relcheck"
        )
    return package / pack.replace("-", "_") / module


def _write(file: Path, code: str) -> None:
    """A new file, never in the place of another. A new pack of relcheck's own gets its `__init__.py`."""
    from relcheck.engine.catalog import SHIPPED

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        start = file.parent / "__init__.py"
        if file.parent.parent.name == SHIPPED and not start.exists():
            start.write_text('"""One sentence: what the rules of this pack are about."""\n', encoding="utf-8")
        with file.open("x", encoding="utf-8", newline="\n") as new:
            new.write(code)
    except FileExistsError:
        raise click.UsageError(f"{_shown(file)} exists already; it was left as it is") from None
    except OSError as error:
        raise click.UsageError(f"{_shown(file)} cannot be written: {error.strerror}") from None


def _shown(file: Path) -> str:
    try:
        return file.relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return str(file)


def _next_steps(file: str, *, local: bool) -> str:
    return (
        f"wrote {file}\n\n"
        f"1. relcheck test-rules {file}    its examples hold\n"
        "2. Put what the rule should find into the examples, and see them fail.\n"
        "3. Write the rule until they hold.\n"
        f"4. relcheck scan{' --allow-local-code' if local else ''}"
    )


def _code(name: str, stem: str, *, visitor: bool) -> str:
    cls = "".join(word.capitalize() for word in stem.split("-"))
    if keyword.iskeyword(cls) or cls in _IMPORTED:
        cls += "Rule"
    return Template(_VISITOR if visitor else _SELECTOR).substitute(name=name, cls=cls)


_IMPORTED = frozenset({"Expect", "File", "Findings", "Glob", "Invalid", "PythonRule", "RuleOptions", "Site", "Valid"})

_PAGE = '''
    """
    ## What it does
    Finds calls of `time.sleep`. Say here what yours finds, and what it leaves alone.

    ## Why is this bad
    Say what happens to whom, and when.

    ## Example
    ```python
    sleep(1)
    ```

    ## Use instead
    ```python
    done.wait(timeout=1)
    ```
    """
'''

_SELECTOR = f'''"""One line: what $name asks for."""

from __future__ import annotations

from relcheck.sdk import Expect, File, Findings, Glob, Invalid, PythonRule, RuleOptions, Site, Valid, call, on, opt


class $cls(PythonRule):{_PAGE}
    class Options(RuleOptions, frozen=True):
        calls: tuple[str, ...] = ("time.sleep",)
        allowed_in: tuple[Glob, ...] = ()

    options: Options

    @on(call(opt.calls))
    def called(self, at: Site, file: File) -> Findings:
        if not file.matches(self.options.allowed_in):
            yield at.finding(f"{{at.name}} is called here: say what is wrong, why it matters and what to do now")

    examples = (
        Invalid(
            "from time import sleep\\n\\n\\ndef wait():\\n    sleep(1)\\n",
            Expect(5, 5, 10, "time.sleep is called here: say what is wrong, why it matters and what to do now"),
            title="What the reader should see in it:",
        ),
        Valid("def wait(done):\\n    done.wait(timeout=1)\\n"),
    )
'''

_VISITOR = f'''"""One line: what $name asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sdk import Expect, Glob, Invalid, PythonRule, RuleOptions, Valid

if TYPE_CHECKING:
    import libcst as cst


class $cls(PythonRule):{_PAGE}
    class Options(RuleOptions, frozen=True):
        allowed_in: tuple[Glob, ...] = ()

    options: Options

    # A file that holds none of these words is not parsed. A rule without triggers sees every file, which takes longer.
    triggers = ("sleep",)

    def visit_Call(self, node: cst.Call) -> None:
        if self.file.names_one(node, ("time.sleep",)) and not self.file.matches(self.options.allowed_in):
            self.report(node.func, "this sleeps: say what is wrong, why it matters and what to do now")

    examples = (
        Invalid(
            "from time import sleep\\n\\n\\ndef wait():\\n    sleep(1)\\n",
            Expect(5, 5, 10, "this sleeps: say what is wrong, why it matters and what to do now"),
            title="What the reader should see in it:",
        ),
        Valid("def wait(done):\\n    done.wait(timeout=1)\\n"),
    )
'''
