"""Trees must go when a file is done: the collector is off while files are looked at."""

from __future__ import annotations

import gc

import libcst as cst

from relcheck.engine.catalog import load_catalog
from relcheck.engine.harness import findings_in

_CODE = """
def claim(session):
    session.commit()
    session.commit()
    return session.query(Job).with_for_update().one()
"""


def test_a_visited_file_leaves_no_tree_behind() -> None:
    catalog = load_catalog()
    found = []
    gc.collect()
    gc.disable()
    try:
        for rule in ("transactions/raw-row-lock", "transactions/split-write"):
            found += findings_in(catalog.rules[rule], {"app/jobs.py": _CODE}, {}, catalog)
        left = [node for node in gc.get_objects() if type(node) is cst.Module]
    finally:
        gc.enable()
    assert len(found) == 2
    assert left == []
