"""Writing a rule: CONTRIBUTING as it stands, `relcheck new-rule` and `relcheck test-rules`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from project import ROOT, Project

if TYPE_CHECKING:
    from pathlib import Path

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

_FILES = dict(re.findall(r"<!-- (\S+\.py) -->\n```python\n(.*?)^```$", CONTRIBUTING, re.DOTALL | re.MULTILINE))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture
def contributing(project: Project) -> Project:
    """A repository with the files that CONTRIBUTING shows."""
    for path, code in _FILES.items():
        project.write(path, code)
    return project


def test_the_rules_of_contributing_do_what_it_says(contributing: Project) -> None:
    shown = re.search(r"^```text\n(\$ relcheck .*?)^```$", CONTRIBUTING, re.DOTALL | re.MULTILINE)[1]
    commands = re.findall(r"^\$ relcheck (.*)\n((?:(?!\$ ).*\n)+)", shown, re.MULTILINE)

    assert len(_FILES) == 3
    assert [command.split()[0] for command, _ in commands] == ["test-rules", "scan"]
    for command, printed in commands:
        ran = contributing.relcheck(*command.split())
        assert (ran.out, ran.err) == (printed, "")


def test_the_rules_of_contributing_are_one_with_a_selector_and_one_plain_visitor() -> None:
    selector, visitor = (code for path, code in _FILES.items() if path.startswith(".relcheck/rules/"))

    assert "@on(" in selector
    assert "def visit_" in visitor
    assert "@on(" not in visitor


def test_the_commands_of_contributing_write_those_files(project: Project) -> None:
    for line in re.findall(r"relcheck (new-rule [^`\n]*)", CONTRIBUTING):
        if "local/" in line:
            assert project.relcheck(*line.split()).code == 0

    for path in _FILES:
        assert (project.root / path).exists() is path.startswith(".relcheck/rules/")


@pytest.mark.parametrize("kind", [(), ("--visitor",)], ids=["selector", "visitor"])
@pytest.mark.parametrize("name", ["local/bare-sleep", "local/x", "local/file", "local/none", "local/python-rule"])
def test_a_new_rule_holds_at_once(project: Project, name: str, kind: tuple[str, ...]) -> None:
    made = project.relcheck("new-rule", name, *kind)
    file = f".relcheck/rules/{name.partition('/')[2].replace('-', '_')}.py"
    assert made.code == 0, made.err
    assert made.out.startswith(f"wrote {file}\n")
    assert f"relcheck test-rules {file}" in made.out

    tested = project.relcheck("test-rules", file)
    assert (tested.code, tested.out) == (0, "1 rule, 2 examples: all hold\n")

    project.write("app/jobs.py", "import time as clock\n\nclock.sleep(1)\n")
    assert project.scan("--allow-local-code").findings == [(name, "app/jobs.py", 3)]


@pytest.mark.parametrize("kind", [(), ("--visitor",)], ids=["selector", "visitor"])
def test_the_option_of_a_new_rule_can_be_configured(project: Project, kind: tuple[str, ...]) -> None:
    project.relcheck("new-rule", "local/bare-sleep", *kind)
    project.write("relcheck.toml", '[rules."local/bare-sleep"]\nallowed_in = ["app/jobs.py"]\n')
    project.write("app/jobs.py", "import time\n\ntime.sleep(1)\n")

    ran = project.scan("--allow-local-code")

    assert (ran.code, ran.findings) == (0, [])


def test_a_new_rule_is_written_where_scan_looks_for_it(project: Project) -> None:
    project.write("service/relcheck.toml", '[relcheck]\nfail_on = "error"\n')
    project.write("service/app/jobs.py", "import time\n\ntime.sleep(1)\n")

    made = project.relcheck("new-rule", "local/bare-sleep", folder="service/app")

    assert made.code == 0
    assert (project.root / "service/.relcheck/rules/bare_sleep.py").is_file()
    ran = project.relcheck("scan", "--allow-local-code", "--output", "json", folder="service/app")
    assert ran.findings == [("local/bare-sleep", "service/app/jobs.py", 3)]


def test_a_new_rule_never_overwrites(project: Project) -> None:
    file = project.write(".relcheck/rules/bare_sleep.py", "# mine\n")

    ran = project.relcheck("new-rule", "local/bare-sleep")

    assert ran.code == 2
    assert ".relcheck/rules/bare_sleep.py exists already" in ran.err
    assert file.read_text(encoding="utf-8") == "# mine\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bare-sleep", "local/bare-sleep"),
        ("local/Bare_Sleep", "did you mean local/bare-sleep?"),
        ("local/BareSleep", "did you mean local/bare-sleep?"),
        ("local/2-sleeps", "lower case with hyphens"),
        ("local/bare-sleep/more", "did you mean local/bare-sleep-more?"),
        ("local/", "lower case with hyphens"),
        ("../escape", "lower case with hyphens"),
        ("local/..", "lower case with hyphens"),
        ("local/no-sleep", "name what is wrong instead"),
        ("local/check-sleep", "name what is wrong instead"),
        ("relcheck/bare-sleep", "the engine's own"),
        ("transactions/bare-sleep", "Rules of this repository alone are local/bare-sleep"),
    ],
)
def test_a_name_that_will_not_do_is_refused_with_a_better_one(project: Project, name: str, said: str) -> None:
    before = sorted(project.root.rglob("*"))

    ran = project.relcheck("new-rule", name)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert sorted(project.root.rglob("*")) == before


def test_in_a_clone_of_relcheck_a_rule_of_a_pack_is_written_into_the_package(project: Project) -> None:
    project.write("rules/relcheck_rules/__init__.py", '"""The rules."""\n')

    made = project.relcheck("new-rule", "outbox/lease-without-end")

    assert made.code == 0
    assert made.out.startswith("wrote rules/relcheck_rules/outbox/lease_without_end.py\n")
    assert "--allow-local-code" not in made.out
    package = project.root / "rules/relcheck_rules/outbox"
    assert sorted(file.name for file in package.iterdir()) == ["__init__.py", "lease_without_end.py"]


def test_an_example_that_does_not_hold_is_shown_with_what_was_found(project: Project) -> None:
    project.relcheck("new-rule", "local/bare-sleep")
    file = project.root / ".relcheck/rules/bare_sleep.py"
    file.write_text(file.read_text(encoding="utf-8").replace("Expect(5, 5, 10,", "Expect(5, 5, 11,"), encoding="utf-8")

    ran = project.relcheck("test-rules")

    assert ran.code == 1
    assert ran.out.startswith("local/bare-sleep, example 1 (What the reader should see in it):\n  expected\n")
    assert "app/service.py:5:5-11 time.sleep is called here" in ran.out
    assert "app/service.py:5:5-10 time.sleep is called here" in ran.out
    assert ran.out.endswith("\n1 of 2 examples fails\n")


def test_a_rule_without_a_page_or_examples_is_incomplete(project: Project) -> None:
    project.write(
        ".relcheck/rules/bare.py",
        "from relcheck.sdk import PythonRule\n\n\nclass Bare(PythonRule):\n    def visit_Call(self, node): ...\n",
    )

    ran = project.relcheck("test-rules")

    assert ran.code == 1
    for missing in ("'## What it does'", "'## Use instead'", "docstring", "at least one Invalid and one Valid"):
        assert missing in ran.out
    assert ran.out.endswith("\n1 of 1 rules is incomplete\n")


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("call(opt.sleep)", "opt.sleep: the rule has no option of this name; did you mean `sleeps`?"),
        ("call(opt.nothing)", "opt.nothing: the rule has no option of this name; it has `count`, `sleeps`"),
        ("call(opt.count)", "opt.count: names are taken here, and the option holds none"),
        ('call("sleep", inside="with")', "inside= takes a selector, and 'with' is none; there are call, ref, text,"),
        ('any_of("sleep")', "any_of(…) takes a selector, and 'sleep' is none"),
        ('function(contains=call(keyword=["a"]))', "keyword takes names, and ['a'] is something else"),
        ('call(method="get", receiver="db")', "receiver= takes an instance(…), and 'db' is none"),
    ],
)
def test_a_mistake_in_a_selector_is_the_rules_and_not_relchecks(project: Project, selector: str, said: str) -> None:
    file = project.write(
        ".relcheck/rules/naps.py",
        "from relcheck.sdk import PythonRule, RuleOptions, any_of, call, function, on, opt\n\n\n"
        "class Naps(PythonRule):\n"
        "    class Options(RuleOptions, frozen=True):\n"
        '        sleeps: tuple[str, ...] = ("time.sleep",)\n'
        "        count: int = 1\n\n"
        f"    @on({selector})\n"
        "    def nap(self, at, file): ...\n",
    )

    for command in (("test-rules",), ("scan", "--allow-local-code")):
        ran = project.relcheck(*command)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"relcheck: {file}: nap: {said}")


def test_without_rules_of_the_repository_the_installed_ones_are_tested(project: Project) -> None:
    ran = project.relcheck("test-rules")

    assert ran.code == 0, ran.out
    assert re.fullmatch(r"\d+ rules, \d+ examples: all hold\n", ran.out)


def test_a_file_of_an_installed_pack_is_tested_under_its_own_name(project: Project) -> None:
    import relcheck_rules.transactions.split_write as rule

    ran = project.relcheck("test-rules", rule.__file__)

    assert ran.code == 0, ran.out
    assert re.fullmatch(r"1 rule, \d+ examples: all hold\n", ran.out)


@pytest.mark.parametrize(("path", "said"), [("nowhere", "nowhere does not exist"), (".", "holds no rule")])
def test_a_path_without_a_rule_is_wrong_usage(project: Project, path: str, said: str) -> None:
    ran = project.relcheck("test-rules", path)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
