"""Exit codes, and the errors that are the user's to mend."""

from __future__ import annotations

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_FAULT = 3
EXIT_INTERRUPTED = 130


def known_errors() -> tuple[type[Exception], ...]:
    """Errors whose message says what to do; they end the run with exit code 2."""
    from relcheck.config import ConfigError
    from relcheck.engine.catalog import RuleError
    from relcheck.engine.exceptions.waive import WaiveError
    from relcheck.engine.files.discover import DiscoveryError
    from relcheck.engine.files.git import GitError
    from relcheck.engine.plan import SelectionError
    from relcheck.engine.rendering import RenderedError
    from relcheck.engine.revisions.revision import RevisionError
    from relcheck.engine.signoffs import SignoffsError

    return (
        *(ConfigError, RuleError, DiscoveryError, GitError, RevisionError, SelectionError),
        *(RenderedError, SignoffsError, WaiveError),
    )
