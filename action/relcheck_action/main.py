"""A step of action.yml by its name; every error ends here, as an annotation with an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence

from relcheck_action.install import install
from relcheck_action.plan import plan
from relcheck_action.runner import Environment, Stop, annotate, plain_log
from relcheck_action.scan import scan
from relcheck_action.signoffs import signoffs

_STEPS: Mapping[str, Callable[[Environment], int]] = {
    "plan": plan,
    "install": install,
    "signoffs": signoffs,
    "scan": scan,
}


def main(argv: Sequence[str]) -> int:
    """Run one step. The exit codes are relcheck's own: 2 for what the workflow has to mend, 3 for a fault of ours."""
    try:
        return _STEPS[argv[0]](dict(os.environ))
    except Stop as stop:
        annotate("error", str(stop))
        return 2
    except Exception:  # noqa: BLE001 - it must not look like findings, and its text must not become a command
        with plain_log():
            traceback.print_exc(file=sys.stdout)
        annotate("error", "the action itself failed. The log has the details; please report them")
        return 3
