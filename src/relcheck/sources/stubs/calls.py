"""What a call does, and what it gives."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from relcheck.sources.stubs.arithmetic import builtin, method
from relcheck.sources.stubs.code import (
    Bind,
    Call,
    Function,
    Name,
)
from relcheck.sources.stubs.members import Members
from relcheck.sources.stubs.outside import FRESH, MUTATORS, PURE_METHODS, is_log, is_verb, meaning, reaches_out
from relcheck.sources.stubs.run import (
    CALLS,
    FALLS,
    HOPS,
    EndedError,
    Kind,
    Returned,
    Step,
    TooFarError,
    owner_of,
)
from relcheck.sources.stubs.values import (
    NO_FLAGS,
    NOTHING,
    Above,
    Called,
    Closure,
    Given,
    Inert,
    Known,
    Listed,
    Object,
    Outside,
    Pending,
    Record,
    Scope,
    Some,
    Space,
    Type,
    Value,
    flags_of,
    joined,
)


class Calls(Members):
    """Follows calls into functions and classes of the project, and judges those that lead out of it."""

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
            ends = self.follow_body(function, scope, returned)
        finally:
            self._gates, self._active, self._chain = gates, active, chain
            given, self._yields = self._yields, yields
        if ends & FALLS:
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

    def _bind(self, binds: Sequence[Bind], value: Value, scope: Scope) -> None:
        value = self._followed(value) if any(one.way for one in binds) else value
        for one in binds:
            found = value
            for step in one.way:
                at = Step(scope.path, 1, "")
                found = Some(flags_of(found), owner_of(found)) if step == "*" else self._index(found, Known(step), at)
            if found == NOTHING and one.default is not None:
                found = self.value(one.default, scope)
            scope.variables[one.name] = found

    def call(  # noqa: C901  # one case a kind of value
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
            case Object() if (called := self._attribute(callee, "__call__", at)) is not None:
                return self.call(called, arguments, named, at)
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
        if len(self._active) >= CALLS:
            raise TooFarError(f"calls in one another are followed {CALLS} deep")
        other = callee.scope.path != at.path
        if other and self._hops >= HOPS:
            self._event(
                "opaque", msgspec.structs.replace(at, text=f"{at.text} is reached over more than {HOPS} imports")
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
        for one in (*reversed(list(self.above(of))), of):
            inner = Scope(one.scope.path, {}, one.scope, self._homes, self._undecided, made, one)
            for name, value in one.of.fields:
                if value is not None and name:
                    known = isinstance(value, Name) and value.name == name
                    made.fields[name] = Given(name) if known else self.value(value, inner)
        constructor = self.method(of, "constructor") or self.method(of, "__init__")
        if constructor is not None:
            bound = msgspec.structs.replace(constructor, this=made)
            chain, self._chain = self._chain, [*self._chain, at]
            try:
                self.result(self.enter(bound, arguments, named))
            finally:
                self._chain = chain
        else:
            made.fields |= named
            made.fields |= {name: given for (name, _), given in zip(of.of.fields, arguments or [], strict=False)}
        made.finished = True
        return made

    def _construct_above(self, above: Above, arguments: list[Value], named: dict[str, Value], at: Step) -> Value:
        if self._files.language(above.of.scope.path) == "python":
            return above
        for base in self.bases(above.of):
            if isinstance(base, Type) and (found := self.method(base, "constructor")) is not None:
                self._called(msgspec.structs.replace(found, this=above.this), arguments, named, at)
        return NOTHING

    def _outside(  # noqa: C901  # one case a kind of meaning
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
        if name == "Promise.reject":
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

    def _promise(self, expr: Call, scope: Scope, at: Step) -> Value:
        """`new Promise((resolve, reject) => …)`: its function is called at once."""
        executor = self.value(expr.arguments[0], scope) if expr.arguments else NOTHING
        if isinstance(executor, Closure):
            self._called(executor, [Inert(), Inert()], {}, at)
        return Some(what="what a promise gives")

    def _method_call(  # noqa: C901  # one case a kind of owner
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
            if (dropped and _acts(base, name)) or ((dropped or awaited) and reaches_out(name)):
                self._event("effect", at)
            return Some(flags_of(base))
        self._risky = True
        if name in PURE_METHODS and name not in MUTATORS and not (opaque and name not in _READS):
            return Some(flags_of(base), "own" if name in FRESH else owner)
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


_SCHEDULERS = frozenset({"setTimeout", "setImmediate", "setInterval", "queueMicrotask", "process.nextTick"})


_READS = frozenset({"get", "has", "includes", "keys", "values", "items", "toString", "then", "catch"})


def _acts(base: Value, name: str) -> bool:
    """Whether a method of something that the language's library has made reaches further: `Path(…).write_text(…)`."""
    made = isinstance(base, Some) and base.what.startswith("what ")
    return made and name not in PURE_METHODS and name not in MUTATORS and not name.startswith(("set", "Set"))
