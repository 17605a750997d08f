"""The exceptions that contracts state: `allow = [{edge = "app.a -> app.b", reason = "…", until = 2027-03-31}]`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from relcheck.config import Config
from relcheck.engine import own_rules
from relcheck.model.exceptions import Origin, Waiver
from relcheck.model.finding import Finding, Region
from relcheck.sdk.layering import AllowEntry
from relcheck.sdk.spec import RuleSpec


class Allowed:
    """One exception of a contract, and whether it has been of use."""

    def __init__(self, contract: str, entry: AllowEntry, waiver: Waiver) -> None:
        self.contract = contract
        self.edge = entry.edge
        self.waiver = waiver
        self.used = False

    def use(self) -> None:
        self.used = True


class Allowances:
    """All exceptions of a configuration's contracts, judged by the day."""

    def __init__(self, config: Config, today: date) -> None:
        self._config = config
        self._today = today
        self._asked: set[str] = set()
        self._all: dict[str, list[Allowed]] = {}
        for contract in config.layering.contract:
            self._all[contract.id] = [self._one(contract.id, index, one) for index, one in enumerate(contract.allow)]

    def usable(self, contract: str) -> Sequence[Allowed]:
        """Those of a contract that let imports pass today."""
        self._asked.add(contract)
        return [one for one in self._all.get(contract, ()) if self._holds(one)]

    def state(self) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
        """The contracts that were judged, and the exceptions that were of use, as `restore` takes them."""
        used = ((name, index) for name, entries in self._all.items() for index, one in enumerate(entries) if one.used)
        return tuple(sorted(self._asked)), tuple(used)

    def restore(self, asked: Sequence[str], used: Sequence[tuple[str, int]]) -> None:
        """Take over the state of another run with the same exceptions."""
        self._asked.update(asked)
        for name, index in used:
            self._all[name][index].use()

    def problems(self) -> Iterator[Finding]:
        """Those that let nothing pass."""
        for one in self._each():
            if self._config.require_reason and not one.waiver.explained:
                text = (
                    f"the exception {one.edge!r} of the contract {one.contract} holds for nothing: it gives no reason"
                )
                yield _finding(own_rules.WAIVER_WITHOUT_REASON, one, f'{text}. Write `reason = "…"`')
            elif one.waiver.expired(self._today):
                text = f"the exception {one.edge!r} of the contract {one.contract} ended on {one.waiver.until}"
                yield _finding(own_rules.EXPIRED_WAIVER, one, f"{text}: mend the import, or agree on a new date")

    def unused(self) -> Iterator[Finding]:
        """Those that no import needs any more, of contracts that were judged."""
        for one in self._each():
            if one.contract in self._asked and self._holds(one) and not one.used:
                text = (
                    f"the exception {one.edge!r} of the contract {one.contract} is of no use: there is no such import"
                )
                yield _finding(own_rules.UNUSED_WAIVER, one, f"{text}. Remove it")

    def _each(self) -> Iterator[Allowed]:
        for entries in self._all.values():
            yield from entries

    def _holds(self, one: Allowed) -> bool:
        return not one.waiver.expired(self._today) and (one.waiver.explained or not self._config.require_reason)

    def _one(self, contract: str, index: int, entry: AllowEntry) -> Allowed:
        path, line = self._config.file_and_line(("layers", "contract", contract, "allow", index))
        reason = entry.reason.strip()
        if entry.issue:
            reason = f"{reason} ({entry.issue})" if reason else entry.issue
        waiver = Waiver(
            origin=Origin.CONFIG,
            rules=("layers",),
            path=path,
            line=line,
            reason=reason or None,
            until=entry.until,
            owner=entry.owner,
        )
        return Allowed(contract, entry, waiver)


def _finding(spec: RuleSpec, one: Allowed, message: str) -> Finding:
    region = Region(one.waiver.line, 1, one.waiver.line, 1)
    return Finding(
        rule=spec.name,
        kind=spec.name.partition("/")[2],
        message=message,
        path=one.waiver.path,
        region=region,
        severity=spec.severity,
        contract=one.contract,
        identity=one.edge,
    )
