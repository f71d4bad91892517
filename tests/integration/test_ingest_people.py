"""Files of people through the administrator's door: all of their rows are in the log, or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from tests.ingest_rig import ADMIN, Rig

CSV = {"Content-Type": "text/csv; charset=utf-8"}
PEOPLE = "id,name,department_id,manager_id,extension,active\n"
TYPES = ("employee.upserted", "department.upserted", "employee.pseudonymised")


@pytest.fixture(scope="module")
def rig(
    broker: Broker, store: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rig]:
    """Give an ingestor."""
    running = Rig(broker, store.url, tmp_path_factory.mktemp("rig"), event_limit_bytes="2000")
    running.serve()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def tenant(rig: Rig) -> dict[str, Any]:
    """Give a tenant of its own to a test."""
    return rig.create_tenant()


def send(
    rig: Rig, tenant: str, what: str, text: str = "", headers: dict[str, str] | None = None
) -> httpx.Response:
    """Send a file."""
    sent = ADMIN | CSV if headers is None else headers
    return rig.http.post(f"/v1/tenants/{tenant}/{what}", headers=sent, content=text.encode())


def stated(rig: Rig, tenant: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (type, subject) of what the log says about the people of a tenant."""
    stored = rig.log("crm-events", tenant["partition"])
    events = [orjson.loads(one.value) for one in stored]
    return [
        (event["type"], event["subject"])
        for event in events
        if event["tenantid"] == tenant["tenant"] and event["type"] in TYPES
    ]


def test_a_file_is_taken_as_a_whole(rig: Rig, tenant: dict[str, Any]) -> None:
    """Every row is an event in order of the file, in files larger than a single event may be."""
    name = tenant["tenant"]
    departments = send(rig, name, "departments", "id,name,parent_id,head_id\nnorth,North,,lan\n")
    assert (departments.status_code, departments.json()) == (202, {"accepted": 1})
    rows = "".join(f"e{number},Somebody,north,lan,,\n" for number in range(200))
    people = send(rig, name, "people", PEOPLE + rows)
    assert (people.status_code, people.json()) == (202, {"accepted": 200})
    assert stated(rig, tenant) == [
        ("department.upserted", "north"),
        *(("employee.upserted", f"e{number}") for number in range(200)),
    ]


def test_of_a_file_with_a_wrong_row_nothing_is_taken(rig: Rig, tenant: dict[str, Any]) -> None:
    """The answer names line, column and code of each, and the log stays as it was."""
    rows = "lan,Lan,north,,101,yes\nminh,,north,,,\nan,An,north,,,maybe\n"
    answer = send(rig, tenant["tenant"], "people", PEOPLE + rows)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_rows")
    told = [(one["line"], one["column"], one["code"]) for one in answer.json()["rows"]]
    assert told == [(3, "name", "missing_field"), (4, "active", "invalid_field")]
    assert answer.json()["wrong"] == 2
    assert stated(rig, tenant) == []


@pytest.mark.parametrize("what", ["people", "departments", "people/lan/pseudonym"])
def test_only_the_administrator_may(rig: Rig, tenant: dict[str, Any], what: str) -> None:
    """Neither nobody nor a key of the tenant states who works there by these doors."""
    name = tenant["tenant"]
    key = {"Authorization": f"Bearer {tenant['write_key']}"}
    assert [send(rig, name, what, PEOPLE, CSV | one).status_code for one in ({}, key)] == [401, 401]
    assert send(rig, "nobody", what, PEOPLE).status_code == 404


def test_a_file_of_another_kind_is_refused(rig: Rig, tenant: dict[str, Any]) -> None:
    """What is not called CSV is not read as CSV."""
    answer = send(rig, tenant["tenant"], "people", PEOPLE, ADMIN | {"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_request_to_be_named_no_more_is_in_the_log(rig: Rig, tenant: dict[str, Any]) -> None:
    """The request is an event about the employee, whatever their id looks like."""
    for employee in ("lan", "team/minh"):
        answer = send(rig, tenant["tenant"], f"people/{employee}/pseudonym")
        assert (answer.status_code, answer.json()) == (202, {"accepted": 1})
    assert stated(rig, tenant) == [
        ("employee.pseudonymised", "lan"),
        ("employee.pseudonymised", "team/minh"),
    ]
