"""Examples of `layers/illegal-import`."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Valid

_ONION = """
[[layers.contract]]
id = "onion"
kind = "layers"
layers = ["app.api", "app.domain", "app.infra"]
"""
_FILES = {
    "app/api/views.py": "from app.domain import orders\n",
    "app/domain/orders.py": "from app.infra import db\n",
    "app/infra/db.py": "",
}
_MATRIX = """
[layers.define]
L2 = ["app/api/**"]
L3 = ["app/adapters/**"]
L4 = ["app/domain/**"]

[[layers.contract]]
id = "matrix"
kind = "matrix"
matrix = { L2 = ["L3"], L3 = ["L4"], L4 = [] }
"""

EXAMPLES = (
    Invalid(
        "from app.api import views\n\ndef late():\n    from ..api.views import index\n",
        Expect(
            1,
            21,
            26,
            "app.domain.prices imports app.api.views: app.domain must not import app.api, "
            "which is above it. Move what both need below, or turn the import round",
        ),
        Expect(
            4,
            10,
            21,
            "app.domain.prices imports app.api.views (inside a function): app.domain must not"
            " import app.api, which is above it. Move what both need below, or turn the "
            "import round",
        ),
        title="the domain imports the API, once at the top and once relatively in a function",
        path="app/domain/prices.py",
        files=_FILES,
        settings=_ONION,
    ),
    Invalid(
        "from app import shared\n",
        Expect(
            1,
            17,
            23,
            "app.infra.store reaches app.api.views through app.shared, app.wiring: app.infra "
            "must not import app.api, which is above it. Move what both need below, or turn "
            "the import round",
        ),
        title="a chain over a module that is in no layer",
        path="app/infra/store.py",
        files={**_FILES, "app/shared.py": "import app.wiring\n", "app/wiring.py": "from app.api.views import index\n"},
        settings=_ONION,
    ),
    Invalid(
        "from typing import TYPE_CHECKING\nfrom importlib import import_module\n\n"
        'if TYPE_CHECKING:\n    from app.api import views\n\nviews = import_module("app.api.views")\n',
        Expect(
            5,
            25,
            30,
            "app.infra.store imports app.api.views (for types only): app.infra must not "
            "import app.api, which is above it. Move what both need below, or turn the import"
            " round",
        ),
        Expect(
            7,
            23,
            38,
            "app.infra.store imports app.api.views (by a call): app.infra must not import "
            "app.api, which is above it. Move what both need below, or turn the import round",
        ),
        title="for types only, and by a call",
        path="app/infra/store.py",
        files=_FILES,
        settings=_ONION,
    ),
    Invalid(
        "from app.domain import orders\n",
        Expect(
            1,
            24,
            30,
            "app.api.views imports app.domain.orders: L2 must not import L4 (L2 may import "
            "L3). Go through a layer that may, or move what both need",
        ),
        title="a matrix: L2 reaches over L3",
        path="app/api/views.py",
        files={"app/domain/orders.py": "", "app/adapters/orders.py": "from app.domain import orders\n"},
        settings=_MATRIX,
    ),
    Invalid(
        "import requests\nimport app.audit\n",
        Expect(
            1,
            8,
            16,
            "app.domain.orders imports requests: app.domain must not depend on requests. "
            "Remove the import, or invert it",
        ),
        Expect(
            2,
            8,
            17,
            "app.domain.orders reaches requests.post through app.audit: app.domain must not "
            "depend on requests. Remove the import, or invert it",
        ),
        title="forbidden: a package from outside, directly and at the end of a chain",
        path="app/domain/orders.py",
        files={"app/audit.py": "from requests import post\n"},
        settings="""
        [[layers.contract]]
        id = "pure-domain"
        kind = "forbidden"
        sources = ["app.domain"]
        targets = ["requests", "sqlalchemy"]
        """,
    ),
    Invalid(
        "from shop.orders.models import Order\n",
        Expect(
            1,
            6,
            24,
            "shop.billing.charge imports shop.orders.models: shop.billing and shop.orders are"
            " independent of each other. Move what both need elsewhere",
        ),
        title="independence: what the wildcard matches is one member each",
        path="shop/billing/charge.py",
        files={"shop/orders/models.py": ""},
        settings="""
        [[layers.contract]]
        id = "apart"
        kind = "independence"
        modules = ["shop.*"]
        """,
    ),
    Invalid(
        "from app.secrets import vault\n",
        Expect(1, 25, 30, "app.web imports app.secrets.vault: app.secrets is protected, only app.auth may import it"),
        title="protected: only app.auth may import app.secrets",
        path="app/web.py",
        files={"app/secrets/vault.py": "", "app/auth.py": "from app.secrets import vault\n"},
        settings="""
        [[layers.contract]]
        id = "secrets"
        kind = "protected"
        modules = ["app.secrets"]
        importers = ["app.auth"]
        """,
    ),
    Invalid(
        "import json\nimport attrs\nfrom app.domain import money\n",
        Expect(2, 8, 13, "app.domain.orders imports attrs: app.domain may import @stdlib and nothing else"),
        title="allow-only: the domain uses the standard library",
        path="app/domain/orders.py",
        files={"app/domain/money.py": ""},
        settings="""
        [[layers.contract]]
        id = "stdlib-only"
        kind = "allow-only"
        sources = ["app.domain"]
        targets = ["@stdlib"]
        """,
    ),
    Valid(
        "from app.domain import orders\nfrom app.infra import db\n",
        title="from above",
        path="app/api/views.py",
        files=_FILES,
        settings=_ONION,
    ),
    Valid(
        '"""\nfrom app.api import views\n"""\n'
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from app.api import views\n",
        title="text is no import, and types do not count at run time",
        path="app/infra/store.py",
        files=_FILES,
        settings=_ONION + 'scope = "runtime"\n',
    ),
)
