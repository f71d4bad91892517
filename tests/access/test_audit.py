"""The audit trail: every deed once, with who did it; append-only; for few, and for restarts."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from typing import Any, Final

import httpx
import pytest

from deploy.local.process import wait_for
from deploy.local.stack import Stack
from services.query.sessions import CSRF, CSRF_HEADER
from tests.access.company import SECRETS, Company, Issuer, grant

Row = dict[str, Any]
Deed = tuple[str, str, str, str, str]
"""action, kind of actor, actor, scope, id of the scope"""

_ORDERS: Final = {"metric": "orders", "scope": "department", "id": "sales"}
_TARGET: Final = {
    "metric": "orders",
    "scope": "employee",
    "scope_id": "an",
    "period": "2026-11",
    "value": 987_654_321,
    "set_by": "hue",
}


class Deeds:
    """A company in which everything that is audited was done once."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.expected: Counter[Deed] = Counter()
        self.key_id, self.key = self._make_key()
        self._look()
        self._lose()
        self._change()

    def _make_key(self) -> tuple[str, str]:
        stack, keys = self.company.stack, f"/v1/tenants/{self.company.tenant.id}/keys"
        admin = {"Authorization": f"Bearer {stack.admin_token}"}
        with httpx.Client(base_url=stack.ingestor_url, headers=admin, timeout=30) as client:
            made = client.post(keys, json={"scopes": ["query"], "label": "warehouse"}).json()
            assert client.delete(f"{keys}/{made['key_id']}").status_code == 204
        self.expected["key", "administrator", "", "key", made["key_id"]] += 2
        return made["key_id"], made["key"]

    def _look(self) -> None:
        get, tokens = self.company.get, self.company.tokens
        sales = "/v1/kpis/department/sales"
        assert get(sales, tokens["view all"], metrics="orders").status_code == 200
        self.expected["look", "person", "gia", "department", "sales"] += 1
        assert get("/v1/facts", tokens["head"], **_ORDERS).status_code == 200
        self.expected["list", "person", "hue", "department", "sales"] += 1
        assert get("/v1/facts.csv", tokens["head"], **_ORDERS).status_code == 200
        self.expected["export", "person", "hue", "department", "sales"] += 1
        assert get("/v1/facts", tokens["own figures"], **_ORDERS).status_code == 403
        self.expected["refused", "person", "an", "department", "sales"] += 1
        stream = {"scope": "department", "id": "sales", "metrics": "orders"}
        assert get("/v1/stream", tokens["view all"], **stream).status_code == 200
        self.expected["stream", "person", "gia", "department", "sales"] += 1
        assert get("/v1/customers/k1/journey", tokens["view all"]).status_code == 200
        self.expected["list", "person", "gia", "customer", "k1"] += 1
        login = httpx.post(
            f"{self.company.stack.query_url}/login",
            json={"token": tokens["view all"]},
            headers={CSRF_HEADER: "once", "Cookie": f"{CSRF}=once"},
            timeout=30,
        )
        assert login.status_code == 204, login.text
        self.expected["login", "person", "gia", "", ""] += 1

    def _lose(self) -> None:
        """Follow a stream until the right to it is taken away."""
        company = self.company
        company.administer([grant("eva", "employee_kpi")])
        token = company.issuer.token(company.tenant.id, "eva")
        with httpx.stream(
            "GET",
            f"{company.stack.query_url}/v1/stream",
            params={"scope": "employee", "id": "eva", "metrics": "orders"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        ) as answer:
            lines = answer.iter_lines()
            assert "event: snapshot" in lines
            company.administer([grant("eva", "employee_kpi", granted=False)])
            assert "event: denied" in lines
        self.expected["grant", "administrator", "", "employee", "eva"] += 3  # one at the founding
        self.expected["stream", "person", "eva", "employee", "eva"] += 1
        self.expected["refused", "person", "eva", "employee", "eva"] += 1

    def _change(self) -> None:
        self.company.administer([grant("huy", "administer")])
        self.expected["grant", "administrator", "", "employee", "huy"] += 1
        lock = {"first": "2026-01-01", "last": "2026-01-31", "actor_id": "gia"}
        self.company.administer([("period.locked", "january", lock)])
        self.expected["lock", "administrator", "", "company", "all"] += 1
        self.company.post([("target.set", "t1", dict(_TARGET))])
        write_key = self.company.tenant.write_key.split("_")[2]
        self.expected["target", "machine", write_key, "employee", "an"] += 1

    def page(self, **parameters: str) -> Row:
        """Return an answer of the trail."""
        answer = self.company.get("/v1/audit", self.company.tokens["machine"], **parameters)
        assert answer.status_code == 200, answer.text
        found: Row = answer.json()
        return found

    def rows(self) -> list[Row]:
        """Return the whole trail."""
        rows: list[Row] = self.page(limit="1000")["rows"]
        return rows

    def are_told(self) -> bool:
        """Say whether all of it has come to the trail."""
        return not self.expected - Counter(map(deed, self.rows()))


def deed(row: Row) -> Deed:
    """Return what the expectations are about."""
    actor = row["actor"]
    return row["action"], actor["kind"], actor["id"], row["scope"], row["scope_id"]


@pytest.fixture(scope="module")
def deeds(guarded: tuple[Stack, Issuer]) -> Deeds:
    """Give the company, once all of it has come to the trail."""
    made = Deeds(Company.founded(*guarded))
    wait_for(made.are_told, 20, "the deeds are not in the audit trail")
    return made


def test_every_deed_is_told_once_with_who(deeds: Deeds) -> None:
    """Looks, files, refusals, streams and their loss, logins, grants, locks, targets and keys."""
    rows = deeds.rows()
    found = Counter(map(deed, rows))
    assert {one: found[one] for one in deeds.expected} == dict(deeds.expected)
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["times"] == 1 for row in rows if deed(row) in deeds.expected)
    told = {row["action"]: row for row in reversed(rows) if deed(row) in deeds.expected}
    assert told["refused"]["details"]["code"] == "not_yours"
    assert told["look"]["details"] == {"form": "figure", "metrics": "orders"}
    assert told["look"]["version"]
    assert told["look"]["actor_name"] == "gia"
    assert told["look"]["address"] == "127.0.0.1"
    changed = {name: told[name]["details"] for name in ("grant", "lock", "target")}
    assert all(details.pop("event") for details in changed.values())
    assert changed == {
        "grant": {"permission": "administer", "granted": True},
        "lock": {"first": "2026-01-01", "last": "2026-01-31", "by": "gia"},
        "target": {"metric": "orders", "period": "2026-11", "by": "hue"},
    }
    keys = [row["details"]["change"] for row in rows if row["scope_id"] == deeds.key_id]
    assert keys == ["revoked", "created"]


def test_nothing_secret_or_personal_is_in_it(deeds: Deeds) -> None:
    """Neither names and numbers of customers, nor amounts, nor a part of a key or a token."""
    text = str(deeds.rows())
    tokens = [*deeds.company.tokens.values(), deeds.key, deeds.company.tenant.write_key]
    # the signature of a token may hold "_" itself, and the last part of a key is what is secret
    secrets = [token.rpartition("_" if token.startswith("sp_") else ".")[2] for token in tokens]
    assert min(map(len, secrets)) > 20
    for secret in (*SECRETS, *secrets, deeds.company.stack.admin_token, "digest"):
        assert secret not in text


def test_it_is_only_ever_appended_to(deeds: Deeds) -> None:
    """Nothing of the trail can be written or removed from outside, and what stands there stays."""
    before = deeds.rows()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = httpx.request(
            method,
            f"{deeds.company.stack.query_url}/v1/audit",
            headers={"Authorization": f"Bearer {deeds.company.tokens['machine']}"},
            timeout=30,
        )
        assert answer.status_code == 405
    after = {row["id"]: row for row in deeds.rows()}
    assert [after[row["id"]] for row in before] == before


def test_it_is_asked_by_actor_and_action_and_in_pages(deeds: Deeds) -> None:
    """Filters leave what they name; pages together are the whole, newest first, as is the file."""
    looked = deeds.page(actor="gia", action="look,list")["rows"]
    assert [row["scope_id"] for row in looked] == ["k1", "sales"]
    asked = {"action": "grant,target,lock,key,export"}
    whole = deeds.page(**asked, limit="1000")
    rows, cursor = [], ""
    while True:
        page = deeds.page(**asked, limit="4", cursor=cursor)
        rows += page["rows"]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert rows == whole["rows"]
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)
    assert len(rows) == whole["total"]
    token = deeds.company.tokens["machine"]
    file = deeds.company.get("/v1/audit.csv", token, **asked)
    told = [*csv.DictReader(StringIO(file.content.decode("utf-8-sig")))]
    assert [one["id"] for one in told] == [row["id"] for row in rows]
    assert deeds.company.get("/v1/audit.xlsx", token).content[:2] == b"PK"
    assert deeds.company.get("/v1/audit", token, action="theft").json()["code"] == "unknown_action"


def test_it_is_for_those_who_oversee(deeds: Deeds) -> None:
    """Who may view all sees it and who may administer; others do not, nor take it away."""
    get, tokens = deeds.company.get, deeds.company.tokens
    assert get("/v1/audit", tokens["view all"]).status_code == 200
    assert get("/v1/audit", tokens["nobody's grants"]).status_code == 200  # huy, by now
    for kind in ("own figures", "head", "kiosk"):
        assert get("/v1/audit", tokens[kind]).status_code == 403
    assert get("/v1/audit.csv", tokens["view all"]).json()["code"] == "no_export"


def test_it_outlives_the_service(deeds: Deeds) -> None:
    """After a restart of the query service the trail is the same, read from its topic."""
    before = {row["id"]: row for row in deeds.rows()}
    since = deeds.page()["trail"]["since"]
    query = deeds.company.stack.query
    query.stop()
    query.start()
    query.wait()
    wait_for(lambda: deeds.page()["trail"]["state"] == "read", 20, "the trail is not read again")
    after = {row["id"]: row for row in deeds.rows()}
    assert before.items() <= after.items()
    assert deeds.page()["trail"] == {"state": "read", "since": since}
