"""The change stream: versions and keys as others see them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.changes import CellChange, TenantChange, Version, change_key, grouped, read_record
from schemas.tables import Scope, dimension, field
from tests.change_records import cells_of


@given(st.text(), st.integers(0))
def test_a_version_comes_back(generation: str, offset: int) -> None:
    """Any version reads back from its text, dots in the generation included."""
    version = Version(generation, offset)
    assert Version.parse(str(version)) == version


@pytest.mark.parametrize("text", ["", "g1", "g1.", "g1.x", "g1.-1", "g1.1.5e3", "42"])
def test_what_is_no_version_is_an_error(text: str) -> None:
    """A `Last-Event-ID` that we never sent is not read as some other version."""
    with pytest.raises(ValueError, match="not a version"):
        Version.parse(text)


def test_versions_of_a_generation_sort_by_offset() -> None:
    """The tenth version is after the ninth."""
    assert Version("g", 9) < Version("g", 10)


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        (("employee", "nv-1", 20261120, "orders"), "acme|orders|employee|nv-1|2026-11-20|"),
        (("department", "n", 0, "pipeline_open"), "acme|pipeline_open|department|n|now|"),
        (
            ("company", "", 20261120, "revenue|currency:VND"),
            "acme|revenue|company|all|2026-11-20|currency:VND",
        ),
    ],
)
def test_the_key_on_the_topic(cell: tuple[Scope, str, int, str], key: str) -> None:
    """The key of a change names tenant, KPI, scope, id, day (or now) and dimension."""
    assert change_key("acme", *cell) == key


@given(st.sampled_from(["VND", "a|b", "", "x,y:z"]))
def test_a_value_cannot_break_a_key(value: str) -> None:
    """A key always has five separators, whatever a dimension's value is."""
    name = field("revenue", dimension(source=value))
    assert change_key("acme", "employee", "nv-1", 20261120, name).count("|") == 5


_CELLS = st.lists(
    st.builds(
        CellChange,
        field=st.sampled_from(["orders", "calls_attempted", "revenue|currency:EUR"]),
        scope=st.sampled_from(["employee", "company"]),
        id=st.sampled_from(["an", "bo"]),
        day=st.sampled_from([0, 20_261_130]),
        value=st.integers(-5, 5),
        previous=st.integers(-5, 5),
        cause=st.sampled_from(["e1", "e2"]),
        restated=st.booleans(),
    ),
    max_size=12,
)


def _places(cells: Any) -> dict[tuple[Any, ...], list[tuple[int, int, str, bool]]]:
    """Return what became of every cell, in order."""
    found: dict[tuple[Any, ...], list[tuple[int, int, str, bool]]] = {}
    for cell in cells:
        key = (cell["scope"], cell["id"], cell["day"], cell["field"])
        told = (cell["value"], cell["previous"], cell["cause"], cell["restated"])
        found.setdefault(key, []).append(told)
    return found


@given(_CELLS)
def test_cells_are_put_together_without_loss(cells: list[CellChange]) -> None:
    """Every change of every cell stands in the groups; those of a group are of different cells."""
    groups = grouped(cells)
    change = TenantChange(groups=groups, occurrences=[], events=1)
    told = list(cells_of(change))
    assert len(told) == len(cells)
    assert {key: sorted(seen) for key, seen in _places(told).items()} == {
        key: sorted(seen) for key, seen in _places(cells).items()
    }
    assert grouped(told) == groups


@given(_CELLS)
def test_a_record_of_before_reads_as_one_of_today(cells: list[CellChange]) -> None:
    """Until 0049 a record named every cell by itself; after an upgrade there still are some."""
    head = {"generation": "g1", "offset": 7, "at_ms": 1, "log_ms": 1}
    before = {"acme": {"cells": cells, "occurrences": [], "events": 1}}
    today = {"acme": {"groups": grouped(cells), "occurrences": [], "events": 1}}
    old = read_record(orjson.dumps({**head, "tenants": before}))
    assert old == read_record(orjson.dumps({**head, "tenants": today}))
    assert old["tenants"]["acme"]["groups"] == grouped(cells)
