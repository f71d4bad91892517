"""The supervisor's live call view, worked out by hand on the running services."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from schemas.calendar import parse_time
from services.query.export import MEDIA_TYPES
from tests.reports.call_floor import Event, Floor, figures, people, row_of


@pytest.fixture(scope="module")
def floor(stack: Stack) -> Iterator[Floor]:
    """Give a floor with the calls of a morning."""
    made = Floor(stack)
    made.post(*people(), *customers(made), *calls(made))
    yield made
    made.client.close()


def customers(floor: Floor) -> Iterator[Event]:
    """Return three customers, whose owner does not matter here."""
    for number in (1, 2, 3):
        data = {"created_at": floor.ago(1500), "owner_id": "fay", "phones": [f"090111000{number}"]}
        yield "customer.created", f"k{number}", 1500, data


def calls(floor: Floor) -> Iterator[Event]:
    """Return the calls: an made four, one of which goes on; binh two; one is of nobody."""
    an, out = {"employee_id": "an"}, {"direction": "outbound"}
    yield floor.ended("a1", 120, 90, **an, customer_id="k1")
    yield floor.ended("a2", 100, 0, **an, customer_id="k2")
    yield floor.ended("a3", 90, 0, **an, phone="090 111 0003")
    yield floor.ended("a4", 80, 60, direction="inbound", **an, customer_id="k3")
    going = {**out, **an, "customer_id": "k2", "started_at": floor.ago(6)}
    yield "call.started", "a5", 6, going
    yield "call.connected", "a5", 5, {**going, "connected_at": floor.ago(5)}
    yield floor.ended("b1", 60, 0, employee_id="binh", customer_id="k1")
    yield floor.ended("b2", 50, 0, employee_id="binh", customer_id="k1")
    yield floor.ended("n1", 40, 30, extension="109", customer_id="k3")
    ringing = {"direction": "inbound", "employee_id": "fay", "started_at": floor.ago(1)}
    yield "call.started", "f1", 1, ringing


def test_every_agent_has_a_row(floor: Floor) -> None:
    """All calls of today by agent, whoever owns the customer; members without calls show zeros."""
    view = floor.view()
    assert [row["id"] for row in view["rows"]] == ["an", "binh", "chi", "fay", "-"]
    assert {name: value for name, value in figures(view, "an").items() if "per" not in name} == {
        "calls_running": 1,
        "calls_attempted": 4,
        "calls_outbound": 2,
        "connect_rate_outbound": 0.5,
        "talk_seconds_outbound": 90,
        "customers_dialled": 3,
        "customers_spoken_with": 2,
        "customers_never_reached": 1,
        "calls_inbound_offered": 1,
        "calls_inbound_answered": 1,
        "calls_inbound_missed": 0,
        "talk_seconds_inbound": 60,
    }
    assert figures(view, "binh")["customers_never_reached"] == 1
    assert set(figures(view, "chi").values()) == {0, None}
    assert (figures(view, "-")["calls_attempted"], row_of(view, "-")["department_id"]) == (1, None)


def test_the_total_is_counted_anew(floor: Floor) -> None:
    """Customers of two agents count once in all; who was reached by one is reached."""
    total = figures(floor.view(), "total")
    assert total["calls_attempted"] == 7
    assert total["customers_dialled"] == 3
    assert total["customers_spoken_with"] == 3
    assert total["customers_never_reached"] == 0
    assert (total["calls_running"], total["connect_rate_outbound"]) == (2, 3 / 7)


def test_what_runs_says_since_when(floor: Floor) -> None:
    """A call that goes on is provisional: its seconds go up to as_of, none while it rings."""
    view = floor.view()
    (talking,) = row_of(view, "an")["running"]
    assert (talking["call_id"], talking["customer_id"]) == ("a5", "k2")
    assert (talking["since"], talking["talking_since"]) == (floor.ago(6), floor.ago(5))
    passed_ms = parse_time(view["as_of"]) - parse_time(floor.ago(5))
    assert talking["provisional_seconds"] == passed_ms // 1000
    (ringing,) = row_of(view, "fay")["running"]
    assert (ringing["talking_since"], ringing["provisional_seconds"]) == (None, None)
    assert row_of(view, "an")["last_call"] == {
        "call_id": "a5",
        "at": floor.ago(6),
        "direction": "outbound",
        "connected": True,
        "talk_seconds": passed_ms // 1000,
        "talking_since": floor.ago(5),
        "provisional": True,
    }


def test_the_last_call_and_the_rate(floor: Floor) -> None:
    """The last call is the one that began last, in or out; the rate counts from the first one."""
    view = floor.view()
    last = row_of(view, "binh")["last_call"]
    assert (last["call_id"], last["at"], last["provisional"]) == ("b2", floor.ago(50), False)
    assert (last["connected"], last["talk_seconds"]) == (False, 0)
    assert row_of(view, "-")["last_call"]["call_id"] == "n1"
    assert row_of(view, "chi")["last_call"] is None
    names = [column["name"] for column in view["columns"]]
    cell = row_of(view, "an")["cells"][names.index("calls_per_hour")]
    assert (cell["since"], cell["parts"]) == (floor.ago(120), {"calls_attempted": 4})
    hours = (parse_time(view["as_of"]) - parse_time(floor.ago(120))) / 3_600_000
    assert cell["value"] == round(4 / hours, 3)
    assert figures(view, "chi")["calls_per_hour"] is None


@pytest.mark.parametrize(
    ("given", "who", "attempts"),
    [
        ({"department": "sales"}, ["an", "chi"], 4),
        ({"department": "sales", "sub": "true"}, ["an", "binh", "chi"], 6),
        ({"department": "-"}, ["-"], 1),
        ({"department": "all"}, ["an", "binh", "chi", "fay", "-"], 7),
    ],
)
def test_a_department_has_its_people(
    floor: Floor, given: dict[str, str], who: list[str], attempts: int
) -> None:
    """The filter leaves the people of the department, and its total is theirs."""
    view = floor.view(**given)
    assert [row["id"] for row in view["rows"]] == who
    assert figures(view, "total")["calls_attempted"] == attempts


def test_every_number_opens_its_list(floor: Floor) -> None:
    """As many facts stand behind each count as it says (G13)."""
    view = floor.view(department="sales", sub="true")
    counted = 0
    for row in (*view["rows"], view["total"]):
        for column, cell in zip(view["columns"], row["cells"], strict=True):
            answer = floor.client.get(cell["facts"])
            assert answer.status_code == 200, cell["facts"]
            if column["unit"] == "count":
                assert answer.json()["total"] == cell["value"], cell["facts"]
                counted += 1
    assert counted == 9 * 4


def test_it_agrees_with_the_figures(floor: Floor) -> None:
    """Each cell is the figure of the catalogue."""
    view = floor.view()
    own = {"calls_per_hour"}
    names = [column["name"] for column in view["columns"] if column["name"] not in own]
    answer = floor.client.get("/v1/kpis/employee/an", params={"metrics": ",".join(names)})
    found = {figure["metric"]: figure["value"] for figure in answer.json()["figures"]}
    assert found == {name: figures(view, "an")[name] for name in names}


def test_a_wrong_question_is_refused(floor: Floor) -> None:
    """An unknown department is 404, an unknown parameter 422."""

    def code(**parameters: str) -> Any:
        return floor.client.get("/v1/reports/calls", params=parameters).json()["code"]

    assert code(department="nowhere") == "unknown_department"
    assert code(employee="an") == "unknown_parameter"


def test_it_follows_the_calls(stack: Stack) -> None:
    """What ends is final, and a call of nobody goes to who had the extension, at once."""
    floor = Floor(stack)
    out = {"direction": "outbound", "customer_id": "k1"}
    by_number = {**out, "extension": "101"}
    floor.post(
        *people(),
        ("call.started", "x1", 30, {**by_number, "started_at": floor.ago(30)}),
        ("call.connected", "x1", 29, {**by_number, "connected_at": floor.ago(29)}),
    )
    view = floor.view()
    assert row_of(view, "-")["running"][0]["call_id"] == "x1"
    assert row_of(view, "an")["last_call"] is None
    changed = {"extension": "101", "changed_at": floor.ago(300)}
    floor.post(("employee.extension_changed", "an", 300, changed))
    view = floor.view()
    assert "-" not in [row["id"] for row in view["rows"]]
    assert row_of(view, "an")["last_call"]["provisional"]
    ended = {**by_number, "ended_at": floor.ago(20), "duration_s": 540}
    floor.post(("call.ended", "x1", 20, ended))
    view = floor.view()
    last = row_of(view, "an")["last_call"]
    assert (last["provisional"], last["talk_seconds"], last["talking_since"]) == (False, 540, None)
    assert row_of(view, "an")["running"] == []
    assert figures(view, "an")["talk_seconds_outbound"] == 540
    floor.client.close()


def test_yesterdays_calls_are_not_there(stack: Stack) -> None:
    """A call that began yesterday is no call of today, and a day begins empty."""
    floor = Floor(stack)
    floor.post(*people(), floor.ended("y1", 1440, 60, employee_id="an"))
    view = floor.view()
    assert figures(view, "an")["calls_attempted"] == 0
    assert row_of(view, "an")["last_call"] is None
    assert datetime.fromisoformat(view["as_of"]).tzinfo is not None
    floor.client.close()


def test_the_columns_are_explained(floor: Floor) -> None:
    """Every column has labels in both languages, a definition and its unit."""
    for column in floor.view()["columns"]:
        assert column["label"]["en"]
        assert column["label"]["vi"]
        assert column["definition"].endswith(".")
        assert column["definition_vi"].endswith(".")
        assert column["unit"]


def test_it_is_exported(floor: Floor) -> None:
    """The file has the rows and the total of the view, in the language asked for."""
    answer = floor.client.get("/v1/reports/calls.csv", params={"lang": "vi"})
    assert answer.status_code == 200, answer.text
    heading, *lines = csv.reader(answer.text.lstrip("\ufeff").splitlines())
    assert heading[:4] == ["Mã nhân viên", "Nhân viên", "Đang gọi", "Cuộc gọi ra đã thực hiện"]
    assert [line[0] for line in lines[:-1]] == ["an", "binh", "chi", "fay", "'-"]
    assert [line[3] for line in lines] == ["4", "2", "0", "0", "1", "7"]
    sheet = floor.client.get("/v1/reports/calls", headers={"Accept": MEDIA_TYPES["xlsx"]})
    assert sheet.headers["Content-Type"] == MEDIA_TYPES["xlsx"]


def test_nobody_reads_it_without_a_key(floor: Floor) -> None:
    """Without a key it is 401."""
    assert httpx.get(f"{floor.stack.query_url}/v1/reports/calls").status_code == 401
