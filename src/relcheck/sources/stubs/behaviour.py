"""What a symbol does, in one word, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, TypeAlias, get_args

import msgspec

from relcheck.sources.stubs.code import Export
from relcheck.sources.stubs.linked import Linked
from relcheck.sources.stubs.reach import Reach
from relcheck.sources.stubs.run import EndedError, Event, Returned, Step, TooFarError
from relcheck.sources.stubs.values import (
    NO_FLAGS,
    NOTHING,
    Called,
    Closure,
    Flags,
    Given,
    Listed,
    NotConstantError,
    Object,
    Outside,
    Record,
    Some,
    Type,
    Value,
    constant,
    flags_of,
)

Verdict: TypeAlias = Literal["no-op", "constant", "raises", "pass-through", "contained", "gated", "active", "unknown"]

ORDER: tuple[Verdict, ...] = get_args(Verdict)
"""From what does least to what may do anything: of several symbols the last one counts."""

Plain: TypeAlias = bool | int | float | str | list["Plain"] | dict[str, "Plain"] | None

IMPORT = "(import)"
"""The name under which stands what a file does when it is imported."""


class Behaviour(msgspec.Struct, frozen=True):
    """What a symbol does when it is called.

    - `no-op`: nothing, and it returns nothing.
    - `constant`: nothing, and it always returns the same (`constant`).
    - `raises`: it always raises.
    - `pass-through`: it returns what it was given, or calls the function that it was given and returns what that does.
    - `contained`: it computes something, or turns errors into values; nothing outside of it changes.
    - `gated`: as things are it is one of the above; with what stands in `env` set, it is not.
    - `active`: it changes something outside of it, or may refuse by raising.
    - `unknown`: it cannot be told; `reach` says why.

    `constant` is set where every call returns the same, for `gated` as long as nothing in `env` is set. `reach` are the
    places that lead to the verdict, the deciding one last. `logs` says that it writes to a log on its way.
    """

    verdict: Verdict
    constant: Plain | msgspec.UnsetType = msgspec.UNSET
    env: tuple[str, ...] = ()
    reach: tuple[Step, ...] = ()
    logs: bool = False
    line: int = 1
    callable: bool = True
    """False for a value that is offered, such as a table of flags."""

    @property
    def inert(self) -> bool:
        """Whether nothing outside of it changes as things are."""
        return ORDER.index(self.verdict) <= ORDER.index("gated")


def behaviours(linked: Linked, path: str) -> dict[str, Behaviour]:
    """What each symbol does that a file offers: functions, methods of classes (`Guard.check`), functions in objects,
    and values. `(import)` is what happens when it is imported, where that is anything."""
    if path not in linked.told:
        linked.told[path] = _behaviours(linked, path)
    return linked.told[path]


def _behaviours(linked: Linked, path: str) -> dict[str, Behaviour]:
    code = linked.code(path)
    if code.problem is not None:
        return {}
    found: dict[str, Behaviour] = {}
    for one in code.exports:
        if one.name == "*":
            found |= _all_of(linked, path, one.module) if one.module is not None else {}
        elif one.module is None or code.language != "python" or path.endswith("__init__.py"):
            found |= _symbol(linked, path, one.name, one.line)
    if (imported := _imported(linked, path)) is not None:
        found[IMPORT] = imported
    return found


def behaviour(linked: Linked, path: str, symbol: str) -> Behaviour | None:
    """What one symbol does, also one that the file keeps to itself; None where the file has no such symbol."""
    key = (path, symbol)
    if key not in linked.asked:
        linked.asked[key] = _behaviour(linked, path, symbol)
    return linked.asked[key]


def _behaviour(linked: Linked, path: str, symbol: str) -> Behaviour | None:
    code = linked.code(path)
    if code.problem is not None:
        return Behaviour("unknown", reach=(Step(path, code.line, code.problem),))
    first, _, rest = symbol.partition(".")
    line = next((one.line for one in code.symbols if one.name == symbol), None)
    exported = any(one.name == first or _passes_on(linked, path, one, first) for one in code.exports)
    if line is None and not exported and first not in linked.scope(path, opened=False).variables:
        inside = [one for one in code.symbols if one.name.endswith(f".{symbol}")]
        return behaviour(linked, path, inside[0].name) if len(inside) == 1 else None
    found = _symbol(linked, path, first, line or 1, private=not exported)
    if symbol in found:
        return found[symbol]
    if rest:
        return _method_of(linked, path, first, rest, line or 1)
    return weakest(found.values())


def weakest(several: Iterable[Behaviour]) -> Behaviour | None:
    """Of several behaviours the one that counts for a claim that they are inert."""
    return max(several, key=lambda one: ORDER.index(one.verdict), default=None)


def _all_of(linked: Linked, path: str, module: str) -> dict[str, Behaviour]:
    """The symbols of `export * from module`."""
    return {
        name: one
        for each, line in _offered(linked, path, module, set())
        for name, one in _symbol(linked, path, each, line).items()
    }


def _passes_on(linked: Linked, path: str, one: Export, name: str) -> bool:
    """Whether an `export *` offers a name."""
    return one.name == "*" and one.module is not None and name in dict(_offered(linked, path, one.module, set()))


def _offered(linked: Linked, path: str, module: str, seen: set[str]) -> Iterator[tuple[str, int]]:
    into = linked.resolver.resolve(path, linked.language(path), module, None).path
    if into is None or into.endswith("/") or into in seen:
        return
    seen.add(into)
    for one in linked.code(into).exports:
        if one.name == "*" and one.module is not None:
            yield from _offered(linked, into, one.module, seen)
        elif one.name not in ("*", "default"):
            yield one.name, one.line


class _Run(msgspec.Struct):
    """What one run has found."""

    events: list[Event]
    returned: Returned
    converts: bool
    problem: str | None = None


def _symbol(linked: Linked, path: str, name: str, line: int, *, private: bool = False) -> dict[str, Behaviour]:
    values = [_value_of(linked, path, name, opened=opened, private=private) for opened in (False, True)]
    closed, opened = values
    if isinstance(closed, Type):
        methods = _methods(linked, closed)
        named = {f"{name}.{key}": one for key, one in methods.items()}
        return named or {name: _of_bases(linked, closed)}
    if isinstance(closed, Record) and any(isinstance(one, (Closure, Type)) for one in closed.entries.values()):
        found: dict[str, Behaviour] = {}
        for key, one in closed.entries.items():
            other = opened.entries.get(key, one) if isinstance(opened, Record) else one
            if isinstance(one, Closure):
                found[f"{name}.{key}"] = _of_closure(linked, path, one, other if isinstance(other, Closure) else one)
            elif isinstance(one, Type):
                found |= {f"{name}.{key}.{method}": said for method, said in _methods(linked, one).items()}
            else:
                found[f"{name}.{key}"] = _of_value(one, other, path, line)
        return found
    if isinstance(closed, Closure):
        return {name: _of_closure(linked, path, closed, opened if isinstance(opened, Closure) else closed)}
    if isinstance(closed, Object):
        methods = _methods(linked, closed.of)
        return {f"{name}.{key}": one for key, one in methods.items()} or {name: _of_value(closed, opened, path, line)}
    return {name: _of_value(closed, opened, path, line)}


def _value_of(linked: Linked, path: str, name: str, *, opened: bool, private: bool) -> Value:
    if private:
        found = linked.scope(path, opened=opened).variables.get(name)
        if found is not None:
            return linked.settled(path, name, found, opened=opened, depth=0)
        beside = linked.beside(path, name, opened=opened)
        if beside is not None:
            return beside
    return linked.member(path, name, opened=opened)


def _methods(linked: Linked, of: Type) -> dict[str, Behaviour]:
    found: dict[str, Behaviour] = {}
    above = [one for base in Reach(linked, opened=False).above(of) for one in base.of.methods]
    for function in (*of.of.methods, *above):
        name = function.name
        if name in found:
            continue
        private = name.startswith(("_", "#")) and not (name.startswith("__") and name.endswith("__"))
        if private or function.bodiless or name in ("__repr__", "__str__", "__eq__", "__hash__"):
            continue
        found[name] = _of_method(linked, of, name)
    return {name: one for name, one in found.items() if name not in _CONSTRUCTORS or one.verdict not in _SILENT}


def _of_bases(linked: Linked, of: Type) -> Behaviour:
    """A class without methods of its own does what those above it do."""
    reach = Reach(linked, opened=False)
    for one in (of, *reach.above(of)):
        for base in reach.bases(one):
            name = base.name if isinstance(base, Outside) else ""
            known = name.rpartition(".")[2] in _PLAIN_BASES or name.endswith(("Error", "Exception", "Warning"))
            if not isinstance(base, Type) and not known:
                said = f"inherits from {name or 'what cannot be told'}, whose code is not in the project"
                return Behaviour("unknown", reach=(Step(one.scope.path, one.of.line, said),), line=of.of.line)
    return Behaviour("no-op", line=of.of.line)


_PLAIN_BASES = frozenset(
    {
        *("object", "ABC", "Protocol", "Generic", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "NamedTuple"),
        *("TypedDict", "BaseModel", "Struct", "Object", "Array", "Map", "Set", "dict", "list", "str", "int", "tuple"),
    }
)
"""Classes outside of the project that do nothing by themselves."""

_CONSTRUCTORS = ("constructor", "__init__", "__post_init__", "__new__")
_SILENT = ("no-op", "constant", "pass-through", "contained")


def _method_of(linked: Linked, path: str, name: str, method: str, line: int) -> Behaviour | None:
    found = _value_of(linked, path, name, opened=False, private=True)
    if isinstance(found, Object):
        found = found.of
    if isinstance(found, Type) and any(one.name == method for one in found.of.methods):
        return _of_method(linked, found, method)
    if isinstance(found, Record) and method in found.entries:
        one = found.entries[method]
        return _of_closure(linked, path, one, one) if isinstance(one, Closure) else _of_value(one, one, path, line)
    return None


def _of_method(linked: Linked, of: Type, name: str) -> Behaviour:
    owner, function = next(
        (held, one)
        for held in (of, *Reach(linked, opened=False).above(of))
        for one in held.of.methods
        if one.name == name
    )
    path = owner.scope.path

    def run(reach: Reach) -> Returned:
        at = Step(path, of.of.line, f"makes a {of.of.name}")
        if name in _CONSTRUCTORS:
            reach.made(of, None, {}, at)
            return Returned([], nothing=True)
        this: Value = of
        if function.kind not in ("static", "class"):
            quiet, reach.events = reach.events, []
            try:
                this = reach.made(of, None, {}, at)
            except EndedError:
                this = Some(owner="given", what="this")
            reach.events = quiet
            if linked.language(path) == "go" and isinstance(this, Object):
                this.fields = {key: Some(owner="given", what=f"{of.of.name}.{key}") for key in this.fields}
        if function.by_value and isinstance(this, Object):
            this.finished = False
        found = reach.method(of, name)
        if found is None:
            reach.events.append(Event("opaque", Step(path, function.line, f"{name} is wrapped by what is not known")))
            return Returned([])
        return reach.start(msgspec.structs.replace(found, this=this))

    return _both(linked, path, function.line, run, wrapped=_wrapping(linked, of, name))


def _wrapping(linked: Linked, of: Type, name: str) -> str:
    found = Reach(linked, opened=False).method(of, name)
    return (found.wrapped if found is not None else "") or of.wrapped


def _of_closure(linked: Linked, path: str, closed: Closure, opened: Closure) -> Behaviour:
    def run(reach: Reach) -> Returned:
        return reach.start(opened if reach.opened else closed)

    del path
    return _both(linked, closed.scope.path, closed.function.line, run, wrapped=closed.wrapped)


def _both(linked: Linked, path: str, line: int, run: Callable[[Reach], Returned], *, wrapped: str) -> Behaviour:
    """The verdict of a run without settings, and what changes with them."""
    closed = _one(linked, path, line, run, opened=False)
    said = _verdict(linked, closed, path, line)
    if wrapped and said.verdict not in ("active", "unknown"):
        return Behaviour("unknown", reach=(Step(path, line, wrapped),), line=line)
    if said.verdict in ("active", "unknown"):
        return said
    opened = _one(linked, path, line, run, opened=True)
    other = _verdict(linked, opened, path, line)
    if (other.verdict, other.constant) == (said.verdict, said.constant):
        return said
    flags = _decisive(closed, opened)
    if not flags:
        return said if other.verdict == said.verdict else other
    return Behaviour("gated", said.constant, tuple(sorted(flags)), other.reach or said.reach, said.logs, line)


def _decisive(closed: _Run, opened: _Run) -> Flags:
    """The settings that what differs stands behind."""
    known = {(one.kind, one.step) for one in closed.events}
    more = [one for one in opened.events if one.kind != "log" and (one.kind, one.step) not in known]
    flags: Flags = NO_FLAGS.union(*(one.flags for one in more))
    flags = flags.union(*(flags_of(one) for one in opened.returned.values))
    return flags or opened.returned.flags


def _one(linked: Linked, path: str, line: int, run: Callable[[Reach], Returned], *, opened: bool) -> _Run:
    reach = Reach(linked, opened=opened)
    try:
        returned = run(reach)
        _follow_returned(reach, returned, path, line)
    except EndedError:
        return _Run(reach.events, Returned([]), reach.converts)
    except TooFarError as error:
        return _Run(reach.events, Returned([]), reach.converts, str(error))
    except RecursionError:
        return _Run(reach.events, Returned([]), reach.converts, "it is nested too deeply to be followed")
    return _Run(reach.events, returned, reach.converts)


def _follow_returned(reach: Reach, returned: Returned, path: str, line: int) -> None:
    """A function that is returned is called some day: a decorator does what its wrapper does."""
    at = Step(path, line, "returns a function")
    for one in list(returned.values):
        if isinstance(one, Closure):
            inner = reach.enter(one, None, {})
            values = [*inner.values, *([NOTHING] if inner.nothing else [])]
            position = returned.values.index(one)
            passes = values and all(isinstance(found, (Called, Given)) for found in values)
            returned.values[position] = values[0] if passes else Some(what="a function")
        elif isinstance(one, Record):
            for name, entry in one.entries.items():
                if isinstance(entry, Closure):
                    reach.enter(entry, None, {})
                    one.entries[name] = Some(what=at.text)


def _verdict(linked: Linked, run: _Run, path: str, line: int) -> Behaviour:
    del linked
    logs = any(one.kind == "log" for one in run.events)
    returned = run.returned
    ends = bool(returned.values) or returned.nothing
    effect = _first(run.events, "effect")
    if effect is not None:
        return Behaviour("active", reach=_way(effect), logs=logs, line=line)
    refusal = _first(run.events, "raise")
    if refusal is not None and ends:
        step = msgspec.structs.replace(refusal.step, text=f"{refusal.step.text}: it can refuse")
        return Behaviour("active", reach=(*refusal.chain, step), logs=logs, line=line)
    failing = [_fails(one) for one in returned.values]
    if any(failing) and not (all(failing) and not returned.nothing):
        step = Step(path, line, "returns an error or none: it can refuse")
        return Behaviour("active", reach=(step,), logs=logs, line=line)
    if run.problem is not None:
        return Behaviour("unknown", reach=(Step(path, line, run.problem),), logs=logs, line=line)
    opaque = _first(run.events, "opaque")
    if opaque is not None:
        return Behaviour("unknown", reach=_way(opaque), logs=logs, line=line)
    if not ends or (failing and all(failing)):
        reach = _way(refusal) if refusal is not None else (Step(path, line, "never returns"),)
        return Behaviour("raises", reach=reach, logs=logs, line=line)
    return _inert(run, path, line, logs=logs)


def _inert(run: _Run, path: str, line: int, *, logs: bool) -> Behaviour:
    returned = run.returned
    unclear = next((one for one in returned.values if isinstance(one, Some) and one.opaque), None)
    if unclear is not None:
        return Behaviour(
            "unknown", reach=(Step(path, line, f"returns what cannot be told: {unclear.what}"),), line=line
        )
    calls = _first(run.events, "callback")
    here = Step(path, line, "")
    passed = [one for one in returned.values if isinstance(one, (Given, Called))]
    if calls is not None and run.converts:
        return Behaviour("contained", reach=_way(calls), logs=logs, line=line)
    if calls is not None and not returned.values:
        return Behaviour("pass-through", reach=_way(calls), logs=logs, line=line)
    if passed and len(passed) == len(returned.values) and len(set(passed)) == 1 and not returned.nothing:
        step = msgspec.structs.replace(here, text=f"returns {passed[0].name}")
        return Behaviour("pass-through", reach=_way(calls) if calls else (step,), logs=logs, line=line)
    if not returned.values:
        return Behaviour("no-op", logs=logs, line=line)
    values = _constants(returned.values)
    if values is not None and not returned.nothing and calls is None:
        return Behaviour("constant", values[0], logs=logs, line=line)
    computed = next((one.what for one in returned.values if isinstance(one, Some) and one.what), "")
    step = msgspec.structs.replace(here, text=f"returns {computed}" if computed else "returns what it computes")
    return Behaviour("contained", reach=(step,), logs=logs, line=line)


def _constants(values: Sequence[Value]) -> tuple[Plain] | None:
    """The one value that all are; None where they differ or one cannot be told."""
    try:
        plain = [constant(one) for one in values]
    except NotConstantError:
        return None
    return (plain[0],) if all(one == plain[0] and repr(one) == repr(plain[0]) for one in plain) else None  # type: ignore[return-value]  # `constant` gives plain data


def _fails(value: Value) -> bool:
    """Whether a returned value says that something has failed, as Go does."""
    if isinstance(value, Listed) and value.items:
        return _fails(value.items[-1])
    return isinstance(value, Some) and value.failure


def _of_value(closed: Value, opened: Value, path: str, line: int) -> Behaviour:
    """A value that is offered: a constant, a setting, an object."""
    try:
        plain = constant(closed)
    except NotConstantError:
        return _of_unclear(closed, path, line)
    flags = flags_of(opened)
    if flags:
        step = Step(path, line, f"depends on {', '.join(sorted(flags))}")
        return Behaviour("gated", plain, tuple(sorted(flags)), (step,), line=line, callable=False)  # type: ignore[arg-type]  # plain data
    return Behaviour("constant", plain, line=line, callable=False)  # type: ignore[arg-type]  # plain data


def _of_unclear(value: Value, path: str, line: int) -> Behaviour:
    match value:
        case Some(opaque=True, what=what) | Outside(name=what):
            reason = what if isinstance(value, Some) else f"it is {what}, whose code is not in the project"
            return Behaviour(
                "unknown", reach=(Step(path, line, reason or "it cannot be told"),), line=line, callable=False
            )
        case Some(owner="outside", what=what):
            reason = f"it is {what or 'something from outside'}, whose code is not in the project"
            return Behaviour("unknown", reach=(Step(path, line, reason),), line=line, callable=False)
        case Some(owner="state"):
            return Behaviour(
                "contained", reach=(Step(path, line, "it is state of the module"),), line=line, callable=False
            )
        case _:
            return Behaviour(
                "contained",
                reach=(Step(path, line, "it is computed when the file is imported"),),
                line=line,
                callable=False,
            )


def _imported(linked: Linked, path: str) -> Behaviour | None:
    """What happens when a file is imported; None where that is nothing, or only what its constants need."""
    events = [one for one in linked.import_events(path, opened=False) if one.kind in ("effect", "raise")]
    if not events:
        return None
    return Behaviour("active", reach=_way(events[0]), line=events[0].step.line)


def _first(events: Iterable[Event], kind: str) -> Event | None:
    return next((one for one in events if one.kind == kind), None)


def _way(event: Event) -> tuple[Step, ...]:
    return (*event.chain, event.step)
