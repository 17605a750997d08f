"""What the command says, and to whom: a stream may be closed, full, or have lost its reader, and a verdict stands all
the same."""

from __future__ import annotations

import os
import sys
from typing import NoReturn, TextIO

from relcheck.cli.exits import EXIT_USAGE


class OutputError(Exception):
    """What was asked for cannot be written; the message says where, why, and what to do."""


def open_missing() -> None:
    """Give a process that was started without standard streams some that lead nowhere.

    Without them the next file to be opened, or a pipe of git, would take the number of a stream that is written to.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            os.set_inheritable(number, True)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115  # a number


def put(text: str) -> None:
    """Write to standard output: UTF-8 whatever the locale says, since a report holds what files hold. A reader that has
    gone wants no more of it. Raises OutputError."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        abandon(sys.stdout)
    except OSError as error:
        abandon(sys.stdout)
        raise OutputError(f"standard output cannot be written: {error.strerror}") from error


def say(text: str) -> None:
    """Write a line for the person to standard error. Where nobody can read it there is nothing to be done."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except OSError:
        abandon(sys.stderr)


def leave(code: int) -> NoReturn:
    """End the process. Python would first take apart all that it holds, which is a sixth of a short run."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        say(f"relcheck: the output cannot be written: {error.strerror}")
        code = EXIT_USAGE
    os._exit(code)


def abandon(stream: TextIO) -> None:
    """Lead a stream nowhere, so that Python does not fail at its end over what is still in the buffer."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
