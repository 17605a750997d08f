"""A note says how a stub behaves, and the code behaves otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from relcheck.sdk import Expect, Invalid, RuleOptions, Severity, Valid, on
from relcheck.sdk.code import Plain
from relcheck.sdk.matrix import Claim, Matrix, MatrixFindings, MatrixRule, Row, row
from relcheck_rules.matrix._evidence import Told, reason, told, way

_HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
_GUARD = "| Read-only mode | Write guard | Kim | Stubbed | src/guard.ts (always allow) |\n"
_SWITCH = "| Kill switches | Flags | Kim | Stubbed | src/switch.py (all OFF) |\n"

_YES = ("allowed", "allow", "ok", "permitted", "granted")
_MAY_BE_SET = frozenset({"disabled", "dry-run", "inert", "fixture-only", "all-off"})
"""Claims about things as they are: what a variable switches on is off until then."""


class ContradictedNote(MatrixRule):
    """
    ## What it does
    Holds what a row says of its stub against the code that it names: `always allow`, `all OFF`, `no-op`,
    `pass-through`, `dry-run`, `disabled`, `inert`, `fixture-only`. Reported are
    - a symbol that changes something, refuses, or calls what does (`active`),
    - one that does so as soon as a variable is set, where the note leaves no room for that (`gated`),
    - a value that is not the one said: `always allow` and `all OFF` need a constant (`value`, `computed`),
    - a symbol of which nobody can tell what it does (`unknown`). It does not count as inert.

    Logging is not counted as doing something.

    ## Why is this bad
    People act on the note: they call the guard everywhere because it always allows, or rely on a switch being off.
    When the code starts to do something and the note stays, production changes without anyone having decided it.

    ## Example
    ```markdown
    | Guarantee      | Mechanism   | Owner | Status  | Notes                       |
    |----------------|-------------|-------|---------|-----------------------------|
    | Read-only mode | Write guard | Kim   | Stubbed | src/guard.ts (always allow) |
    ```
    ```ts
    export function canWrite() {
      return { allowed: !maintenance.isOn() };
    }
    ```

    ## Use instead
    Code that does what the note says, or a note (and a status) that says what the code does.
    """

    class Options(RuleOptions, frozen=True):
        claims: tuple[str, ...] = (
            *("always-allow", "all-off", "no-op", "pass-through", "dry-run", "disabled", "inert", "fixture-only"),
        )

    options: Options

    examples = (
        Invalid(
            _HEADER + _GUARD,
            Expect(
                3,
                64,
                76,
                "the note says 'always allow', and canWrite of src/guard.ts does something: it calls audit.send(…) "
                "(src/guard.ts:3). Correct the note, or the code",
                kind="active",
            ),
            path="docs/matrix.md",
            files={
                "src/guard.ts": 'import { audit } from "some-audit";\nexport function canWrite() {\n'
                "  audit.send(1);\n  return true;\n}\n"
            },
        ),
        Invalid(
            _HEADER + _GUARD,
            Expect(
                3,
                64,
                76,
                "the note says 'always allow', and canWrite of src/guard.ts always gives false. Correct the note, or "
                "the code",
                kind="value",
            ),
            path="docs/matrix.md",
            files={"src/guard.ts": "export const canWrite = () => false;\n"},
        ),
        Invalid(
            _HEADER + _SWITCH,
            Expect(
                3,
                58,
                65,
                "the note says 'all OFF', and is_on of src/switch.py always gives true. Correct the note, or the code",
                kind="value",
            ),
            path="docs/matrix.md",
            files={"src/switch.py": "def is_on(name):\n    return True\n"},
        ),
        Invalid(
            _HEADER + _SWITCH,
            Expect(
                3,
                58,
                65,
                "the note says 'all OFF', and what is_on of src/switch.py gives is computed (src/switch.py:1). Return "
                "a constant, or correct the note",
                kind="computed",
            ),
            path="docs/matrix.md",
            files={"src/switch.py": "def is_on(name):\n    return name == 'x'\n"},
        ),
        Invalid(
            _HEADER + "| Limits | Limiter | Kim | Stubbed | src/limit.go (no-op) |\n",
            Expect(
                3,
                52,
                57,
                "the note says 'no-op', and nobody can tell what Check of src/limit.go does: it calls policy.Ask(…), "
                "whose code is not in the project (src/limit.go:5). Make it plain, or set the status on",
                kind="unknown",
            ),
            path="docs/matrix.md",
            files={
                "src/limit.go": 'package limit\n\nimport "example.org/policy"\n\n'
                "func Check() bool { return policy.Ask() }\n"
            },
        ),
        Valid(
            _HEADER + _GUARD + _SWITCH,
            path="docs/matrix.md",
            files={
                "src/guard.ts": "export function canWrite() {\n"
                '  if (process.env.DEBUG === "1") console.log("asked");\n  return { allowed: true };\n}\n'
                "export function requireWrite() {\n  if (!canWrite().allowed) throw new Error();\n}\n",
                "src/switch.py": "FLAGS = {'a': False}\n\ndef is_on(name):\n    return False\n",
            },
        ),
    )

    @on(row())
    def claimed(self, one: Row, matrix: Matrix) -> MatrixFindings:
        del matrix
        claims = [claim for claim in one.claims if claim.kind in self.options.claims]
        if claims:
            known = told(one, self.project.documents, self.project)
            for claim in claims:
                yield from self._held_against(claim, known, one)

    def _held_against(self, claim: Claim, known: Sequence[Told], one: Row) -> MatrixFindings:
        for symbol in known:
            for kind, message, severity in _contradictions(claim, symbol):
                yield self.found(
                    one,
                    claim.place,
                    message,
                    kind=kind,
                    key=f"{claim.kind}:{symbol.place.path}:{symbol.symbol}",
                    related=way(symbol),
                    severity=severity,
                )
                break


def _contradictions(claim: Claim, symbol: Told) -> Iterator[tuple[str, str, Severity | None]]:
    found = symbol.behaviour
    said = f"the note says {claim.text!r}, and"
    why = reason(symbol)
    if found.verdict == "unknown":
        yield (
            "unknown",
            f"{said} nobody can tell what {symbol.name} does: {why}. Make it plain, or set the status on",
            None,
        )
    elif found.verdict == "active":
        yield "active", f"{said} {symbol.name} does something: {why}. Correct the note, or the code", None
    elif found.verdict == "gated" and claim.kind not in _MAY_BE_SET:
        names = " and ".join(found.env)
        message = (
            f"{said} {symbol.name} does otherwise as soon as {names} is set: {why}. Say so in the note, or correct the "
            "code"
        )
        yield "gated", message, None
    elif claim.kind in ("always-allow", "all-off"):
        yield from _value(claim, symbol, said, why)


def _value(claim: Claim, symbol: Told, said: str, why: str) -> Iterator[tuple[str, str, Severity | None]]:
    found = symbol.behaviour
    if found.verdict == "raises" and claim.kind == "always-allow":
        yield "value", f"{said} {symbol.name} always refuses: {why}. Correct the note, or the code", None
    elif found.verdict in ("contained", "pass-through"):
        at = f"{symbol.behaviour.reach[-1].path}:{symbol.behaviour.reach[-1].line}" if symbol.behaviour.reach else "it"
        yield (
            "computed",
            f"{said} what {symbol.name} gives is computed ({at}). Return a constant, or correct the note",
            None,
        )
    elif found.constant is not msgspec.UNSET and not _fits(found.constant, claim):
        value = msgspec.json.encode(found.constant).decode()[:60]
        yield "value", f"{said} {symbol.name} always gives {value}. Correct the note, or the code", None


def _fits(value: Plain, claim: Claim) -> bool:
    """Whether a constant is what the claim says: for `always allow` nothing that denies, for `all OFF` nothing on."""
    if isinstance(value, list):
        return all(_fits(one, claim) for one in value)
    if claim.kind == "all-off":
        return all(_fits(one, claim) for one in value.values()) if isinstance(value, dict) else value is not True
    if isinstance(value, dict):
        return all(value[key] is not False for key in _YES if key in value)
    return value is not False
