"""Which files make up a configuration."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest
from config_case import CATALOG, load, problems

from relcheck.config import ConfigError, find_config, load_config, preset_names


def write(file: Path, text: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


class TestFinding:
    def test_the_nearest_file_upwards_is_taken(self, tmp_path: Path) -> None:
        upper = write(tmp_path / "relcheck.toml")
        nearer = write(tmp_path / "a/relcheck.toml")
        (tmp_path / "a/b").mkdir()
        (tmp_path / "c").mkdir()
        assert find_config(tmp_path / "a/b", stop=tmp_path) == nearer
        assert find_config(tmp_path / "c", stop=tmp_path) == upper

    def test_the_search_ends_at_the_repository(self, tmp_path: Path) -> None:
        write(tmp_path / "relcheck.toml")
        (tmp_path / "repo/a").mkdir(parents=True)
        assert find_config(tmp_path / "repo/a", stop=tmp_path / "repo") is None
        assert find_config(tmp_path / "repo/a", stop=None) == tmp_path / "relcheck.toml"

    def test_a_pyproject_counts_where_it_configures_relcheck(self, tmp_path: Path) -> None:
        upper = write(tmp_path / "pyproject.toml", "[tool.relcheck]")
        write(tmp_path / "a/pyproject.toml", "[project]\ndependencies = ['relcheck']")
        assert find_config(tmp_path / "a", stop=tmp_path) == upper

    @pytest.mark.parametrize("text", ["[tool.relcheck]", "tool.relcheck.exclude = []", "[tool]\nrelcheck = 3"])
    def test_however_it_is_written(self, text: str, tmp_path: Path) -> None:
        assert find_config(tmp_path, stop=tmp_path) is None
        assert find_config(write(tmp_path / "pyproject.toml", text).parent, stop=tmp_path) is not None

    def test_relcheck_toml_comes_before_pyproject(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", "[tool.relcheck]")
        assert find_config(tmp_path, stop=tmp_path) == tmp_path / "pyproject.toml"
        write(tmp_path / "relcheck.toml")
        assert find_config(tmp_path, stop=tmp_path) == tmp_path / "relcheck.toml"

    def test_a_broken_pyproject_that_mentions_relcheck_is_not_passed_over(self, tmp_path: Path) -> None:
        file = write(tmp_path / "pyproject.toml", "[tool.relcheck\n")
        assert find_config(tmp_path, stop=tmp_path) == file
        write(file, "[tool.other\n")
        assert find_config(tmp_path, stop=tmp_path) is None

    def test_a_broken_link_is_not_passed_over(self, tmp_path: Path) -> None:
        link = tmp_path / "relcheck.toml"
        link.symlink_to(tmp_path / "gone.toml")
        assert find_config(tmp_path, stop=tmp_path) == link
        with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
            load_config(link, shown_as="relcheck.toml", catalog=CATALOG)

    def test_a_link_out_of_the_repository_is_refused(self, tmp_path: Path) -> None:
        secret = write(tmp_path / "secret.toml", "key = 1")
        repo = tmp_path / "repo"
        repo.mkdir()
        (repo / "relcheck.toml").symlink_to(secret)
        with pytest.raises(ConfigError) as caught:
            find_config(repo, stop=repo)
        assert str(caught.value) == "relcheck.toml: a link out of the repository; a configuration must stand in it"
        assert find_config(repo, stop=None) == repo / "relcheck.toml"

    def test_a_link_to_itself_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "relcheck.toml").symlink_to("relcheck.toml")
        with pytest.raises(ConfigError, match="a link out of the repository"):
            find_config(tmp_path, stop=tmp_path)

    def test_a_folder_of_that_name_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "relcheck.toml").mkdir()
        assert find_config(tmp_path, stop=tmp_path) is None

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
    def test_a_pipe_does_not_hang_the_search(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pyproject.toml")
        os.mkfifo(tmp_path / "relcheck.toml")
        assert find_config(tmp_path, stop=tmp_path) is None
        with pytest.raises(ConfigError, match="cannot be read: not a regular file"):
            load_config(tmp_path / "relcheck.toml", shown_as="relcheck.toml", catalog=CATALOG)


class TestPyproject:
    def test_settings_and_sections_stand_beside_each_other(self, tmp_path: Path) -> None:
        config = load(
            tmp_path,
            """
[tool.other]
x = 1

[tool.relcheck]
exclude = ["a"]

[tool.relcheck.rules.transactions]
severity = "off"

[[tool.relcheck.waivers]]
rule = "transactions"
path = "b"
""",
            "pyproject.toml",
        )
        assert config.exclude == ("a",)
        assert config.origins["relcheck.exclude"] == "pyproject.toml:6"
        assert config.origins["rules.transactions.severity"] == "pyproject.toml:9"
        assert [(waiver.path, waiver.line) for waiver in config.waivers] == [("pyproject.toml", 11)]


class TestExtends:
    def test_files_are_named_from_the_extending_one(self, tmp_path: Path) -> None:
        write(tmp_path / "conf/a.toml", '[relcheck]\nextends = ["./deep/b.toml"]')
        write(tmp_path / "conf/deep/b.toml", '[relcheck]\nextends = ["../c.toml"]\nexclude = ["b"]')
        write(tmp_path / "conf/c.toml", "[relcheck]\nmax_file_size = 7")
        config = load(tmp_path, '[relcheck]\nextends = ["./conf/a.toml"]')
        assert (config.exclude, config.max_file_size) == (("b",), 7)
        assert config.origins["relcheck.exclude"] == "conf/deep/b.toml:3"
        assert config.origins["relcheck.max_file_size"] == "conf/c.toml:2"
        assert config.extends == ("./conf/a.toml",)

    def test_a_file_above_the_configuration_may_be_named_where_it_is_in_the_repository(self, tmp_path: Path) -> None:
        write(tmp_path / "base.toml", "[relcheck]\nmax_file_size = 7")
        text = '[relcheck]\nextends = ["../base.toml"]'
        assert (
            load(tmp_path, text, "sub/relcheck.toml", root=tmp_path).origins["relcheck.max_file_size"] == "base.toml:2"
        )
        assert problems(tmp_path, text, "sub/relcheck.toml") == [
            "sub/relcheck.toml:2: relcheck.extends[0]: `../base.toml` is outside of the repository"
        ]

    def test_a_link_does_not_lead_out_of_the_repository(self, tmp_path: Path) -> None:
        write(tmp_path / "secret.toml", "key = 1")
        (tmp_path / "repo").mkdir()
        (tmp_path / "repo/base.toml").symlink_to(tmp_path / "secret.toml")
        assert problems(tmp_path / "repo", '[relcheck]\nextends = ["./base.toml"]') == [
            "relcheck.toml:2: relcheck.extends[0]: `./base.toml` is outside of the repository"
        ]

    def test_a_link_inside_of_the_repository_is_followed(self, tmp_path: Path) -> None:
        write(tmp_path / "real.toml", "[relcheck]\nmax_file_size = 7")
        (tmp_path / "base.toml").symlink_to("real.toml")
        assert load(tmp_path, '[relcheck]\nextends = ["./base.toml"]').max_file_size == 7

    def test_a_circle_is_said_as_it_runs(self, tmp_path: Path) -> None:
        write(tmp_path / "a.toml", '[relcheck]\nextends = ["./b.toml"]')
        write(tmp_path / "b.toml", '[relcheck]\nextends = ["./a.toml"]')
        assert problems(tmp_path, '[relcheck]\nextends = ["./a.toml"]') == [
            (
                "b.toml:2: relcheck.extends[0]: a circle: "
                "`relcheck.toml` extends `a.toml` extends `b.toml` extends `a.toml`"
            )
        ]

    def test_a_file_that_extends_itself_is_a_circle(self, tmp_path: Path) -> None:
        assert problems(tmp_path, '[relcheck]\nextends = ["./relcheck.toml"]') == [
            "relcheck.toml:2: relcheck.extends[0]: a circle: `relcheck.toml` extends `relcheck.toml`"
        ]

    def test_a_file_may_be_extended_on_two_ways(self, tmp_path: Path) -> None:
        write(tmp_path / "a.toml", '[relcheck]\nextends = ["./c.toml"]')
        write(tmp_path / "b.toml", '[relcheck]\nextends = ["./c.toml"]')
        write(tmp_path / "c.toml", "[relcheck]\nmax_file_size = 7")
        assert load(tmp_path, '[relcheck]\nextends = ["./a.toml", "./b.toml"]').max_file_size == 7

    def test_a_tree_of_files_that_grows_without_end_is_cut(self, tmp_path: Path) -> None:
        for number in range(30):
            names = [f"./{number + 1}.toml"] * 2
            write(tmp_path / f"{number}.toml", f"[relcheck]\nextends = {names}")
        write(tmp_path / "30.toml")
        said = problems(tmp_path, '[relcheck]\nextends = ["./0.toml"]')
        assert said
        assert all(line.endswith("more than 64 configurations are extended") for line in said)

    def test_a_pyproject_can_be_extended(self, tmp_path: Path) -> None:
        write(tmp_path / "base/pyproject.toml", "[tool.relcheck]\nmax_file_size = 7")
        assert load(tmp_path, '[relcheck]\nextends = ["./base/pyproject.toml"]').max_file_size == 7
        write(tmp_path / "base/pyproject.toml", "[tool.other]")
        assert problems(tmp_path, '[relcheck]\nextends = ["./base/pyproject.toml"]') == [
            "relcheck.toml:2: relcheck.extends[0]: `./base/pyproject.toml` has no [tool.relcheck]"
        ]

    def test_an_extended_file_may_require_a_version_too(self, tmp_path: Path) -> None:
        write(tmp_path / "a.toml", '[relcheck]\nrequired_version = ">=999"\nnew_key = 1')
        (said,) = problems(tmp_path, '[relcheck]\nextends = ["./a.toml"]')
        assert said.startswith("a.toml:2: relcheck.required_version: this is relcheck ")

    def test_what_stands_in_for_the_disk_is_asked_for_every_file(self, tmp_path: Path) -> None:
        files = {
            tmp_path / "relcheck.toml": b'[relcheck]\nextends = ["./x/../base.toml", "preset:django"]',
            tmp_path / "base.toml": b"[relcheck]\nmax_file_size = 7",
        }

        def read(path: Path) -> bytes:
            if path not in files:
                raise FileNotFoundError(2, "not in that revision")
            return files[path]

        file = tmp_path / "relcheck.toml"
        assert load_config(file, shown_as="relcheck.toml", catalog=CATALOG, read=read).max_file_size == 7
        del files[tmp_path / "base.toml"]
        with pytest.raises(ConfigError, match=r"`\./x/\.\./base\.toml` cannot be read: not in that revision"):
            load_config(file, shown_as="relcheck.toml", catalog=CATALOG, read=read)


class TestPresets:
    @pytest.mark.parametrize("name", preset_names())
    def test_every_preset_is_valid(self, name: str, tmp_path: Path) -> None:
        config = load(tmp_path, f'[relcheck]\nextends = ["preset:{name}"]')
        assert f"preset:{name}" in config.origins.values()

    def test_django_adds_its_lock(self, tmp_path: Path) -> None:
        config = load(tmp_path, '[relcheck]\nextends = ["preset:django"]')
        settings = config.rule(CATALOG.rules["transactions/raw-row-lock"])
        assert "select_for_update" in settings.options["locks"]
        assert str(settings.origin("locks")) == "preset:django"


class TestPackages:
    @pytest.fixture
    def package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A package on the import path that must not be run."""
        folder = tmp_path / "site/acme_policy"
        write(folder / "__init__.py", "raise RuntimeError('the package was run')")
        monkeypatch.syspath_prepend(tmp_path / "site")
        importlib.invalidate_caches()
        return folder

    def test_its_file_is_read_and_nothing_of_it_is_run(self, package: Path, tmp_path: Path) -> None:
        write(package / "relcheck.toml", "[relcheck]\nmax_file_size = 7")
        write(package / "strict.toml", '[relcheck]\nextends = ["./parts/x.toml"]')
        write(package / "parts/x.toml", "[relcheck]\nrequire_reason = false")
        config = load(tmp_path, '[relcheck]\nextends = ["package:acme_policy", "package:acme_policy/strict"]')
        assert config.origins["relcheck.max_file_size"] == "package:acme_policy:2"
        assert config.origins["relcheck.require_reason"] == "package:acme_policy/parts/x.toml:2"
        assert "acme_policy" not in sys.modules

    def test_it_cannot_name_files_outside_of_itself(self, package: Path, tmp_path: Path) -> None:
        write(package / "relcheck.toml", '[relcheck]\nextends = ["../x.toml"]')
        write(package / "../x.toml")
        assert problems(tmp_path, '[relcheck]\nextends = ["package:acme_policy"]') == [
            "package:acme_policy:2: relcheck.extends[0]: `../x.toml` is outside of the package"
        ]

    @pytest.mark.usefixtures("package")
    def test_a_file_that_it_does_not_hold_is_missed(self, tmp_path: Path) -> None:
        assert problems(tmp_path, '[relcheck]\nextends = ["package:acme_policy/strict"]') == [
            (
                "relcheck.toml:2: relcheck.extends[0]: the package `acme_policy` is not installed here "
                "or holds no `strict.toml`"
            )
        ]

    @pytest.mark.parametrize("name", ["__main__", "sys", "os"])
    def test_a_module_that_is_no_package_holds_no_file(self, name: str, tmp_path: Path) -> None:
        (said,) = problems(tmp_path, f'[relcheck]\nextends = ["package:{name}"]')
        assert "is not installed here or holds no `relcheck.toml`" in said
