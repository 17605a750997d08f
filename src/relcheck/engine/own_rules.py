"""The pack `relcheck`: what the engine itself reports, so that a gate that checked nothing is never green."""

from __future__ import annotations

from relcheck.model.severity import Severity
from relcheck.sdk.spec import RuleSpec


def _own(name: str, summary: str, page: str, severity: Severity = Severity.ERROR) -> RuleSpec:
    return RuleSpec(
        name=f"relcheck/{name}", module="", cls="", summary=summary, page=page.strip(), severity=severity, type="engine"
    )


NOTHING_CHECKED = _own(
    "nothing-checked",
    "A scan in which no rule examined anything is no proof.",
    """
## What it does
Reports a complete scan in which no rule looked at any file, and a scan of named folders in which none did. Files that
are named by themselves may concern no rule: a hook is given whatever a commit holds.

## Why is this bad
The gate would be green because it is blind: the code has moved, the configuration excludes all of it, or the scan was
started in the wrong folder. Nobody would notice.

## Example
```toml
[relcheck]
exclude = ["**"]
```

## Use instead
Start relcheck where the code is, or correct `exclude` and the `paths` of the rules. `relcheck config show` tells
where each value comes from. """,
)

UNPARSEABLE_FILE = _own(
    "unparseable-file",
    "A file that a rule had to read could not be read.",
    """
## What it does
Reports a file that a rule had to look into and that could not be parsed: a syntax error, an encoding other than
UTF-8, ASCII or Latin-1, a NUL byte, a file larger than `max_file_size`, or one nested so deeply that the parser gives
up.

## Why is this bad
Whatever the file holds was not checked. A file that is skipped in silence is where violations hide.

## Example
```python
def claim(session:
    return session.query(Job).with_for_update()
```

## Use instead
Mend the file. One that is broken on purpose (a template, a test's input) belongs in `exclude`.
""",
)

VACUOUS_RULE = _own(
    "vacuous-rule",
    "A configured scope holds no file, or a configured name is nowhere in the project.",
    """
## What it does
Reports a path pattern of the configuration that matches no file, and a configured name (a decorator, a lock
primitive) that no file of the project defines or imports. Judged on complete scans only. Finding no violation is not
vacuous.

## Why is this bad
The rule passes because it looks at nothing. This is how gates die: a folder is renamed, and the check for it stays
green for a year.

## Example
```toml
[rules."transactions/raw-row-lock"]
allowed_in = ["backend/app/infra/transactions.py"]   # the file is transaction.py
```

## Use instead
Correct the pattern or the name, or remove the entry.
""",
)

UNUSED_WAIVER = _own(
    "unused-waiver",
    "A waiver that waives nothing.",
    """
## What it does
Reports a waiver, inline or in the configuration, whose rules ran and found nothing where it stands.

## Why is this bad
It will silence the next violation in its place, which nobody has looked at.

## Example
```python
total = count + 1  # relcheck: ignore[transactions/raw-row-lock] reason: moved to lock_row in INC-204
```

## Use instead
Remove it.
""",
    Severity.WARNING,
)

EXPIRED_WAIVER = _own(
    "expired-waiver",
    "A waiver whose last day has passed.",
    """
## What it does
Reports a waiver, or a line of the baseline, whose `until` lies in the past. The finding that it covered counts again.

## Why is this bad
Someone promised that this exception would end.

## Example
```python
row = query.with_for_update()  # relcheck: ignore[transactions/raw-row-lock] reason: INC-204; until=2024-01-31
```

## Use instead
Mend what was waived, or agree on a new date and write it down with its reason; in the baseline by `relcheck baseline
write --until DATE`.
""",
)

STALE_BASELINE = _own(
    "stale-baseline",
    "A line of the baseline that stands for nothing any more.",
    """
## What it does
Reports a line of the baseline whose finding is gone, because it was mended, moved or deleted. Judged on complete scans
only, and only for rules that ran.

## Why is this bad
The line would hide the next violation of its kind in the same function, which nobody has accepted. A baseline that is
not kept short never ends.

## Example
A lock was moved to the primitive, and its line is still in `relcheck.baseline`.

## Use instead
`relcheck baseline prune`, or `relcheck scan --prune`, removes what is stale and adds nothing. Where the file was
renamed, it changes the path in the line.
""",
)

WAIVER_WITHOUT_REASON = _own(
    "waiver-without-reason",
    "A waiver that gives no reason, or cannot be understood.",
    """
## What it does
Reports a waiver, inline or in the configuration, without a reason, without a rule's name, with an unknown rule, with a
date that is none, or with a word that is no part of it (`untl=2027-01-31`). It waives nothing.

## Why is this bad
The next reader cannot tell whether the exception still holds. `require_reason = false` lifts the duty to give one.

## Example
```python
row = query.with_for_update()  # relcheck: ignore[transactions/raw-row-lock]
```

## Use instead
```python
row = query.with_for_update()  # relcheck: ignore[transactions/raw-row-lock] reason: INC-204; until=2027-01-31
```
""",
)

RULE_CRASHED = _own(
    "rule-crashed",
    "A rule raised an exception.",
    """
## What it does
Reports a rule that raised while it looked at a file. The other rules and files go on; the run ends with exit code 3.

## Why is this bad
The file was not checked by that rule.

## Example
A handler that takes `node.args[0]` of a call without arguments.

## Use instead
Report it, with the file if you can share it. For a rule of your own, add the file as an example and run `relcheck
test-rules`. """,
)

POLICY_CHANGED = _own(
    "policy-changed",
    "A change edits what it is judged by.",
    """
## What it does
Reports, in a comparison with another revision (`--base`, `--policy-from`), what the change does to its own judge: a
waiver that it writes, in the code or in the configuration, a setting that it changes, a local rule that it edits, and a
convention that it gives up by deleting the import or the definition by which a file or the project had adopted it.

No waiver covers this finding, and its severity is the one that the other revision's configuration says.

## Why is this bad
It need not be. But a change that brings an exception for itself should be seen by someone who may grant it, and in a
diff of a thousand lines it is not.

## Example
```toml
[relcheck]
exclude = ["app/payments/**"]   # in the pull request that adds app/payments/charge.py
```

## Use instead
Have the owners of the rules look at it. With `--policy-from REF` none of this has any effect until REF has it: the
scan is made with the configuration, waivers, local rules and conventions of REF.
""",
    Severity.WARNING,
)

OWN_RULES = (
    NOTHING_CHECKED,
    UNPARSEABLE_FILE,
    VACUOUS_RULE,
    UNUSED_WAIVER,
    EXPIRED_WAIVER,
    STALE_BASELINE,
    WAIVER_WITHOUT_REASON,
    RULE_CRASHED,
    POLICY_CHANGED,
)
