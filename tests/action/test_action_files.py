"""action.yml and the workflows to copy: they are what GitHub and GitLab take, and zizmor has nothing to say of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from actions_job import ACTION, read_yaml
from project import ROOT, environment

PROGRAMS = Path(sys.executable).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")

_USES = re.compile(r"uses: ([\w./-]+)@(\S+)(.*)")


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def workflows() -> dict[str, str]:
    """The GitHub workflows that are shown, by the name of their file; steps that are shown alone, in their workflow."""
    gate = next(block for block in blocks(README, "yaml") if "jobs:" in block)
    found = {"readme.yml": gate}
    for block in blocks(PAGE, "yaml"):
        if named := re.match(r"# \.github/workflows/(\S+)\n", block):
            found[named[1]] = block
        elif block.startswith("# steps of "):
            before, uses, _ = gate.partition("      - name: relcheck\n        uses")
            assert uses
            found["steps.yml"] = before + block
    return found


WORKFLOWS = workflows()


def _ran(program: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [PROGRAMS / program, *arguments], env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _fits(schema: str, document: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(document, encoding="utf-8")
    _ran("check-jsonschema", "--builtin-schema", schema, file)


def test_four_workflows_are_shown() -> None:
    assert sorted(WORKFLOWS) == ["readme.yml", "relcheck-comment.yml", "relcheck.yml", "steps.yml"]


def test_zizmor_has_nothing_to_say_of_the_action() -> None:
    _ran("zizmor", "--offline", "--no-progress", "--persona=auditor", ROOT / "action.yml")


def test_the_action_fits_the_schema_for_actions() -> None:
    _ran("check-jsonschema", "--builtin-schema", "vendor.github-actions", ROOT / "action.yml")


def test_an_action_with_a_mistake_does_not_fit(tmp_path: Path) -> None:
    wrong = (ROOT / "action.yml").read_text(encoding="utf-8").replace("shell: bash", "shel: bash")

    with pytest.raises(AssertionError):
        _fits("vendor.github-actions", wrong, tmp_path / "action.yml")


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_zizmor_has_nothing_to_say_of_a_workflow_to_copy(tmp_path: Path, name: str) -> None:
    file = tmp_path / ".github" / "workflows" / name
    _fits("vendor.github-workflows", WORKFLOWS[name], file)

    _ran("zizmor", "--offline", "--no-progress", "--persona=auditor", file)


def test_the_gitlab_job_fits_its_schema(tmp_path: Path) -> None:
    (job,) = [block for block in blocks(PAGE, "yaml") if block.startswith("# .gitlab-ci.yml\n")]

    _fits("vendor.gitlab-ci", job, tmp_path / ".gitlab-ci.yml")


def test_no_script_of_the_action_holds_an_expression() -> None:
    for step in _steps():
        assert "${{" not in str(step.get("run", ""))


def test_every_action_is_pinned_by_one_commit() -> None:
    text = "\n".join([(ROOT / "action.yml").read_text(encoding="utf-8"), *WORKFLOWS.values()])
    pins: dict[str, set[tuple[str, str]]] = {}
    for name, commit, comment in _USES.findall(text):
        assert re.fullmatch(r"[0-9a-f]{40}", commit), name
        version = re.match(r" # (v\d+\.\d+\.\d+)", comment)
        assert version, name
        repository = "/".join(name.split("/")[:2])
        pins.setdefault(repository, set()).add((commit, version[1]))

    assert {name: len(found) for name, found in pins.items()} == dict.fromkeys(pins, 1)


def test_the_main_workflow_may_do_no_more_than_read() -> None:
    gate = read_yaml(WORKFLOWS["readme.yml"])
    (job,) = cast("dict[str, dict[str, object]]", gate["jobs"]).values()
    checkout = cast("list[dict[str, object]]", job["steps"])[0]

    assert gate["permissions"] == {}
    assert job["permissions"] == {"contents": "read"}
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_the_page_lists_what_the_action_has(kind: str) -> None:
    heading = "| input | default | meaning |" if kind == "inputs" else "| output | meaning |"
    table = PAGE.partition(heading)[2].partition("\n\n")[0]

    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == set(cast("dict[str, object]", ACTION[kind]))


def test_the_defaults_on_the_page_are_those_of_the_action() -> None:
    table = PAGE.partition("| input | default | meaning |")[2].partition("\n\n")[0]
    told = dict(re.findall(r"^\| `([a-z-]+)` \|(?: `([^`]*)`)? \|", table, re.MULTILINE))

    known = cast("dict[str, dict[str, str]]", ACTION["inputs"])
    assert told == {name: one["default"] for name, one in known.items()}


def _steps() -> list[dict[str, object]]:
    runs = cast("dict[str, list[dict[str, object]]]", ACTION["runs"])
    return runs["steps"]


def test_what_the_page_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGE):
        assert target.startswith("https://") or (ROOT / "docs" / target).is_file(), target


def test_the_places_that_the_page_links_to_are_there() -> None:
    def places(page: str) -> set[str]:
        headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
        return {re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    linked = re.findall(r"\]\(([^)#]*)#([^)]*)\)", re.sub(r"\s+", " ", PAGE))

    assert {place for file, place in linked if not file} <= places(PAGE)
    assert {place for file, place in linked if file == "../README.md"} <= places(README)
