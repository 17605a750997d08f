"""What the function of a RunPython does, as far as its calls tell: rows that it changes, SQL that it runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from relcheck.model.finding import Region
from relcheck.sources.migration.django.facts import CodeCall, Effect, SqlText
from relcheck.sources.migration.django.rows import (
    APPS,
    EDITOR,
    INSERTS,
    NARROWING,
    OF_PYTHON,
    effect_of_method,
    effect_of_name,
    has_manager,
    is_batched,
    is_editor_or_cursor,
    is_handed_over,
    is_model_path,
    is_narrowed,
    is_queryset,
    model_of,
)
from relcheck.sources.migration.django.written import Places, shortened, written
from relcheck.sources.migration.python.evaluation import run_function
from relcheck.sources.migration.python.run import BudgetError
from relcheck.sources.migration.python.unheard import Unheard
from relcheck.sources.migration.python.values import (
    ALL_DIALECTS,
    Attribute,
    Call,
    Function,
    Symbol,
    Text,
    Unknown,
    Value,
    roots,
)

if TYPE_CHECKING:
    from relcheck.sources.migration.python.run import Run

_SQL = frozenset({"execute", "executemany", "executescript", "callproc", "copy_from", "copy_expert"})
_TELLING = re.compile(
    r"delete|drop|remove|rename|alter|truncate|update|migrat|create|insert|save|write|execute|fix|populate|convert|sync|"
    r"backfill|copy|merge|purge|clean|set_|rebuild",
    re.IGNORECASE,
)
_ASKING = ("quote_", "_constraint_names", "_create_index_name", "prepare_default", "effective_default", "skip_default")
"""Methods of the schema editor that tell something and do nothing."""

_HARMLESS_DJANGO = (
    "django.db.migrations.",
    "django.db.reset_queries",
    "django.forms.",
    "django.template.",
    "django.urls.",
    "django.db.models.",
    "django.utils.",
    "django.conf.",
    "django.core.cache.",
    "django.core.exceptions.",
    "django.core.management.color.",
    "django.core.serializers.json.",
    "django.db.transaction.",
    "django.db.connection",
    "django.db.connections",
    "django.apps.",
    "django.contrib.auth.get_user_model",
    "django.contrib.auth.hashers.",
    "django.contrib.postgres.",
    "django.core.paginator.",
    "django.core.validators.",
    "django.db.utils.",
)


class CodeHandler(Unheard):
    """Collects the calls that matter while a function is run through."""

    def __init__(self, places: Places, around: Region) -> None:
        self._places = places
        self._around = around
        self.calls: list[CodeCall] = []

    def call(self, call: Call, run: Run) -> Value | None:
        func = call.func
        if type(func) is Attribute:
            self._method(call, func, run)
        elif type(func) is Symbol:
            self._function(call, func.name, run)
        elif type(func) is Function and func.node in run.active:  # one that calls itself is read already
            return None
        elif type(func) is Function or type(func) is Unknown:
            name = func.name
            if self._gets_database(call) or _TELLING.search(name):
                self._add("opaque", call, run, reason=f"what {name or 'a function'} does cannot be told from here")
        return None

    def _method(self, call: Call, func: Attribute, run: Run) -> None:
        name = func.name
        chain = roots(func.of)
        if name in _SQL or (name == "raw" and is_queryset(chain)):
            if is_editor_or_cursor(chain, name) or type(call.args[0] if call.args else None) is Text:
                self._sql(call, run)
            return
        if any(one is EDITOR for one in chain) and type(func.of) is Unknown:
            if not (name.startswith(_ASKING) or name.endswith("_sql")):
                self._add("schema", call, run, reason=f"schema_editor.{name} changes the schema from Python")
            return
        effect = effect_of_method(name, func, chain, call)
        if effect is None:
            return
        model = model_of(func.of)
        narrowed = is_narrowed(func.of, chain) if effect in {"delete", "update"} and name not in INSERTS else None
        if name in {"bulk_update", "abulk_update"}:
            narrowed = True
        fields = tuple(call.keywords) if effect == "update" else ()
        self._add(effect, call, run, model=model, fields=fields, filtered=narrowed, batched=is_batched(chain))

    def _function(self, call: Call, name: str, run: Run) -> None:
        root = name.partition(".")[0]
        last = name.rpartition(".")[2]
        if last == "call_command":
            self._add("opaque", call, run, reason="what a management command does cannot be told from here")
            return
        if root in OF_PYTHON or name.startswith(_HARMLESS_DJANGO):
            return
        if last in _SQL and "cursor" in name:
            self._sql(call, run)
        elif name == "django.contrib.auth.management.create_permissions":
            self._add("insert", call, run, model="auth.Permission")
        elif is_model_path(name) or has_manager(name):
            effect = effect_of_name(last)
            if effect is not None:
                self._add(effect, call, run)
            elif _TELLING.search(last) and last not in NARROWING:
                self._add("opaque", call, run, reason=f"what {name} does cannot be told from here")
        elif self._gets_database(call) or _TELLING.search(last):
            self._add("opaque", call, run, reason=f"what {name} does cannot be told from here")

    def _gets_database(self, call: Call) -> bool:
        """Whether the models or the schema editor are handed over."""
        return any(is_handed_over(one) for one in (*call.args, *call.keywords.values()))

    def _sql(self, call: Call, run: Run) -> None:
        value = call.args[0] if call.args else next(iter(call.keywords.values()), None)
        region = self._region(call, run)
        made = written(value)
        found = value if made is None else made.argument("sql", 0)  # sql.SQL("…") and the like
        sql = self._places.sql(found, region) if type(found) is Text else SqlText(region)
        self._add("sql", call, run, sql=sql)

    def _add(
        self,
        effect: Effect,
        call: Call,
        run: Run,
        *,
        model: str | None = None,
        fields: tuple[str, ...] = (),
        filtered: bool | None = None,
        batched: bool = False,
        sql: SqlText | None = None,
        reason: str = "",
    ) -> None:
        dialects = () if run.path.dialects == ALL_DIALECTS else tuple(sorted(run.path.dialects))
        self.calls.append(
            CodeCall(
                effect=effect,
                region=self._region(call, run),
                code=shortened(call.module.source(call.node), 200),
                model=model,
                fields=fields,
                filtered=filtered,
                repeated=run.repeated > 0,
                batched=batched,
                sql=sql,
                guards=run.path.said,
                dialects=dialects,
                reason=reason,
            )
        )

    def gave_up(self, name: str) -> None:
        reason = f"{name} takes more steps than relcheck follows"
        self.calls.append(CodeCall(effect="opaque", region=self._around, reason=reason))

    def _region(self, call: Call, run: Run) -> Region:
        node = run.site(call.node) if call.module is not self._places.module else call.node
        module = self._places.module
        if call.module is not module and not any(frame.module is module for frame in run.frames):
            return self._around
        return module.region(node)


def read_code(run: Run, code: Value, places: Places, around: Region) -> tuple[CodeCall, ...]:
    """What a RunPython calls; one opaque call where its function is not in the project."""
    if type(code) is Symbol and code.name.endswith("RunPython.noop"):
        return ()
    handler = CodeHandler(places, around)
    if type(code) is not Function:
        name = code.name if type(code) is Symbol else "its function"
        return (CodeCall(effect="opaque", region=around, code=name, reason=f"{name} is not in the project"),)
    names = _parameters(code)
    given = dict(zip(names, (APPS, EDITOR), strict=False))
    _run(run, code, dict(given), handler)
    return _without_doubles(handler.calls)


def read_operation_code(run: Run, method: Function, places: Places, around: Region) -> tuple[CodeCall, ...]:
    """The same of `database_forwards` of an operation that the project has written."""
    handler = CodeHandler(places, around)
    names = [arg.arg for arg in (*method.node.args.posonlyargs, *method.node.args.args)]
    given: dict[str, Value] = dict(zip(names, (Unknown("self"), Unknown("app_label"), EDITOR), strict=False))
    _run(run, method, given, handler)
    return _without_doubles(handler.calls)


def _run(run: Run, function: Function, given: dict[str, Value], handler: CodeHandler) -> None:
    before, run.handler = run.handler, handler
    try:
        run_function(run, function, given)
    except BudgetError:
        handler.gave_up(function.name)
    finally:
        run.handler = before
        run.repeated = 0


def _without_doubles(calls: list[CodeCall]) -> tuple[CodeCall, ...]:
    """A loop that is unrolled meets the same call in each turn, and a helper may be called in several branches."""
    return tuple({(one.region, one.code, one.model, one.sql): one for one in reversed(calls)}.values())[::-1]


def _parameters(function: Function) -> list[str]:
    arguments = function.node.args
    names = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]
    return names[len(function.bound) :]
