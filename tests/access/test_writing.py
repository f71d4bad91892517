"""What is changed through the query service: by whom, once, whole or not at all, and in time."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deploy.local.process import wait_for
from deploy.local.stack import Stack
from services.query.sessions import CSRF, CSRF_HEADER, SESSION
from tests.access.company import ADMINISTRATOR, TLS, Company, Issuer

_PHONES = "/v1/people/huy/grants/phones"


@pytest.fixture(scope="module")
def told(guarded: tuple[Stack, Issuer]) -> Company:
    """Give a company of its own, because the trail is counted."""
    return Company.founded(*guarded, has_history=False).with_administrator()


def send(
    company: Company, method: str, path: str, kind: str = ADMINISTRATOR, **headers: str
) -> httpx.Response:
    """Send a request in the name of a kind of viewer."""
    known = {"Authorization": f"Bearer {company.tokens[kind]}"} if kind else {}
    url = f"{company.stack.query_url}{path}"
    return httpx.request(method, url, headers={**known, **headers}, timeout=30, verify=TLS)


def granted(company: Company, employee: str) -> list[str]:
    """Return what an employee may, as administrators are shown it."""
    rows = send(company, "GET", "/v1/grants").json()["rows"]
    return next(row["grants"] for row in rows if row["employee_id"] == employee)


def trail(company: Company, **asked: str) -> list[dict[str, Any]]:
    """Return what the audit trail says."""
    answer = company.get("/v1/audit", company.tokens[ADMINISTRATOR], **asked, limit="1000")
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def test_what_is_granted_holds_with_the_answer(told: Company) -> None:
    """Whoever was granted a right may use it at once; what is so already changes nothing."""
    huy = told.tokens["nobody's grants"]
    own = "/v1/kpis/employee/huy"
    assert told.get(own, huy).json()["code"] == "no_feature"
    done = send(told, "PUT", "/v1/people/huy/grants/employee_kpi")
    assert done.status_code == httpx.codes.OK, done.text
    assert len(done.json()["events"]) == 1
    answer = told.get(own, huy, metrics="orders")
    assert answer.status_code == httpx.codes.OK
    assert _offset(answer.json()["version"]) >= _offset(done.json()["version"])
    again = send(told, "PUT", "/v1/people/huy/grants/employee_kpi")
    assert (again.status_code, again.json()["events"]) == (200, [])
    assert granted(told, "huy") == ["employee_kpi"]
    assert send(told, "DELETE", "/v1/people/huy/grants/employee_kpi").status_code == httpx.codes.OK
    assert told.get(own, huy).json()["code"] == "no_feature"
    assert granted(told, "huy") == []


def test_a_change_is_noted_once_with_who(told: Company) -> None:
    """The trail names the person, not the service, though the request was sent twice."""
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    first = send(told, "PUT", "/v1/people/eva/grants/telesales", **headers).json()
    send(told, "DELETE", "/v1/people/eva/grants/telesales")
    again = send(told, "PUT", "/v1/people/eva/grants/telesales", **headers).json()
    assert again["events"] == first["events"]
    assert granted(told, "eva") == ["kpi"], "an event of the same id is the same event"

    def noted() -> list[dict[str, Any]]:
        rows = trail(told, actor="dao", action="grant")
        return [row for row in rows if row["scope_id"] == "eva"]

    wait_for(lambda: len(noted()) == 2, 20, "the grants are not in the trail")
    revoked, grant = noted()
    assert grant["details"] == {
        "event": first["events"][0], "permission": "telesales", "granted": True, "by": "dao",
    }  # fmt: skip
    assert revoked["details"]["granted"] is False
    assert {row["actor"]["kind"] for row in (grant, revoked)} == {"person"}
    assert grant["address"] == "127.0.0.1"


def test_a_refusal_is_noted_and_changes_nothing(told: Company) -> None:
    """Who may not administer is refused with the reason, and that stands in the trail."""
    before = granted(told, "huy")
    for kind, code in (
        ("view all", "no_administration"),
        ("nobody's grants", "no_feature"),
        ("machine", "read_only"),
        ("kiosk", "kiosk_only"),
    ):
        answer = send(told, "PUT", _PHONES, kind)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert granted(told, "huy") == before
    wait_for(lambda: bool(trail(told, actor="gia", action="refused")), 20, "no refusal was noted")
    refusal = trail(told, actor="gia", action="refused")[0]
    assert refusal["details"] == {"form": "change", "code": "no_administration"}


def test_a_page_changes_things_in_its_session(told: Company) -> None:
    """With the page's own token the session is good for changes too."""
    cookie = f"{SESSION}={told.tokens[ADMINISTRATOR]}; {CSRF}=mine"
    page = {"Cookie": cookie, CSRF_HEADER: "mine", "Sec-Fetch-Site": "same-origin"}
    for method in ("PUT", "DELETE"):
        assert send(told, method, _PHONES, "", **page).status_code == httpx.codes.OK


def test_what_cannot_be_is_refused_with_the_reason(told: Company) -> None:
    """Unknown people and rights are named; nobody is made by granting them something."""
    answer = send(told, "PUT", "/v1/people/ghost/grants/phones")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_employee")
    answer = send(told, "PUT", "/v1/people/huy/grants/fly")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameter")
    assert answer.json()["parameter"] == "permission"
    answer = send(told, "PUT", _PHONES, **{"Idempotency-Key": "x" * 129})
    assert (answer.status_code, answer.json()["limit"]) == (422, 128)


def test_a_machine_may_administer_if_its_key_says_so(told: Company) -> None:
    """A personnel system has a key with the scope of its own; without `query` there is none."""
    url = f"{told.stack.ingestor_url}/v1/tenants/{told.tenant.id}/keys"
    admin = {"Authorization": f"Bearer {told.stack.admin_token}"}
    body = {"scopes": ["query", "administer"], "label": "HR"}
    made = httpx.post(url, headers=admin, json=body, timeout=30).json()
    told.tokens["personnel"] = made["key"]
    wait_for(
        lambda: send(told, "PUT", _PHONES, "personnel").status_code == httpx.codes.OK,
        20,
        "a key with the scope 'administer' may not administer",
    )
    assert send(told, "DELETE", _PHONES, "personnel").status_code == httpx.codes.OK
    refused = httpx.post(url, headers=admin, json={"scopes": ["administer"]}, timeout=30)
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    wait_for(lambda: bool(trail(told, actor=made["key_id"])), 20, "the key is not in the trail")
    rows = trail(told, actor=made["key_id"], action="grant")
    assert {row["actor"]["label"] for row in rows} == {"HR"}
    assert all("by" not in row["details"] for row in rows)


def test_only_the_administrator_names_somebody(told: Company) -> None:
    """The header that names who asks is worth nothing beside an ordinary key, nor if it is none."""
    url, key = told.stack.ingestor_url, told.tenant.write_key
    named = '{"kind": "person", "id": "hue", "label": "", "address": ""}'
    event = {
        "specversion": "1.0", "id": secrets.token_hex(8), "source": "/crm",
        "type": "target.set", "time": "2026-11-22T10:00:00Z", "subject": "t",
        "tenantid": told.tenant.id,
        "data": {
            "metric": "orders", "scope": "employee", "scope_id": "bo", "period": "2026-11",
            "value": 3,
        },
    }  # fmt: skip
    typed = {"Content-Type": "application/cloudevents+json", "Salespulse-Actor": named}
    sent = {**typed, "Authorization": f"Bearer {key}"}
    assert httpx.post(f"{url}/v1/events", json=event, headers=sent, timeout=30).is_success
    wait_for(lambda: bool(trail(told, action="target")), 20, "the target is not in the trail")
    assert trail(told, action="target")[0]["actor"]["kind"] == "machine"
    for wrong in ("hue", "[]", named.replace("person", "administrator"), named.replace("hue", "")):
        answer = httpx.delete(
            f"{url}/v1/tenants/{told.tenant.id}/keys/none",
            headers={
                "Authorization": f"Bearer {told.stack.admin_token}",
                "Salespulse-Actor": wrong,
            },
            timeout=30,
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_actor"), wrong


@pytest.fixture
def without_ingestor(told: Company) -> Iterator[Company]:
    """Give the company while its ingestor is away."""
    told.stack.ingestor.stop()
    try:
        yield told
    finally:
        told.stack.ingestor.start()
        told.stack.ingestor.wait()


def test_nothing_is_changed_while_the_ingestor_is_away(without_ingestor: Company) -> None:
    """The answer says so and when to try again; figures are shown as before."""
    answer = send(without_ingestor, "PUT", _PHONES)
    assert (answer.status_code, answer.json()["code"]) == (503, "ingestor_unavailable")
    assert answer.headers["retry-after"] == "2"
    assert "phones" not in granted(without_ingestor, "huy")


def _offset(version: str) -> int:
    return int(version.rpartition(".")[2])
