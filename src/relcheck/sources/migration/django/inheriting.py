"""Classes of the project that inherit from Django's: what their `__init__` passes on."""

from __future__ import annotations

import ast

from relcheck.sources.migration.python.attributes import class_attribute
from relcheck.sources.migration.python.following import follow
from relcheck.sources.migration.python.run import BudgetError, Run
from relcheck.sources.migration.python.unheard import Unheard
from relcheck.sources.migration.python.values import Attribute, Call, Function, Instance, Symbol, Value


def passed_on(run: Run, instance: Instance) -> Call | None:
    """The call with which an object of a class of the project is made one of Django's: its own, or that of
    `super().__init__` where the class has an `__init__`; None where that is not to be found."""
    init = class_attribute(instance.cls, "__init__")
    if type(init) is not Function or isinstance(init.node, ast.Lambda):
        return instance.call
    handler = _SuperHandler(len(run.frames) + 1)
    before, run.handler = run.handler, handler
    muted, run.muted = run.muted, 0
    try:
        follow(run, Function(init.node, init.module, init.scope, (instance,)), instance.call)
    except BudgetError:
        return None
    finally:
        run.handler, run.muted = before, muted
    return handler.found


class _SuperHandler(Unheard):
    """Remembers the last call of an `__init__` that is none of the project's own, made in the one that is followed."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self.found: Call | None = None

    def call(self, call: Call, run: Run) -> Value | None:
        if len(run.frames) != self._depth:  # the `__init__` of something that it makes
            return None
        func = call.func
        if type(func) is Attribute and func.name == "__init__":
            self.found = call
        elif type(func) is Symbol and func.name.endswith(".__init__"):  # CharField.__init__(self, …)
            self.found = Call(func, call.args[1:], call.keywords, call.node, call.module, call.exact)
        return None
