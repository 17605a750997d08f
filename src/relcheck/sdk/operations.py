"""Selectors of operations: which changes of a migration a rule is about, said as data."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from relcheck.sources.migration.effects import Version, effect_of
from relcheck.sources.migration.lock import Blocked, Effect, Loss, Work
from relcheck.sources.migration.operation import Constraint, Dialect, Kind, Operation

_FIELDS = frozenset(field.name for field in msgspec.structs.fields(Operation))
_CONSTRAINT_FIELDS = frozenset(field.name for field in msgspec.structs.fields(Constraint))
_KINDS = frozenset(Kind)


class Claim(msgspec.Struct, frozen=True):
    """What the effects table must say of an operation."""

    blocks: Blocked | None = None
    during: tuple[Work, ...] = ()
    loses: tuple[Loss, ...] = ()

    def holds(self, effect: Effect) -> bool:
        if self.blocks is not None and self.blocks not in effect.blocks:
            return False
        if self.during and not set(self.during) & set(effect.work):
            return False
        return not self.loses or bool(set(self.loses) & set(effect.loss))


def blocks(who: Blocked, *, during: Work | tuple[Work, ...] = ()) -> Claim:
    """Reads, writes or other changes of the schema wait; with `during`, for as long as this work takes."""
    return Claim(blocks=who, during=(during,) if isinstance(during, str) else during)


def loses(*what: Loss) -> Claim:
    """One of these is lost."""
    return Claim(loses=what)


class OperationSelector(msgspec.Struct, frozen=True, kw_only=True):
    """Which operations. Made by `operation`."""

    kinds: tuple[str, ...]
    dialects: tuple[Dialect, ...] = ()
    since: Version = ()
    before: Version = ()
    fields: tuple[tuple[str, object], ...] = ()
    constraint: tuple[tuple[str, object], ...] = ()
    effects: tuple[Claim, ...] = ()

    def matches(self, operation: Operation, version: Version = ()) -> bool:
        """Whether an operation that runs on a server of this version is meant. With `since` and `before` the version
        has to be known."""
        if self.kinds and operation.kind not in self.kinds:
            return False
        if not (self._is_spoken(operation) and self._is_served(version)):
            return False
        if not _all(self.fields, operation):
            return False
        if self.constraint and (operation.constraint is None or not _all(self.constraint, operation.constraint)):
            return False
        return not self.effects or _claimed(self.effects, effect_of(operation, version))

    def _is_spoken(self, operation: Operation) -> bool:
        if operation.dialects and operation.dialect not in operation.dialects:
            return False
        return not self.dialects or operation.dialect in self.dialects

    def _is_served(self, version: Version) -> bool:
        if self.since and not (version and version >= self.since):
            return False
        return not self.before or (bool(version) and version < self.before)


def operation(
    *kinds: str,
    dialect: Dialect | tuple[Dialect, ...] | None = None,
    created_here: bool | None = False,
    transient: bool | None = False,
    since: Version = (),
    before_version: Version = (),
    constraint: str | tuple[str, ...] | None = None,
    effect: Claim | tuple[Claim, ...] = (),
    **fields: object,
) -> OperationSelector:
    """Operations of these kinds (of all, where none is named).

    What is created by the same migration is nobody's yet, so that it counts only with `created_here=True` (it alone) or
    `None` (both), and so do passing steps of a larger change with `transient`. `constraint` is the type of the
    operation's constraint, `since` and `before_version` are versions of the server (`(12,)`). Further keywords are
    fields of `Operation`, or after `constraint_` of its `Constraint` (`constraint_not_valid=False`); a tuple stands for
    any of its values. TypeError for a name that is none.
    """
    if unknown := set(kinds) - _KINDS:
        raise TypeError(f"{', '.join(sorted(unknown))}: no kind of operation")
    own, of_constraint = [], []
    for name, value in fields.items():
        short = name.removeprefix("constraint_")
        if name in _FIELDS:
            own.append((name, value))
        elif short != name and short in _CONSTRAINT_FIELDS:
            of_constraint.append((short, value))
        else:
            raise TypeError(f"{name}: neither Operation nor Constraint has such a field")
    if constraint is not None:
        of_constraint.append(("type", constraint))
    if created_here is not None:
        own.append(("created_here", created_here))
    if transient is not None:
        own.append(("transient", transient))
    return OperationSelector(
        kinds=kinds,
        dialects=(dialect,) if isinstance(dialect, str) else dialect or (),
        since=since,
        before=before_version,
        fields=tuple(own),
        constraint=tuple(of_constraint),
        effects=(effect,) if isinstance(effect, Claim) else effect,
    )


def _all(wanted: Iterable[tuple[str, object]], of: Operation | Constraint) -> bool:
    return all(_is(getattr(of, name), value) for name, value in wanted)


def _is(value: object, wanted: object) -> bool:
    if isinstance(wanted, tuple) and not isinstance(value, tuple):
        return value in wanted
    return value == wanted


def _claimed(claims: Iterable[Claim], effect: Effect) -> bool:
    return all(claim.holds(effect) for claim in claims)
