"""The frame of every page: head, policy, heading, and what is inlined.

The policy (Content Security Policy Level 3) allows this page's own style sheets and scripts, by their hashes, and
nothing else: no network, no event handlers in attributes, no markup out of strings. Were anything of a repository ever
taken for markup, it could neither run nor call home.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from relcheck import __version__
from relcheck.report.html.assets import source
from relcheck.report.html.elements import Html, element, joined, text
from relcheck.report.html.embedded import embedded

_NO_SCRIPT = "This page needs JavaScript to draw. It loads nothing, and works without a network."


def page(
    title: str,
    main: Html,
    *,
    about: str = "",
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    data: object = None,
    without_scripts: str = _NO_SCRIPT,
) -> str:
    """A whole document. `about` is a sentence below the title; `styles` and `scripts` are names of files in `static/`,
    which follow those that every page has; `data` is what the scripts read; `without_scripts` tells what to do where
    they do not run, and is left out for a page that has none."""
    css = [source(name) for name in ("page.css", *styles)]
    code = [source(name) for name in ("dom.js", *scripts)] if scripts else []
    head = [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(css, code)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="generator", content=f"relcheck {__version__}"),
        element("title", text(title)),
        *(Html(f"<style>{one}</style>") for one in css),
    ]
    heading = [element("h1", text(title)), *([element("p", text(about))] if about else [])]
    body = [
        element("a", text("Skip to the content"), class_="skip", href="#content"),
        element("header", *heading, class_="page-header"),
        *([element("noscript", element("p", text(without_scripts), class_="notice"))] if scripts else []),
        element("main", main, id="content", tabindex="-1"),
        element("footer", text(f"relcheck {__version__}"), class_="page-footer"),
        *([embedded(data)] if data is not None else []),
        *(Html(f"<script>{one}</script>") for one in code),
    ]
    document = [
        Html("<!doctype html>"),
        Html('<html lang="en">'),
        element("head", Html("\n"), joined(*head, by="\n"), Html("\n")),
        element("body", Html("\n"), joined(*body, by="\n"), Html("\n")),
        Html("</html>\n"),
    ]
    return joined(*document, by="\n")


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hashes(scripts)}",
            f"style-src {_hashes(styles)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hashes(contents: Sequence[str]) -> str:
    digests = (b64encode(sha256(one.encode()).digest()).decode() for one in contents)
    return " ".join(f"'sha256-{one}'" for one in digests) or "'none'"
