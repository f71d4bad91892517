"""The change stream: versions and keys as others see them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.changes import CellChange, Version, change_key
from schemas.tables import dimension, field


def change(scope: str, scope_id: str, day: int, name: str) -> CellChange:
    """Return a changed cell."""
    return CellChange(
        field=name,
        scope=scope,
        id=scope_id,
        day=day,
        value=2,
        previous=1,
        cause="e1",
        restated=False,
    )


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
        (change("employee", "nv-1", 20261120, "orders"), "acme|orders|employee|nv-1|2026-11-20|"),
        (change("department", "n", 0, "pipeline_open"), "acme|pipeline_open|department|n|now|"),
        (
            change("company", "", 20261120, "revenue|currency:VND"),
            "acme|revenue|company|all|2026-11-20|currency:VND",
        ),
    ],
)
def test_the_key_on_the_topic(cell: CellChange, key: str) -> None:
    """The key of a change names tenant, KPI, scope, id, day (or now) and dimension."""
    assert change_key("acme", cell) == key


@given(st.sampled_from(["VND", "a|b", "", "x,y:z"]))
def test_a_value_cannot_break_a_key(value: str) -> None:
    """A key always has five separators, whatever a dimension's value is."""
    name = field("revenue", dimension(source=value))
    assert change_key("acme", change("employee", "nv-1", 20261120, name)).count("|") == 5
