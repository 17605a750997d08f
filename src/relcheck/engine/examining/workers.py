"""Processes that parse files: for speed, and because a native parser may die of what it reads.

A worker is this program again, isolated (`-I`), fed over pipes. One that dies, or takes longer than it may, costs its
file a finding and nothing else. None outlives the run: a run that is interrupted ends its workers, and a worker whose
parent was killed ends with its input, or by its own alarm.
"""

from __future__ import annotations

import gc
import json
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

import msgspec

from relcheck.engine.catalog import make_rule
from relcheck.engine.examining.examiner import Broken, Examined, Examiner, Work
from relcheck.engine.examining.packed import pack, unpack
from relcheck.engine.plan import Plan, Scopes

TIME_LIMIT = 20.0
"""Seconds that one file may take, and half as many more for each megabyte of it."""

_START_LIMIT = 120.0
"""Seconds that a worker may take to start; only a machine that is stuck needs more."""

_ALARM_LATER = 5.0
"""Seconds by which a worker's own alarm comes after its parent's."""

_FAREWELL = 5.0
"""Seconds to wait for a worker that was killed; it takes milliseconds."""

_STACKS = (512 << 20, 128 << 20, 64 << 20)
"""Bytes of stack to ask for, the largest first: libcst recurses in native code."""

_FRAMES = 1_000_000
_MEMORY = 3 << 30
"""Bytes of address space of one worker. 4.5 MB of ordinary code take 2 GB of it."""

_START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from relcheck.engine.examining.workers import serve; serve()"
)


class WorkerError(Exception):
    """A worker could not start, or met a fault of relcheck's own: it is no file's fault."""


class _Job(msgspec.Struct, frozen=True):
    plan: Plan
    prefix: str


class _Task(msgspec.Struct, frozen=True):
    work: Work
    data: bytes
    seconds: float


class _Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a worker answers: what the file yields, or the fault that it met."""

    examined: Examined | None = None
    fault: str = ""


class Pool:
    """Up to `size` workers for one plan, started when there is something to do."""

    def __init__(self, plan: Plan, prefix: str, size: int, *, time_limit: float = TIME_LIMIT) -> None:
        self._plan = plan
        self._job = pack(_Job(plan, prefix))
        self._size = size
        self._time_limit = time_limit

    def read_all(self, works: Sequence[Work], content: Callable[[str], bytes]) -> Iterator[tuple[Work, Examined]]:
        """What each file yields, in any order. `content` gives a file's bytes; what it raises is passed on.

        Raises WorkerError. The workers end with this iterator, however it ends.
        """
        todo: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        done: queue.SimpleQueue[tuple[Work, Examined | BaseException]] = queue.SimpleQueue()
        workers = [_Worker(self._plan, self._job, self._time_limit) for _ in range(min(self._size, len(works)))]
        threads = [threading.Thread(target=_drive, args=(one, todo, done, content), daemon=True) for one in workers]
        for work in (*works, *(None for _ in workers)):
            todo.put(work)
        try:
            for thread in threads:
                thread.start()
            for _ in works:
                work, result = done.get()
                if isinstance(result, BaseException):
                    raise result
                yield work, result
        finally:
            for worker in workers:
                worker.stop()
            for thread in threads:
                if thread.is_alive():
                    thread.join(_FAREWELL)


def _drive(
    worker: _Worker,
    todo: queue.SimpleQueue[Work | None],
    done: queue.SimpleQueue[tuple[Work, Examined | BaseException]],
    content: Callable[[str], bytes],
) -> None:
    """Give files to one worker until there are none, or it was stopped."""
    try:
        while not worker.stopped and (work := todo.get()) is not None:
            try:
                done.put((work, worker.read(work, content(work.path))))
            except BaseException as error:  # noqa: BLE001  # handed to the thread that asked
                done.put((work, error))
    finally:
        worker.close()


class _Worker:
    """One process, started at the first file and again after it was lost. One thread uses it; any may stop it."""

    def __init__(self, plan: Plan, job: bytes, time_limit: float) -> None:
        self._plan = plan
        self._job = job
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self.stopped = False

    def read(self, work: Work, data: bytes) -> Examined:
        seconds = self._time_limit * (1 + len(data) / 2_000_000)
        task = pack(_Task(work, data, seconds))
        fresh = self._process is None
        reply, late = self._ask(task, seconds)
        if reply is None and not late and not fresh:
            # It may have died of what earlier files left in its memory: what a file yields must not depend on them.
            reply, late = self._ask(task, seconds)
        if reply is None:
            reason = f"the parser took longer than {seconds:.0f} seconds" if late else "the parser died of it"
            return Examined(
                broken=Broken(f"{reason}; it is nested too deeply, or too large", rules=work.asking(self._plan))
            )
        answer = unpack(reply, _Reply)
        if answer.examined is None:
            raise WorkerError(f"{answer.fault}, at {work.path}")
        return answer.examined

    def stop(self) -> None:
        """End the process, whatever it does, and start no other."""
        with self._starting:
            self.stopped = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, task: bytes, seconds: float) -> tuple[bytes | None, bool]:
        process = self._process or self._started()
        reply, late = _exchange(process, task, seconds)
        if reply is None or late:
            self.close()
        return reply, late and reply is None

    def _started(self) -> subprocess.Popen[bytes]:
        """A new process that has understood its job. Raises WorkerError."""
        path = [entry for entry in sys.path if entry and Path(entry).is_absolute()]
        with self._starting:
            if self.stopped:
                raise WorkerError("a worker was asked for after the end")
            process = self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, json.dumps(path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if os.environ.get("RELCHECK_DEBUG") else subprocess.DEVNULL,
            )
        ready, _ = _exchange(process, self._job, _START_LIMIT)
        if ready is None:
            self.close()
            raise WorkerError(f"a process of relcheck ended at its start ({process.returncode})")
        return process


def _exchange(process: subprocess.Popen[bytes], message: bytes, seconds: float) -> tuple[bytes | None, bool]:
    """The answer, None where there is none, and whether time ran out: then the process is killed, answer or not."""
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        _send(process.stdin, message)
        reply = _receive(process.stdout)
    except OSError:
        reply = None
    finally:
        timer.cancel()
        timer.join()
    return reply, late.is_set()


def serve() -> None:
    """The worker's side: a job, then files until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    gc.disable()
    _limit_resources()
    sys.setrecursionlimit(_FRAMES)
    thread = _with_deep_stack(_serve)
    thread.join()


def _serve() -> None:
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a rule prints is no answer
    first = _receive(requests)
    if first is None:
        return
    job = unpack(first, _Job)
    examiner = Examiner(job.plan, Scopes(job.prefix), make_rule)
    _send(replies, b"")
    while (request := _receive(requests)) is not None:
        task = unpack(request, _Task)
        _set_alarm(task.seconds + _ALARM_LATER)
        reply = pack(_answer(examiner, task))
        _set_alarm(0)
        _send(replies, reply)


def _answer(examiner: Examiner, task: _Task) -> _Reply:
    try:
        return _Reply(examiner.read(task.work, task.data, isolated=True))
    except (MemoryError, RecursionError):
        os._exit(1)
    except Exception as error:  # noqa: BLE001  # a fault of relcheck's own must not pass for the file's
        last = traceback.extract_tb(error.__traceback__)[-1]
        return _Reply(fault=f"{type(error).__name__}: {error} (at {Path(last.filename).name}:{last.lineno})")


def _set_alarm(seconds: float) -> None:
    """Nobody may be left to end this process: let the system do so. No handler is set, so that it needs no Python."""
    if hasattr(signal, "alarm"):
        signal.alarm(math.ceil(seconds))


def _limit_resources() -> None:
    """Bound the memory, and leave no core file of a parser's death in the scanned tree."""
    try:
        import resource
    except ImportError:
        return
    for kind, wanted in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _with_deep_stack(work: Callable[[], None]) -> threading.Thread:
    """A running thread, with the largest stack that can be had."""
    for size in _STACKS:
        threading.stack_size(size)
        thread = threading.Thread(target=work)
        try:
            thread.start()
        except RuntimeError:
            continue
        return thread
    raise WorkerError("no thread can be started")


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
