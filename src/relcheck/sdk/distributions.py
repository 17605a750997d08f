"""Which distributions provide what is imported.

Most have the name of what they provide, as indexes compare names: `google.cloud.storage` is in `google-cloud-storage`,
`typing_extensions` in `typing-extensions`. Of the others the well-known ones are listed here; a configuration adds its
own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from relcheck.sources.python.requirements import normalised

WELL_KNOWN: dict[str, tuple[str, ...]] = {
    "airflow": ("apache-airflow", "apache-airflow-core"),
    "airflow.sdk": ("apache-airflow-task-sdk",),
    "argon2": ("argon2-cffi",),
    "attr": ("attrs",),
    "Bio": ("biopython",),
    "bs4": ("beautifulsoup4",),
    "cairo": ("pycairo",),
    "cassandra": ("cassandra-driver",),
    "community": ("python-louvain",),
    "corsheaders": ("django-cors-headers",),
    "Crypto": ("pycryptodome", "pycrypto"),
    "Cryptodome": ("pycryptodomex",),
    "cv2": ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"),
    "dateutil": ("python-dateutil",),
    "debug_toolbar": ("django-debug-toolbar",),
    "discord": ("discord.py", "py-cord"),
    "django_filters": ("django-filter",),
    "dns": ("dnspython",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "elftools": ("pyelftools",),
    "environ": ("django-environ", "environ-config"),
    "faiss": ("faiss-cpu", "faiss-gpu"),
    "fitz": ("PyMuPDF",),
    "gi": ("PyGObject",),
    "git": ("GitPython",),
    "github": ("PyGithub",),
    "gitlab": ("python-gitlab",),
    "google.api": ("googleapis-common-protos",),
    "google.oauth2": ("google-auth",),
    "google.protobuf": ("protobuf",),
    "google.rpc": ("googleapis-common-protos",),
    "google.cloud.sql.connector": ("cloud-sql-python-connector",),
    "googleapiclient": ("google-api-python-client",),
    "grpc": ("grpcio",),
    "grpc_status": ("grpcio-status",),
    "grpc_tools": ("grpcio-tools",),
    "haystack": ("django-haystack", "farm-haystack", "haystack-ai"),
    "hcl2": ("python-hcl2",),
    "igraph": ("igraph", "python-igraph"),
    "jenkins": ("python-jenkins",),
    "jose": ("python-jose",),
    "jwt": ("PyJWT",),
    "kafka": ("kafka-python", "kafka-python-ng"),
    "keycloak": ("python-keycloak",),
    "ldap": ("python-ldap",),
    "Levenshtein": ("Levenshtein", "python-Levenshtein"),
    "linkify_it": ("linkify-it-py",),
    "magic": ("python-magic", "python-magic-bin", "file-magic"),
    "memcache": ("python-memcached",),
    "mistralclient": ("python-mistralclient",),
    "modeltranslation": ("django-modeltranslation",),
    "mptt": ("django-mptt",),
    "mt940": ("mt-940",),
    "mpl_toolkits": ("matplotlib",),
    "mysql.connector": ("mysql-connector-python",),
    "MySQLdb": ("mysqlclient",),
    "nacl": ("PyNaCl",),
    "odf": ("odfpy",),
    "oauth2_provider": ("django-oauth-toolkit",),
    "OpenGL": ("PyOpenGL",),
    "OpenSSL": ("pyOpenSSL",),
    "opentelemetry": ("opentelemetry-api", "opentelemetry-sdk"),
    "opentelemetry.exporter.otlp.proto.grpc": ("opentelemetry-exporter-otlp-proto-grpc", "opentelemetry-exporter-otlp"),
    "opentelemetry.exporter.otlp.proto.http": ("opentelemetry-exporter-otlp-proto-http", "opentelemetry-exporter-otlp"),
    "opentelemetry.proto": ("opentelemetry-proto",),
    "opentelemetry.sdk": ("opentelemetry-sdk",),
    "opentelemetry.semconv": ("opentelemetry-semantic-conventions",),
    "past": ("future",),
    "path": ("path", "path.py"),
    "phonenumber_field": ("django-phonenumber-field",),
    "phonenumbers": ("phonenumbers", "phonenumberslite"),
    "PIL": ("Pillow",),
    "pkg_resources": ("setuptools",),
    "playhouse": ("peewee",),
    "polymorphic": ("django-polymorphic",),
    "pptx": ("python-pptx",),
    "psycopg": ("psycopg", "psycopg-binary"),
    "psycopg2": ("psycopg2", "psycopg2-binary"),
    "pwiz": ("peewee",),
    "pyspark": ("pyspark", "databricks-connect"),
    "pytest_lazyfixture": ("pytest-lazy-fixture",),
    "pythonjsonlogger": ("python-json-logger",),
    "pywintypes": ("pywin32",),
    "redis_lock": ("python-redis-lock",),
    "rest_framework": ("djangorestframework",),
    "rest_framework_simplejwt": ("djangorestframework-simplejwt",),
    "saml2": ("pysaml2",),
    "sass": ("libsass",),
    "serial": ("pyserial",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "slack": ("slackclient", "slack-sdk"),
    "slugify": ("python-slugify", "awesome-slugify", "unicode-slugify"),
    "snowflake.connector": ("snowflake-connector-python",),
    "snowflake.sqlalchemy": ("snowflake-sqlalchemy",),
    "snowflake.snowpark": ("snowflake-snowpark-python",),
    "social_core": ("social-auth-core",),
    "social_django": ("social-auth-app-django",),
    "socks": ("PySocks",),
    "speech_recognition": ("SpeechRecognition",),
    "storages": ("django-storages",),
    "taggit": ("django-taggit",),
    "telegram": ("python-telegram-bot",),
    "tlz": ("toolz", "cytoolz"),
    "umap": ("umap-learn",),
    "upath": ("universal-pathlib",),
    "usb": ("pyusb",),
    "vertexai": ("google-cloud-aiplatform",),
    "waffle": ("django-waffle",),
    "websocket": ("websocket-client",),
    "win32api": ("pywin32",),
    "win32com": ("pywin32",),
    "win32con": ("pywin32",),
    "wx": ("wxPython",),
    "Xlib": ("python-xlib",),
    "yaml": ("PyYAML",),
    "zmq": ("pyzmq",),
    "_cffi_backend": ("cffi",),
    "_pytest": ("pytest",),
    "_yaml": ("PyYAML",),
}
"""Import name to the distributions that provide it, where the names differ."""

_ALSO_PYTHON = {
    *("__main__", "_typeshed", "annotationlib", "asynchat", "asyncore", "compression", "distutils", "imp", "smtpd"),
    *("__builtin__", "ConfigParser", "Queue", "StringIO", "cPickle", "cStringIO", "httplib", "urllib2", "urlparse"),
}
"""Modules of another Python's standard library than the running one's, and what only type checkers know."""

_NAMESPACES = {
    "google.cloud": 3,
    "google": 2,
    "azure.mgmt": 3,
    "azure": 2,
    "airflow.providers": 3,
    "opentelemetry.instrumentation": 3,
    **dict.fromkeys(("backports", "collective", "jaraco", "plone", "ruamel", "sphinxcontrib", "zope"), 2),
}
"""Packages that many distributions share, and how many names tell one distribution from another."""

_AFFIXES = ("python-", "py", "django-")


def is_python(name: str) -> bool:
    """Whether a dotted name is of the standard library of any Python."""
    top = name.partition(".")[0]
    return top in sys.stdlib_module_names or top in _ALSO_PYTHON


def providers(name: str, packages: Mapping[str, tuple[str, ...] | str], *, typing: bool = False) -> tuple[str, ...]:
    """The distributions that may provide what is imported as a dotted name, the likeliest first, normalised but for
    that one. What `packages` says of it, or of a package above it, goes before everything else. `typing` says that
    stubs are enough."""
    own, above = _above(name, packages), _above(name, WELL_KNOWN)
    if own is not None:
        said = packages[own]
        found = [said] if isinstance(said, str) else list(said)
    else:
        found = list(WELL_KNOWN[above]) if above is not None else []
        found += [root_of(name), *_prefixes(name)]
        top = normalised(name.partition(".")[0])
        found += [f"{affix}{top}" for affix in _AFFIXES] + [f"{top}-python", f"{top}-py"]
        found.append(f"apache-{root_of(name)}")
    if typing:
        found += [stub for one in tuple(found) for stub in (f"types-{one}", f"{one}-stubs")]
    spelled = own is not None or above is not None
    return tuple(dict.fromkeys([found[0] if spelled else normalised(found[0]), *map(normalised, found)]))


def root_of(name: str) -> str:
    """The part of a dotted name by which its distribution is told: the first name, of a namespace package more."""
    length = next((parts for above, parts in _NAMESPACES.items() if f"{name}.".startswith(f"{above}.")), 1)
    return ".".join(name.split(".")[:length])


def _above(name: str, packages: Mapping[str, object]) -> str | None:
    """The longest beginning of a dotted name that a table knows."""
    while name:
        if name in packages:
            return name
        name = name.rpartition(".")[0]
    return None


def _prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        yield ".".join(parts[:length])
