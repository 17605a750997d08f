"""Runs one command and writes what it used: `python -I -S launch.py REPORT PROGRAM ARGUMENT...`.

A process starts with the peak memory of the one that started it, so a command is started from this small one (9 MB),
not from the harness; for the same reason it imports next to nothing. The report is one line: seconds of processor time
(user and system, of the command and of all its children that it waited for), seconds of wall time, bytes of peak memory
(of the largest process), exit code (negative: a signal).
"""

from __future__ import annotations

import os
import sys
import time

_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> None:
    report, *command = sys.argv[1:]
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            os.execvp(command[0], command)  # noqa: S606
        except OSError as error:
            os.write(2, f"{command[0]}: {error.strerror}\n".encode())
            os._exit(127)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    line = f"{used.ru_utime + used.ru_stime} {wall} {used.ru_maxrss * _PEAK_UNIT} {code}\n"
    with open(report, "w", encoding="ascii") as file:  # noqa: PTH123
        file.write(line)


if __name__ == "__main__":
    main()
