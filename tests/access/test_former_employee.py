"""A leaver who asked is named in no answer any more, and no figure changes by it."""

from __future__ import annotations

from typing import Any, Final

import httpx
import orjson
import pytest

from deploy.local.stack import Stack
from tests.access.company import Company, Issuer
from tests.access.doors import DOORS, tries
from tests.access.reading import text_of

NAME: Final = "Bồ Câu Trắng"
PLACE: Final = {"department_id": "sales", "valid_from": "2020-01-01"}
_TOLD_OF_THE_MOMENT: Final = frozenset({"as_of", "lag", "version"})


def _profile(*, active: bool) -> tuple[str, str, dict[str, Any]]:
    return "employee.upserted", "bo", {"name": NAME, **PLACE, "active": active}


@pytest.fixture(scope="module")
def left(guarded: tuple[Stack, Issuer]) -> Company:
    """Give a company that somebody with customers, orders and calls has left."""
    made = Company.founded(*guarded)
    made.post([_profile(active=False)])
    return made


def _all(company: Company) -> dict[str, str]:
    """Return what the tenant's own key is told at every door, of the most people."""
    widest = {path: list(tries(path))[-1] for path in DOORS}
    return {
        path: text_of(company, "machine", one.path, one.parameters) for path, one in widest.items()
    }


def _figures(company: Company) -> list[Any]:
    """Return the figures of everybody, without what is said of the moment."""
    found = []
    for scope, name in (("employee", "bo"), ("department", "sales"), ("company", "all")):
        told = orjson.loads(text_of(company, "machine", f"/v1/kpis/{scope}/{name}", {}))
        found.append({key: told[key] for key in told.keys() - _TOLD_OF_THE_MOMENT})
    return found


def _ask(company: Company) -> None:
    """Ask the administrator for bo to be named no more."""
    stack = company.stack
    answer = httpx.post(
        f"{stack.ingestor_url}/v1/tenants/{company.tenant.id}/people/bo/pseudonym",
        headers={"Authorization": f"Bearer {stack.admin_token}"},
        timeout=30,
    )
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text


def test_nobody_is_told_the_name_of_who_asked(left: Company) -> None:
    """The name stands in many answers, then in none; figures stay, an update changes nothing."""
    before, figures = _all(left), _figures(left)
    named = {where for where, text in before.items() if NAME in text}
    assert named >= {
        "/v1/org",
        "/v1/leaderboard",
        "/v1/reports/telesales.csv",
        "/v1/reports/telesales.xlsx",
    }
    _ask(left)
    left.post([_profile(active=False)])
    after = _all(left)
    assert [where for where, text in after.items() if NAME in text] == []
    assert {where for where, text in after.items() if "Former employee 1" in text} == named
    assert _figures(left) == figures
    vietnamese = text_of(left, "machine", "/v1/reports/telesales.csv", {"lang": "vi"})
    assert "Nhân viên cũ 1" in vietnamese
    left.post([_profile(active=True)])
    assert NAME in text_of(left, "machine", "/v1/org", {})


def test_a_leaver_is_off_live_boards_and_stays_in_history(left: Company) -> None:
    """A board lists who is there; the ranking keeps whoever has earned in it."""
    board = {"scope": "department", "id": "sales", "metrics": "orders"}
    ranking = {"metric": "orders", "department": "sales"}
    for is_active in (True, False):
        left.post([_profile(active=is_active)])
        shown = text_of(left, "machine", "/v1/stream", board)
        people = orjson.loads(shown[shown.index("{") :])["employees"]
        assert ("bo" in {one["id"] for one in people}) is is_active
        ranked = orjson.loads(text_of(left, "machine", "/v1/leaderboard", ranking))["rows"]
        assert "bo" in {one["id"] for one in ranked}
