"""The order of migrations, and chains that cannot be applied."""

from __future__ import annotations

from relcheck.sources.migration.chain import chain
from relcheck.sources.migration.migration import Migration


def _one(name: str, *parents: str, path: str = "", replaces: tuple[str, ...] = ()) -> Migration:
    return Migration(
        framework="alembic", path=path or f"versions/{name}.py", id=name, parents=parents, replaces=replaces
    )


def _kinds(*migrations: Migration) -> list[str]:
    return [problem.kind for _, problem in chain("versions", migrations).problems]


def test_a_migration_comes_after_those_that_it_builds_on() -> None:
    found = chain("versions", [_one("a", "c"), _one("b"), _one("c", "b")])
    assert [one.id for one in found.migrations] == ["b", "c", "a"]
    assert [one.id for one in found.heads] == ["a"]
    assert not found.problems


def test_two_that_nothing_builds_on_are_two_heads_until_they_are_merged() -> None:
    assert len(chain("versions", [_one("a"), _one("b", "a"), _one("c", "a")]).heads) == 2
    assert len(chain("versions", [_one("a"), _one("b", "a"), _one("c", "a"), _one("d", "b", "c")]).heads) == 1


def test_a_parent_that_no_file_defines_is_told_where_it_is_named() -> None:
    ((path, problem),) = chain("versions", [_one("a", "zz")]).problems
    assert path == "versions/a.py"
    assert problem.message == "a builds on zz, which no file defines: it cannot be applied. Name one that exists"


def test_a_parent_in_another_environment_is_known() -> None:
    assert not chain("versions", [_one("a", "zz")], {"zz": _one("zz")}).problems


def test_two_of_one_name_and_a_circle_are_told() -> None:
    assert _kinds(_one("a"), _one("a", path="versions/other.py")) == ["duplicate-id"]
    assert _kinds(_one("a", "b"), _one("b", "a")) == ["cycle"]
    assert _kinds(_one("a", "a")) == ["cycle"]


def test_what_was_squashed_is_no_head_and_stands_for_its_parts() -> None:
    squashed = [_one("a"), _one("b", "a"), _one("a_b", replaces=("a", "b")), _one("c", "a_b")]
    assert [one.id for one in chain("versions", squashed).heads] == ["c"]
    assert not chain("versions", [_one("a_b", replaces=("a", "b")), _one("c", "b")]).problems


def test_what_builds_on_a_squashed_migration_comes_behind_all_that_it_replaces() -> None:
    parts = [_one("a"), _one("b", "a"), _one("c", "b"), _one("a_c", replaces=("a", "b", "c")), _one("d", "a_c")]
    names = [one.id for one in chain("versions", parts).migrations]
    assert names.index("d") > names.index("c")


def test_a_squashed_migration_beside_what_it_replaces_is_no_end() -> None:
    found = chain(
        "shop",
        [
            Migration(framework="django", path="1.py", id="1"),
            Migration(framework="django", path="2.py", id="2", parents=("1",)),
            Migration(framework="django", path="12.py", id="12", replaces=("1", "2")),
            Migration(framework="django", path="3.py", id="3", parents=("2",)),
        ],
    )
    assert [one.id for one in found.heads] == ["3"]
