"""What holds of several things that a configuration says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
from config_case import CATALOG, INTENT, LOCK, OPT_IN, load

from relcheck.config import Config, Level, load_config
from relcheck.model.exceptions import Origin, Waiver
from relcheck.model.severity import Severity

WARNING, INFO, ERROR = Severity.WARNING, Severity.INFO, Severity.ERROR


def test_without_a_configuration_the_defaults_hold() -> None:
    config = load_config(None, shown_as="", catalog=CATALOG)
    assert (config.file, config.exclude, config.roots, config.fail_on) == (None, (), {}, ERROR)
    assert (config.max_file_size, config.require_reason, config.local_rules) == (5_000_000, True, None)
    assert (config.waivers, config.overrides, config.referenced_rules, config.extends) == ((), (), (), ())
    settings = config.rule(LOCK)
    assert (settings.enabled, settings.severity, settings.paths, settings.options) == (None, None, None, {})
    assert str(settings.origin("locks")) == "default"
    assert set(config.origins.values()) == {"default"}


def test_an_empty_file_says_as_much_as_none(tmp_path: Path) -> None:
    none = load_config(None, shown_as="", catalog=CATALOG)
    assert load(tmp_path, "").digest == none.digest


def test_settings_are_taken_as_they_are_written(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        """
[relcheck]
required_version = ">=0"
exclude = ["vendor/**", "[ab]"]
roots = { app = "backend/app/", "a.b" = "./x" }
fail_on = "warning"
max_file_size = 10
require_reason = false
local_rules = "tools/rules/"
""",
    )
    assert config.file == "relcheck.toml"
    assert config.exclude == ("vendor/**", "[ab]")
    assert config.roots == {"app": "backend/app", "a.b": "x"}
    assert (config.fail_on, config.max_file_size, config.require_reason) == (WARNING, 10, False)
    assert config.local_rules == "tools/rules"
    assert config.origins["relcheck.local_rules"] == "relcheck.toml:9"


def test_options_that_are_set_come_in_their_types(tmp_path: Path) -> None:
    text = """
[rules."transactions/raw-row-lock"]
locks = ["a"]
sql = false
depth = 4
ratio = 1
word = "x"
names = { a = "b" }
paths = ["app/**"]
"""
    settings = load(tmp_path, text).rule(LOCK)
    assert settings.options == {
        "locks": ("a",),
        "sql": False,
        "depth": 4,
        "ratio": 1.0,
        "word": "x",
        "names": {"a": "b"},
    }
    assert settings.paths == ("app/**",)


def test_a_packs_table_comes_before_the_rules_and_gives_each_rule_what_it_has(tmp_path: Path) -> None:
    text = """
[rules."transactions/raw-row-lock"]
allowed_in = ["b"]

[rules.transactions]
allowed_in = ["a"]
required_in = ["c"]
severity = "info"
paths = ["d"]
"""
    config = load(tmp_path, text)
    lock, intent = config.rule(LOCK), config.rule(INTENT)
    assert lock.options == {"allowed_in": ("b",)}
    assert intent.options == {"allowed_in": ("a",), "required_in": ("c",)}
    assert (lock.severity, lock.paths) == (INFO, ("d",))
    assert (str(lock.origin("allowed_in")), str(intent.origin("allowed_in"))) == ("relcheck.toml:3", "relcheck.toml:6")


def test_an_entry_of_a_list_has_its_own_line(tmp_path: Path) -> None:
    text = '[rules."transactions/raw-row-lock"]\nallowed_in = [\n  "a",\n  "b",\n]\n'
    settings = load(tmp_path, text).rule(LOCK)
    assert settings.origin("allowed_in").line == 2
    assert settings.origin("allowed_in", 1).line == 4


def test_a_former_name_is_as_good_as_the_present_one(tmp_path: Path) -> None:
    text = """
[rules."transactions/no-intent"]
severity = "error"
[[waivers]]
rule = "transactions/no-intent"
path = "a"
[[overrides]]
paths = ["b"]
rules."transactions/no-intent".severity = "info"
"""
    config = load(tmp_path, text)
    assert config.rule(INTENT).severity is ERROR
    assert str(config.rule(INTENT).origin("severity")) == "relcheck.toml:3"
    assert config.waivers[0].rules == ("transactions/missing-intent",)
    assert config.override("transactions/missing-intent", "b/x.py") is INFO
    assert config.referenced_rules == ("transactions/missing-intent",)


def test_names_of_local_rules_need_not_be_known(tmp_path: Path) -> None:
    text = """
[rules."local/no-print"]
words = ["print"]
[rules.local]
severity = "info"
[[waivers]]
rule = ["local/no-print", "local/other"]
path = "a"
[[overrides]]
paths = ["b"]
rules."local/third".severity = "off"
"""
    config = load(tmp_path, text)
    assert config.referenced_rules == ("local", "local/no-print", "local/other", "local/third")


class TestExtends:
    def test_the_own_file_beats_what_it_extends_and_a_later_one_an_earlier(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text('[relcheck]\nexclude = ["a"]\nmax_file_size = 1\nfail_on = "info"')
        (tmp_path / "b.toml").write_text('[relcheck]\nexclude = ["b"]\nmax_file_size = 2')
        config = load(tmp_path, '[relcheck]\nextends = ["./a.toml", "./b.toml"]\nexclude = ["own"]')
        assert (config.exclude, config.max_file_size, config.fail_on) == (("own",), 2, INFO)
        assert config.origins["relcheck.exclude"] == "relcheck.toml:3"
        assert config.origins["relcheck.max_file_size"] == "b.toml:3"
        assert config.origins["relcheck.fail_on"] == "a.toml:4"

    def test_an_own_packs_table_beats_an_extended_rules_table(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text('[rules."transactions/raw-row-lock"]\nallowed_in = ["a"]\nlocks = ["x"]')
        text = '[relcheck]\nextends = ["./a.toml"]\n[rules.transactions]\nallowed_in = ["own"]'
        assert load(tmp_path, text).rule(LOCK).options == {"allowed_in": ("own",), "locks": ("x",)}

    def test_waivers_and_overrides_add_up(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text(
            '[[waivers]]\nrule = "transactions"\npath = "a"\n[[overrides]]\npaths = ["x"]\nseverity = "info"'
        )
        text = (
            '[relcheck]\nextends = ["./a.toml"]\n[[waivers]]\nrule = "layers"\npath = "b"\n'
            '[[overrides]]\npaths = ["x"]\nseverity = "error"'
        )
        config = load(tmp_path, text)
        assert [(one.path, one.line, one.globs) for one in config.waivers] == [
            ("a.toml", 1, ("a",)),
            ("relcheck.toml", 3, ("b",)),
        ]
        assert config.override(LOCK.name, "x/y.py") is ERROR


def test_a_waiver_says_all_that_it_covers_and_where_it_stands(tmp_path: Path) -> None:
    text = """
[[waivers]]
rule = "transactions/raw-row-lock"
path = "app/**"
reason = " INC-204 "
until = 2027-03-31
owner = "ann"

[[waivers]]
rule = ["transactions", "layers/star-import"]
paths = ["a", "b"]
until = "2027-03-31"
reason = "  "
"""
    assert load(tmp_path, text).waivers == (
        Waiver(
            Origin.CONFIG,
            ("transactions/raw-row-lock",),
            "relcheck.toml",
            2,
            "INC-204",
            date(2027, 3, 31),
            "ann",
            ("app/**",),
        ),
        Waiver(
            Origin.CONFIG,
            ("transactions", "layers/star-import"),
            "relcheck.toml",
            9,
            None,
            date(2027, 3, 31),
            None,
            ("a", "b"),
        ),
    )


class TestLevels:
    OFF = Level(grade="off")

    @pytest.mark.parametrize(
        ("said", "comes_to"),
        [
            ([], (None, None)),
            ([OFF], (False, None)),
            ([OFF, Level(grade=INFO)], (None, INFO)),
            ([Level(grade=INFO), OFF], (False, None)),
            ([OFF, Level(switch=True)], (True, None)),
            ([Level(switch=False), Level(grade=INFO)], (False, INFO)),
            ([Level(switch=False), Level(switch=True)], (True, None)),
            ([Level(grade=INFO), Level(switch=False)], (False, INFO)),
            ([OFF, Level(switch=False), Level(grade=INFO)], (False, INFO)),
        ],
    )
    def test_a_later_word_takes_back_an_earlier_one_of_its_kind(
        self, said: list[Level], comes_to: tuple[bool | None, Severity | None]
    ) -> None:
        level = Level()
        for one in said:
            level = level.then(one)
        assert (level.enabled, level.severity) == comes_to


class TestOverrides:
    def override(self, folder: Path, text: str, rule: str, path: str) -> str | None:
        return load(folder, text).override(rule, path)

    def test_one_that_matches_sets_the_severity(self, tmp_path: Path) -> None:
        text = '[[overrides]]\npaths = ["tests/**"]\nseverity = "info"'
        assert self.override(tmp_path, text, LOCK.name, "tests/a.py") is INFO
        assert self.override(tmp_path, text, LOCK.name, "app/a.py") is None

    def test_a_rules_word_beats_its_packs_and_that_the_one_for_all(self, tmp_path: Path) -> None:
        text = """
[[overrides]]
paths = ["tests/**"]
severity = "info"
rules.transactions.severity = "warning"
rules."transactions/raw-row-lock".severity = "off"
"""
        config = load(tmp_path, text)
        severities = [config.override(spec.name, "tests/a.py") for spec in (LOCK, INTENT, OPT_IN)]
        assert severities == ["off", WARNING, INFO]

    def test_the_last_one_that_matches_wins(self, tmp_path: Path) -> None:
        text = """
[[overrides]]
paths = ["tests/**"]
enabled = false
[[overrides]]
paths = ["tests/important/**"]
enabled = true
[[overrides]]
paths = ["elsewhere"]
severity = "off"
"""
        config = load(tmp_path, text)
        assert config.override(LOCK.name, "tests/a.py") == "off"
        assert config.override(LOCK.name, "tests/important/a.py") is None

    def test_a_rule_that_is_off_may_be_switched_on_for_some_files(self, tmp_path: Path) -> None:
        text = """
[rules."transactions/raw-row-lock"]
severity = "off"
[[overrides]]
paths = ["pay/**"]
rules."transactions/raw-row-lock".severity = "warning"
[[overrides]]
paths = ["pay/**"]
rules."layers/star-import".enabled = true
[[overrides]]
paths = ["info/**"]
rules."layers/star-import".severity = "info"
"""
        config = load(tmp_path, text)
        assert (config.rule(LOCK).enabled, config.rule(OPT_IN).enabled) == (True, True)
        assert config.override(LOCK.name, "pay/a.py") is WARNING
        assert config.override(LOCK.name, "app/a.py") == "off"
        assert config.override(OPT_IN.name, "pay/a.py") is None
        assert config.override(OPT_IN.name, "info/a.py") == "off"
        assert config.override(INTENT.name, "pay/a.py") is None

    def test_a_severity_alone_switches_no_rule_on(self, tmp_path: Path) -> None:
        config = load(tmp_path, '[[overrides]]\npaths = ["a"]\nseverity = "info"')
        assert config.rule(OPT_IN).enabled is None
        assert config.override(OPT_IN.name, "a/x.py") is INFO  # it ran because the command line asked for it

    def test_it_knows_its_line(self, tmp_path: Path) -> None:
        (override,) = load(tmp_path, '\n[[overrides]]\npaths = ["a"]\nenabled = false').overrides
        assert (override.paths, override.line) == (("a",), 2)

    def test_an_unknown_rule_has_none(self, tmp_path: Path) -> None:
        assert self.override(tmp_path, '[[overrides]]\npaths = ["a"]\nenabled = false', "local/x", "a/b.py") is None


class TestDigest:
    BASE = '[relcheck]\nexclude = ["a"]\n[rules."transactions/raw-row-lock"]\nlocks = ["x"]\n'

    @pytest.mark.parametrize(
        "more",
        [
            "sql = false\n",
            'severity = "info"\n',
            '[[waivers]]\nrule = "layers"\npath = "b"\n',
            '[[overrides]]\npaths = ["b"]\nseverity = "off"\n',
            '[rules."local/x"]\nlocks = ["x"]\n',
        ],
    )
    def test_it_changes_with_what_is_said(self, more: str, tmp_path: Path) -> None:
        assert load(tmp_path, self.BASE).digest != load(tmp_path, self.BASE + more).digest

    def test_it_stays_with_what_is_said_otherwise(self, tmp_path: Path) -> None:
        other = """# a comment
rules."transactions/raw-row-lock".locks = [
    "x",
]
relcheck = { exclude = ["a"], required_version = ">=0" }
"""
        assert load(tmp_path, self.BASE).digest == load(tmp_path, other).digest


def test_a_configuration_can_be_asked_without_the_files_that_it_was_read_from(tmp_path: Path) -> None:
    config = load(tmp_path, '[[waivers]]\nrule = "layers"\npath = "b"')
    (tmp_path / "relcheck.toml").unlink()
    assert isinstance(config, Config)
    assert config.origins["waivers[0]"] == "relcheck.toml:1"
    assert msgspec.json.encode(config.sections)
