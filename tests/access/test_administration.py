"""Administration over HTTP: who works where, keys and settings; the figures follow at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from deploy.local.process import wait_for
from deploy.local.stack import Stack
from tests.access.administering import Office
from tests.access.company import ADMINISTRATOR, Company, Issuer, today

TODAY = today().isoformat()
EARLIER = (today() - timedelta(3)).isoformat()


@pytest.fixture(scope="module")
def office(guarded: tuple[Stack, Issuer]) -> Office:
    """Give a company with an order of an, today and three days ago."""
    company = Company.founded(*guarded, has_history=False).with_administrator()
    for day in (EARLIER, TODAY):
        sold = {"order_date": day, "total": {"amount": 5, "currency": "VND"}, "owner_id": "an"}
        created = {"created_at": f"{day}T03:00:00Z", **sold}
        company.post([("order.created", f"on-{day}", created)])
    return Office(company)


def test_somebody_joins_moves_and_leaves(office: Office) -> None:
    """Each step is one event, holds with the answer, and what is so already makes none."""
    new = {"id": "mai", "name": " Mai ", "department_id": "sales", "extension": "101"}
    assert len(office.done("POST", "/v1/people", new)["events"]) == 2
    mai = office.rows("people")["mai"]
    assert (mai["name"], mai["department_id"], mai["extension"]) == ("Mai", "sales", "101")
    assert [place["valid_from"] for place in mai["places"]] == [TODAY]
    assert office.refused("POST", "/v1/people", new) == (409, "exists", "")
    assert office.done("PATCH", "/v1/people/mai", {"department_id": "sales"})["events"] == []

    renamed = office.done("PATCH", "/v1/people/mai", {"name": "Mai Anh"})
    assert len(renamed["events"]) == 1
    assert office.rows("people")["mai"]["places"] == mai["places"], "a name is no move"

    left = {"active": False, "extension": None}
    office.done("PATCH", "/v1/people/mai", left)
    mai = office.rows("people")["mai"]
    assert (mai["active"], mai["extension"], mai["department_id"]) == (False, None, "sales")
    assert list(office.rows("people"))[-1] in ("mai", "off"), "those who have left stand last"


def test_a_move_changes_attribution_from_its_day_on(office: Office) -> None:
    """What was earned before the move stays where it was, what comes counts in the new place."""
    assert [office.orders("department", "sales", day) for day in (EARLIER, TODAY)] == [1, 1]
    office.done("PATCH", "/v1/people/an", {"department_id": "far", "valid_from": TODAY})
    try:
        assert [office.orders("department", "sales", day) for day in (EARLIER, TODAY)] == [1, 0]
        assert [office.orders("department", "far", day) for day in (EARLIER, TODAY)] == [0, 1]
        assert [office.orders("employee", "an", day) for day in (EARLIER, TODAY)] == [1, 1]
        head = office.company.get(
            "/v1/kpis/employee/an", office.company.tokens["head"], metrics="orders"
        )
        assert head.json()["figures"][0]["value"] == 0, "the head of before sees nothing new"
    finally:
        office.done("PATCH", "/v1/people/an", {"department_id": "sales", "valid_from": TODAY})
    assert [office.orders("department", "sales", day) for day in (EARLIER, TODAY)] == [1, 1]


def test_somebody_is_in_several_departments(office: Office) -> None:
    """Besides opens the sums of that department from then on; a new name leaves it as it is."""
    bo, patch = office.company.tokens["own department"], "/v1/people/bo"

    def sums() -> int:
        return office.company.get("/v1/kpis/department/hanoi", bo, metrics="orders").status_code

    assert sums() == httpx.codes.FORBIDDEN
    besides = {"other_department_ids": ["hanoi", "far", "hanoi"], "valid_from": TODAY}
    assert len(office.done("PATCH", patch, besides)["events"]) == 1
    found = office.rows("people")["bo"]
    assert (found["department_id"], found["other_department_ids"]) == ("sales", ["far", "hanoi"])
    assert found["places"][-1]["other_department_ids"] == ["far", "hanoi"]
    assert found["places"][0]["other_department_ids"] == [], "not before"
    assert sums() == httpx.codes.OK
    again = {"other_department_ids": ["hanoi", "far"]}
    assert office.done("PATCH", patch, again)["events"] == []
    office.done("PATCH", patch, {"name": "Bo"})
    assert office.rows("people")["bo"]["other_department_ids"] == ["far", "hanoi"]
    assert sums() == httpx.codes.OK
    wrong = (422, "unknown_department", "/other_department_ids")
    assert office.refused("PATCH", patch, {"other_department_ids": ["hanoi", "moon"]}) == wrong
    head = "id,name,department_id,manager_id,other_department_ids\n"
    bad = office.ask("POST", "/v1/people/import", f"{head}bo,Bo,sales,,hanoi|moon\n").json()
    assert (bad["code"], bad["rows"][0]["column"]) == ("bad_rows", "other_department_ids")
    done = office.done("POST", "/v1/people/import", f"{head}bo,Bo,sales,,far|hanoi\n")
    assert (done["same"], done["events"]) == (1, [])
    office.done("POST", "/v1/people/import", f"{head}bo,Bo,sales,,hanoi\n")
    assert office.rows("people")["bo"]["other_department_ids"] == ["hanoi"]
    office.done("PATCH", patch, {"name": "bo", "other_department_ids": None})
    assert office.rows("people")["bo"]["other_department_ids"] == []
    assert sums() == httpx.codes.FORBIDDEN


def test_who_a_source_has_versions_of_is_changed_all_the_same(office: Office) -> None:
    """A CRM that counts its revisions does not keep an administrator's change from holding."""
    data = {"name": "Sam", "department_id": "sales", "revision": 7, "valid_from": "2026-01-01"}
    office.company.post([("employee.upserted", "sam", data)])
    office.done("PATCH", "/v1/people/sam", {"name": "Sammy", "department_id": "far"})
    sam = office.rows("people")["sam"]
    assert (sam["name"], sam["department_id"]) == ("Sammy", "far")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"department_id": "moon"}, (422, "unknown_department", "/department_id")),
        ({"manager_id": "ghost"}, (422, "unknown_employee", "/manager_id")),
        ({"manager_id": "bo"}, (422, "own_manager", "/manager_id")),
        ({"name": None}, (422, "missing_field", "/name")),
        ({"name": ""}, (422, "invalid_parameter", "/name")),
        ({"valid_from": "2026-02-30"}, (422, "invalid_parameter", "/valid_from")),
        ({"salary": 3}, (422, "unknown_parameter", "/salary")),
    ],
)
def test_what_cannot_be_is_named(
    office: Office, body: dict[str, Any], told: tuple[int, str, str]
) -> None:
    """A change that cannot be is refused with the member that is wrong, and nothing is changed."""
    before = office.rows("people")["bo"]
    assert office.refused("PATCH", "/v1/people/bo", body) == told
    assert office.rows("people")["bo"] == before


def test_a_leaver_is_named_no_more(office: Office) -> None:
    """Only who has left may be unnamed; from then on the name is nowhere."""
    path = "/v1/people/{}/pseudonym".format
    assert office.refused("POST", path("bo")) == (409, "still_here", "")
    assert office.refused("POST", path("ghost")) == (404, "unknown_employee", "")
    office.done("POST", path("off"))
    off = office.rows("people")["off"]
    assert (off["is_pseudonymous"], off["name"]) == (True, "Former employee 1")
    assert office.done("POST", path("off"))["events"] == []


def test_the_tree_of_departments(office: Office) -> None:
    """Departments are made, renamed, moved and closed; the tree stays one, and rights follow."""
    office.done("POST", "/v1/departments", {"id": "west", "name": "West", "parent_id": "far"})
    assert office.refused("PATCH", "/v1/departments/far", {"parent_id": "west"}) == (
        422, "cycle", "/parent_id",
    )  # fmt: skip
    wrong = {"id": "x", "name": "X", "head_id": "ghost"}
    assert office.refused("POST", "/v1/departments", wrong) == (422, "unknown_employee", "/head_id")
    head = office.company.tokens["head"]
    assert office.company.get("/v1/kpis/department/west", head).json()["code"] == "not_yours"
    office.done("PATCH", "/v1/departments/west", {"parent_id": "sales", "name": "West side"})
    assert office.company.get("/v1/kpis/department/west", head).status_code == httpx.codes.OK
    west = office.rows("departments")["west"]
    assert (west["name"], west["parent_id"], west["people"]) == ("West side", "sales", 0)
    assert office.refused("PATCH", "/v1/departments/sales", {"active": False})[1] == "in_use"
    office.done("PATCH", "/v1/departments/west", {"active": False})
    assert office.rows("departments")["west"]["active"] is False


def test_a_file_is_looked_at_before_it_is_taken(office: Office) -> None:
    """A preview says what each row would do and changes nothing; then the file does just that."""
    bo = office.rows("people")["bo"]
    text = (
        "id,name,department_id,manager_id,extension\n"
        f"bo,{bo['name']},sales,,\n"
        "ken,Ken,hanoi,lea,201\n"
        "lea,Lea,hanoi,,202\n"
    )
    seen = office.done("POST", "/v1/people/import?preview=true", text)
    assert (seen["rows"], seen["new"], seen["changed"], seen["same"]) == (3, 2, 0, 1)
    assert [(row["line"], row["id"], row["effect"]) for row in seen["first"]] == [
        (3, "ken", "new"),
        (4, "lea", "new"),
    ]
    assert "ken" not in office.rows("people")
    taken = office.done("POST", "/v1/people/import", text)
    assert len(taken["events"]) == 4
    ken = office.rows("people")["ken"]
    assert (ken["manager_id"], ken["extension"]) == ("lea", "201")
    again = office.done("POST", "/v1/people/import", text)
    assert (again["same"], again["events"]) == (3, [])


def test_a_file_with_a_bad_row_changes_nothing(office: Office) -> None:
    """Every row that is wrong is named with line, column and reason; none of the file is taken."""
    text = "id,name,department_id,manager_id\nzoe,Zoe,moon,\nyan,Yan,sales,yan\nxi,Xi,sales,\n"
    answer = office.ask("POST", "/v1/people/import", text)
    told = answer.json()
    assert (answer.status_code, told["code"], told["wrong"]) == (422, "bad_rows", 2)
    assert [(row["line"], row["column"], row["code"]) for row in told["rows"]] == [
        (2, "department_id", "unknown_department"),
        (3, "manager_id", "own_manager"),
    ]
    assert "xi" not in office.rows("people")
    circle = "id,name,parent_id,head_id\nsales,sales,hanoi,hue\n"
    assert office.ask("POST", "/v1/departments/import", circle).json()["rows"][0]["code"] == "cycle"
    assert office.ask("POST", "/v1/people/import", {"a": 1}).status_code == 415


def test_a_key_is_shown_once_and_revoked(office: Office) -> None:
    """The secret of a key is in the answer that made it alone; revoked it opens nothing."""
    made = office.done("POST", "/v1/keys", {"label": "BI", "scopes": ["query"]})
    opened = office.company.get("/v1/tenant", made["key"])
    assert opened.status_code == httpx.codes.OK
    row = office.rows("keys")[made["key_id"]]
    assert (row["label"], row["scopes"], row["revoked"]) == ("BI", ["query"], False)
    assert made["key"].rpartition("_")[2] not in str(office.rows("keys"))
    office.done("DELETE", f"/v1/keys/{made['key_id']}")
    wait_for(
        lambda: office.company.get("/v1/tenant", made["key"]).status_code == 401,
        20,
        "a revoked key goes on",
    )
    assert office.rows("keys")[made["key_id"]]["revoked"] is True
    assert office.refused("DELETE", "/v1/keys/none") == (404, "not_found", "")
    alone = {"label": "x", "scopes": ["administer"]}
    assert office.refused("POST", "/v1/keys", alone)[:2] == (422, "invalid_field")


def test_who_leads_grants_a_board_and_takes_it_back(office: Office) -> None:
    """A head makes the board of their department; another's they neither make, see nor revoke."""
    board = {"scope": "department", "scope_id": "sales", "metrics": ["orders"]}
    answer = office.ask("POST", "/v1/kiosks", {"label": "hall", "board": board}, "head")
    made = answer.json()
    assert answer.status_code == httpx.codes.OK, made
    token = made["key"]
    shown = office.company.get("/v1/kpis/department/sales", token, metrics="orders")
    assert shown.status_code == httpx.codes.OK
    row = office.rows("keys")[made["key_id"]]
    assert (row["created_by"], row["board"]["metrics"]) == ("hue", ["orders"])
    far = {"label": "x", "board": {**board, "scope_id": "far"}}
    assert office.ask("POST", "/v1/kiosks", far, "head").json()["code"] == "not_led"
    other = office.done("POST", "/v1/kiosks", far)["key_id"]
    mine = office.ask("GET", "/v1/kiosks", kind="head").json()["rows"]
    assert made["key_id"] in [row["key_id"] for row in mine]
    assert other not in [row["key_id"] for row in mine]
    assert office.ask("DELETE", f"/v1/kiosks/{other}", kind="head").json()["code"] == "not_led"
    assert office.ask("DELETE", f"/v1/kiosks/{made['key_id']}", kind="head").is_success
    wrong = {"label": "x", "board": {**board, "metrics": ["fun"]}}
    assert office.refused("POST", "/v1/kiosks", wrong) == (422, "unknown_metric", "/board/metrics")


def test_what_the_company_has_set(office: Office) -> None:
    """A setting holds with the answer; one that cannot be is named; the same again is no event."""
    office.done("PATCH", "/v1/tenant", {"name": "Hoa Sen", "modules_off": ["inventory"]})
    shown = office.company.get("/v1/tenant", office.company.tokens["machine"]).json()
    assert (shown["name"], shown["modules_off"]) == ("Hoa Sen", ["inventory"])
    assert office.done("PATCH", "/v1/tenant", {"name": "Hoa Sen"})["events"] == []
    for body, pointer in (
        ({"time_zone": "Mars/North"}, "/time_zone"),
        ({"currency": "XXY"}, "/currency"),
        ({"modules_off": ["magic"]}, "/modules_off/0"),
        ({"thresholds": []}, "/thresholds"),
        ({"thresholds": [0]}, "/thresholds/0"),
    ):
        status, _, told = office.refused("PATCH", "/v1/tenant", body)
        assert (status, told) == (422, pointer)
    office.done("PATCH", "/v1/tenant", {"modules_off": []})
    assert shown["thresholds"] == [50, 90, 100, 120]
    office.done("PATCH", "/v1/tenant", {"thresholds": [100, 80, 80]})
    shown = office.company.get("/v1/tenant", office.company.tokens["machine"]).json()
    assert shown["thresholds"] == [80, 100]
    assert office.done("PATCH", "/v1/tenant", {"thresholds": [80, 100]})["events"] == []
    office.done("PATCH", "/v1/tenant", {"thresholds": [50, 90, 100, 120]})


def test_what_was_done_is_in_the_trail_by_name(office: Office) -> None:
    """People and departments that a person changed are noted with who; a file is one deed."""

    def trail() -> list[dict[str, Any]]:
        answer = office.done("GET", "/v1/audit?action=change&actor=dao&limit=1000")
        rows: list[dict[str, Any]] = answer["rows"]
        return rows

    office.done("PATCH", "/v1/people/eva", {"name": "Eva Le"})
    text = "id,name,parent_id,head_id\nn1,One,far,\nn2,Two,far,\n"
    office.done("POST", "/v1/departments/import", text)

    def files() -> list[dict[str, Any]]:
        return [row for row in trail() if row["times"] == 2 and row["subject"] == "department"]

    wait_for(lambda: bool(files()), 20, "the file is not in the trail")
    (file,) = files()
    assert (file["scope"], file["scope_id"]) == ("department", "")
    eva = [row for row in trail() if row["scope_id"] == "eva"]
    assert [row["details"]["change"] for row in eva] == ["upserted"]
    assert "Eva" not in str(eva), "the trail names people by their ids"


def test_nobody_shows_by_a_board_what_they_do_not_lead(office: Office) -> None:
    """Neither a tile of another place nor a key of such a board opens what one may not see."""

    def stored(*places: str) -> dict[str, Any]:
        tiles = [
            {
                "id": place, "kind": "number", "metric": "orders", "x": 0, "y": row, "w": 3, "h": 1,
                "scope": "department", "scope_id": place, "sub": False,
            }
            for row, place in enumerate(places)
        ]  # fmt: skip
        own = {"scope": "department", "scope_id": "sales", "sub": False}
        return {"name": "Wall", **own, "tiles": tiles}

    def kiosk(kind: str, scope_id: str = "sales") -> httpx.Response:
        place = {"scope": "department", "scope_id": scope_id, "metrics": ["orders"]}
        body = {"label": "w", "board": {**place, "board_id": "screen"}}
        return office.ask("POST", "/v1/kiosks", body, kind)

    tried = office.ask("PUT", "/v1/boards/screen", stored("sales", "far"), "head")
    assert (tried.status_code, tried.json()["code"]) == (403, "not_yours")
    own = office.ask("PUT", "/v1/boards/screen", stored("sales"), "head")
    assert own.status_code == httpx.codes.OK, own.text
    assert kiosk("head").status_code == httpx.codes.OK
    office.done("PUT", "/v1/boards/screen", stored("sales", "far") | {"edition": 2})
    assert kiosk("head").json()["code"] == "not_led"
    made = kiosk(ADMINISTRATOR)
    assert made.status_code == httpx.codes.OK, made.text
    assert office.company.get("/v1/boards/screen", made.json()["key"]).status_code == httpx.codes.OK
    assert kiosk(ADMINISTRATOR, "far").json()["code"] == "wrong_place"
