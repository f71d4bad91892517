"""Whose figures, rows and lists a person gets: on a running stack, by tokens (V21, D-04, E-18)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.access.company import Company, grant, today

TODAY = today()
WHOLE = {"from": str(TODAY - timedelta(2)), "to": str(TODAY + timedelta(2))}
CREATED = {"created_from": WHOLE["from"], "created_to": WHOLE["to"]}
OWN, MEMBER, HEAD = "own figures", "own department", "head"
"""Of an, of bo, both in sales, and of hue, who heads it."""


def answered(company: Company, kind: str, path: str, **parameters: str) -> Any:
    """Return the document that a kind of viewer gets."""
    answer = company.get(path, company.tokens[kind], **parameters)
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.json()


def refused(company: Company, kind: str, path: str, **parameters: str) -> dict[str, Any]:
    """Return the problem by which a kind of viewer is refused."""
    answer = company.get(path, company.tokens[kind], **parameters)
    assert answer.status_code == httpx.codes.FORBIDDEN, answer.text
    found: dict[str, Any] = answer.json()
    return found


def lists(part: Any) -> list[str]:
    """Return all addresses of lists in an answer."""
    if isinstance(part, list):
        return [address for one in part for address in lists(one)]
    if not isinstance(part, dict):
        return []
    own = [part["facts"]] if isinstance(part.get("facts"), str) else []
    return [*own, *(address for value in part.values() for address in lists(value))]


PEER = (
    ("/v1/kpis/employee/bo", {"metrics": "orders"}),
    ("/v1/facts", {"metric": "orders", "scope": "employee", "id": "bo"}),
    ("/v1/facts.csv", {"metric": "orders", "scope": "employee", "id": "bo"}),
    ("/v1/stream", {"metrics": "orders", "scope": "employee", "id": "bo"}),
    ("/v1/reports/employee", {"employee": "bo"}),
    ("/v1/reports/telesales", {"employee": "bo"}),
    ("/v1/reports/telesales/facts", {"employee": "bo", "row": "bo", "column": "called"}),
    ("/v1/reports/lifecycle", {"employee": "bo"}),
    ("/v1/reports/sales-performance", {"employee": "bo", **CREATED}),
)


@pytest.mark.parametrize(("path", "parameters"), PEER)
def test_a_peer_is_refused_and_a_superior_is_not(
    path: str, parameters: dict[str, str], company: Company
) -> None:
    """Figure, list, export and stream of somebody of the same level: no; of a subordinate: yes."""
    assert refused(company, OWN, path, **parameters)["code"] == "not_yours"
    answer = company.get(path, company.tokens[HEAD], **parameters)
    assert answer.status_code == httpx.codes.OK


def test_a_member_sees_the_total_and_the_own_row(company: Company) -> None:
    """A department report says all to its head; to a member the same totals and one row (D-04)."""
    asked = {"department": "sales", **WHOLE}
    head = answered(company, HEAD, "/v1/reports/department", **asked)
    member = answered(company, MEMBER, "/v1/reports/department", **asked)
    for seen, whole in zip(member["blocks"], head["blocks"], strict=True):
        cells = [cell["value"] for cell in seen["total"]["cells"]]
        assert cells == [cell["value"] for cell in whole["total"]["cells"]]
        if seen["rows_by"] == "employee":
            assert {row["id"] for row in seen["rows"]} <= {"bo"}
        if seen["rows_by"] == "order":
            assert [one["id"] for one in seen["orders"]] == ["of-k2"]
            assert (seen["length"], len(whole["orders"])) == (2, 2)
    people = [block for block in head["blocks"] if block["block"] == "sales_comparison"]
    assert {row["id"] for row in people[0]["rows"]} >= {"an", "bo"}


def test_a_member_is_given_no_address_that_would_be_refused(company: Company) -> None:
    """Whatever list an answer names can be opened; the head is named more of them."""
    asked = {"department": "sales", "block": "sales_comparison", **WHOLE}
    assert lists(answered(company, MEMBER, "/v1/reports/department", **asked)) == []
    addresses = lists(answered(company, HEAD, "/v1/reports/department", **asked))
    assert addresses
    for address in addresses:
        assert company.get(address, company.tokens[HEAD]).status_code == httpx.codes.OK


def test_a_ranking_keeps_the_place_and_hides_the_others(company: Company) -> None:
    """A member sees how many there are and which place is theirs."""
    asked = {"metric": "orders", "department": "sales", **WHOLE}
    head = answered(company, HEAD, "/v1/leaderboard", **asked)
    member = answered(company, MEMBER, "/v1/leaderboard", **asked)
    (own,) = [row for row in head["rows"] if row["id"] == "bo"]
    assert member["total"] == head["total"] == len(head["rows"])
    assert [(row["id"], row["rank"]) for row in member["rows"]] == [("bo", own["rank"])]


def test_customers_of_others_are_no_rows_of_a_member(company: Company) -> None:
    """The sales performance of a department: its totals, and the customers of one's own."""
    path, asked = "/v1/reports/sales-performance", {"department": "sales", **CREATED}
    head, member = (answered(company, kind, path, **asked) for kind in (HEAD, MEMBER))
    assert {row["id"] for row in head["rows"]} == {"k1", "k2"}
    assert [row["id"] for row in member["rows"]] == ["k2"]
    assert member["totals"] == head["totals"]


@pytest.mark.parametrize("report", ["telesales", "lifecycle", "journey", "sales-performance"])
def test_who_may_not_see_the_company_is_told_whom_to_ask_for(report: str, company: Company) -> None:
    """A report without a filter is about all: the refusal names departments and employees."""
    parameters = CREATED if report == "sales-performance" else {}
    head = refused(company, HEAD, f"/v1/reports/{report}", **parameters)["yours"]
    assert head == {"departments": ["hanoi", "sales"], "employees": ["an", "bo", "dao", "eva"]}
    own = refused(company, OWN, f"/v1/reports/{report}", **parameters)["yours"]
    assert own == {"departments": [], "employees": ["an"]}
    for name in own["employees"]:
        answered(company, OWN, f"/v1/reports/{report}", employee=name, **parameters)


def test_names_are_those_of_whom_one_may_look_at(company: Company) -> None:
    """The picker of a head holds their people; who sees only themselves holds themselves (E-18)."""
    head = answered(company, HEAD, "/v1/org")
    assert {one["id"] for one in head["employees"]} == {"an", "bo", "dao", "eva"}
    assert {one["id"] for one in head["departments"]} == {"sales", "hanoi"}
    own = answered(company, OWN, "/v1/org")
    assert [one["id"] for one in own["employees"]] == ["an"]
    assert [(one["id"], one["head_id"]) for one in own["departments"]] == [("sales", None)]


def test_a_merged_customer_is_whose_the_survivor_is(company: Company) -> None:
    """A customer merged into one of an is an's, whoever had it; merged on, it is of the last."""
    made = [("customer.created", name, _customer("huy")) for name in ("m1", "m2")]
    company.post([*made, _merged("m1", "m2"), _merged("m2", "k1")])
    for name in ("m1", "m2", "k1"):
        answered(company, OWN, f"/v1/customers/{name}/journey")
    assert refused(company, OWN, "/v1/customers/k2/journey")["code"] == "not_yours"


def _customer(owner: str) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    return {"created_at": at, "creator_id": owner, "owner_id": owner, "name": "Merged"}


def _merged(name: str, into: str) -> tuple[str, str, dict[str, Any]]:
    return "customer.merged", name, {"into_id": into}


def test_the_administrator_sees_what_is_in_doubt_but_nobody_s_facts(company: Company) -> None:
    """Whoever administers learns how much does not fit; the facts behind it are not theirs."""
    company.administer([grant("dao", "administer")])
    odd = {**_customer("gia"), "phones": ["12"]}
    company.post([("customer.created", "odd", odd)])
    token = company.issuer.token(company.tenant.id, "dao")
    found = company.get("/v1/quality", token)
    assert found.status_code == httpx.codes.OK, found.text
    whole = answered(company, "machine", "/v1/quality")
    for part in ("in_doubt", "to_check"):
        assert found.json()[part]["total"] == whole[part]["total"]
        assert [row["samples"] for row in found.json()[part]["rows"] if row["samples"]] == []
    assert any(row["samples"] for row in whole["in_doubt"]["rows"] + whole["to_check"]["rows"])
    assert lists(found.json()) == []
