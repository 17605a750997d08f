"""What is known of an expression, and what a write does."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from relcheck.sources.stubs.arithmetic import operation, truth
from relcheck.sources.stubs.calls import Calls
from relcheck.sources.stubs.code import (
    Anonymous,
    Assign,
    Await,
    Bring,
    Call,
    Cannot,
    Choice,
    Const,
    Expr,
    Index,
    Lambda,
    Member,
    Name,
    Naming,
    Op,
    Spread,
    Table,
    Yield,
)
from relcheck.sources.stubs.code import Sequence as Items
from relcheck.sources.stubs.run import (
    EndedError,
    Step,
    spelled,
)
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
    joined_all,
)


class Expressions(Calls):
    """Follows expressions."""

    def value(  # noqa: C901  # one case a kind of expression
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
                return self._get(self.value(of, scope), name, Step(scope.path, line, f"reads {spelled(expr)}"))
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
        written = spelled(expr.callee)
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
            and not isinstance(base, (Object, Type, Above, Space))
        ):
            return self._method_call(
                base, expr.callee.name, callee, arguments, named, at, dropped=dropped, awaited=awaited
            )
        return self.call(callee, arguments, named, at, new=expr.new, dropped=dropped, awaited=awaited)

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
            return joined_all(stays, self.value(other, scope))

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

    def _store(self, target: Expr, value: Value, scope: Scope, line: int) -> None:
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
                self._store_in(self.value(of, scope), name, value, scope, line, spelled(target))
            case Index(of=of, key=key):
                found = self.value(key, scope)
                name_of = str(found.value) if isinstance(found, Known) else None
                self._store_in(self.value(of, scope), name_of, value, scope, line, spelled(target))
            case Items(items=items):
                for one in items:
                    self._store(one, Some(), scope, line)
            case _:
                self._event("opaque", Step(scope.path, line, "writes to something that cannot be told"))

    def _store_in(  # noqa: C901  # one case a kind of value
        self, base: Value, name: str | None, value: Value, scope: Scope, line: int, written: str
    ) -> None:
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
