"""Examples of `matrix/unproven-status`."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Valid

_HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
_ALLOWS = "export const canWrite = () => ({ allowed: true });\n"
_SENDS = 'export async function record(entry) {\n  await fetch("/audit", { method: "POST", body: entry });\n}\n'
_PATH = "docs/matrix.md"
_ENTRIES = {"entry_points": ["src/app.ts"]}

EXAMPLES = (
    Invalid(
        _HEADER + "| Audit log | Writer | Kim | Stubbed | src/audit.ts |\n",
        Expect(
            3,
            30,
            37,
            "'Audit log' is Stubbed, and record of src/audit.ts does something: it calls fetch(…) (src/audit.ts:2). "
            "Set the status on, or make it inert",
            kind="not-inert",
        ),
        title="A stub that does something",
        path=_PATH,
        files={"src/audit.ts": _SENDS},
    ),
    Invalid(
        _HEADER + "| Read-only mode | Write guard | Kim | Implemented | src/guard.ts |\n",
        Expect(
            3,
            40,
            51,
            "'Read-only mode' is Implemented, and nothing in src/guard.ts does that: canWrite always gives the same. "
            "Build it, or set the status back",
            kind="does-nothing",
        ),
        title="Implemented, and inert",
        path=_PATH,
        options=_ENTRIES,
        files={"src/guard.ts": _ALLOWS, "src/app.ts": 'import { canWrite } from "./guard";\ncanWrite();\n'},
    ),
    Invalid(
        _HEADER + "| Audit log | Writer | TBD | Enabled | src/audit.ts |\n",
        Expect(
            3,
            30,
            37,
            "'Audit log' is Enabled, and nobody owns it: name who may switch it off",
            kind="no-owner",
        ),
        Expect(
            3,
            30,
            37,
            "'Audit log' is Enabled, and the row names no pull request in which that was decided. Add it, as in #123",
            kind="pull-request",
        ),
        Expect(
            3,
            30,
            37,
            "'Audit log' is Enabled, and nothing outside of the tests uses record. Call it where the promise is kept, "
            "or set the status back",
            kind="not-called",
        ),
        title="Enabled, and nobody calls it",
        path=_PATH,
        files={"src/audit.ts": _SENDS, "src/audit.test.ts": 'import { record } from "./audit";\nrecord();\n'},
    ),
    Invalid(
        "Pass docs/READINESS_CHECKLIST.md first.\n\n"
        + _HEADER
        + "| Audit log | Writer | Kim | Enabled | src/audit.ts, #12 |\n",
        Expect(
            5,
            30,
            37,
            "'Audit log' is Enabled, and 1 box is open in docs/READINESS_CHECKLIST.md. Pass the checklist first",
            kind="open-checklist",
        ),
        title="Enabled, and the checklist is open",
        path=_PATH,
        files={
            "docs/READINESS_CHECKLIST.md": "# Readiness\n\n- [x] drill\n- [ ] runbook\n",
            "src/audit.ts": _SENDS,
            "src/app.ts": 'import { record } from "./audit";\nrecord();\n',
        },
    ),
    Invalid(
        _HEADER + "| Audit log | Writer | Kim | Defined | src/audit.ts |\n",
        Expect(
            3,
            30,
            37,
            "'Audit log' is Defined, specified and not built, and src/audit.ts exists. Set the status on, or take the "
            "path out of the row",
            kind="built",
        ),
        title="Built, and only Defined",
        path=_PATH,
        files={"src/audit.ts": _SENDS},
    ),
    Invalid(
        _HEADER + "| No partial writes | Transaction wrapper | Kim | Implemented | Use it everywhere |\n",
        Expect(
            3,
            51,
            62,
            "'No partial writes' is Implemented and names no code: nobody can see whether that holds. Name the file in "
            "the row",
            kind="no-code",
        ),
        title="Implemented, somewhere",
        path=_PATH,
    ),
    Invalid(
        _HEADER + "| Limits | Limiter | Kim | Stubbed | app/limits.rb |\n",
        Expect(
            3,
            28,
            35,
            "'Limits' is Stubbed, and nobody can tell what app/limits.rb does: relcheck reads behaviour in Python, "
            "TypeScript, JavaScript and Go, not in limits.rb (app/limits.rb:1). What cannot be told does not count as "
            "inert",
            kind="unknown",
        ),
        title="A language that relcheck does not read",
        path=_PATH,
        files={"app/limits.rb": "def limit\nend\n"},
    ),
    Valid(
        _HEADER
        + "| Read-only mode | Write guard | Kim | Stubbed | src/guard.ts |\n"
        + "| Audit log | `record` | Kim | Implemented | by its name |\n"
        + "| Attribution | record | Kim | Enabled | src/audit.ts:record, #12 |\n"
        + "| Recovery | PITR | TBD | Defined | src/recovery.ts, one day |\n",
        path=_PATH,
        options=_ENTRIES,
        files={
            "src/guard.ts": _ALLOWS,
            "src/audit.ts": _SENDS,
            "src/app.ts": 'import { record } from "./audit";\nrecord();\n',
        },
    ),
)
