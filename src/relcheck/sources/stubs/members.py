"""What stands behind `base.name` and `base[key]`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from relcheck.sources.stubs.code import (
    Expr,
)
from relcheck.sources.stubs.outside import LABELS, MUTATORS, PURE_METHODS
from relcheck.sources.stubs.run import (
    EndedError,
    Step,
    spelled,
)
from relcheck.sources.stubs.settings import Settings
from relcheck.sources.stubs.values import (
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
    joined_all,
)


class Members(Settings):
    """Knows members of values, of classes and of those above them."""

    def _get(self, base: Value, name: str, at: Step) -> Value:  # noqa: C901  # a case for each kind
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
                    written = str(key.value)
                    position = int(written) if written.removeprefix("-").isdigit() else None
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
            return joined_all(list(base.entries.values()), NOTHING)
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
        if (found := self.method(of, name)) is not None:
            bound = msgspec.structs.replace(found, this=base)
            if found.function.kind == "property":
                return self.call(bound, [], {}, at)
            return bound
        for one in (of, *self.above(of)):
            for field, value in one.of.fields:
                if field == name and value is not None:
                    return self.value(value, one.scope)
        if any(not isinstance(one, Type) for one in self.bases(of)):
            return Some(owner="outside", what=f"{of.of.name}.{name} of a class above it")
        return None

    def method(self, of: Type, name: str) -> Closure | None:
        for one in (of, *self.above(of)):
            for function in one.of.methods:
                if function.name == name and not (function.bodiless and one is not of):
                    made: Value = Closure(function, one.scope, defined_by=one)
                    for decorator in reversed(function.decorators):
                        made = self._decorated(made, decorator, one.scope)
                    return made if isinstance(made, Closure) else None
        return None

    def bases(self, of: Type) -> list[Value]:
        quiet, self.events = self.events, []
        try:
            return [self._followed(self.value(one, of.scope)) for one in of.of.bases]
        except EndedError:
            return [Some(opaque=True)]
        finally:
            self.events = quiet

    def above(self, of: Type, depth: int = 0) -> Iterator[Type]:
        for one in self.bases(of) if depth < 8 else ():
            if isinstance(one, Type):
                yield one
                yield from self.above(one, depth + 1)

    def _from_above(self, of: Type, this: Value, name: str) -> Value:
        for one in self.above(of):
            if (found := self.method(one, name)) is not None:
                return msgspec.structs.replace(found, this=this)
        if name in ("__init__", "constructor", "__post_init__"):
            return Inert()
        return Some(owner="outside", what=f"{name} of a class above {of.of.name} is not in the project", opaque=True)

    def _super(self, scope: Scope) -> Value:
        here: Scope | None = scope
        while here is not None and (here.this is None or here.within is None):
            here = here.outer
        if here is None or here.this is None or here.within is None:
            return Some(owner="outside", what="super", opaque=True)
        return Above(here.within, here.this)

    def _decorated(self, made: Value, decorator: Expr, scope: Scope) -> Value:
        name = spelled(decorator)
        if isinstance(made, Type) and name.removesuffix("()").rpartition(".")[2] in LABELS:
            return made
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


def _changed_fields(of: Type) -> frozenset[str]:
    """Fields that methods other than the constructor write."""
    from relcheck.sources.stubs.changes import changed_fields

    return changed_fields(of.of)
