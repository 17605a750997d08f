"""The command `relcheck`: verbs are imported when they are asked for, and every error ends here, with its exit code."""

from __future__ import annotations

import errno
import gc
import importlib
import io
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from relcheck import __version__
from relcheck.cli.exits import EXIT_FAULT, EXIT_INTERRUPTED, EXIT_USAGE
from relcheck.cli.streams import OutputError, abandon, leave, open_missing, say

_VERBS = {
    "scan": "check a repository, or some of its files",
    "baseline": "accept what is there, and block what comes",
    "matrix": "follow a guarantee to its code, review rows, write the report",
    "gate": "check what a stage such as a deployment needs",
    "waive": "write an exception beside a finding",
    "explain": "tell what a rule or a finding is about, and what to do",
    "rules": "list the rules",
    "layers": "ask who imports whom, and take over contracts",
    "migrations": "tell what migrations do, for those who sign for them",
    "config": "show, describe or validate the configuration",
    "test-rules": "run the examples of rules",
    "new-rule": "start a rule, with its page and examples",
    "cache": "manage what relcheck keeps between runs",
}


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class _Verbs(click.Group):
    """Imports the module of a verb only when it is used."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it; it prints the help from here."""
        _refuse_files_that_read_as_options(ctx, args)
        try:
            return super().parse_args(ctx, args)
        except BrokenPipeError:
            abandon(sys.stdout)
            raise click.exceptions.Exit(0) from None

    def invoke(self, ctx: click.Context) -> object:
        """A reader that has gone is nobody's fault. A verb with a verdict looks after its output itself."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            abandon(sys.stdout)
            return 0
        except KeyboardInterrupt:
            say("")  # behind the terminal's ^C
            _say("interrupted")
            return EXIT_INTERRUPTED

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _VERBS:
            return None
        word = cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"relcheck.cli.{word}"), word)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], _VERBS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"{error.message}{hint}", ctx) from None


def _refuse_files_that_read_as_options(ctx: click.Context, args: list[str]) -> None:
    """Hooks and xargs put the names of files behind what they were told to run: a file that a change names
    `--exit-zero` must not become an option."""
    for argument in args:
        if argument == "--":
            return
        if len(argument) > 1 and argument.startswith("-") and os.path.lexists(argument):
            from relcheck.report.escape import visible

            name = visible(argument)
            message = (
                f"{name} is an option and the name of a file here. Rename the file; `-- {name}` and `./{name}` name it"
            )
            raise click.UsageError(message, ctx)


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="relcheck", message="%(prog)s %(version)s")
def relcheck() -> None:
    """Merge gates for what a team has promised about its data, checked in code, migrations, documents and imports."""


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit code: 0 clean, 1 findings, 2 usage or configuration, 3 our fault, 130
    Ctrl-C, 143 when it is told to end."""
    gc.disable()  # a run ends before garbage is worth collecting, and looking for it is a tenth of the start
    open_missing()
    signal.signal(signal.SIGTERM, _end)
    leave(run(argv))


def _end(number: int, _: FrameType | None) -> NoReturn:
    """Told to end, by a cancelled job perhaps: on the way out, the processes that we started end too."""
    sys.exit(128 + number)


def run(argv: list[str] | None = None) -> int:
    """The exit code of the command."""
    from relcheck.cli.exits import known_errors

    try:
        result = relcheck.main(args=argv, prog_name="relcheck", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        say(_usage(error))
        return EXIT_USAGE
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the one place where a fault of ours becomes a message and an exit code
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            abandon(sys.stdout)
            error = OutputError(f"the output cannot be written: {error.strerror}")
        if isinstance(error, (OutputError, *known_errors())):
            _say(str(error))
            return EXIT_USAGE
        _say(_fault(error))
        return EXIT_FAULT
    return result if isinstance(result, int) else 0


def _usage(error: click.ClickException) -> str:
    """What click says. It repeats arguments as they are, and these may be the names of files or branches."""
    from relcheck.report.escape import visible

    said = io.StringIO()
    error.show(said)
    return "\n".join(visible(line) for line in said.getvalue().removesuffix("\n").split("\n"))


def _say(message: str) -> None:
    from relcheck.report.escape import visible

    lines = "\n".join(visible(line) for line in message.splitlines())
    say(f"relcheck: {lines}")


def _fault(error: Exception) -> str:
    import platform
    import traceback

    if os.environ.get("RELCHECK_DEBUG"):
        return "".join(traceback.format_exception(error))
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119  # a name for people
    return (
        f"this is a fault of relcheck: {type(error).__name__}: {error} (at {place})\n"
        f"relcheck {__version__}, Python {platform.python_version()}, {platform.system()}\n"
        "Please report it with the command and, if you can, the file. RELCHECK_DEBUG=1 prints the whole trace."
    )
