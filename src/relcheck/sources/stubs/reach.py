"""Following code without running it: what does a call of a function do to anything outside of it?

A run follows one function with its parameters unknown. Branches that constants of the module decide are followed as
decided, others both ways. What it meets becomes `Event`s; what it returns becomes values. A run is made once as if no
environment variable were set and once with all of them open, and the difference is what stands behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Literal, Protocol, TypeAlias

import msgspec

from relcheck.sources.stubs.arithmetic import builtin, method, operation, truth
from relcheck.sources.stubs.code import (
    Anonymous,
    Assign,
    Await,
    Bind,
    Bring,
    Call,
    Cannot,
    Choice,
    Class,
    Const,
    Define,
    Do,
    Each,
    Expr,
    Function,
    Handler,
    If,
    Import,
    Index,
    Jump,
    Lambda,
    Let,
    Member,
    Name,
    Naming,
    Once,
    Op,
    Raise,
    Return,
    Spread,
    Stmt,
    Table,
    Try,
    While,
    With,
    Yield,
)
from relcheck.sources.stubs.code import Sequence as Items
from relcheck.sources.stubs.outside import MUTATORS, PRODUCTION, PURE_METHODS, STAGES, is_log, is_verb, meaning
from relcheck.sources.stubs.values import (
    NO_FLAGS,
    NOTHING,
    Above,
    Called,
    Closure,
    Either,
    Flags,
    Given,
    Inert,
    Known,
    Listed,
    NotConstantError,
    Object,
    Outside,
    Pending,
    Record,
    Scope,
    Some,
    Space,
    Type,
    Value,
    constant,
    flags_of,
    joined,
)

Kind: TypeAlias = Literal["effect", "log", "opaque", "raise", "callback"]

_STEPS = 20_000
"""Expressions and statements that one run follows."""

_CALLS = 30
"""Calls in one another that are followed."""

_HOPS = 2
"""Imports that are followed one after another; re-exports do not count."""

_UNROLLED = 64
"""Items of a list whose loop is followed turn by turn."""

_FALLS, _JUMPS = 1, 2
"""How a block may end, beside by returning or raising: at its end, or by leaving the loop around it."""


class Step(msgspec.Struct, frozen=True):
    """A place on the way, with what happens there."""

    path: str
    line: int
    text: str


class Event(msgspec.Struct, frozen=True):
    """Something that reaches beyond the function. `chain` are the calls that lead there; `flags` the settings that it
    stands behind."""

    kind: Kind
    step: Step
    chain: tuple[Step, ...] = ()
    flags: Flags = NO_FLAGS


class Files(Protocol):
    """The files of a project, linked."""

    def scope(self, path: str, *, opened: bool) -> Scope: ...
    def language(self, path: str) -> str: ...
    def follow(self, value: Pending, *, opened: bool) -> Value: ...
    def bring(self, path: str, module: str) -> Value: ...
    def member(self, path: str, name: str, *, opened: bool) -> Value: ...
    def beside(self, path: str, name: str, *, opened: bool) -> Value | None: ...
    def changes(self, path: str) -> frozenset[str]: ...


class EndedError(Exception):
    """What is called never comes back: it raises."""


class TooFarError(Exception):
    """There is more to follow than a run may."""


class Returned(msgspec.Struct):
    """How a function can end. `nothing` says that its end can be reached without a value."""

    values: list[Value]
    flags: Flags = NO_FLAGS
    nothing: bool = False


class Reach:
    """One run. `opened` leaves settings open, otherwise none is set."""

    def __init__(self, files: Files, *, opened: bool, importing: bool = False) -> None:
        self.events: list[Event] = []
        self.converts = False
        """Whether errors of a function that was passed are caught."""
        self._files = files
        self.opened = opened
        self._gates: Flags = NO_FLAGS
        self._undecided = 0
        self._chain: list[Step] = []
        self._active: list[Function] = []
        self._importing = importing
        self._homes = 0
        self._entry = 0
        self._steps = 0
        self._hops = 0
        self._handling = 0
        self._catching = 0
        self._risky = False
        self._yields: list[Value] = []

    # ------------------------------------------------------------------ calls

    def start(self, closure: Closure) -> Returned:
        """Follow a function that is called with parameters of which nothing is known."""
        self._entry = self._homes
        return self.enter(closure, None, {})

    def module(self, body: Sequence[Stmt], scope: Scope) -> None:
        """Follow what a module does when it is imported."""
        try:
            self._block(body, scope, Returned([]))
        except (EndedError, TooFarError, RecursionError):
            self._event("opaque", Step(scope.path, 1, "what it does when it is imported cannot be followed"))

    def enter(self, closure: Closure, arguments: Sequence[Value] | None, named: dict[str, Value]) -> Returned:
        """Follow a call. Arguments that are None stand for parameters as they are given from outside."""
        function = closure.function
        self._new_home()
        scope = Scope(
            closure.scope.path, {}, closure.scope, self._homes, self._undecided, closure.this, closure.defined_by
        )
        if function.owner is not None and function.owner != "this" and closure.this is not None:
            scope.variables[function.owner] = closure.this
        self._pass(function, scope, arguments, named)
        gates, active, chain = self._gates, self._active, self._chain
        self._active = [*active, function]
        yields, self._yields = self._yields, []
        returned = Returned([])
        try:
            ends = self._block(function.body, scope, returned)
        finally:
            self._gates, self._active, self._chain = gates, active, chain
            given, self._yields = self._yields, yields
        if ends & _FALLS:
            returned.nothing = True
        if function.generator and given:
            returned.values.append(Some(what="what it yields"))
        return returned

    def _pass(
        self, function: Function, scope: Scope, arguments: Sequence[Value] | None, named: dict[str, Value]
    ) -> None:
        rest = list(arguments) if arguments is not None else []
        for parameter in function.parameters:
            if arguments is None:
                value: Value = Given(parameter.name)
            elif parameter.rest:
                value, rest = Listed(rest, scope.home, self._undecided, open=bool(named)), []
            elif rest:
                value = rest.pop(0)
            elif parameter.name in named:
                value = named[parameter.name]
            elif parameter.default is not None:
                value = self.value(parameter.default, scope)
            else:
                value = NOTHING if "*" not in named else Some()
            if arguments is not None and value == NOTHING and parameter.default is not None:
                value = self.value(parameter.default, scope)
            scope.variables[parameter.name] = value
            self._bind(parameter.binds, value, scope)

    def call(  # noqa: C901, PLR0911, PLR0912  # one case a kind of value
        self,
        callee: Value,
        arguments: list[Value],
        named: dict[str, Value],
        at: Step,
        *,
        new: bool = False,
        dropped: bool = False,
        awaited: bool = False,
    ) -> Value:
        """What a call gives. `dropped` says that nobody takes it."""
        match callee:
            case Pending():
                return self.call(
                    self._followed(callee), arguments, named, at, new=new, dropped=dropped, awaited=awaited
                )
            case Closure():
                return self._called(callee, arguments, named, at)
            case Type():
                return self.made(callee, arguments, named, at)
            case Given(name=name):
                self._event("callback", at)
                self._risky = True
                self._hand_over(arguments, named, at)
                if self._catching:
                    self.converts = True
                return Called(name)
            case Called():
                self._event("callback", at)
                return callee
            case Inert():
                return NOTHING
            case Above():
                return (
                    Some()
                    if not isinstance(callee.this, Object)
                    else self._construct_above(callee, arguments, named, at)
                )
            case Outside(name=name):
                return self._outside(name, arguments, named, at, new=new, dropped=dropped, awaited=awaited)
            case Space(path=path):
                found = self._files.member(path, "default", opened=self.opened)
                return self.call(found, arguments, named, at, new=new, dropped=dropped, awaited=awaited)
            case Object() if (found := self._attribute(callee, "__call__", at)) is not None:
                return self.call(found, arguments, named, at)
            case Some(owner="own", opaque=False):
                self._hand_over(arguments, named, at)
                self._event(
                    "opaque", msgspec.structs.replace(at, text=f"{at.text}: which function it is cannot be told")
                )
                return Some(flags_of(callee), opaque=True)
            case Some(what=what, opaque=opaque):
                self._hand_over(arguments, named, at)
                if is_log(at.text.removeprefix("calls ").removesuffix("(…)")):
                    self._event("log", at)
                    return NOTHING
                self._risky = True
                kind: Kind = "opaque" if opaque or not (dropped or awaited) else "effect"
                reason = f"{at.text}: {what}" if opaque and what else at.text
                self._event(kind, msgspec.structs.replace(at, text=reason))
                return Some(owner="outside", what=at.text, opaque=opaque)
            case _:
                self._risky = True
                return Some()

    def _called(self, callee: Closure, arguments: list[Value], named: dict[str, Value], at: Step) -> Value:
        function = callee.function
        if any(one is function for one in self._active):
            return Some(what="a recursive call")
        if len(self._active) >= _CALLS:
            raise TooFarError(f"calls in one another are followed {_CALLS} deep")
        other = callee.scope.path != at.path
        if other and self._hops >= _HOPS:
            self._event(
                "opaque", msgspec.structs.replace(at, text=f"{at.text} is reached over more than {_HOPS} imports")
            )
            return Some(opaque=True)
        self._hops += other
        chain, self._chain = self._chain, [*self._chain, at]
        try:
            returned = self.enter(callee, arguments, named)
        finally:
            self._hops -= other
            self._chain = chain
        if callee.wrapped:
            self._event("opaque", msgspec.structs.replace(at, text=f"{at.text}: {callee.wrapped}"))
        return self.result(returned)

    def result(self, returned: Returned) -> Value:
        """One value for all ways in which a call comes back. Raises EndedError where there is none."""
        values = [*returned.values, *([NOTHING] if returned.nothing else [])]
        if not values:
            raise EndedError
        found = values[0]
        for one in values[1:]:
            found = joined(found, one, returned.flags)
        return found

    def made(self, of: Type, arguments: list[Value] | None, named: dict[str, Value], at: Step) -> Value:
        """An instance of a class of the project; None as arguments stands for those that are not known."""
        self._new_home()
        made = Object(of, {}, self._homes, self._undecided)
        if of.wrapped:
            self._event("opaque", msgspec.structs.replace(at, text=f"{at.text}: {of.wrapped}"))
        for one in (*reversed(list(self._above(of))), of):
            inner = Scope(one.scope.path, {}, one.scope, self._homes, self._undecided, made, one)
            for name, value in one.of.fields:
                if value is not None and name:
                    known = isinstance(value, Name) and value.name == name
                    made.fields[name] = Given(name) if known else self.value(value, inner)
        constructor = self._method(of, "constructor") or self._method(of, "__init__")
        if constructor is not None:
            bound = msgspec.structs.replace(constructor, this=made)
            chain, self._chain = self._chain, [*self._chain, at]
            try:
                self.result(self.enter(bound, arguments, named))
            finally:
                self._chain = chain
        else:
            for name, value in named.items():
                made.fields[name] = value
            for (name, _), value in zip(of.of.fields, arguments or [], strict=False):
                made.fields[name] = value
        made.finished = True
        return made

    def _construct_above(self, above: Above, arguments: list[Value], named: dict[str, Value], at: Step) -> Value:
        if self._files.language(above.of.scope.path) == "python":
            return above
        for base in self._bases(above.of):
            if isinstance(base, Type) and (found := self._method(base, "constructor")) is not None:
                self._called(msgspec.structs.replace(found, this=above.this), arguments, named, at)
        return NOTHING

    def _outside(  # noqa: PLR0911
        self,
        name: str,
        arguments: list[Value],
        named: dict[str, Value],
        at: Step,
        *,
        new: bool,
        dropped: bool,
        awaited: bool,
    ) -> Value:
        language = self._files.language(at.path)
        setting = self._setting_called(name, arguments)
        if setting is not None:
            return setting
        if name in ("Promise.reject",):
            self._raised(at)
            raise EndedError
        if name in ("errors.New", "fmt.Errorf") and language == "go":
            return Some(failure=True, what="an error")
        self._hand_over(arguments, named, at)
        known = builtin(language, name, arguments, self._homes, self._undecided)
        if known is not None:
            return known
        match meaning(language, name):
            case "pure":
                if arguments or not name.startswith(("Math.", "Object.", "Array.", "String", "str")):
                    self._risky = True
                flags = NO_FLAGS.union(*(flags_of(one) for one in arguments))
                return Some(flags, what=f"what {name} gives")
            case "log":
                self._event("log", at)
                return NOTHING
            case "effect":
                self._risky = True
                self._event("effect", at)
                return Some(owner="outside", what=f"what {name} gives")
            case _:
                self._risky = True
                if name.rpartition(".")[2] in PURE_METHODS and not dropped:
                    return Some(owner="outside", what=f"what {name} gives")
                if new and not dropped:
                    return Some(owner="outside", what=f"an instance of {name}")
                if name in _SCHEDULERS:
                    return Some()
                if dropped or awaited or is_verb(name.rpartition(".")[2]):
                    self._event("effect", at)
                else:
                    seen = f"{at.text}, whose code is not in the project"
                    self._event("opaque", msgspec.structs.replace(at, text=seen))
                return Some(owner="outside", what=f"what {name} gives")

    def _hand_over(self, arguments: Sequence[Value], named: dict[str, Value], at: Step) -> None:
        """Functions that are passed on may be called, and what they do counts."""
        for one in (*arguments, *named.values()):
            found = self._followed(one) if isinstance(one, Pending) else one
            if isinstance(found, Closure):
                self._maybe(found, at)

    def _maybe(self, closure: Closure, at: Step) -> Value:
        """A call that happens perhaps, with arguments that are not known."""
        count = len(closure.function.parameters)
        self._undecided += 1
        try:
            return self._called(closure, [Some(owner="given")] * count, {}, at)
        except EndedError:
            return Some()
        finally:
            self._undecided -= 1

    # ------------------------------------------------------------- statements

    def _block(self, body: Sequence[Stmt], scope: Scope, returned: Returned) -> int:
        """Follow statements; how they may end. Raising ends them too."""
        for one in body:
            if isinstance(one, Define):
                scope.variables[one.of.name] = self._plain(one.of, scope)
        ends = 0
        gates = self._gates
        try:
            for one in body:
                try:
                    found = self._statement(one, scope, returned)
                except EndedError:
                    return ends
                ends |= found & _JUMPS
                if not found & _FALLS:
                    return ends
        finally:
            self._gates = gates
        return ends | _FALLS

    def _statement(self, stmt: Stmt, scope: Scope, returned: Returned) -> int:  # noqa: C901, PLR0911, PLR0912
        self._step()
        match stmt:
            case Do(value=value):
                self.value(value, scope, dropped=True)
            case Let(binds=binds, value=value):
                found = self.value(value, scope) if value is not None else Some()
                self._bind(binds, found, scope)
            case Return(value=value):
                found = self.value(value, scope) if value is not None else NOTHING
                if value is None or (isinstance(value, Const) and value.value is None and self._void(scope)):
                    returned.nothing = True
                else:
                    returned.values.append(found)
                returned.flags |= self._gates
                return 0
            case Raise(value=value, line=line):
                self._raise(value, scope, line)
                return 0
            case If(test=test, then=then, otherwise=otherwise):
                return self._if(test, then, otherwise, scope, returned)
            case Each():
                return self._each(stmt, scope, returned)
            case While(test=test, body=body):
                known = self._test(test, scope)[0] if test is not None else True
                if known is False:
                    return _FALLS
                with self._perhaps():
                    ends = self._block(body, scope, returned)
                return _FALLS if test is not None or ends & _JUMPS else 0
            case Once(body=body):
                ends = self._block(body, scope, returned)
                return _FALLS if ends else 0
            case Try():
                return self._try(stmt, scope, returned)
            case With(context=context, binds=binds, body=body):
                self._bind(binds, self._entered(context, scope), scope)
                return self._block(body, scope, returned)
            case Define(of=of):
                if of.decorators or of.name not in scope.variables:
                    made: Value = self._plain(of, scope)
                    for one in reversed(of.decorators):
                        made = self._decorated(made, one, scope)
                    scope.variables[of.name] = made
            case Import(name=name, module=module, taken=taken, line=line):
                if name != "*":
                    scope.variables[name] = Pending(scope.path, module, taken, line)
            case Jump():
                return _JUMPS
        return _FALLS

    def _void(self, scope: Scope) -> bool:
        return self._files.language(scope.path) == "python"

    def _raise(self, value: Expr | None, scope: Scope, line: int) -> None:
        what = ""
        if isinstance(value, Call):
            what = _written(value.callee)
            for one in value.arguments:
                self.value(one, scope)
        elif value is not None:
            what = _written(value)
        self._raised(Step(scope.path, line, f"raises {what}".rstrip()))

    def _raised(self, at: Step) -> None:
        self._risky = True
        if not self._handling and not self._catching:
            self._event("raise", at)

    def _if(self, test: Expr, then: Sequence[Stmt], otherwise: Sequence[Stmt], scope: Scope, returned: Returned) -> int:
        known, flags = self._test(test, scope)
        if known is not None:
            return self._block(then if known else otherwise, scope, returned)
        gates = self._gates
        before = dict(scope.variables)
        outcomes: list[tuple[int, dict[str, Value]]] = []
        for branch in (then, otherwise):
            scope.variables = dict(before)
            self._gates = gates | flags
            with self._perhaps():
                ends = self._block(branch, scope, returned)
            outcomes.append((ends, scope.variables))
        self._gates = gates
        going = [variables for ends, variables in outcomes if ends & _FALLS]
        scope.variables = _merged(going, flags) if going else before
        first, second = outcomes[0][0], outcomes[1][0]
        if bool(first & _FALLS) != bool(second & _FALLS):
            self._gates = gates | flags
            # What follows in this block happens under the condition too.
        return first | second

    def _each(self, stmt: Each, scope: Scope, returned: Returned) -> int:
        over = self.value(stmt.over, scope)
        items = list(over.items) if isinstance(over, Listed) and not over.open else None
        if isinstance(over, Record) and not over.open:
            items = [Known(key) for key in over.entries]
            if self._files.language(scope.path) == "go":
                items = list(over.entries.values())
        if items is not None and len(items) <= _UNROLLED:
            ends = _FALLS
            for one in items:
                self._bind(stmt.binds, one, scope)
                ends = self._block(stmt.body, scope, returned)
                if not ends:
                    return 0
            return _FALLS
        flags = flags_of(over)
        element: Value = Some(
            flags, "given" if isinstance(over, (Given, Called)) else over.owner if isinstance(over, Some) else "own"
        )
        self._risky = True
        gates = self._gates
        self._gates |= flags
        before = dict(scope.variables)
        with self._perhaps():
            self._bind(stmt.binds, element, scope)
            self._block(stmt.body, scope, returned)
        self._gates = gates
        scope.variables = _merged([before, scope.variables], flags)
        return _FALLS

    def _try(self, stmt: Try, scope: Scope, returned: Returned) -> int:
        before = dict(scope.variables)
        risky, self._risky = self._risky, False
        catching = any(not _passes_on(one) for one in stmt.handlers)
        self._catching += catching
        try:
            ends = self._block(stmt.body, scope, returned)
        finally:
            self._catching -= catching
        after = dict(scope.variables)
        outcomes = [after] if ends & _FALLS else []
        for handler in stmt.handlers if self._risky else ():
            scope.variables = _merged([before, after], NO_FLAGS)
            if handler.name is not None:
                scope.variables[handler.name] = Some(what="an error that was caught")
            self._handling += 1
            with self._perhaps():
                found = self._block(handler.body, scope, returned)
            self._handling -= 1
            ends |= found
            if found & _FALLS:
                outcomes.append(scope.variables)
        self._risky = self._risky or risky
        scope.variables = _merged(outcomes, NO_FLAGS) if outcomes else after
        last = self._block(stmt.final, scope, returned)
        return ends if last & _FALLS else last

    def _entered(self, context: Expr, scope: Scope) -> Value:
        found = self.value(context, scope)
        at = Step(scope.path, context.line, f"enters {_written(context)}")
        match found:
            case Object():
                enter = self._attribute(found, "__enter__", at) or self._attribute(found, "__aenter__", at)
                leave = self._attribute(found, "__exit__", at) or self._attribute(found, "__aexit__", at)
                entered = self.call(enter, [], {}, at) if enter is not None else Some()
                if leave is not None:
                    self.call(leave, [Some(), Some(), Some()], {}, at)
                return entered
            case Some(owner=owner) | Outside(name=owner) if owner not in ("own", "given"):
                written = _written(context).lower()
                if "lock" not in written and "suppress" not in written:
                    self._event("effect", at)
                return Some(owner="outside")
            case _:
                return found

    def _plain(self, of: Function | Class, scope: Scope) -> Value:
        """What is defined, without its decorators."""
        return Type(of, scope) if isinstance(of, Class) else Closure(of, scope, scope.this if not of.owner else None)

    def _decorated(self, made: Value, decorator: Expr, scope: Scope) -> Value:
        name = _written(decorator)
        quiet, self.events = self.events, []
        try:
            wrapper = self.value(decorator, scope)
            if isinstance(wrapper, Pending):
                wrapper = self._followed(wrapper)
            if isinstance(wrapper, Closure):
                found = self.call(wrapper, [made], {}, Step(scope.path, decorator.line, f"@{name}"))
                if isinstance(found, (Closure, Type)):
                    return found
        except EndedError:
            pass
        finally:
            self.events = quiet
        reason = f"@{name} may change what it does, and its code is not in the project"
        if isinstance(made, (Closure, Type)):
            return msgspec.structs.replace(made, wrapped=reason)
        return made

    # ------------------------------------------------------------ expressions

    def value(  # noqa: C901, PLR0911, PLR0912  # one case a kind of expression
        self, expr: Expr, scope: Scope, *, dropped: bool = False, awaited: bool = False
    ) -> Value:
        """What is known of an expression, when it has been followed. `dropped`: nobody takes its value."""
        self._step()
        match expr:
            case Const(value=value):
                return Known(value)
            case Name(name=name, line=line):
                return self._name(name, scope, line)
            case Member(of=of, name=name, line=line):
                return self._get(self.value(of, scope), name, Step(scope.path, line, f"reads {_written(expr)}"))
            case Index(of=of, key=key, line=line):
                return self._index(self.value(of, scope), self.value(key, scope), Step(scope.path, line, ""))
            case Call():
                return self._call(expr, scope, dropped=dropped, awaited=awaited)
            case Op(operator="and" | "or" | "??"):
                return self._short(expr, scope, dropped=dropped)
            case Op(operator="gather", operands=operands):
                over = [self.value(one, scope) for one in operands]
                return Some(NO_FLAGS.union(*(flags_of(one) for one in over)), what="what a loop gathers")
            case Op(operator="last", operands=operands):
                values = [self.value(one, scope, dropped=True) for one in operands]
                return values[-1] if values else NOTHING
            case Op(operator=operator, operands=operands):
                read = [self.value(one, scope) for one in operands]
                return operation(operator, read, self._files.language(scope.path))
            case Choice(test=test, then=then, otherwise=otherwise):
                return self._choice(test, then, otherwise, scope, dropped=dropped)
            case Table(entries=entries):
                return self._table(entries, scope)
            case Items(items=items):
                return self._items(items, scope)
            case Spread(value=value):
                return self.value(value, scope)
            case Lambda(function=function):
                return Closure(function, scope, scope.this if function.owner is None else None, "", scope.within)
            case Anonymous(of=of):
                return Type(of, scope)
            case Await(value=value):
                return self.value(value, scope, dropped=dropped, awaited=True)
            case Yield(value=value):
                found = self.value(value, scope) if value is not None else NOTHING
                if found != NOTHING and not (isinstance(found, Listed) and not found.items and not found.open):
                    self._yields.append(found)
                return Some(owner="given")
            case Assign(target=target, value=value, line=line):
                found = self.value(value, scope)
                self._store(target, found, scope, line)
                return found
            case Naming(name=name, value=value):
                found = scope.variables[name] = self.value(value, scope)
                return found
            case Bring(module=module):
                return self._files.bring(scope.path, module)
            case Cannot(reason=reason, line=line):
                self._event("opaque", Step(scope.path, line, reason))
                return Some(opaque=True, what=reason)

    def _call(self, expr: Call, scope: Scope, *, dropped: bool, awaited: bool) -> Value:
        written = _written(expr.callee)
        at = Step(scope.path, expr.line, f"calls {written}(…)" if not expr.new else f"makes a {written}")
        base: Value | None = None
        if isinstance(expr.callee, Member):
            base = self.value(expr.callee.of, scope)
            if isinstance(base, Pending):
                base = self._followed(base)
        callee = self._get(base, expr.callee.name, at) if base is not None and isinstance(expr.callee, Member) else None
        if callee is None:
            callee = self.value(expr.callee, scope)
        if isinstance(callee, Outside) and callee.name == "Promise" and expr.new:
            return self._promise(expr, scope, at)
        arguments: list[Value] = []
        for one in expr.arguments:
            found = self.value(one, scope)
            if isinstance(one, Spread):
                if isinstance(found, Listed) and not found.open:
                    arguments += found.items
                else:
                    arguments.append(Some(flags_of(found)))
            else:
                arguments.append(found)
        named = {name: self.value(one, scope) for name, one in expr.named}
        if (
            base is not None
            and isinstance(expr.callee, Member)
            and not isinstance(callee, (Closure, Type, Outside, Inert))
        ):
            return self._method_call(
                base, expr.callee.name, callee, arguments, named, at, dropped=dropped, awaited=awaited
            )
        return self.call(callee, arguments, named, at, new=expr.new, dropped=dropped, awaited=awaited)

    def _promise(self, expr: Call, scope: Scope, at: Step) -> Value:
        """`new Promise((resolve, reject) => …)`: its function is called at once."""
        executor = self.value(expr.arguments[0], scope) if expr.arguments else NOTHING
        if isinstance(executor, Closure):
            self._called(executor, [Inert(), Inert()], {}, at)
        return Some(what="what a promise gives")

    def _method_call(
        self,
        base: Value,
        name: str,
        callee: Value,
        arguments: list[Value],
        named: dict[str, Value],
        at: Step,
        *,
        dropped: bool,
        awaited: bool,
    ) -> Value:
        """A method of something whose class is not the project's."""
        if callee == NOTHING and isinstance(base, Known):
            return NOTHING
        self._hand_over(arguments, named, at)
        if is_log(at.text.removeprefix("calls ").removesuffix("(…)")):
            self._event("log", at)
            return NOTHING
        if isinstance(base, (Known, Listed, Record)):
            if name in ("call", "apply") and isinstance(base, Closure):
                return self.call(base, arguments[1:], named, at)
            if name in MUTATORS and not isinstance(base, Known):
                return self._mutated(base, name, arguments, at)
            found = method(base, name, arguments, self._homes, self._undecided)
            if found is not None:
                return found
            if isinstance(base, Record) and not base.open and name not in PURE_METHODS:
                return Some(flags_of(base), opaque=True)
            return Some(flags_of(base).union(*(flags_of(one) for one in arguments)))
        if isinstance(base, (Closure, Type)):
            if name in ("call", "apply", "bind"):
                return base if name == "bind" else self.call(base, arguments[1:], named, at)
            return Some()
        owner = "given" if isinstance(base, (Given, Called)) else base.owner if isinstance(base, Some) else "own"
        if isinstance(base, Called) and name in ("then", "catch", "finally"):
            self.converts = True
            return base
        opaque = isinstance(base, Some) and base.opaque
        if owner == "own" and not opaque:
            if dropped and _acts(base, name):
                self._event("effect", at)
            return Some(flags_of(base))
        self._risky = True
        if name in PURE_METHODS and name not in MUTATORS and not (opaque and name not in _READS):
            return Some(flags_of(base), owner)
        if opaque:
            self._event("opaque", at)
        elif dropped or awaited or is_verb(name):
            self._event("effect", at)
        else:
            self._event("opaque", msgspec.structs.replace(at, text=f"{at.text}, whose code is not in the project"))
        return Some(flags_of(base), owner if owner != "own" else "outside")

    def _mutated(self, base: Listed | Record, name: str, arguments: list[Value], at: Step) -> Value:
        if base.home == 0 and not self._importing:
            self._event("effect", msgspec.structs.replace(at, text=f"{at.text}, which changes the state of the module"))
            return Some(owner="state")
        certain = base.depth == self._undecided
        if isinstance(base, Listed):
            if name in ("push", "append", "add") and certain:
                base.items += arguments
            else:
                base.open = True
        elif name == "set" and certain and len(arguments) == 2 and isinstance(arguments[0], Known):
            base.entries[str(arguments[0].value)] = arguments[1]
        else:
            base.open = True
        base.flags |= self._gates
        return Some()

    def _name(self, name: str, scope: Scope, line: int) -> Value:
        if name == "this":
            here: Scope | None = scope
            while here is not None and here.this is None:
                here = here.outer
            return here.this if here is not None and here.this is not None else Some(owner="given", what="this")
        if name == "super":
            return self._super(scope)
        here = scope
        while here is not None:
            if name in here.variables:
                found = here.variables[name]
                if (
                    here.home == 0
                    and here.outer is None
                    and not self._importing
                    and name in self._files.changes(here.path)
                ):
                    if isinstance(found, (Closure, Type)):
                        return found
                    return Some(owner="state", what=f"the module's {name}")
                if isinstance(found, Pending):
                    found = here.variables[name] = self._followed(found)
                return found
            here = here.outer
        beside = self._files.beside(scope.path, name, opened=self.opened)
        if beside is not None:
            return beside
        del line
        return Outside(name)

    def _super(self, scope: Scope) -> Value:
        here: Scope | None = scope
        while here is not None and (here.this is None or here.within is None):
            here = here.outer
        if here is None or here.this is None or here.within is None:
            return Some(owner="outside", what="super", opaque=True)
        return Above(here.within, here.this)

    def _followed(self, value: Value) -> Value:
        return self._files.follow(value, opened=self.opened) if isinstance(value, Pending) else value

    def _get(self, base: Value, name: str, at: Step) -> Value:  # noqa: C901, PLR0911, PLR0912
        """`base.name`"""
        match base:
            case Pending():
                return self._get(self._followed(base), name, at)
            case Outside(name=of):
                return self._setting(of, name) or Outside(f"{of}.{name}")
            case Record(entries=entries, open=opened):
                if name in entries:
                    return self._followed(entries[name])
                return (
                    Some(flags_of(base), opaque=False)
                    if opened or name in PURE_METHODS or name in MUTATORS
                    else NOTHING
                )
            case Listed(items=items, open=False) if name == "length":
                return Known(len(items))
            case Known(value=str() as written) if name == "length":
                return Known(len(written))
            case Known(value=None):
                return NOTHING
            case Known() if name in ("value", "name"):
                return base
            case Object() | Type():
                found = self._attribute(base, name, at)
                if found is not None:
                    return found
                return (
                    Some(owner="state", what=name)
                    if isinstance(base, Object)
                    else Some(owner="outside", what=name, opaque=True)
                )
            case Above(of=of, this=this):
                return self._from_above(of, this, name)
            case Space(path=path):
                return self._files.member(path, name, opened=self.opened)
            case Given(name=of):
                return Some(owner="given", what=f"{of}.{name}")
            case Called(name=of):
                return Some(owner="given", what=f"{of}().{name}")
            case Some(flags=flags, owner=owner, what=what, opaque=opaque):
                return Some(flags, owner, f"{what}.{name}" if what and not opaque else what, opaque)
            case _:
                return Some(flags_of(base))

    def _index(self, base: Value, key: Value, at: Step) -> Value:
        if isinstance(base, Pending):
            base = self._followed(base)
        if isinstance(key, Known):
            match base:
                case Listed(items=items, open=False):
                    position = (
                        key.value
                        if isinstance(key.value, int)
                        else int(key.value)
                        if str(key.value).isdigit()
                        else None
                    )
                    if position is not None and -len(items) <= position < len(items):
                        return items[position]
                    return NOTHING
                case Record(entries=entries, open=False):
                    return entries.get(str(key.value), NOTHING)
                case Called():
                    return base
                case _:
                    return self._get(base, str(key.value), at)
        if isinstance(base, Outside) and (setting := self._setting(base.name, None)) is not None:
            return setting
        self._risky = True
        if isinstance(base, Record) and not base.open and base.entries:
            return reduce(joined, base.entries.values(), NOTHING)
        if isinstance(base, (Closure, Type)):
            return base  # a generic with its type arguments
        return Some(
            flags_of(base) | flags_of(key),
            base.owner if isinstance(base, Some) else "given" if isinstance(base, (Given, Called)) else "own",
        )

    def _attribute(self, base: Object | Type, name: str, at: Step) -> Value | None:
        of = base.of if isinstance(base, Object) else base
        if isinstance(base, Object) and name in base.fields:
            if base.finished and name in _changed_fields(of):
                return Some(owner="state", what=f"{of.of.name}.{name}")
            return self._followed(base.fields[name])
        if (found := self._method(of, name)) is not None:
            bound = msgspec.structs.replace(found, this=base)
            if found.function.kind == "property":
                return self.call(bound, [], {}, at)
            return bound
        for one in (of, *self._above(of)):
            for field, value in one.of.fields:
                if field == name and value is not None:
                    return self.value(value, one.scope)
        if any(not isinstance(one, Type) for one in self._bases(of)):
            return Some(owner="outside", what=f"{of.of.name}.{name} of a class above it")
        return None

    def _method(self, of: Type, name: str) -> Closure | None:
        for one in (of, *self._above(of)):
            for function in one.of.methods:
                if function.name == name and not (function.bodiless and one is not of):
                    made: Value = Closure(function, one.scope, defined_by=one)
                    for decorator in reversed(function.decorators):
                        made = self._decorated(made, decorator, one.scope)
                    return made if isinstance(made, Closure) else None
        return None

    def _bases(self, of: Type) -> list[Value]:
        quiet, self.events = self.events, []
        try:
            return [self._followed(self.value(one, of.scope)) for one in of.of.bases]
        except EndedError:
            return [Some(opaque=True)]
        finally:
            self.events = quiet

    def _above(self, of: Type, depth: int = 0) -> Iterator[Type]:
        for one in self._bases(of) if depth < 8 else ():
            if isinstance(one, Type):
                yield one
                yield from self._above(one, depth + 1)

    def _from_above(self, of: Type, this: Value, name: str) -> Value:
        for one in self._above(of):
            if (found := self._method(one, name)) is not None:
                return msgspec.structs.replace(found, this=this)
        if name in ("__init__", "constructor", "__post_init__"):
            return Inert()
        return Some(owner="outside", what=f"{name} of a class above {of.of.name} is not in the project", opaque=True)

    def _table(self, entries: Sequence[tuple[Expr | None, Expr]], scope: Scope) -> Value:
        made = Record({}, self._home(scope), self._undecided)
        for key, value in entries:
            found = self.value(value, scope)
            if key is None:
                found = self._followed(found)
                if isinstance(found, Record):
                    made.entries.update(found.entries)
                    made.open = made.open or found.open
                elif found != NOTHING:
                    made.open = True
                    made.flags |= flags_of(found)
                continue
            name = self.value(key, scope) if not isinstance(key, Cannot) else Some()
            if isinstance(name, Known):
                made.entries[str(name.value)] = found
            else:
                made.open = True
        return made

    def _items(self, items: Sequence[Expr], scope: Scope) -> Value:
        made = Listed([], self._home(scope), self._undecided)
        for one in items:
            found = self.value(one, scope)
            if not isinstance(one, Spread):
                made.items.append(found)
            elif isinstance(found, Listed) and not found.open:
                made.items += found.items
            else:
                made.open = True
                made.flags |= flags_of(found)
        return made

    def _home(self, scope: Scope) -> int:
        return scope.home

    def _short(self, expr: Op, scope: Scope, *, dropped: bool) -> Value:
        """`and`, `or`, `??`: what stands behind is followed only where it counts."""
        found = self.value(expr.operands[0], scope)
        for one in expr.operands[1:]:
            if isinstance(found, Either):
                found = self._either(found, expr.operator, one, scope)
                continue
            known = truth(found, self._files.language(scope.path))
            if expr.operator == "??":
                known = (
                    None if not isinstance(found, (Known, Listed, Record, Closure, Object, Type)) else found == NOTHING
                )
                stops = known is False
            else:
                stops = known is (expr.operator == "or")
            if stops and known is not None:
                return found
            if known is not None:
                found = self.value(one, scope, dropped=dropped)
                continue
            gates = self._gates
            flags = flags_of(found)
            self._gates |= flags
            try:
                with self._perhaps():
                    other = self.value(one, scope, dropped=dropped)
            except EndedError:
                continue
            finally:
                self._gates = gates
            if expr.operator == "and" and truth(other, self._files.language(scope.path)) is False and flags:
                found = Known(value=False)
            else:
                found = joined(found, other, flags)
        return found

    def _either(self, found: Either, operator: str, other: Expr, scope: Scope) -> Value:
        """`and`, `or`, `??` with one of a few values on the left."""
        stays = {
            "??": [one for one in found.options if one != NOTHING],
            "or": [one for one in found.options if one.value],
            "and": [one for one in found.options if not one.value],
        }[operator]
        if len(stays) == len(found.options):
            return found
        with self._perhaps():
            return reduce(joined, stays, self.value(other, scope))

    def _choice(self, test: Expr, then: Expr, otherwise: Expr, scope: Scope, *, dropped: bool) -> Value:
        known, flags = self._test(test, scope)
        if known is not None:
            return self.value(then if known else otherwise, scope, dropped=dropped)
        gates = self._gates
        self._gates |= flags
        values: list[Value] = []
        for one in (then, otherwise):
            try:
                with self._perhaps():
                    values.append(self.value(one, scope, dropped=dropped))
            except EndedError:
                continue
        self._gates = gates
        if not values:
            raise EndedError
        return joined(values[0], values[-1], flags)

    def _test(self, test: Expr, scope: Scope) -> tuple[bool | None, Flags]:
        found = self._followed(self.value(test, scope))
        return truth(found, self._files.language(scope.path)), flags_of(found)

    def _store(self, target: Expr, value: Value, scope: Scope, line: int) -> None:  # noqa: C901
        match target:
            case Name(name=name):
                here: Scope | None = scope
                while here is not None and name not in here.variables:
                    here = here.outer
                if here is not None and (here.home != 0 or self._importing):
                    before = here.variables[name]
                    certain = here is scope or here.depth == self._undecided
                    here.variables[name] = value if certain else joined(before, value, self._gates)
                    return
                if here is None and self._files.language(scope.path) == "python" and self._importing:
                    scope.variables[name] = value
                    return
                self._event("effect", Step(scope.path, line, f"writes {name}, which is state of the module"))
            case Member(of=of, name=name):
                self._store_in(self.value(of, scope), name, value, scope, line, _written(target))
            case Index(of=of, key=key):
                found = self.value(key, scope)
                name_of = str(found.value) if isinstance(found, Known) else None
                self._store_in(self.value(of, scope), name_of, value, scope, line, _written(target))
            case Items(items=items):
                for one in items:
                    self._store(one, Some(), scope, line)
            case _:
                self._event("opaque", Step(scope.path, line, "writes to something that cannot be told"))

    def _store_in(self, base: Value, name: str | None, value: Value, scope: Scope, line: int, written: str) -> None:
        base = self._followed(base)
        at = Step(scope.path, line, f"writes {written}")
        match base:
            case Record() | Listed() if base.home != 0 or self._importing:
                certain = base.depth == self._undecided
                if name is None or (isinstance(base, Listed) and not certain):
                    base.open = True
                elif isinstance(base, Record):
                    before = base.entries.get(name, NOTHING)
                    base.entries[name] = value if certain else joined(before, value, self._gates)
                base.flags |= self._gates
            case Record() | Listed():
                self._event("effect", msgspec.structs.replace(at, text=f"{at.text}, which is state of the module"))
            case Object() if not base.finished:
                if name is not None:
                    base.fields[name] = value
            case Object() if base.home > self._entry:
                if name is not None:
                    base.fields[name] = Some(owner="own")
            case Object():
                self._event("effect", msgspec.structs.replace(at, text=f"{at.text}, which is state of its object"))
            case Some(owner="own", opaque=False):
                return
            case Closure() | Type() | Outside() | Space():
                self._event("effect", msgspec.structs.replace(at, text=f"{at.text}, which others see"))
            case Some(opaque=True):
                self._event("opaque", at)
            case Given() | Called() | Some():
                self._event("effect", msgspec.structs.replace(at, text=f"{at.text}, which was given from outside"))
            case _:
                return

    def _bind(self, binds: Sequence[Bind], value: Value, scope: Scope) -> None:
        value = self._followed(value) if any(one.way for one in binds) else value
        for one in binds:
            found = value
            for step in one.way:
                at = Step(scope.path, 1, "")
                found = Some(flags_of(found), _owner(found)) if step == "*" else self._index(found, Known(step), at)
            if found == NOTHING and one.default is not None:
                found = self.value(one.default, scope)
            scope.variables[one.name] = found

    # --------------------------------------------------------------- settings

    def _setting(self, of: str, name: str | None) -> Value | None:
        """The value of an environment variable or a setting; None where it is none. Without a name it is computed."""
        if of in ("process.env", "import.meta.env", "os.environ", "environ", "env.process"):
            return (
                self._variable(name)
                if name not in ("get", "items", "keys", "copy", "setdefault", "pop", "update")
                else None
            )
        if of in ("django.conf.settings", "flask.current_app.config") and name is not None:
            return self._variable(f"settings.{name}", NOTHING)
        return None

    def _setting_called(self, name: str, arguments: Sequence[Value]) -> Value | None:
        if name not in _READ_SETTINGS:
            return None
        first = arguments[0] if arguments else NOTHING
        wanted = str(first.value) if isinstance(first, Known) else None
        empty: Value = Known("") if name.startswith("os.Get") or name.startswith("os.Look") else NOTHING
        default = arguments[1] if len(arguments) > 1 else empty
        found = self._variable(wanted, default)
        if name == "os.LookupEnv":
            return Listed([found, operation("!=", [found, Known("")], "go")], self._homes, self._undecided)
        return found

    def _variable(self, name: str | None, default: Value = NOTHING) -> Value:
        if name is None:
            return Some(frozenset({"a variable whose name is computed"})) if self.opened else default
        if self.opened:
            return Some(frozenset({name}), what=name)
        if name in STAGES:
            return Known(next(iter(sorted(PRODUCTION - {"live"}, key=len, reverse=True))))
        return default

    # ----------------------------------------------------------------- record

    def _new_home(self) -> None:
        """What a module makes while it is imported is its state, wherever it is made."""
        self._homes += not self._importing

    def _event(self, kind: Kind, at: Step) -> None:
        self.events.append(Event(kind, at, tuple(self._chain), self._gates))

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _STEPS:
            raise TooFarError(f"it does more than {_STEPS:,} steps, which are not followed further")

    @contextmanager
    def _perhaps(self) -> Iterator[None]:
        self._undecided += 1
        try:
            yield
        finally:
            self._undecided -= 1


_SCHEDULERS = frozenset({"setTimeout", "setImmediate", "setInterval", "queueMicrotask", "process.nextTick"})
_READS = frozenset({"get", "has", "includes", "keys", "values", "items", "toString", "then", "catch"})
_READ_SETTINGS = frozenset(
    {
        *("os.getenv", "os.environ.get", "environ.get", "getenv", "os.Getenv", "os.LookupEnv", "Deno.env.get"),
        *("django.conf.settings.get", "flask.current_app.config.get", "os.environ.setdefault"),
    }
)


def _acts(base: Value, name: str) -> bool:
    """Whether a method of something that the language's library has made reaches further: `Path(…).write_text(…)`."""
    made = isinstance(base, Some) and base.what.startswith("what ")
    return made and name not in PURE_METHODS and name not in MUTATORS and not name.startswith(("set", "Set"))


def _passes_on(handler: Handler) -> bool:
    """Whether a handler does nothing but raise again what it has caught."""
    match handler.body:
        case (Raise(value=None),):
            return True
        case (Raise(value=Name(name=name)),):
            return name == handler.name
        case _:
            return False


def _owner(value: Value) -> str:
    return "given" if isinstance(value, (Given, Called)) else value.owner if isinstance(value, Some) else "own"


def _merged(branches: Sequence[dict[str, Value]], flags: Flags) -> dict[str, Value]:
    """The variables after one of several ways was taken."""
    first, *others = branches
    found = dict(first)
    for other in others:
        for name, value in other.items():
            before = found.get(name)
            found[name] = value if before is None or before is value else joined(before, value, flags)
    return found


def _changed_fields(of: Type) -> frozenset[str]:
    """Fields that methods other than the constructor write."""
    from relcheck.sources.stubs.changes import changed_fields

    return changed_fields(of.of)


def _written(expr: Expr, depth: int = 0) -> str:
    """An expression as a reader knows it, shortened."""
    match expr:
        case Name(name=name):
            return name
        case Member(of=of, name=name) if depth < 6:
            return f"{_written(of, depth + 1)}.{name}"
        case Call(callee=callee) if depth < 6:
            return f"{_written(callee, depth + 1)}()"
        case Index(of=of) if depth < 6:
            return f"{_written(of, depth + 1)}[…]"
        case Await(value=value) if depth < 6:
            return _written(value, depth + 1)
        case _:
            return "…"


__all__ = ["EndedError", "Event", "Files", "NotConstantError", "Reach", "Returned", "Step", "TooFarError", "constant"]
