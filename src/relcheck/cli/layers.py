"""`relcheck layers`: questions about who imports whom, and contracts from elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from relcheck.cli.exits import EXIT_CLEAN, EXIT_FINDINGS
from relcheck.cli.streams import put, say
from relcheck.cli.today import today
from relcheck.sdk.layering import ImportScope

if TYPE_CHECKING:
    from relcheck.engine.project import ProjectView
    from relcheck.model.finding import Finding
    from relcheck.sources.python.import_graph import Scope
    from relcheck.sources.python.package_graph import Place

_SHOWN = 3
_NEARLY = 25
"""Imports that may be in the way of a contract that nearly holds."""

_SCOPE = click.option(
    "--scope",
    type=click.Choice(get_args(ImportScope)),
    default="all",
    show_default=True,
    help="Which imports count.",
)


@click.group()
def layers() -> None:
    """Ask who imports whom, and take over contracts of other tools."""


@layers.command(short_help="print the shortest chain of imports from A to B")
@click.argument("source", metavar="A")
@click.argument("target", metavar="B")
@_SCOPE
def why(source: str, target: str, scope: Scope) -> int:
    """Print the shortest chain of imports from A to B: modules, packages, or their files.

    The exit code is 0 where there is a chain, 1 where there is none, 2 where a name is unknown.
    """
    from relcheck.engine.layering import questions
    from relcheck.report.escape import shown_path, visible

    project, root = _surveyed()
    start, sources = _named(project, root, source)
    end, targets = _named(project, root, target, outside=True)
    if sources == targets:
        raise click.UsageError(f"both names stand for {visible(start)}: name two that differ")
    chain = questions.why(project.graph, sources, targets, scope)
    if not chain:
        say(f"{visible(start)} does not import {visible(end)}, directly or over others")
        return EXIT_FINDINGS
    lines = [f"{visible(chain[0].importer)} reaches {visible(chain[-1].imported)} in {_imports(len(chain))}"]
    for edge in chain:
        place = f"{shown_path(edge.path)}:{edge.region.line}:{edge.region.column}"
        manner = f" ({edge.said.manner})" if edge.said.manner else ""
        lines.append(f"  {place}  {visible(edge.importer)} imports {visible(edge.imported)}{manner}")
    put("\n".join(lines) + "\n")
    return EXIT_CLEAN


@layers.command(short_help="list the modules that import a file")
@click.argument("file", metavar="FILE")
@_SCOPE
def impact(file: str, scope: Scope) -> int:
    """Print the modules that import FILE, directly (1) and over others, with the distance.

    FILE can be a module or a package too; a package is all that is below it.
    """
    from relcheck.engine.layering import questions
    from relcheck.report.escape import shown_path, visible

    project, root = _surveyed()
    module, modules = _named(project, root, file)
    if file.endswith((".py", ".pyi")):
        modules = frozenset({module})
    found = questions.importers_of(project.graph, modules, scope)
    direct = sum(one.distance == 1 for one in found)
    put("".join(f"{one.distance}  {shown_path(one.path or '-')}  {visible(one.module)}\n" for one in found))
    say(f"{visible(module)} is imported by {_modules(direct)}, and by {len(found) - direct} more over others")
    return EXIT_CLEAN


@layers.command(short_help="draw which packages import each other")
@click.argument("package", required=False)
@click.option(
    "--format", "style", type=click.Choice(["dot", "mermaid", "json", "html"]), default="dot", show_default=True
)
@click.option("--depth", type=click.IntRange(1), default=None, help="How many names deep; 2, or 1 below PACKAGE.")
@_SCOPE
def graph(package: str | None, style: str, depth: int | None, scope: Scope) -> int:
    """Draw which packages import each other, with the number of imports; what a contract forbids is red.

    With PACKAGE only what is below it. html is a page in one file on which packages open down to their modules.
    """
    from relcheck.report.layer_graph import as_dot, as_json_graph, as_mermaid
    from relcheck.sources.python.package_graph import package_graph

    if style == "html" and depth is not None:
        raise click.UsageError("--depth: packages open on the page, however deep; give PACKAGE to draw less")
    project, root = _surveyed()
    below = _named(project, root, package)[0] if package else ""
    illegal = _illegal()
    if style == "html":
        from relcheck.report.html.layer_graph import as_html
        from relcheck.sources.python.module_graph import module_graph

        drawn = module_graph(project.graph, below=below, scope=scope, illegal=illegal)
        put(as_html(drawn, illegal, below=below, scope=scope))
        return EXIT_CLEAN
    found = package_graph(project.graph, depth or (1 if below else 2), below=below, scope=scope, illegal=illegal)
    put({"dot": as_dot, "mermaid": as_mermaid, "json": as_json_graph}[style](found))
    return EXIT_CLEAN


@layers.command(short_help="write contracts that hold today")
@click.argument("packages", metavar="[PACKAGE]...", nargs=-1)
@click.option("--depth", type=click.IntRange(1), default=1, show_default=True, help="How many levels of packages.")
@_SCOPE
def suggest(packages: tuple[str, ...], depth: int, scope: Scope) -> int:
    """Write contracts that hold today, as configuration.

    For those that would nearly hold, written as comments, it tells which imports are the cheapest to cut.
    """
    from relcheck.config.contract_text import contract_lines
    from relcheck.engine.layering.suggestions import suggestions
    from relcheck.report.escape import visible

    project, root = _surveyed()
    named = [_named(project, root, one)[0] for one in packages]
    every = list(suggestions(project.graph, named, depth, scope))
    found = [one for one in every if len(one.cuts) <= _NEARLY]
    texts = []
    for one in found:
        text = contract_lines(one.contract)
        if one.cuts:
            lines = [f"{visible(one.package)} would keep this contract without {_imports(len(one.cuts))}:"]
            for edge in one.cuts:
                place = f"{edge.path}:{edge.region.line}:{edge.region.column}"
                lines.append(f"  {visible(place)}  {visible(edge.importer)} imports {visible(edge.imported)}")
            text = "\n".join(f"# {line}" for line in [*lines, *text.splitlines()])
        texts.append(f"{text}\n")
    put("\n".join(texts))
    nearly = sum(bool(one.cuts) for one in found)
    hold = len(found) - nearly
    say(f"{'1 contract holds' if hold == 1 else f'{hold} contracts hold'} today, {nearly} would with fewer imports")
    for one in every:
        if one not in found:
            say(f"{visible(one.package)}: {len(one.cuts)} imports would have to go, so no contract is suggested")
    return EXIT_CLEAN


@layers.command(name="import", short_help="take over import-linter and tach")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
def import_contracts(files: tuple[Path, ...]) -> int:
    """Write the contracts of import-linter and tach as relcheck configuration.

    Reads FILE, else .importlinter, setup.cfg, pyproject.toml and tach.toml of this folder, as data. What could not be
    carried over is told on standard error; the comments tach-ignore of the code are told there too. With tach.toml the
    files tach.domain.toml below it are read.
    """
    from relcheck.config.foreign.carried import ForeignError
    from relcheck.config.foreign.read import as_toml, read_foreign
    from relcheck.report.escape import visible

    folder = Path.cwd()
    try:
        found = read_foreign(folder, [folder / file for file in files])
    except ForeignError as error:
        raise click.UsageError(str(error)) from None
    if not found:
        where = "these files" if files else ".importlinter, setup.cfg, pyproject.toml and tach.toml of this folder"
        raise click.UsageError(f"no contracts of import-linter or tach in {where}")
    put(as_toml(found))
    for one in found:
        say(f"{one.file}: {len(one.contracts)} contracts carried over, {len(one.losses)} remarks")
        for loss in one.losses:
            say(f"  {visible(f'{loss.contract}: ' if loss.contract else '')}{visible(loss.reason)}")
    return EXIT_CLEAN


def _surveyed() -> tuple[ProjectView, Path]:
    """The project that the working folder belongs to, and its root."""
    from relcheck.engine.ground import Request
    from relcheck.engine.run import survey_project
    from relcheck.report.escape import visible

    ground, project = survey_project(Request(cwd=Path.cwd(), today=today(None)))
    if broken := [path for path in project.paths if project.files[path].broken is not None]:
        shown = ", ".join(visible(path) for path in broken[:_SHOWN]) + (" …" if len(broken) > _SHOWN else "")
        say(f"what these files import is not known, because they cannot be parsed: {shown}")
    return project, ground.root


def _illegal() -> dict[Place, list[Finding]]:
    """Where a scan finds imports that a contract forbids, and what it says of them; those that a baseline accepts are
    among them."""
    from relcheck.engine.ground import Request
    from relcheck.engine.run import scan
    from relcheck.model.finding import Status

    outcome, _ = scan(Request(cwd=Path.cwd(), select=("layers",), today=today(None)))
    found: dict[Place, list[Finding]] = {}
    for one in outcome.findings:
        if "importer" in one.details and one.status is not Status.WAIVED:
            found.setdefault((one.path, one.region.line, one.region.column), []).append(one)
    return found


def _named(project: ProjectView, root: Path, word: str, *, outside: bool = False) -> tuple[str, frozenset[str]]:
    from relcheck.engine.layering.questions import UnknownModule, named

    seen = os.path.relpath(Path.cwd() / word, root).replace(os.sep, "/")
    given = os.path.normpath(word).replace(os.sep, "/")
    try:
        return named(project.graph, word, (seen, given), outside=outside)
    except UnknownModule as error:
        raise click.UsageError(str(error)) from None


def _imports(number: int) -> str:
    return "1 import" if number == 1 else f"{number} imports"


def _modules(number: int) -> str:
    return "1 module" if number == 1 else f"{number} modules"
