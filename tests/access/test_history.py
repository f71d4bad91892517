"""What was earned before a move is seen where it was earned, through every door (D-02).

```
west (head: ola)   lan until yesterday, who sold o-old there
east (head: nel)   lan since today, who sold o-new here; tam too, who is in west besides
```
"""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from tests.access.company import Company, Issuer, grant, today
from tests.integration.query_listener import listening_at

TODAY = today()
YESTERDAY = TODAY - timedelta(1)
WHOLE = {"from": str(YESTERDAY), "to": str(TODAY)}
OF_LAN = {"metric": "orders", "scope": "employee", "id": "lan", **WHOLE}
SOLD = {"o-old": 1_000, "o-new": 20}
SEES = {"ola": {"o-old"}, "nel": {"o-new"}, "lan": set(SOLD), "all": set(SOLD)}
"""Who asks -> which orders of lan are shown to them; `all` has `view_all`."""
WITHIN = {"ola": ["west"], "nel": ["east"], "lan": None, "all": None}
Told = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def moved(guarded: tuple[Stack, Issuer]) -> Company:
    """Give a company in which lan has moved from west to east."""
    stack, issuer = guarded
    made = Company(stack, issuer, stack.create_tenant("Moved"))
    heads = [grant(head, right) for head in ("ola", "nel") for right in ("kpi", "export")]
    own = [grant("lan", "employee_kpi"), grant("lan", "export")]
    wide = [grant("all", "view_all"), grant("all", "export")]
    members = [grant("tam", "department_kpi"), grant("tam", "kpi")]
    made.administer([*heads, *own, *wide, *members])
    made.post(
        [
            ("department.upserted", "west", {"name": "West", "head_id": "ola"}),
            ("department.upserted", "east", {"name": "East", "head_id": "nel"}),
            *(works(who, "west" if who == "ola" else "east") for who in ("ola", "nel", "all")),
            works("lan", "west"),
            works("lan", "east", since=str(TODAY)),
            works("tam", "east", other_department_ids=["west"]),
            order("o-old", "lan", str(YESTERDAY), SOLD["o-old"]),
            order("o-new", "lan", str(TODAY), SOLD["o-new"]),
            order("o-tam", "tam", str(TODAY), 7),
            *(("order.approved", name, {"approved_at": now()}) for name in SOLD),
        ]
    )
    made.tokens = {who: issuer.token(made.tenant.id, who) for who in (*SEES, "tam")}
    return made


def now() -> str:
    """Return the moment."""
    return datetime.now(UTC).isoformat()


def works(who: str, where: str, *, since: str = "2020-01-01", **more: Any) -> Told:
    """Return that somebody works in a department from a day on."""
    data = {"name": who, "department_id": where, "valid_from": since, **more}
    return "employee.upserted", who, data


def order(name: str, owner: str, day: str, amount: int) -> Told:
    """Return an order."""
    at = now()
    total = {"amount": amount, "currency": "VND"}
    return "order.created", name, {
        "created_at": at, "order_date": day, "total": total, "owner_id": owner,
    }  # fmt: skip


def answered(company: Company, who: str, path: str, **parameters: str) -> httpx.Response:
    """Return what somebody is answered, who is let in."""
    answer = company.get(path, company.tokens[who], **parameters)
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer


def refused(company: Company, who: str, path: str, **parameters: str) -> str:
    """Return the code of a refusal."""
    answer = company.get(path, company.tokens[who], **parameters)
    assert answer.status_code == httpx.codes.FORBIDDEN, answer.text
    return str(answer.json()["code"])


@pytest.mark.parametrize("who", SEES)
def test_a_figure_and_its_list(who: str, moved: Company) -> None:
    """Figure, list and both files have what was earned where one may look, and agree."""
    asked = {"metrics": "orders", **WHOLE}
    told = answered(moved, who, "/v1/kpis/employee/lan", **asked).json()
    (figure,) = told["figures"]
    assert (figure["value"], told.get("within")) == (len(SEES[who]), WITHIN[who])
    listed = answered(moved, who, figure["facts"]).json()
    assert (listed["total"], {row["id"] for row in listed["rows"]}) == (len(SEES[who]), SEES[who])
    text = answered(moved, who, "/v1/facts.csv", **OF_LAN).text
    assert {row["id"] for row in csv.DictReader(io.StringIO(text))} == SEES[who]
    body = answered(moved, who, "/v1/facts.xlsx", **OF_LAN).content
    with zipfile.ZipFile(io.BytesIO(body)) as sheets:
        cells = b"".join(sheets.read(name) for name in sheets.namelist()).decode()
    assert {name for name in SOLD if name in cells} == SEES[who]


@pytest.mark.parametrize("who", SEES)
def test_the_report_of_an_employee(who: str, moved: Company) -> None:
    """The page of an employee, its file and the journey report count and list no more."""
    told = answered(moved, who, "/v1/reports/employee", employee="lan", **WHOLE).json()
    assert told.get("within") == WITHIN[who]
    orders = next(block for block in told["blocks"] if block["rows_by"] == "order")
    assert {row["id"] for row in orders["orders"]} == SEES[who]
    found = json_texts(told)
    assert {name for name in SOLD if name in found} == SEES[who]
    block = {"employee": "lan", "block": orders["block"], **WHOLE}
    text = answered(moved, who, "/v1/reports/employee.csv", **block).text
    assert {name for name in SOLD if name in text} == SEES[who]
    journey = answered(moved, who, "/v1/reports/journey", employee="lan", days="4").json()
    assert journey.get("within") == WITHIN[who]


def json_texts(part: Any) -> set[str]:
    """Return all texts of a document."""
    if isinstance(part, dict):
        return {text for value in part.values() for text in json_texts(value)}
    if isinstance(part, list):
        return {text for one in part for text in json_texts(one)}
    return {str(part)}


def test_other_departments_cannot_be_named(moved: Company) -> None:
    """Naming the department brings nothing that the question without it did not."""
    for who, own, other in (("ola", "west", "east"), ("nel", "east", "west")):
        inside = answered(moved, who, "/v1/facts", department=own, **OF_LAN).json()
        assert {row["id"] for row in inside["rows"]} == SEES[who]
        assert refused(moved, who, "/v1/facts", department=other, **OF_LAN) == "not_yours"
        assert refused(moved, who, "/v1/facts.csv", department=other, **OF_LAN) == "not_yours"


def test_customers_are_with_the_head_of_now(moved: Company) -> None:
    """Reports about the customers somebody has now are for who leads them now, and whole."""
    for path in ("/v1/reports/telesales", "/v1/reports/lifecycle"):
        assert refused(moved, "ola", path, employee="lan") == "not_yours"
        assert "within" not in answered(moved, "nel", path, employee="lan").json()


def test_whom_the_heads_may_choose(moved: Company) -> None:
    """Both heads find lan and tam; the answer says where else tam is."""
    for who in ("ola", "nel"):
        told = answered(moved, who, "/v1/org").json()["employees"]
        found = {one["id"]: (one["department_id"], one["other_department_ids"]) for one in told}
        assert found["lan"] == ("east", [])
        assert found["tam"] == ("east", ["west"])


def test_somebody_in_two_departments(moved: Company) -> None:
    """Figures count for the one, both heads see them, and both departments are open (D-04)."""
    for who in ("ola", "nel"):
        told = answered(moved, who, "/v1/kpis/employee/tam", metrics="orders").json()
        assert (told["figures"][0]["value"], told.get("within")) == (1, None)
    for department, count in (("east", 2), ("west", 0)):
        path = f"/v1/kpis/department/{department}"
        told = answered(moved, "tam", path, metrics="orders").json()
        assert told["figures"][0]["value"] == count
        facts = {"metric": "orders", "scope": "department", "id": department}
        assert refused(moved, "tam", "/v1/facts", **facts) == "needs_superior"


async def test_a_stream_is_narrowed_too(moved: Company) -> None:
    """What lan earns now is told to the head of now; the head of before hears of nothing."""
    asked = {"scope": "employee", "id": "lan", "metrics": "orders"}
    url, tokens = moved.stack.query_url, moved.tokens
    async with (
        listening_at(url, tokens["ola"], **asked) as before,
        listening_at(url, tokens["nel"], **asked) as after,
    ):
        old, new = await before.next(), await after.next()
        assert (old.data["within"], old.data["figures"][0]["value"]) == (["west"], 0)
        assert (new.data["within"], new.data["figures"][0]["value"]) == (["east"], 1)
        assert [one["subject"] for one in old.data["occurrences"]] == []
        told = order("o-later", "lan", str(TODAY), 5)
        await asyncio.to_thread(moved.post, [told])
        change = await after.until("change")
        assert [cell["value"] for cell in change.data["cells"]] == [2]
        back = works("lan", "west", since=str(TODAY))
        await asyncio.to_thread(moved.post, [back])
        assert (await before.next_but("heartbeat")).name == "reset"
    back = works("lan", "east", since=str(TODAY))
    gone = ("order.deleted", "o-later", {"deleted_at": now()})
    await asyncio.to_thread(moved.post, [back, gone])
