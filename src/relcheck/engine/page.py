"""The page of a rule: what the command, the documentation site and the report formats show of it."""

from __future__ import annotations

from relcheck.engine.catalog import load_rule
from relcheck.sdk.examples import Example
from relcheck.sdk.options import OptionSpec
from relcheck.sdk.spec import RuleSpec


def rule_page(spec: RuleSpec) -> str:
    """Markdown: the rule's own text, then its severity, options and examples."""
    parts = [f"# {spec.name}", spec.summary, spec.page, _facts(spec)]
    if spec.options:
        parts.append("## Options\n" + "\n".join(_option(option) for option in spec.options))
    if spec.cls:
        examples = load_rule(spec).examples
        parts.append(_examples("## Found", [one for one in examples if one.invalid]))
        parts.append(_examples("## Not found", [one for one in examples if not one.invalid]))
    return "\n\n".join(part for part in parts if part)


def _facts(spec: RuleSpec) -> str:
    default = "on" if spec.default else "off"
    upholds = f" It upholds: {spec.upholds}." if spec.upholds else ""
    return f"Severity: {spec.severity}. By default: {default}.{upholds}"


def _option(option: OptionSpec) -> str:
    value = list(option.default) if isinstance(option.default, tuple) else option.default
    return f"- `{option.name}` ({option.type}), default `{value!r}`"


def _examples(title: str, examples: list[Example]) -> str:
    shown = [f"{one.title}\n\n{_code(one)}" for one in examples if one.title]
    return "\n\n".join((title, *shown)) if shown else ""


def _code(example: Example) -> str:
    if example.sql:
        return f"```sql\n{example.sql.strip()}\n```"
    return f"```python\n{(example.alembic or example.django or example.code).strip()}\n```"
