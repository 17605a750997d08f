"""Following code without running it: what does a call of a function do to anything outside of it?

A run follows one function with its parameters unknown. Branches that constants of the module decide are followed as
decided, others both ways. What it meets becomes `Event`s; what it returns becomes values. A run is made once as if no
environment variable were set and once with all of them open, and the difference is what stands behind them.
"""

from __future__ import annotations

from collections.abc import Sequence

from relcheck.sources.stubs.code import (
    Call,
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
    Jump,
    Let,
    Name,
    Once,
    Raise,
    Return,
    Stmt,
    Try,
    While,
    With,
)
from relcheck.sources.stubs.expressions import Expressions
from relcheck.sources.stubs.run import (
    FALLS,
    JUMPS,
    UNROLLED,
    EndedError,
    Returned,
    Step,
    TooFarError,
    spelled,
)
from relcheck.sources.stubs.values import (
    NO_FLAGS,
    NOTHING,
    Called,
    Closure,
    Flags,
    Given,
    Known,
    Listed,
    Object,
    Outside,
    Pending,
    Record,
    Scope,
    Some,
    Type,
    Value,
    flags_of,
    joined,
)


class Reach(Expressions):
    """One run over statements."""

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

    def follow_body(self, function: Function, scope: Scope, returned: Returned) -> int:
        return self._block(function.body, scope, returned)

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
                ends |= found & JUMPS
                if not found & FALLS:
                    return ends
        finally:
            self._gates = gates
        return ends | FALLS

    def _statement(self, stmt: Stmt, scope: Scope, returned: Returned) -> int:  # noqa: C901  # a case for each kind
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
                    return FALLS
                with self._perhaps():
                    ends = self._block(body, scope, returned)
                return FALLS if test is not None or ends & JUMPS else 0
            case Once(body=body):
                ends = self._block(body, scope, returned)
                return FALLS if ends else 0
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
                return JUMPS
        return FALLS

    def _void(self, scope: Scope) -> bool:
        return self._files.language(scope.path) == "python"

    def _raise(self, value: Expr | None, scope: Scope, line: int) -> None:
        what = ""
        if isinstance(value, Call):
            what = spelled(value.callee)
            for one in value.arguments:
                self.value(one, scope)
        elif value is not None:
            what = spelled(value)
        self._raised(Step(scope.path, line, f"raises {what}".rstrip()))

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
        going = [variables for ends, variables in outcomes if ends & FALLS]
        scope.variables = _merged(going, flags) if going else before
        first, second = outcomes[0][0], outcomes[1][0]
        if bool(first & FALLS) != bool(second & FALLS):
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
        if items is not None and len(items) <= UNROLLED:
            ends = FALLS
            for one in items:
                self._bind(stmt.binds, one, scope)
                ends = self._block(stmt.body, scope, returned)
                if not ends:
                    return 0
            return FALLS
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
        return FALLS

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
        outcomes = [after] if ends & FALLS else []
        for handler in stmt.handlers if self._risky else ():
            scope.variables = _merged([before, after], NO_FLAGS)
            if handler.name is not None:
                scope.variables[handler.name] = Some(what="an error that was caught")
            self._handling += 1
            with self._perhaps():
                found = self._block(handler.body, scope, returned)
            self._handling -= 1
            ends |= found
            if found & FALLS:
                outcomes.append(scope.variables)
        self._risky = self._risky or risky
        scope.variables = _merged(outcomes, NO_FLAGS) if outcomes else after
        last = self._block(stmt.final, scope, returned)
        return ends if last & FALLS else last

    def _entered(self, context: Expr, scope: Scope) -> Value:
        found = self.value(context, scope)
        at = Step(scope.path, context.line, f"enters {spelled(context)}")
        match found:
            case Object():
                enter = self._attribute(found, "__enter__", at) or self._attribute(found, "__aenter__", at)
                leave = self._attribute(found, "__exit__", at) or self._attribute(found, "__aexit__", at)
                entered = self.call(enter, [], {}, at) if enter is not None else Some()
                if leave is not None:
                    self.call(leave, [Some(), Some(), Some()], {}, at)
                return entered
            case Some(owner=owner) | Outside(name=owner) if owner not in ("own", "given"):
                written = spelled(context).lower()
                if "lock" not in written and "suppress" not in written:
                    self._event("effect", at)
                return Some(owner="outside")
            case _:
                return found

    def _plain(self, of: Function | Class, scope: Scope) -> Value:
        """What is defined, without its decorators."""
        return Type(of, scope) if isinstance(of, Class) else Closure(of, scope, scope.this if not of.owner else None)


def _passes_on(handler: Handler) -> bool:
    """Whether a handler does nothing but raise again what it has caught."""
    match handler.body:
        case (Raise(value=None),):
            return True
        case (Raise(value=Name(name=name)),):
            return name == handler.name
        case _:
            return False


def _merged(branches: Sequence[dict[str, Value]], flags: Flags) -> dict[str, Value]:
    """The variables after one of several ways was taken."""
    first, *others = branches
    found = dict(first)
    for other in others:
        for name, value in other.items():
            before = found.get(name)
            found[name] = value if before is None or before is value else joined(before, value, flags)
    return found
