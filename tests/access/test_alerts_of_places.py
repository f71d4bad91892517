"""Alerts are set up by who leads the place that they watch, and seen by nobody else in lists."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.access.administering import Office
from tests.access.company import Company

SALES: dict[str, Any] = {
    "name": "Few", "metric": "orders", "scope": "department", "scope_id": "sales", "sub": True,
    "operator": "<", "warn": 1,
}  # fmt: skip
FAR = {**SALES, "scope_id": "far", "sub": False}
MAILED = {**SALES, "mails": ["outside@example.com"]}


@pytest.fixture
def office(altered: Company) -> Office:
    """Give the administrator's desk."""
    return Office(altered)


def code(answer: httpx.Response) -> str:
    """Return what was refused, '' for a yes."""
    return "" if answer.is_success else str(answer.json()["code"])


def listed(office: Office, kind: str) -> list[str]:
    """Return the alerts that somebody is shown in a list."""
    rows = office.ask("GET", "/v1/alerts", kind=kind).json()["rows"]
    return [row["id"] for row in rows]


def test_a_head_sets_up_what_is_theirs(office: Office) -> None:
    """Their department with those below it; not another one, not the company, not by mail."""
    mine, path = "head", "/v1/alerts/few"
    assert code(office.ask("PUT", path, SALES, kind=mine)) == ""
    assert code(office.ask("PUT", "/v1/alerts/far", FAR, kind=mine)) == "not_led"
    whole = {"name": "All", "metric": "orders", "warn": 1}
    assert code(office.ask("PUT", "/v1/alerts/all", whole, kind=mine)) == "not_led"
    assert code(office.ask("PUT", path, MAILED, kind=mine)) == "no_administration"
    office.done("PUT", "/v1/alerts/far", FAR)
    assert listed(office, mine) == ["few"]
    assert code(office.ask("GET", "/v1/alerts/few/history", kind=mine)) == ""
    assert code(office.ask("GET", "/v1/alerts/far/history", kind=mine)) == "not_led"
    taken = {"occurrence": "few@1"}
    assert code(office.ask("POST", f"{path}/acknowledge", taken, kind=mine)) == ""
    assert code(office.ask("POST", "/v1/alerts/far/acknowledge", taken, kind=mine)) == "not_led"
    assert code(office.ask("DELETE", "/v1/alerts/far", kind=mine)) == "not_led"
    office.done("DELETE", "/v1/alerts/far")
    assert code(office.ask("DELETE", path, kind=mine)) == ""


def test_an_alert_is_not_taken_over(office: Office) -> None:
    """Of another place it is not defined anew as one's own; its mails stay as they were set."""
    office.done("PUT", "/v1/alerts/far", FAR)
    assert code(office.ask("PUT", "/v1/alerts/far", SALES, kind="head")) == "not_led"
    office.done("PUT", "/v1/alerts/few", MAILED)
    assert code(office.ask("PUT", "/v1/alerts/few", {**MAILED, "warn": 2}, kind="head")) == ""
    more = {**MAILED, "mails": [*MAILED["mails"], "other@example.com"]}
    assert code(office.ask("PUT", "/v1/alerts/few", more, kind="head")) == "no_administration"
    for name in ("far", "few"):
        office.done("DELETE", f"/v1/alerts/{name}")


def test_who_leads_nothing_is_shown_none(office: Office) -> None:
    """A member and a machine that only reads have an empty list; a kiosk none."""
    office.done("PUT", "/v1/alerts/few", SALES)
    for kind in ("own department", "machine"):
        assert listed(office, kind) == []
        assert code(office.ask("PUT", "/v1/alerts/few", SALES, kind=kind)) != ""
    assert code(office.ask("GET", "/v1/alerts", kind="kiosk")) == "kiosk_only"
    office.done("DELETE", "/v1/alerts/few")
