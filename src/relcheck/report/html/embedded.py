"""Data for the scripts of a page."""

from __future__ import annotations

import json

from relcheck.report.escape import visible_json
from relcheck.report.html.elements import Html

ID = "page-data"
"""The element that a script reads it from (`pageData()` in `dom.js`)."""

# Inside `script` the parser of HTML knows neither entities nor JSON: it looks for `</script` and `<!--` only (HTML
# Living Standard, 13.2.5.4). Both begin with a character that JSON needs nowhere but in strings.
_OUT_OF_MARKUP = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"})


def embedded(value: object) -> Html:
    """What JSON can say, as an element that is no script to the browser. Strings come to the page as they are: those
    that are to be shown have to pass `visible` first."""
    document = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    content = visible_json(document).translate(_OUT_OF_MARKUP)
    return Html(f'<script type="application/json" id="{ID}">{content}</script>')
