"""The words that the generated repository is written in."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

DOMAINS = (
    "billing", "orders", "catalog", "shipping", "payments", "accounts", "support", "marketing", "inventory", "returns",
    "pricing", "ledger", "payroll", "scheduling", "notifications", "reporting", "compliance", "onboarding", "partners",
    "loyalty", "claims", "fleet", "warehouse", "procurement", "contracts", "quality", "training", "search",
    "media", "risk",
)  # fmt: skip

NOUNS = (
    "invoice", "order", "product", "parcel", "payment", "account", "ticket", "campaign", "batch", "refund",
    "discount", "posting", "salary", "appointment", "message", "report", "policy", "applicant", "supplier", "voucher",
    "claim", "vehicle", "shelf", "requisition", "agreement", "inspection", "course", "query_log", "image", "alert",
    "address", "subscription", "budget", "channel", "customer", "document", "estimate", "forecast", "grant", "holding",
    "instrument", "journal", "license", "milestone", "note", "offer", "plan", "quota", "reservation", "session_record",
)  # fmt: skip

ASPECTS = (
    "lifecycle", "allocation", "renewal", "approval", "settlement", "history", "merging", "imports", "transfer",
    "audit",
)  # fmt: skip

STATES = ("draft", "open", "pending", "active", "paused", "closed", "archived")

_FIELDS = (
    ("amount_cents", "int"), ("quantity", "int"), ("attempts", "int"), ("priority", "int"), ("weight_grams", "int"),
    ("position", "int"), ("duration_seconds", "int"), ("name", "str"), ("reference", "str"), ("region", "str"),
    ("currency", "str"), ("comment", "str"), ("source", "str"), ("category", "str"), ("external_id", "str"),
    ("confirmed", "bool"), ("visible", "bool"), ("expires_at", "datetime"), ("received_at", "datetime"),
    ("reviewed_at", "datetime"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an entity; `kind` is its Python type by name."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Entity:
    """What a group of generated modules is about."""

    domain: str
    noun: str
    fields: tuple[Field, ...]

    @property
    def cls(self) -> str:
        """The model's class name."""
        return camel(self.noun)

    @property
    def plural(self) -> str:
        return plural(self.noun)

    def of_kind(self, kind: str) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.kind == kind)


def entity(seed: int, domain: str, noun: str) -> Entity:
    """The entity of this name: the same columns wherever it is spoken of."""
    rng = Random(f"{seed}:{domain}:{noun}")  # noqa: S311
    chosen = {*rng.sample(_FIELDS, rng.randint(5, 11)), rng.choice(_FIELDS[:7]), rng.choice(_FIELDS[7:15]), _FIELDS[-3]}
    return Entity(domain, noun, tuple(Field(*pair) for pair in _FIELDS if pair in chosen))


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch")) else "s") if noun != "shelf" else "shelves"


class Words:
    """The choices of one generated module; the same seed and path make the same choices."""

    def __init__(self, seed: int, path: str) -> None:
        self.rng = Random(f"{seed}:{path}")  # noqa: S311
        self._taken: set[str] = set()

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def number(self, low: int = 2, high: int = 500) -> int:
        return self.rng.randint(low, high)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def field(self, about: Entity, kind: str) -> str:
        """The name of a column of this kind."""
        return self.rng.choice(about.of_kind(kind)).name

    def state(self) -> str:
        return self.rng.choice(STATES)

    def lines(self, low: int = 60, high: int = 800, typical: int = 150) -> int:
        """How long a module shall be: many short ones, few long ones, as in real projects."""
        return min(max(int(self.rng.lognormvariate(0, 0.75) * typical), low), high)

    def name(self, *parts: str) -> str:
        """A name made of these parts that this module does not have yet."""
        base = "_".join(parts)
        name, count = base, 2
        while name in self._taken:
            name, count = f"{base}_{count}", count + 1
        self._taken.add(name)
        return name

    def sentence(self) -> str:
        """A comment's worth of prose, now and then with the words that a careless search takes for a lock."""
        return self.rng.choice(_SENTENCES if self.rng.random() > _RARE else _LOOKALIKES)


_RARE = 0.001
"""So that about one file in fifty speaks of a lock in its prose, which is a little more than in real projects."""

_SENTENCES = (
    "Kept as a tuple so that it can be shared between threads.",
    "Values from before the migration have no reference.",
    "An empty answer is not an error: the partner sends one for each holiday.",
    "Sorted, because the partner compares the checksum of the whole list.",
    "Nothing is stored here; the worker does that later.",
    "Two decimals are enough for every currency that is sold in.",
    "The order matters to people who read the exported file.",
    "Retried by the scheduler, so that it has to be safe to run twice.",
    "The limit is the partner's, not ours.",
    "Unknown keys are kept, since older clients still send them.",
    "The first one wins; the others are reported to the owner.",
    "This is the only place where the region decides.",
    "Measured in March: more than a thousand at once is slower.",
    "The name is what the client typed, with its spaces.",
    "Weekends count, holidays do not.",
    "A missing value means that nobody has looked at it yet.",
    "Rounded half to even, as the accountants want it.",
    "Old rows may have a negative number here; new ones may not.",
    "The text is shown to customers, so it has no codes in it.",
    "Both sides of the comparison are in lower case by now.",
)

_LOOKALIKES = (
    "The caller decides what happens for an update that arrives late.",
    "See the runbook for updates to these numbers.",
    "A lock is not needed: only one process writes this column.",
    "Whoever waits for update of the rate does not hold anything.",
    "Read without FOR UPDATE: the worker takes care of that.",
)
