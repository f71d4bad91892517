"""Telephone numbers and addresses of e-mails: whole for who has the right, else nowhere.

Every answer of the OpenAPI document is walked, files and the beginnings of streams too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from deploy.local.stack import Stack
from schemas.access import Viewer, decide
from tests.access.company import Company, Issuer, grant, tree, viewer
from tests.access.doors import DOORS, tries
from tests.access.reading import text_of

OF_SALES: Final = {"department": "sales", "calls_department": "sales"}
DIGITS: Final = "901234567"
ADDRESS: Final = "lan.nguyen@example.com"
TREE: Final = tree()
VIEWERS: Final[dict[str, Viewer]] = {
    "own department": viewer("own department"),
    "gate only": viewer("gate only"),
    "kiosk": viewer("kiosk"),
    "administrator": Viewer("person", "huy", frozenset({"administer"})),
    "head": viewer("head"),
    "machine": viewer("machine"),
}


def _told() -> list[tuple[str, str, dict[str, Any]]]:
    """Return a customer, a contact, a call that runs, a message, an e-mail, and no number."""
    now, whose = datetime.now(UTC).isoformat(), {"customer_id": "k2"}
    called = {"started_at": now, "direction": "outbound", "phone": "(0)90 123-45.67"}
    opened = {"recipient": ADDRESS, "opened_at": now, "machine": False}
    sent = {"channel": "sms", "sent_at": now, "status": "success", "phone": "0901234567"}
    return [
        ("customer.updated", "k2", {"phones": ["0901 234 567", "+84-90-123-45-67"]}),
        ("customer.updated", "k3", {"phones": ["09012345670123456789"]}),
        ("contact.upserted", "w2", {"name": "Mai", "phones": ["0901.234.567"], **whose}),
        ("call.started", "runs", {**called, **whose, "employee_id": "bo"}),
        ("message.sent", "s2", {**sent, **whose, "sender_id": "bo"}),
        ("email.opened", "m2", {**opened, **whose, "sender_id": "bo"}),
    ]


@pytest.fixture(scope="module")
def office(guarded: tuple[Stack, Issuer]) -> Company:
    """Give a company whose numbers and addresses are all alike, in many forms."""
    made = Company.founded(*guarded)
    made.post(_told())
    made.administer([grant("huy", "administer")])
    made.tokens["administrator"] = made.issuer.token(made.tenant.id, "huy")
    return made


def _is_whole(text: str) -> bool:
    return DIGITS in re.sub(r"[ .()\-]", "", text) or ADDRESS in text


@pytest.mark.parametrize("path", DOORS)
def test_no_answer_has_a_whole_number_for_who_lacks_the_right(path: str, office: Company) -> None:
    """Where the decision says that numbers are not shown, none stands in the answer."""
    for attempt in tries(path):
        for kind, who in VIEWERS.items():
            decision = decide(who, attempt.ask, TREE)
            if decision.is_allowed and not decision.has_phones:
                text = text_of(office, kind, attempt.path, attempt.parameters)
                assert not _is_whole(text), (kind, attempt)


@pytest.mark.parametrize(
    ("kind", "path", "parameters", "is_whole"),
    [
        ("own department", "/v1/reports/sales-performance", {"department": "sales"}, False),
        ("head", "/v1/reports/sales-performance", {"department": "sales"}, True),
        ("head", "/v1/reports/calls", {"department": "sales"}, True),
        ("head", "/v1/reports/calls/stream", {"department": "sales"}, True),
        ("head", "/v1/reports/supervisor/stream", OF_SALES, True),
        ("machine", "/v1/quality", {}, True),
        ("machine", "/v1/facts.csv", {"metric": "customers_new"}, True),
        ("machine", "/v1/reports/sales-performance", {}, True),
        ("head", "/v1/customers/k2/journey", {}, True),
    ],
)
def test_the_same_answer_is_masked_for_one_and_whole_for_another(
    kind: str, path: str, parameters: dict[str, str], *, is_whole: bool, office: Company
) -> None:
    """What is masked is there, and whole for whoever leads, calls a customer theirs, or may."""
    given = {**DOORS.get(path, DOORS["/v1/tenant"]).parameters, **parameters}
    text = text_of(office, kind, path, given)
    assert _is_whole(text) is is_whole
    assert is_whole or "•" in text or "\\u2022" in text
