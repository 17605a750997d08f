"""Processes that try inputs, watched: one that dies, or stays with one input for too long, is told with that input."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from fuzz.entries import LEFT, Entry, entries, left_to_workers
from fuzz.mutation import mutated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnContext
    from multiprocessing.process import BaseProcess

    State = Sequence[float]

_MEMORY = 3 << 30
_CHUNK = 500
_FRAMES = 10_000
"""As a scan has it while it looks at trees."""

_FOR_WORKERS = 600.0
"""Seconds for the files of one chunk that are left to workers, which have a time limit of their own."""

_AMONG_WORKERS = -1.0


@dataclass(frozen=True)
class Failure:
    """An input that a parser could not bear."""

    entry: str
    number: int
    reason: str
    data: bytes


@dataclass
class Tally:
    """What came of the inputs of one entry. `slowest` is in seconds of processor time, with the input's number."""

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)


@dataclass(frozen=True)
class _Done:
    """What a process says of the inputs of one task."""

    outcomes: dict[str, int]
    failures: list[Failure]
    slowest: tuple[float, int]


def input_of(entry: Entry, name: str, seed: int, number: int) -> bytes:
    """The input of this number."""
    return mutated(Random(f"{seed}:{name}:{number}"), entry.seeds(), entry.tokens, keep=entry.keep)


def fuzz(name: str, numbers: range, seed: int, *, jobs: int, time_limit: float) -> Tally:
    """Try the inputs of one entry, in several processes."""
    todo = [range(start, min(start + _CHUNK, numbers.stop)) for start in range(numbers.start, numbers.stop, _CHUNK)]
    context = multiprocessing.get_context("spawn")
    runners = [_Runner(context, name, seed, time_limit) for _ in range(min(jobs, len(todo)))]
    tally = Tally()
    todo.reverse()
    try:
        for runner in runners:
            runner.give(todo.pop() if todo else None)
        while todo or any(runner.task is not None for runner in runners):
            for runner in runners:
                for done in runner.look():
                    tally.inputs += sum(done.outcomes.values()) + len(done.failures)
                    tally.outcomes.update(done.outcomes)
                    tally.failures.extend(done.failures)
                    tally.slowest = max(tally.slowest, done.slowest)
                todo += runner.rest
                runner.rest = []
                if runner.task is None and todo:
                    runner.give(todo.pop())
            time.sleep(0.02)
    finally:
        for runner in runners:
            runner.end()
    return tally


class _Runner:
    """One process at a time. `rest` is what is left of a task whose process was lost."""

    def __init__(self, context: SpawnContext, name: str, seed: int, time_limit: float) -> None:
        self.task: range | None = None
        self.rest: list[range] = []
        self._context = context
        self._name = name
        self._seed = seed
        self._limit = time_limit
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._state: State = ()

    def give(self, task: range | None) -> None:
        self.task = task
        if task is not None and self._process is None:
            self._pipe, theirs = self._context.Pipe()
            self._state = self._context.RawArray("d", 2)
            self._process = self._context.Process(
                target=_serve, args=(theirs, self._state, self._name, self._seed), daemon=False
            )
            self._process.start()
            theirs.close()
        if task is not None and self._pipe is not None:
            self._pipe.send(task)

    def look(self) -> Iterator[_Done]:
        """What has come since: the task done, or the end of the process, or of its time."""
        if self.task is None or self._pipe is None or self._process is None:
            return
        try:
            if self._pipe.poll():
                yield self._pipe.recv()
                self.task = None
                return
        except EOFError:
            self._process.join()
        number, started = self._state
        if not self._process.is_alive():
            yield self._lost(f"the process ended with {self._process.exitcode}")
        elif started and time.monotonic() - started > (_FOR_WORKERS if number == _AMONG_WORKERS else self._limit):
            yield self._lost(f"it took longer than {self._limit:.0f} seconds")

    def _lost(self, reason: str) -> _Done:
        """The input at which it happened is told; all others of the task are left for another process."""
        number, task = int(self._state[0]), self.task
        self.end()
        self.task = None
        if task is None or number not in task:
            raise RuntimeError(f"a process of the fuzzer failed, and not at an input: {reason}")
        self.rest = [part for part in (range(task.start, number), range(number + 1, task.stop)) if part]
        data = input_of(entries()[self._name], self._name, self._seed, number)
        return _Done({}, [Failure(self._name, number, reason, data)], (0.0, 0))

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._pipe = None


def _serve(pipe: Connection, state: list[float], name: str, seed: int) -> None:
    """In the process: tasks until nobody gives any more."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(_FRAMES)
    os.environ["RELCHECK_DEBUG"] = ""
    entry = entries()[name]
    entry.seeds()
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(_tried(entry, name, seed, task, state))


def _tried(entry: Entry, name: str, seed: int, task: range, state: list[float]) -> _Done:
    outcomes: Counter[str] = Counter()
    failures: list[Failure] = []
    slowest = 0.0, task.start
    for number in task:
        data = input_of(entry, name, seed, number)
        state[:] = [number, time.monotonic()]
        before = time.process_time()
        try:
            outcomes[entry.run(data)] += 1
        except BaseException as error:  # noqa: BLE001  # whatever comes is what is looked for
            failures.append(Failure(name, number, _said(error), data))
        slowest = max(slowest, (time.process_time() - before, number))
    if name == "python":
        state[:] = [_AMONG_WORKERS, time.monotonic()]
        for data, outcome, flaw in left_to_workers():
            outcomes[LEFT] -= 1
            outcomes[f"{outcome}, in a worker"] += flaw is None
            if flaw is not None:
                failures.append(Failure(name, -1, flaw, data))
    state[1] = 0
    gc.collect()
    return _Done(dict(+outcomes), failures, slowest)


def _said(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} (at {os.path.basename(last.filename)}:{last.lineno})"  # noqa: PTH119
