"""What the links of a document lead to."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

from msgspec import Struct

from relcheck.sdk.matrix import Documents, Found, Link

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_TEMPLATE = re.compile(r"[{}<>$|*]|YYYY|%[sd]|\bTODO\b")
_OF_GITHUB = re.compile(
    r"(?:\.\./)+(?:[\w.-]+/)?(?:issues|pulls?|wiki|releases|actions|discussions|compare|blob|tree|raw|security|projects|"
    r"milestones?|commits?|labels|graphs|network|stargazers|settings|generate|fork|packages)\b"
)
_PAGES = (".md", ".mdx", ".markdown", ".rst", "/index.md", "/README.md", "/readme.md", "/index.mdx", "/_index.md")
_RENDERED = re.compile(r"\.html?$")


class Target(Struct, frozen=True):
    """A place in the repository that a link names; `anchor` is empty where it names none."""

    path: str
    anchor: str
    found: Found


def target_of(link: Link, path: str, documents: Documents) -> Target | None:
    """What a link of the document at `path` leads to; None where it leads out of the repository by intent, or is a
    template of a link."""
    written = link.target.strip()
    if not written or _ELSEWHERE.match(written) or _TEMPLATE.search(written) or _OF_GITHUB.match(written):
        return None
    named, _, anchor = written.partition("#")
    named = unquote(named.partition("?")[0])
    if not named:
        return Target(path, unquote(anchor), Found("file", path)) if anchor else None
    if named.startswith("/"):
        return _from_root(named, unquote(anchor), documents)
    whole = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
    return Target(whole, unquote(anchor), _found(whole, documents))


def _from_root(named: str, anchor: str, documents: Documents) -> Target | None:
    """A link from the root: of the repository, or of a site, of which nothing is known."""
    whole = posixpath.normpath(named.lstrip("/")) if named.strip("/") else "."
    found = _found(whole, documents)
    first = whole.split("/")[0]
    return Target(whole, anchor, found) if found.state != "missing" or first in documents.folders else None


def _found(path: str, documents: Documents) -> Found:
    """The file or folder, or the page that a site makes of one."""
    found = documents.look_up(path)
    if found.state != "missing":
        return found
    plain = _RENDERED.sub("", path)
    page = next((plain + ending for ending in _PAGES if documents.has_file(plain + ending)), None)
    return documents.look_up(page) if page is not None else found
