"""Every way in which a configuration can be wrong, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_case import CATALOG, load, problems

from relcheck.config import MAX_BYTES, ConfigError, load_config

ERRORS = {
    # names
    "[relchek]": "relcheck.toml:1: relchek: unknown section; did you mean `relcheck`?",
    "zzz = 1": "relcheck.toml:1: zzz: unknown section; known are "
    "`gate`, `layers`, `matrix`, `migrations`, `overrides`, `relcheck`, `rules`, `waivers`",
    "[tool.relcheck]": (
        "relcheck.toml:1: tool: unknown section; here it is [relcheck]; [tool.relcheck] is for pyproject.toml"
    ),
    "exclude = []": "relcheck.toml:1: exclude: unknown section; `exclude` is a key of [relcheck]",
    "[relcheck]\nexlude = []": "relcheck.toml:2: relcheck.exlude: unknown key; did you mean `exclude`?",
    "[relcheck.rules]": (
        "relcheck.toml:1: relcheck.rules: unknown key; `rules` is a section of its own, beside [relcheck]"
    ),
    '\n[rules."transactions/raw-rowlock"]': (
        'relcheck.toml:2: rules."transactions/raw-rowlock": unknown rule `transactions/raw-rowlock`; '
        "did you mean `transactions/raw-row-lock`?"
    ),
    "[rules.raw-row-lock]": (
        "relcheck.toml:1: rules.raw-row-lock: unknown pack `raw-row-lock`; did you mean `transactions/raw-row-lock`?"
    ),
    "[rules.transaction]": (
        "relcheck.toml:1: rules.transaction: unknown pack `transaction`; did you mean `transactions`?"
    ),
    "[rules.zzz]": "relcheck.toml:1: rules.zzz: unknown pack `zzz`; see `relcheck rules`",
    '[rules."transactions/raw-row-lock"]\nlock = []': (
        'relcheck.toml:2: rules."transactions/raw-row-lock".lock: unknown option; did you mean `locks`?'
    ),
    '[rules."transactions/missing-intent"]\nzzz = 1': (
        'relcheck.toml:2: rules."transactions/missing-intent".zzz: unknown option; '
        "known are `allowed_in`, `enabled`, `paths`, `required_in`, `severity`"
    ),
    '[rules."layers/star-import"]\nzzz = 1': (
        'relcheck.toml:2: rules."layers/star-import".zzz: unknown option; the rule has no options'
    ),
    "[rules.layers]\nzzz = 1": "relcheck.toml:2: rules.layers.zzz: unknown option; the pack has no options",
    "[rules.transactions.raw-row-lock]\nenabled = false": (
        "relcheck.toml:1: rules.transactions.raw-row-lock: unknown option; "
        'the rule\'s table is written [rules."transactions/raw-row-lock"]'
    ),
    '[rules."transactions/missing-intent"]\n[rules."transactions/no-intent"]': (
        'relcheck.toml:2: rules."transactions/no-intent": another name of `transactions/missing-intent`, '
        'which is configured as rules."transactions/missing-intent" too; keep one of the two'
    ),
    "[[waivers]]\nrul = 'x'\nrule = 'transactions'\npath = 'a'": (
        "relcheck.toml:2: waivers[0].rul: unknown key; did you mean `rule`?"
    ),
    "[[overrides]]\npaths = ['a']\nrules.transactions.locks = []": (
        "relcheck.toml:3: overrides[0].rules.transactions.locks: unknown key; known are `enabled`, `severity`"
    ),
    # types
    "relcheck = 3": "relcheck.toml:1: relcheck: expected a table, got the integer 3",
    "rules = 3": "relcheck.toml:1: rules: expected a table, got the integer 3",
    "rules.transactions = true": "relcheck.toml:1: rules.transactions: expected a table, got true",
    "waivers = 'x'": 'relcheck.toml:1: waivers: expected an array of tables, got the string "x"',
    "waivers = [1.5]": "relcheck.toml:1: waivers[0]: expected a table, got the float 1.5",
    "[waivers]": "relcheck.toml:1: waivers: expected an array of tables, got a table",
    "[relcheck]\nexclude = 'a'": 'relcheck.toml:2: relcheck.exclude: expected an array of strings, got the string "a"',
    "[relcheck]\nexclude = [\n  'a',\n  2,\n]": (
        "relcheck.toml:4: relcheck.exclude[1]: expected a string, got the integer 2"
    ),
    "[relcheck]\nroots = ['a']": "relcheck.toml:2: relcheck.roots: expected a table of strings, got an array",
    "[relcheck]\nroots.app = 1": "relcheck.toml:2: relcheck.roots.app: expected a string, got the integer 1",
    "[relcheck]\nrequire_reason = 'no'": (
        'relcheck.toml:2: relcheck.require_reason: expected true or false, got the string "no"'
    ),
    "[relcheck]\nbaseline = ''": (
        "relcheck.toml:2: relcheck.baseline: an empty path; leave the key out for the default"
    ),
    "[relcheck]\nbaseline = 'ci/'": 'relcheck.toml:2: relcheck.baseline: "ci/" names a folder; name a file',
    "[relcheck]\nbaseline = '.git/config'": (
        'relcheck.toml:2: relcheck.baseline: ".git/config" lies in git\'s own folder; name another'
    ),
    "[relcheck]\nbaseline = '../x'": (
        'relcheck.toml:2: relcheck.baseline: "../x" leaves the folder of the configuration: `..` is not allowed'
    ),
    "[relcheck]\nmax_file_size = 0": (
        "relcheck.toml:2: relcheck.max_file_size: expected an integer of at least 1, got the integer 0"
    ),
    "[relcheck]\nmax_file_size = 0xffffffffffffffffffffffffffffffff": (
        "relcheck.toml:2: relcheck.max_file_size: expected an integer of at least 1, "
        "got an integer of more than 64 bits"
    ),
    "[relcheck]\nfail_on = 1": (
        "relcheck.toml:2: relcheck.fail_on: expected one of `error`, `info`, `warning`, got the integer 1"
    ),
    "[relcheck]\nfail_on = 'warn'": (
        'relcheck.toml:2: relcheck.fail_on: "warn" is none of `error`, `info`, `warning`; did you mean `warning`?'
    ),
    "[relcheck]\nfail_on = 'off'": ('relcheck.toml:2: relcheck.fail_on: "off" is none of `error`, `info`, `warning`'),
    '[rules."transactions/raw-row-lock"]\nlocks = "a"': (
        'relcheck.toml:2: rules."transactions/raw-row-lock".locks: expected an array of strings, got the string "a"'
    ),
    '[rules."transactions/raw-row-lock"]\nprimitives = [[]]': (
        'relcheck.toml:2: rules."transactions/raw-row-lock".primitives[0]: expected a string, got an empty array'
    ),
    '[rules."transactions/raw-row-lock"]\nsql = 1': (
        'relcheck.toml:2: rules."transactions/raw-row-lock".sql: expected true or false, got the integer 1'
    ),
    '[rules."transactions/raw-row-lock"]\ndepth = true': (
        'relcheck.toml:2: rules."transactions/raw-row-lock".depth: expected an integer, got true'
    ),
    '[rules."transactions/raw-row-lock"]\nratio = nan': (
        'relcheck.toml:2: rules."transactions/raw-row-lock".ratio: expected a number, got the float nan'
    ),
    '[rules."transactions/raw-row-lock"]\nword = 2027-01-01': (
        'relcheck.toml:2: rules."transactions/raw-row-lock".word: expected a string, got the date 2027-01-01'
    ),
    '[rules."transactions/raw-row-lock"]\nnames = { a = 1 }': (
        'relcheck.toml:2: rules."transactions/raw-row-lock".names.a: expected a string, got the integer 1'
    ),
    "[rules.transactions]\nallowed_in = 1": (
        "relcheck.toml:2: rules.transactions.allowed_in: expected an array of strings, got the integer 1"
    ),
    '[rules."local/mine"]\nx = 1979-05-27T07:32:00Z': (
        'relcheck.toml:2: rules."local/mine".x: expected a value that an option can have, '
        "got the time 1979-05-27 07:32:00+00:00"
    ),
    '[rules."local/mine"]\nseverity = "fatal"': (
        'relcheck.toml:2: rules."local/mine".severity: "fatal" is none of `error`, `info`, `off`, `warning`'
    ),
    # severities
    "[rules.transactions]\nseverity = 'eror'": (
        'relcheck.toml:2: rules.transactions.severity: "eror" is none of `error`, `info`, `off`, `warning`; '
        "did you mean `error`?"
    ),
    "[rules.transactions]\nenabled = true\nseverity = 'off'": (
        'relcheck.toml:3: rules.transactions.severity: "off" contradicts `enabled = true`; keep one of the two'
    ),
    # paths
    "[relcheck]\nexclude = ['/etc/**']": (
        'relcheck.toml:2: relcheck.exclude[0]: "/etc/**" is an absolute path; '
        "write it from the folder of the configuration"
    ),
    "[relcheck]\nexclude = ['C:/x']": (
        'relcheck.toml:2: relcheck.exclude[0]: "C:/x" is an absolute path; '
        "write it from the folder of the configuration"
    ),
    "[relcheck]\nexclude = ['a/../../b']": (
        'relcheck.toml:2: relcheck.exclude[0]: "a/../../b" leaves the folder of the configuration: `..` is not allowed'
    ),
    "[relcheck]\nexclude = ['']": (
        "relcheck.toml:2: relcheck.exclude[0]: an empty pattern matches nothing; write ** for everything"
    ),
    "[relcheck]\nexclude = ['[z-a]']": (
        "relcheck.toml:2: relcheck.exclude[0]: pattern '[z-a]' holds the range z-a, which is empty"
    ),
    '[rules."transactions/raw-row-lock"]\npaths = ["../x"]': (
        'relcheck.toml:2: rules."transactions/raw-row-lock".paths[0]: "../x" leaves the folder of the configuration: '
        "`..` is not allowed"
    ),
    '[rules."transactions/raw-row-lock"]\nallowed_in = ["~/x"]': (
        'relcheck.toml:2: rules."transactions/raw-row-lock".allowed_in[0]: "~/x" is an absolute path; '
        "write it from the folder of the configuration"
    ),
    "[relcheck]\nroots.app = '..'": (
        'relcheck.toml:2: relcheck.roots.app: ".." leaves the folder of the configuration: `..` is not allowed'
    ),
    "[relcheck]\nroots.app = 'a\\b'": (
        'relcheck.toml:2: relcheck.roots.app: "a\\\\b" holds a backslash; write / between folders'
    ),
    '[relcheck]\nlocal_rules = "a\\u001b"': (
        'relcheck.toml:2: relcheck.local_rules: "a\\u001b" holds a character that cannot be printed'
    ),
    "[relcheck]\nlocal_rules = ''": (
        "relcheck.toml:2: relcheck.local_rules: an empty path; the folder of the configuration itself is `.`"
    ),
    "[relcheck]\nroots.'a-b' = 'c'": 'relcheck.toml:2: relcheck.roots.a-b: "a-b" is no name that can be imported',
    # waivers
    "[[waivers]]\nrule = 'transactions'": (
        "relcheck.toml:1: waivers[0]: `path` is missing: which files does it cover?"
    ),
    "[[waivers]]\npath = 'a'": "relcheck.toml:1: waivers[0]: `rule` is missing",
    "[[waivers]]\nrule = 'transactions'\npath = 'a'\npaths = ['b']": (
        "relcheck.toml:1: waivers[0]: has both `path` and `paths`; keep one of the two"
    ),
    "[[waivers]]\nrule = 'transactions'\npaths = []": (
        "relcheck.toml:3: waivers[0].paths: an empty array names no file"
    ),
    "[[waivers]]\nrule = []\npath = 'a'": "relcheck.toml:2: waivers[0].rule: an empty array names no rule",
    "[[waivers]]\nrule = 3\npath = 'a'": (
        "relcheck.toml:2: waivers[0].rule: expected a string or an array of strings, got the integer 3"
    ),
    "[[waivers]]\nrule = ['transactions', 'transactionz']\npath = 'a'": (
        "relcheck.toml:2: waivers[0].rule[1]: unknown pack `transactionz`; did you mean `transactions`?"
    ),
    "[[waivers]]\nrule = 'transactions'\npath = '/a'": (
        'relcheck.toml:3: waivers[0].path: "/a" is an absolute path; write it from the folder of the configuration'
    ),
    "[[waivers]]\nrule = 'transactions'\npath = 'a'\nuntil = '31.3.2027'": (
        'relcheck.toml:4: waivers[0].until: expected a date such as 2027-03-31, got the string "31.3.2027"'
    ),
    "[[waivers]]\nrule = 'transactions'\npath = 'a'\nuntil = 2027-03-31T00:00:00": (
        "relcheck.toml:4: waivers[0].until: expected a date such as 2027-03-31, got the time 2027-03-31 00:00:00"
    ),
    # overrides
    "[[overrides]]\nseverity = 'off'": "relcheck.toml:1: overrides[0]: `paths` is missing",
    "[[overrides]]\npaths = []\nseverity = 'off'": "relcheck.toml:2: overrides[0].paths: an empty array names no file",
    "[[overrides]]\npaths = ['a']": (
        "relcheck.toml:1: overrides[0]: changes nothing; set `severity` or `enabled`, "
        "or those of single rules in `rules`"
    ),
    "[[overrides]]\npaths = ['a']\nrules.'a/b'.severity = 'off'": (
        'relcheck.toml:3: overrides[0].rules."a/b": unknown rule `a/b`; see `relcheck rules`'
    ),
    "[[overrides]]\npaths = ['a']\n[overrides.rules.transactions]\nseverity = 'off'\nenabled = true": (
        'relcheck.toml:4: overrides[0].rules.transactions.severity: "off" contradicts `enabled = true`; '
        "keep one of the two"
    ),
    # extends and versions
    "[relcheck]\nextends = 'preset:django'": (
        'relcheck.toml:2: relcheck.extends: expected an array of strings, got the string "preset:django"'
    ),
    "[relcheck]\nextends = ['preset:djang']": (
        "relcheck.toml:2: relcheck.extends[0]: unknown preset `djang`; did you mean `django`?"
    ),
    "[relcheck]\nextends = ['preset:../x']": (
        'relcheck.toml:2: relcheck.extends[0]: "preset:../x" is none of `preset:NAME`, `package:NAME` and `./file.toml`'
    ),
    "[relcheck]\nextends = ['base.toml']": (
        'relcheck.toml:2: relcheck.extends[0]: "base.toml" is none of `preset:NAME`, `package:NAME` and `./file.toml`; '
        "did you mean `./base.toml`?"
    ),
    "[relcheck]\nextends = ['/etc/x.toml']": (
        'relcheck.toml:2: relcheck.extends[0]: "/etc/x.toml" is an absolute path; '
        "write it from the folder of the configuration"
    ),
    "[relcheck]\nextends = ['./no.toml']": (
        "relcheck.toml:2: relcheck.extends[0]: `./no.toml` cannot be read: No such file or directory"
    ),
    "[relcheck]\nextends = ['../x.toml']": (
        "relcheck.toml:2: relcheck.extends[0]: `../x.toml` is outside of the repository"
    ),
    "[relcheck]\nextends = ['package:relcheck_no_such_package']": (
        "relcheck.toml:2: relcheck.extends[0]: the package `relcheck_no_such_package` is not installed here "
        "or holds no `relcheck.toml`"
    ),
    "[relcheck]\nrequired_version = '>=0.1,'": (
        'relcheck.toml:2: relcheck.required_version: ">=0.1," is no specifier of versions such as `>=0.1,<1`'
    ),
    # TOML
    "[relcheck\n": "relcheck.toml:1: not valid TOML: Expected ']' at the end of a table declaration (column 10)",
    "a = 1\na = 2": "relcheck.toml:2: not valid TOML: Cannot overwrite a value (at the end of the file)",
    "a = 1\nb = [": "relcheck.toml:2: not valid TOML: Invalid value (at the end of the file)",
    "a = " + "[" * 5000: "relcheck.toml: arrays or tables are nested too deeply",
    "\na" + ".a" * 40 + " = 1": "relcheck.toml:2: a dotted name of more than 32 parts",
    "a = 0"
    + "1" * 5000: "relcheck.toml:1: not valid TOML: Expected newline or end of document after a statement (column 6)",
}


@pytest.mark.parametrize("text", ERRORS)
def test_what_is_wrong_is_said_with_its_line_its_key_and_the_nearest_name(text: str, tmp_path: Path) -> None:
    assert problems(tmp_path, text) == [ERRORS[text]]


def test_an_error_tells_its_parts(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "[relcheck]\n\nexlude = []")
    error = caught.value
    assert (error.message, error.path, error.line, error.key) == (
        "unknown key; did you mean `exclude`?",
        "relcheck.toml",
        3,
        "relcheck.exlude",
    )


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = """
[[waivers]]
rule = "transactions"
[rules.transactions]
lock = 1
[relcheck]
exclude = ["/a", "../b"]
extends = ["./no.toml"]
fail_on = "never"
"""
    assert problems(tmp_path, text) == [
        "relcheck.toml:2: waivers[0]: `path` is missing: which files does it cover?",
        "relcheck.toml:5: rules.transactions.lock: unknown option; did you mean `locks`?",
        'relcheck.toml:7: relcheck.exclude[0]: "/a" is an absolute path; write it from the folder of the configuration',
        'relcheck.toml:7: relcheck.exclude[1]: "../b" leaves the folder of the configuration: `..` is not allowed',
        "relcheck.toml:8: relcheck.extends[0]: `./no.toml` cannot be read: No such file or directory",
        'relcheck.toml:9: relcheck.fail_on: "never" is none of `error`, `info`, `warning`',
    ]


def test_of_very_many_errors_the_first_are_said(tmp_path: Path) -> None:
    said = problems(tmp_path, "[relcheck]\n" + "".join(f"k{number} = 1\n" for number in range(1000)))
    assert len(said) == 51
    assert said[-1] == "relcheck.toml: more is wrong; mend the above first"


def test_a_file_written_for_another_relcheck_is_judged_by_nothing_else(tmp_path: Path) -> None:
    said = problems(tmp_path, '[relcheck]\nnew_key = 1\nrequired_version = ">=999"')
    assert len(said) == 1
    assert said[0].startswith("relcheck.toml:3: relcheck.required_version: this is relcheck ")
    assert said[0].endswith(", and the configuration is written for `>=999`; install such a version")


def test_keys_and_values_cannot_draw_on_the_terminal(tmp_path: Path) -> None:
    said = problems(tmp_path, '[relcheck]\n"\\u001b[2J" = 1\nfail_on = "\\u202eoff"')
    assert [line.partition(" known are ")[0] for line in said] == [
        'relcheck.toml:2: relcheck."\\u001b[2J": unknown key;',
        'relcheck.toml:3: relcheck.fail_on: "\\u202eoff" is none of `error`, `info`, `warning`',
    ]


def test_a_long_key_is_cut(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, "[relcheck]\n" + "x" * 100_000 + " = 1")
    assert len(said) < 400


def test_a_pattern_that_is_too_complex_is_refused(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, f'[relcheck]\nexclude = ["{"*a" * 100}"]')
    assert said.startswith("relcheck.toml:2: relcheck.exclude[0]: pattern ")
    assert said.endswith("has more than 64 wildcards")


def test_an_array_of_very_many_entries_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "[relcheck]\nexclude = [" + "'a'," * 5000 + "]") == []
    assert problems(tmp_path, "[relcheck]\nexclude = [" + "'a'," * 5001 + "]") == [
        "relcheck.toml:2: relcheck.exclude: holds 5001 entries; relcheck reads at most 5000"
    ]


def test_an_integer_of_thousands_of_digits_is_refused(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, "a = 1" + "1" * 5000)
    assert said.startswith("relcheck.toml: not valid TOML: Exceeds the limit")


def test_a_file_of_more_than_a_megabyte_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, b"#" * (MAX_BYTES + 1)) == [
        "relcheck.toml: larger than 1 MB, the most that relcheck reads"
    ]
    assert problems(tmp_path, b"#" * MAX_BYTES) == []


def test_a_file_that_is_not_utf_8_is_refused_with_the_line(tmp_path: Path) -> None:
    assert problems(tmp_path, b"# a\n# b\xff") == ["relcheck.toml:2: not UTF-8 (byte 0xff); TOML is always UTF-8"]


def test_a_byte_order_mark_and_windows_line_ends_are_read_over(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbf[relcheck]\r\nexclude = [\r\n"a"\r\n]\r\n'
    assert load(tmp_path, text).exclude == ("a",)
    assert problems(tmp_path, text + b"x = 1\r\n")[0].startswith("relcheck.toml:5: relcheck.x: ")


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "relcheck.toml", shown_as="a/relcheck.toml", catalog=CATALOG)
    assert str(caught.value) == "a/relcheck.toml: cannot be read: No such file or directory"


def test_a_folder_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path, shown_as="relcheck.toml", catalog=CATALOG)
    assert str(caught.value) == "relcheck.toml: cannot be read: not a regular file"


def test_an_error_in_an_extended_file_is_said_with_that_file(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("[relcheck]\n\nexlude = []")
    assert problems(tmp_path, '[relcheck]\nextends = ["./base.toml"]\nfail_on = 1') == [
        "base.toml:3: relcheck.exlude: unknown key; did you mean `exclude`?",
        "relcheck.toml:3: relcheck.fail_on: expected one of `error`, `info`, `warning`, got the integer 1",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[tool.relcheck]\nexlude = []",
            "pyproject.toml:2: tool.relcheck.exlude: unknown key; did you mean `exclude`?",
        ),
        (
            "[tool.relcheck.rule.transactions]",
            "pyproject.toml:1: tool.relcheck.rule: unknown key; did you mean `rules`?",
        ),
        (
            '[tool.relcheck.rules."transactions/raw-row-lock"]\nlock = []',
            (
                'pyproject.toml:2: tool.relcheck.rules."transactions/raw-row-lock".lock: unknown option; '
                "did you mean `locks`?"
            ),
        ),
        (
            "[[tool.relcheck.waivers]]\nrule = 'transactions'",
            "pyproject.toml:1: tool.relcheck.waivers[0]: `path` is missing: which files does it cover?",
        ),
        ("[tool]\nrelcheck = 1", "pyproject.toml:2: tool.relcheck: expected a table, as in [tool.relcheck]"),
        ("[project]", "pyproject.toml: has no [tool.relcheck]"),
    ],
)
def test_in_pyproject_keys_are_said_as_they_stand_there(text: str, said: str, tmp_path: Path) -> None:
    assert problems(tmp_path, text, "pyproject.toml") == [said]
