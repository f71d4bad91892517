"""Crossings on a stream: for who follows the figure, and only as far as people may be seen."""

from __future__ import annotations

import pytest

from schemas.changes import ChangeRecord, Occurrence
from services.query.stream.cast import Subscription
from services.query.stream.scene import Scene
from tests.unit.query_stage import NOON, Stage, basis


def _crossed(employee: str, metric: str) -> Occurrence:
    return {
        "event_id": f"2026-11|{metric}|employee|{employee}|100",
        "type": "kpi.target_crossed",
        "subject": metric,
        "at_ms": NOON,
        "employee": employee,
        "department": "sales",
        "customer": "",
        "amount": 0,
        "currency": "",
        "seconds": 0,
        "crossing": {
            "event_id": f"2026-11|{metric}|employee|{employee}|100",
            "metric": metric,
            "scope": "employee",
            "id": employee,
            "period": "2026-11",
            "threshold": 100,
            "cause": "e1",
            "at_ms": NOON,
        },
    }


@pytest.mark.parametrize(
    ("people", "shown"),
    [(None, ["an", "bo"]), (frozenset({"bo"}), ["bo"]), (frozenset[str](), [])],
)
def test_a_crossing_is_told_to_who_may_see_it(
    people: frozenset[str] | None, shown: list[str]
) -> None:
    """Not of a figure that is not followed, not of somebody whose row is not shown."""
    stage = Stage(("department", "sales"), "orders", on=basis(people=("an", "bo")))
    subscription = Subscription("acme", "department", "sales", ("orders",), (), False, people)
    stage.scene = Scene(subscription)
    stage.load()
    said = [_crossed("an", "orders"), _crossed("bo", "orders"), _crossed("bo", "revenue")]
    record: ChangeRecord = {
        "generation": "g1",
        "offset": 8,
        "at_ms": NOON,
        "log_ms": NOON,
        "tenants": {"acme": {"groups": [], "occurrences": said, "events": 1}},
    }
    _, happened = stage.scene.take(record)
    assert [one["employee"] for one in happened] == shown
    assert {one["crossing"]["metric"] for one in happened} <= {"orders"}
