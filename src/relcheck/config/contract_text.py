"""A contract as people would write it into `relcheck.toml`."""

from __future__ import annotations

from collections.abc import Mapping

from relcheck.config.spelling import spell, visible

_WIDTH = 100


def contract_lines(contract: Mapping[str, object], name: str = "") -> str:
    """One contract as TOML, under its name for people where that says more than the id."""
    lines = ["[[layers.contract]]"]
    if name and name not in str(contract["id"]):
        lines.insert(0, f"# {visible(name)}")
    for key, value in contract.items():
        flat = f"{key} = {spell(value)}"
        if isinstance(value, list) and len(flat) > _WIDTH:
            flat = "\n".join([f"{key} = [", *(f"    {spell(one)}," for one in value), "]"])
        lines.append(flat)
    return "\n".join(lines)
