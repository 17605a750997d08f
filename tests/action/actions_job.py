"""A job of GitHub Actions whose one step is the action of this repository: its steps are read from action.yml and run.

Written after what github.com/actions/runner does: bash with its options, files for outputs and the summary, commands in
the log. actions/setup-python and actions/cache are played; what they are given and what they answer is kept.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from project import ROOT, environment
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from origin import Happened

_BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
_COMMANDS = ("error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "add-matcher", "set-output")
_OLD_COMMAND = re.compile(r"##\[([a-z-]+)[^\]]*\](.*)")
_NEW_COMMAND = re.compile(r"::([A-Za-z0-9-]+)(?: [^:]*)?::(.*)")
_HEREDOC = re.compile(r"([^\n]+?)<<([^\n]+)\n(.*?)\n?\2\n", re.DOTALL)


def read_yaml(text: str) -> dict[str, object]:
    return cast("dict[str, object]", YAML(typ="safe", pure=True).load(text))


ACTION = read_yaml((ROOT / "action.yml").read_text(encoding="utf-8"))


@dataclass
class Result:
    """What a job left behind."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    steps: dict[str, dict[str, str]] = field(default_factory=dict)
    """The outputs of the steps, by their ids."""
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    """What the actions were called with, by their names without the commit."""

    @property
    def commands(self) -> list[tuple[str, str]]:
        """The commands that the runner takes from the log: (name, data)."""
        return list(_commands(self.log.splitlines()))

    @property
    def errors(self) -> list[str]:
        return [data for name, data in self.commands if name == "error"]


class Job:
    """The action in a job on a checked-out tree."""

    def __init__(self, folder: Path, workspace: Path, event: Happened, **variables: str) -> None:
        self.folder = folder
        self.workspace = workspace
        self.event = event
        self.variables = variables
        self.caches: dict[str, Path] = {}
        """What actions/cache holds, by key."""
        (folder / "temp").mkdir(parents=True, exist_ok=True)

    def run(self, *, installed: Path | None = None, until: str = "", **inputs: str) -> Result:
        """Run the steps, up to the one with the id `until`.

        With `installed`, the environment of an earlier job stands in for the installation.
        """
        result = Result()
        context = {"inputs": _inputs(inputs), "steps": result.steps}
        for step in cast("Sequence[Mapping[str, object]]", ACTION["runs"]["steps"]):  # type: ignore[index]  # a mapping
            if result.code or not _holds(str(step.get("if", "")), context):
                continue
            answered: dict[str, str] = {}
            if "uses" in step:
                given = {name: _filled(value, context) for name, value in _texts(step["with"]).items()}
                name = str(step["uses"]).partition("@")[0]
                result.used[name] = given
                answered = self._play(name, given)
            elif installed is not None and str(step["run"]).endswith(" install"):
                (Path(result.steps["plan"]["folder"]) / "environment").symlink_to(installed)
            else:
                answered = self._bash(step, context, result)
            if "id" in step:
                result.steps[str(step["id"])] = answered
            if until and step.get("id") == until:
                break
        outputs = cast("Mapping[str, Mapping[str, str]]", ACTION["outputs"])
        result.outputs = {name: _filled(one["value"], context) for name, one in outputs.items()}
        return result

    def _bash(self, step: Mapping[str, object], context: Mapping[str, object], result: Result) -> dict[str, str]:
        script, output, summary = (self.folder / name for name in ("step.sh", "output", "summary"))
        script.write_text(str(step["run"]), encoding="utf-8")
        output.write_text("", encoding="utf-8")
        variables = {name: _filled(value, context) for name, value in _texts(step.get("env", {})).items()}
        done = subprocess.run(
            [*_BASH, script],
            cwd=self.workspace,
            env=environment(**self._given_by_the_runner(output, summary) | self.variables | variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        result.log += done.stdout.decode("utf-8", "replace")
        result.code = done.returncode
        result.summary = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return {name: value for name, _, value in _HEREDOC.findall(output.read_text(encoding="utf-8"))}

    def _given_by_the_runner(self, output: Path, summary: Path) -> dict[str, str]:
        event = self.folder / "event.json"
        event.write_text(json.dumps(self.event.payload), encoding="utf-8")
        return {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_EVENT_NAME": self.event.name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_SHA": self.event.sha,
            "GITHUB_REF": self.event.ref,
            "GITHUB_REPOSITORY": "team/shop",
            "RUNNER_TEMP": str(self.folder / "temp"),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
        }

    def _play(self, name: str, given: Mapping[str, str]) -> dict[str, str]:
        match name:
            case "actions/setup-python":
                return {"python-path": sys.executable}
            case "actions/cache/restore":
                found = [key for key in self.caches if key.startswith(given["restore-keys"])]
                if found:
                    shutil.copytree(self.caches[found[-1]], self.workspace / given["path"], dirs_exist_ok=True)
                return {"cache-hit": str(given["key"] in self.caches).lower()}
            case "actions/cache/save":
                self.caches[given["key"]] = self.workspace / given["path"]
                return {}
        raise AssertionError(f"nobody plays {name}")


def _inputs(given: Mapping[str, str]) -> dict[str, str]:
    """The inputs with their defaults; a keyword cannot hold `-`, so `_` stands for it."""
    wanted = {name.replace("_", "-"): value for name, value in given.items()}
    known = cast("Mapping[str, Mapping[str, str]]", ACTION["inputs"])
    assert wanted.keys() <= known.keys()
    return {name: wanted.get(name, str(one["default"])) for name, one in known.items()}


def _texts(mapping: object) -> dict[str, str]:
    """The values as the runner sees them: YAML's booleans in small letters."""
    pairs = cast("Mapping[str, object]", mapping).items()
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in pairs}


def _filled(text: str, context: Mapping[str, object]) -> str:
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: _value(found[1], context), text)


def _holds(condition: str, context: Mapping[str, object]) -> bool:
    """`a.b == 'c' && d.e != 'f'`, which is all that action.yml uses."""
    parts = [part.split() for part in condition.split(" && ") if part]
    return all((_value(one, context) == _value(other, context)) is (how == "==") for one, how, other in parts)


def _value(term: str, context: Mapping[str, object]) -> str:
    if term.startswith("'"):
        return term.strip("'")
    found: object = context
    for name in term.split("."):
        found = found.get(name, {}) if isinstance(found, dict) and name != "outputs" else found
    assert isinstance(found, str) or found == {}, term
    return found or ""


def _commands(lines: Sequence[str]) -> list[tuple[str, str]]:
    """ActionCommandManager.TryProcessCommand: both syntaxes, the old one anywhere in a line, and the fence."""
    taken: list[tuple[str, str]] = []
    resume = ""
    for line in lines:
        known = {*_COMMANDS, "stop-commands", resume}
        new, old = _NEW_COMMAND.match(line.lstrip()), _OLD_COMMAND.search(line)
        found = next((one for one in (new, old) if one is not None and one[1].lower() in known), None)
        if found is None:
            continue
        if resume:
            resume = "" if found[1] == resume else resume
        elif found[1] == "stop-commands":
            resume = found[2]
        else:
            taken.append((found[1], found[2]))
    return taken
