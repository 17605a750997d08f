"""Environment variables and settings: as if none were set, or left open."""

from __future__ import annotations

from collections.abc import Sequence

from relcheck.sources.stubs.arithmetic import operation
from relcheck.sources.stubs.outside import PRODUCTION, STAGES
from relcheck.sources.stubs.run import (
    Run,
)
from relcheck.sources.stubs.values import (
    NOTHING,
    Known,
    Listed,
    Some,
    Value,
)


class Settings(Run):
    """Knows what reads a setting."""

    def _setting(self, of: str, name: str | None) -> Value | None:
        """The value of an environment variable or a setting; None where it is none. Without a name it is computed."""
        if of in ("process.env", "import.meta.env", "os.environ", "environ", "env.process"):
            return (
                self._variable(name)
                if name not in ("get", "items", "keys", "copy", "setdefault", "pop", "update")
                else None
            )
        if of in ("django.conf.settings", "flask.current_app.config") and name is not None:
            return self._variable(f"settings.{name}", NOTHING)
        return None

    def _setting_called(self, name: str, arguments: Sequence[Value]) -> Value | None:
        if name not in _READ_SETTINGS:
            return None
        first = arguments[0] if arguments else NOTHING
        wanted = str(first.value) if isinstance(first, Known) else None
        empty: Value = Known("") if name.startswith(("os.Get", "os.Look")) else NOTHING
        default = arguments[1] if len(arguments) > 1 else empty
        found = self._variable(wanted, default)
        if name == "os.LookupEnv":
            return Listed([found, operation("!=", [found, Known("")], "go")], self._homes, self._undecided)
        return found

    def _variable(self, name: str | None, default: Value = NOTHING) -> Value:
        if name is None:
            return Some(frozenset({"a variable whose name is computed"})) if self.opened else default
        if self.opened:
            return Some(frozenset({name}), what=name)
        if name in STAGES:
            return Known(next(iter(sorted(PRODUCTION - {"live"}, key=len, reverse=True))))
        return default


_READ_SETTINGS = frozenset(
    {
        *("os.getenv", "os.environ.get", "environ.get", "getenv", "os.Getenv", "os.LookupEnv", "Deno.env.get"),
        *("django.conf.settings.get", "flask.current_app.config.get", "os.environ.setdefault"),
    }
)
