"""Processes that parse files: for speed, and because a native parser may die of what it reads.

A worker is this program again, isolated (`-I`), fed over pipes. One that dies, or takes longer than it may, costs its
file a finding and nothing else.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

import msgspec

from relcheck.engine.catalog import make_rule
from relcheck.engine.examine import Broken, Examined, Examiner, Work
from relcheck.engine.plan import Plan, Scopes

TIME_LIMIT = 20.0
"""Seconds that one file may take."""

_STACK = 512 * 1024 * 1024
_FRAMES = 1_000_000
_MEMORY = 8 * 1024**3
_START = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from relcheck.engine.workers import serve; serve()"


class _Task(msgspec.Struct, frozen=True):
    work: Work
    data: bytes


class _Job(msgspec.Struct, frozen=True):
    plan: Plan
    prefix: str


class Pool:
    """Up to `size` workers for one plan, started when there is something to do."""

    def __init__(self, plan: Plan, prefix: str, size: int) -> None:
        self._job = msgspec.msgpack.encode(_Job(plan, prefix))
        self._size = size

    def read_all(self, works: Sequence[Work], content: Callable[[str], bytes]) -> Iterator[tuple[Work, Examined]]:
        """What each file yields, in any order. `content` gives a file's bytes; what it raises is passed on."""
        todo: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        done: queue.SimpleQueue[tuple[Work, Examined | BaseException]] = queue.SimpleQueue()
        for work in works:
            todo.put(work)
        threads = [
            threading.Thread(target=self._drive, args=(todo, done, content), daemon=True)
            for _ in range(min(self._size, len(works)))
        ]
        for thread in threads:
            todo.put(None)
            thread.start()
        for _ in works:
            work, result = done.get()
            if isinstance(result, BaseException):
                raise result
            yield work, result

    def _drive(
        self,
        todo: queue.SimpleQueue[Work | None],
        done: queue.SimpleQueue[tuple[Work, Examined | BaseException]],
        content: Callable[[str], bytes],
    ) -> None:
        worker = _Worker(self._job)
        try:
            while (work := todo.get()) is not None:
                try:
                    done.put((work, worker.read(work, content(work.path))))
                except BaseException as error:  # noqa: BLE001  # handed to the thread that asked
                    done.put((work, error))
        finally:
            worker.close()


class _Worker:
    """One process, started at the first file and again after it was lost."""

    def __init__(self, job: bytes) -> None:
        self._job = job
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, work: Work, data: bytes) -> Examined:
        process = self._process or self._start()
        late = threading.Timer(TIME_LIMIT, process.kill)
        late.start()
        try:
            _send(process.stdin, msgspec.msgpack.encode(_Task(work, data)))
            reply = _receive(process.stdout)
        except OSError:
            reply = None
        finally:
            in_time = late.is_alive()
            late.cancel()
        if reply is not None:
            return msgspec.msgpack.decode(reply, type=Examined)
        self.close()
        reason = "the parser died of it" if in_time else f"the parser took longer than {TIME_LIMIT:.0f} seconds"
        return Examined(broken=Broken(f"{reason}; it is nested too deeply, or too large", rules=work.rules))

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        path = [entry for entry in sys.path if entry and Path(entry).is_absolute()]
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, json.dumps(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._process = process
        _send(process.stdin, self._job)
        return process


def serve() -> None:
    """The worker's side: a job, then files until the pipe is closed."""
    gc.disable()
    _limit_memory()
    sys.setrecursionlimit(_FRAMES)
    threading.stack_size(_STACK)
    thread = threading.Thread(target=_serve)
    thread.start()
    thread.join()


def _serve() -> None:
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    first = _receive(requests)
    if first is None:
        return
    job = msgspec.msgpack.decode(first, type=_Job)
    examiner = Examiner(job.plan, Scopes(job.prefix), make_rule)
    while (request := _receive(requests)) is not None:
        task = msgspec.msgpack.decode(request, type=_Task)
        try:
            examined = examiner.read(task.work, task.data, isolated=True)
        except MemoryError:
            os._exit(1)
        _send(replies, msgspec.msgpack.encode(examined))


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _send(pipe: IO[bytes] | None, data: bytes) -> None:
    if pipe is None:
        raise BrokenPipeError("a worker without a pipe")
    pipe.write(len(data).to_bytes(8, "big") + data)
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> bytes | None:
    header = pipe.read(8) if pipe is not None else b""
    if pipe is None or len(header) < 8:
        return None
    data = pipe.read(int.from_bytes(header, "big"))
    return data if len(data) == int.from_bytes(header, "big") else None
