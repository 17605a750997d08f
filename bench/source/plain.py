"""Plain modules: parsing, arithmetic and formatting, with no database anywhere near."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.source.assemble import assemble

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.source.vocabulary import Entity, Words

HEAD = '''\
"""{title}."""

from __future__ import annotations

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

logger = logging.getLogger(__name__)
'''


def plain(e: Entity, w: Words) -> str:
    """A module of pure functions and small classes about an entity."""
    title = w.pick("The rules of", "How to read and write", "Arithmetic about", "Text and tables for") + f" {e.plural}"
    return assemble(HEAD.format(title=title), w, lambda: w.rng.choice(_BLOCKS)(e, w))


def _record(e: Entity, w: Words) -> str:
    name = w.name(e.cls + w.pick("Line", "Summary", "Draft", "Key", "View", "Change", "Window", "Total"))
    columns = w.rng.sample(e.fields, min(len(e.fields), w.number(3, 6)))
    lines = "\n".join(f"    {one.name}: {one.kind}" for one in columns)
    number, word = w.field(e, "int"), columns[0].name
    return f'''\
@dataclass(frozen=True, slots=True)
class {name}:
    """What the other modules see of a {e.noun}. {w.sentence()}"""

{lines}
    labels: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Stable between runs; used in file names."""
        return re.sub(r"[^a-z0-9]+", "-", f"{e.noun} {{self.{word}}}".lower()).strip("-")

    def labelled(self, *labels: str) -> {name}:
        """The same with more labels, each of them once."""
        merged = dict.fromkeys((*self.labels, *labels))
        return replace(self, labels=tuple(merged))

    def as_row(self, columns: Sequence[str]) -> list[str]:
        row = []
        for column in columns:
            value = getattr(self, column, None)
            row.append("" if value is None else str(value))
        if len(row) > {w.number(6, 20)}:
            logger.debug("a row of %d columns for {number}", len(row))
        return row
'''


def _parse(e: Entity, w: Words) -> str:
    name = w.name("parse", e.noun, w.pick("line", "header", "reference", "range", "quantity", "feed"))
    first, second = w.field(e, "str"), w.field(e, "int")
    pattern = w.pick(
        r"^(?P<left>[A-Z]{2,4})-(?P<right>\d+)$",
        r"(?P<left>\w+)\s*[:=]\s*(?P<right>\d+)",
        r"^#?(?P<left>[^;]+);(?P<right>[0-9]+)",
    )
    return f'''\
_{name.upper()} = re.compile(r"{pattern}")


def {name}(text: str, *, strict: bool = False) -> tuple[str, int] | None:
    """The {first} and the {second} of one line; None for a line that holds neither.

    With `strict` such a line is a ValueError that says where it went wrong.
    """
    found = _{name.upper()}.search(text.strip())
    if found is None:
        if strict:
            raise ValueError(f"not a {e.noun}: {{text[:{w.number(20, 60)}]!r}}")
        return None
    left, right = found.group("left"), int(found.group("right"))
    if right > {w.number(1000, 99999)}:
        logger.info("unlikely {second} %d in %r", right, text)
    return left.strip().lower(), right
'''


def _group(e: Entity, w: Words) -> str:
    word, number = w.field(e, "str"), w.field(e, "int")
    name = w.name("group", e.plural, "by", word)
    return f'''\
def {name}(
    rows: Iterable[Mapping[str, object]], *, minimum: int = {w.number(0, 20)}
) -> dict[str, list[Mapping[str, object]]]:
    """The rows of each {word}, without groups that are too small."""
    groups: defaultdict[str, list[Mapping[str, object]]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for row in rows:
        key = str(row.get("{word}") or "none")
        groups[key].append(row)
        counts[key] += 1
    small = {{key for key, count in counts.items() if count < minimum}}
    for key in small:
        groups.pop(key, None)
    # {w.sentence()}
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def {name}_total(rows: Sequence[Mapping[str, object]]) -> int:
    return sum(int(str(row.get("{number}", 0) or 0)) for row in rows if row.get("{word}"))
'''


def _money(e: Entity, w: Words) -> str:
    name = w.name(w.pick("split", "share", "spread", "prorate"), e.noun, w.pick("amount", "fee", "rebate", "tax"))
    return f'''\
def {name}(amount: Decimal, weights: Sequence[int], *, places: int = {w.number(2, 4)}) -> list[Decimal]:
    """The amount in parts that are in the ratio of the weights; the parts sum up to the amount exactly."""
    if not weights or sum(weights) <= 0:
        raise ValueError("there must be a positive weight")
    unit = Decimal(1).scaleb(-places)
    total = sum(weights)
    parts = [(amount * weight / total).quantize(unit, rounding=ROUND_HALF_EVEN) for weight in weights]
    rest = amount - sum(parts, Decimal(0))
    index = 0
    while rest:
        step = unit if rest > 0 else -unit
        parts[index % len(parts)] += step
        rest -= step
        index += 1
    return parts
'''


def _window(e: Entity, w: Words) -> str:
    name = w.name(e.noun, w.pick("windows", "periods", "days", "slots"))
    return f'''\
def {name}(
    start: date,
    end: date,
    *,
    step_days: int = {w.number(1, 31)},
    skip: frozenset[date] = frozenset(),
) -> Iterator[tuple[date, date]]:
    """The periods between two days, the last one cut at the end."""
    current = start
    while current < end:
        following = min(current + timedelta(days=step_days), end)
        if current not in skip:
            yield current, following
        elif (following - current).days > 1:
            yield current + timedelta(days=1), following
        current = following
'''


def _retry(e: Entity, w: Words) -> str:
    what = "for update of" if w.chance(0.03) else w.pick("to send", "to read", "for the", "to move")
    name = w.name("with", w.pick("retries", "backoff", "patience"), "for", e.noun)
    return f'''\
def {name}(action: Callable[[], str], *, attempts: int = {w.number(2, 7)}, delay: float = 0.{w.number(1, 9)}) -> str:
    """The action's answer; it is asked again when the network failed, later each time."""
    waited = 0.0
    for attempt in range(1, attempts + 1):
        try:
            return action()
        except (ConnectionError, TimeoutError) as error:
            if attempt == attempts:
                raise
            waited += delay * 2**attempt
            logger.warning("attempt %d {what} {e.noun} failed (%s); waited %.1f s", attempt, error, waited)
    raise AssertionError("unreachable")
'''


def _table(e: Entity, w: Words) -> str:
    name = w.name(e.noun, w.pick("limits", "codes", "rates", "labels", "defaults"))
    countries = ("de", "fr", "it", "es", "pl", "se", "jp", "us")
    rows = "\n".join(
        f'    "{w.pick(*countries)}-{index:03d}": ({w.number()}, "{w.state()}", {w.number(1, 99)} / 100),'
        for index in range(w.number(6, 40))
    )
    return f'''\
# {w.sentence()}
{name.upper()}: dict[str, tuple[int, str, float]] = {{
{rows}
}}


def {name}_of(code: str, *, fallback: str = "us-000") -> tuple[int, str, float]:
    """The line of the table for this code, or the fallback's, or nothing at all."""
    return {name.upper()}.get(code.lower(), {name.upper()}.get(fallback, (0, "closed", 0.0)))
'''


def _merge(e: Entity, w: Words) -> str:
    word, number = w.field(e, "str"), w.field(e, "int")
    name = w.name("merge", e.noun, w.pick("changes", "settings", "versions", "labels"))
    return f'''\
def {name}(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Both, the new one first, and a sentence for each conflict."""
    merged = dict(old)
    conflicts: list[str] = []
    for key, value in new.items():
        before = merged.get(key)
        if before is not None and before != value and key in {{"{word}", "{number}"}}:
            conflicts.append(f"{{key}}: {{before!r}} became {{value!r}}")
        if isinstance(before, dict) and isinstance(value, dict):
            inner, more = {name}(before, value)
            merged.update({{key: inner}})
            conflicts.extend(f"{{key}}.{{line}}" for line in more)
        else:
            merged[key] = value
    return merged, conflicts
'''


def _age(e: Entity, w: Words) -> str:
    name = w.name("describe", e.noun, w.pick("age", "delay", "duration", "due"))
    return f'''\
def {name}(moment: datetime | None, *, now: datetime | None = None) -> str:
    """How long ago that was, for people."""
    if moment is None:
        return "never"
    seconds = int(((now or datetime.now(tz=UTC)) - moment).total_seconds())
    if seconds < 0:
        return "in the future"
    for size, unit in ((86400 * 365, "year"), (86400 * 30, "month"), (86400, "day"), (3600, "hour"), (60, "minute")):
        count = seconds // size
        if count:
            return f"{{count}} {{unit}}{{'s' if count > 1 else ''}} ago"
    return "just now" if seconds < {w.number(5, 50)} else "less than a minute ago"
'''


_BLOCKS: tuple[Callable[[Entity, Words], str], ...] = (
    _record, _record, _parse, _group, _money, _window, _retry, _table, _merge, _age,
)  # fmt: skip
