"""A real PostgreSQL of our own: started for the tests on a Unix socket in a temporary folder, and gone with them.

The server refuses to run as root, so that root starts it as `nobody`. Debian installs its programs below
`/usr/lib/postgresql/VERSION/bin`, which is on nobody's path.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_INSTALLED = Path("/usr/lib/postgresql")
_PATIENCE = 60.0
_END = "--- end of answer ---"
_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=16MB",
    "max_connections=10",
    "timezone=UTC",
    "log_min_messages=fatal",
)


def programs() -> Path | None:
    """The folder of the server's programs; the newest where several are installed. None where there is none."""
    installed = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda one: float(one.parent.parent.name))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found is not None else None


@contextmanager
def started() -> Iterator[Path]:
    """A running server: the folder of its socket."""
    folder = programs()
    if folder is None:
        raise FileNotFoundError("no PostgreSQL server is installed: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        place = Path(name)
        data = place / "data"
        user = _unprivileged()
        if user is not None:
            os.chown(place, user.pw_uid, user.pw_gid)
        _run([folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], user)
        settings = [part for one in _SETTINGS for part in ("-c", one)]
        log = place / "log"
        output = log.open("w")
        server = subprocess.Popen(
            [folder / "postgres", "-D", data, "-k", place, *settings],
            user=user.pw_uid if user is not None else None,
            group=user.pw_gid if user is not None else None,
            cwd=place,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(place, server, log)
            yield place
        finally:
            server.terminate()
            server.wait(timeout=30)
            output.close()


class Session:
    """One connection, by `psql`. Rows come as lists of texts."""

    def __init__(self, socket: Path) -> None:
        command = ["psql", "-XAtq", "-F", "\t", "-h", str(socket), "-U", "postgres", "-d", "postgres"]
        self._psql = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PGCLIENTENCODING": "UTF8"},
        )
        self.rows("SET client_min_messages = error")
        self.pid = int(self.rows("SELECT pg_backend_pid()")[0][0])

    def start(self, sql: str) -> None:
        """Send statements and do not wait."""
        assert self._psql.stdin is not None
        self._psql.stdin.write(f"{sql.rstrip().rstrip(';')}\n;\n\\echo {_END}\n")
        self._psql.stdin.flush()

    def answer(self) -> list[list[str]]:
        """What was answered to the statements last sent. AssertionError where the server refused them, or said nothing
        for a minute: it waits for a lock, or `psql` for the end of a quotation."""
        assert self._psql.stdout is not None
        lines = []
        late = threading.Timer(_PATIENCE, self._psql.kill)
        late.start()
        for line in self._psql.stdout:
            if line.rstrip("\n") == _END:
                break
            lines.append(line.rstrip("\n"))
        else:
            raise AssertionError("psql ended, or was ended for it said nothing")
        late.cancel()
        refused = [line for line in lines if line.startswith(("ERROR:", "FATAL:"))]
        assert not refused, "\n".join(refused)
        return [line.split("\t") for line in lines if not line.startswith(("NOTICE:", "DETAIL:", "WARNING:", "drop "))]

    def rows(self, sql: str) -> list[list[str]]:
        self.start(sql)
        return self.answer()

    def accepts(self, sql: str) -> bool:
        """Run a statement; whether the server took it."""
        try:
            self.rows(sql)
        except AssertionError:
            return False
        return True

    def close(self) -> None:
        self._psql.communicate(timeout=30)


def _unprivileged() -> pwd.struct_passwd | None:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _run(command: list[str | Path], user: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        command,
        user=user.pw_uid if user is not None else None,
        group=user.pw_gid if user is not None else None,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _wait_for(place: Path, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        asked = subprocess.run(
            ["psql", "-XAtqc", "SELECT 1", "-h", str(place), "-U", "postgres"], capture_output=True, check=False
        )
        if asked.returncode == 0:
            return
        assert server.poll() is None, f"the PostgreSQL server ended at once: {log.read_text()}"
        time.sleep(0.05)
    raise AssertionError("the PostgreSQL server does not answer")
