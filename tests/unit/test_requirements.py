"""What manifests declare, and where."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relcheck.sdk.distributions import is_python, providers, root_of
from relcheck.sources.python.requirements import BUILD, Manifests, read_manifests

_PYPROJECT = """\
[build-system]
requires = ["hatchling"]

[project]
name = "Shop_Core"
dependencies = [
    "requests[socks] >=2,<3 ; python_version < '4'",
    "zope.interface",  # events
    "local @ file:///srv/local.whl",
]

[project.optional-dependencies]
files = ["boto3"]

[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff==0.9"]
"""
_POETRY = """\
[tool.poetry]
name = "shop"

[tool.poetry.dependencies]
python = "^3.11"
PyYAML = "^6"

[tool.poetry.group.test.dependencies]
freezegun = "*"
"""


def read(**files: str) -> Manifests:
    """What these files declare; `__` stands for `/` and `_` before the ending for a dot."""
    content = {
        name.replace("__", "/").replace("_toml", ".toml").replace("_txt", ".txt"): text for name, text in files.items()
    }
    return read_manifests([next(iter(content))], lambda path: content[path].encode() if path in content else None)


def test_the_tables_of_the_standards_are_read_with_their_places() -> None:
    found = read(pyproject_toml=_PYPROJECT)
    said = [(one.name, one.group, one.extra, one.region.line) for one in found.requirements]
    assert said == [
        ("requests", "", False, 7),
        ("zope-interface", "", False, 8),
        ("local", "", False, 9),
        ("boto3", "files", True, 13),
        ("pytest", "dev", False, 16),
        ("ruff", "lint", False, 17),
        ("hatchling", BUILD, False, 2),
    ]
    assert found.own == {"shop-core"}
    assert not found.faults


def test_poetry_has_the_names_as_keys() -> None:
    found = read(pyproject_toml=_POETRY)
    assert [(one.said, one.group, one.region.line) for one in found.requirements] == [
        ("PyYAML", "", 6),
        ("freezegun", "test", 9),
    ]


def test_a_file_of_requirements_is_read_as_pip_reads_it() -> None:
    text = (
        "# what we need\n-r more.txt\n-c constraints.txt\n--index-url https://example.org\n"
        "Django==5.2 \\\n    --hash=sha256:00\n  httpx>=0.27  # calls\n-e git+https://example.org/x.git#egg=local-x\n"
        "https://example.org/files/tool_y-1.0-py3-none-any.whl\n./vendored\n"
    )
    found = read(requirements__base_txt=text, requirements__more_txt="attrs\n-r base.txt\n")
    assert [(one.name, one.path, one.region.line, one.region.column) for one in found.requirements] == [
        ("django", "requirements/base.txt", 5, 1),
        ("httpx", "requirements/base.txt", 7, 3),
        ("local-x", "requirements/base.txt", 8, 1),
        ("tool-y", "requirements/base.txt", 9, 1),
        ("attrs", "requirements/more.txt", 1, 1),
    ]
    assert not found.faults


def test_setuptools_says_in_which_files_its_dynamic_dependencies_are() -> None:
    found = read(
        pyproject_toml='[project]\nname = "x"\ndynamic = ["dependencies"]\n'
        '[tool.setuptools.dynamic]\ndependencies = {file = ["base.txt"]}\n',
        base_txt="requests\n",
    )
    assert [one.name for one in found.requirements] == ["requests"]
    assert found.known


@pytest.mark.parametrize(
    ("files", "line", "said", "known"),
    [
        ({"pyproject_toml": '[project]\nname = "x"\ndependencies = ["a"\n'}, 3, "no TOML", False),
        ({"pyproject_toml": '[project]\nname = "x"\ndynamic = ["dependencies"]\n'}, 3, "dynamic", False),
        ({"pyproject_toml": "[tool.black]\nline-length = 100\n"}, 1, "neither [project] nor", False),
        ({"pyproject_toml": '[project]\ndependencies = ["a", "=b"]\n'}, 2, "'=b' is no requirement", True),
        ({"base_txt": "attrs\nnot a requirement\n"}, 2, "is no requirement", True),
        ({"base_txt": "-r ../../etc/passwd\n"}, 1, "outside of the project", True),
        ({"base_txt": "-r gone.txt\n"}, 1, "cannot be read", False),
    ],
)
def test_what_is_wrong_is_said_with_its_line(files: dict[str, str], line: int, said: str, known: bool) -> None:
    found = read(**files)
    assert [(fault.region.line, said in fault.message) for fault in found.faults] == [(line, True)]
    assert found.known is known


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["pyproject_toml", "base_txt"]))
def test_no_text_ends_the_reader(text: str, name: str) -> None:
    found = read(**{name: text})
    lines = len(text.splitlines()) + 1
    assert all(1 <= one.region.line <= lines for one in (*found.requirements, *found.faults))


@pytest.mark.parametrize(
    ("name", "packages", "first", "among"),
    [
        ("yaml.safe_load", {}, "PyYAML", "pyyaml"),
        ("typing_extensions.Self", {}, "typing-extensions", "typing-extensions"),
        ("google.cloud.storage.Client", {}, "google-cloud-storage", "google-cloud-storage"),
        ("google.protobuf.message", {}, "protobuf", "protobuf"),
        ("ruamel.yaml.YAML", {}, "ruamel-yaml", "ruamel-yaml"),
        ("magic.from_file", {"magic": "libmagic"}, "libmagic", "libmagic"),
        ("cv2", {}, "opencv-python", "opencv-python-headless"),
        ("ninja.Router", {}, "ninja", "django-ninja"),
    ],
)
def test_a_name_leads_to_its_distributions(name: str, packages: dict[str, str], first: str, among: str) -> None:
    found = providers(name, packages)
    assert found[0] == first
    assert among in found


def test_what_is_configured_is_the_only_answer() -> None:
    assert providers("yaml.dump", {"yaml": "strictyaml-fork"}) == ("strictyaml-fork",)


def test_stubs_are_enough_for_types() -> None:
    assert "types-pyyaml" in providers("yaml", {}, typing=True)
    assert "types-pyyaml" not in providers("yaml", {})


def test_members_of_a_namespace_are_told_apart() -> None:
    assert root_of("google.cloud.bigquery.Client") == "google.cloud.bigquery"
    assert root_of("requests.adapters") == "requests"


def test_the_standard_library_of_other_pythons_is_known() -> None:
    assert is_python("distutils.core")
    assert is_python("os.path")
    assert not is_python("yaml")
