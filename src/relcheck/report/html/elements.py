"""Markup that is known to be markup: whatever is not `Html` is text, and is escaped."""

from __future__ import annotations

from typing import NewType

from relcheck.report.markup import xml_text

Html = NewType("Html", str)
"""Text that has been escaped, or was written by us. Nothing else may be turned into it."""

_EMPTY = frozenset({"br", "hr", "input", "link", "meta", "wbr"})  # HTML Living Standard, 13.1.2: void elements


def text(said: str) -> Html:
    """Text of whatever origin, for an element or a quoted attribute; what cannot be seen is shown as an escape."""
    return Html(xml_text(said))


def element(tag: str, *inside: Html, **attributes: str | bool) -> Html:
    """An element. An attribute that is True stands alone, one that is False is left out; `class_` is `class`, and
    `aria_label` is `aria-label`."""
    written = "".join(_attribute(name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items())
    return Html(f"<{tag}{written}>" if tag in _EMPTY else f"<{tag}{written}>{joined(*inside)}</{tag}>")


def joined(*parts: Html, by: str = "") -> Html:
    """Markup behind markup."""
    return Html(by.join(parts))


def _attribute(name: str, value: str | bool) -> str:  # noqa: FBT001  # the value of an attribute
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{text(value)}"'
