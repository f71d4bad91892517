"""Eight kinds of viewer at every door: allowed or refused as the decision says.

What is expected comes from `schemas.access`, which doors there are from the OpenAPI document.
"""

from __future__ import annotations

import httpx
import pytest

from schemas.access import decide
from services.query.api.answer import subject_of
from services.query.api.routes import handlers
from services.query.app import make_app, make_services
from services.query.openapi import document
from services.query.settings import QuerySettings
from tests.access.company import KINDS, SECRETS, Company, tree, viewer
from tests.access.doors import DOORS, WITHOUT_FIGURES, Try, tries

TREE = tree()
APP = make_app(make_services(QuerySettings.load({}), lambda: 0))
_AT_A_SECOND_FILE = ("own figures", "own department", "head", "kiosk", "machine")
"""XLSX goes through the handler of CSV: those who may take files, and some who may not."""
PROBLEM = {"type", "title", "status", "detail", "code"}


def test_every_route_of_the_document_has_a_row() -> None:
    """A new route without a row here fails, and so does a row without a route."""
    assert set(document(APP)["paths"]) == set(DOORS) | WITHOUT_FIGURES


def test_a_route_declares_what_its_row_says() -> None:
    """What a route declares to ask for is the subject of its row."""
    declared = {
        path.replace(":path", ""): subject_of(handler)
        for path, handler in handlers(APP.routes)
        if path.startswith("/v1/")
    }
    assert declared == {path: door.subject for path, door in DOORS.items()}


@pytest.mark.parametrize("path", DOORS)
def test_every_kind_of_viewer_at_a_door(path: str, company: Company) -> None:
    """Allowed or refused as the rule says, with its code, and nothing of the tenant in a no."""
    wrong = []
    for attempt in tries(path):
        for kind in _AT_A_SECOND_FILE if path.endswith(".xlsx") else KINDS:
            decision = decide(viewer(kind), attempt.ask, TREE)
            answer = company.get(attempt.path, company.tokens[kind], **attempt.parameters)
            found = "yes" if answer.status_code == httpx.codes.OK else _refusal(answer, attempt)
            expected = "yes" if decision.is_allowed else decision.code
            if found != expected:
                wrong.append((kind, attempt.path, dict(attempt.parameters), expected, found))
    assert wrong == []


@pytest.mark.parametrize("path", DOORS)
def test_nobody_and_strangers_at_a_door(path: str, company: Company, stranger: Company) -> None:
    """No token, a wrong one, one of another tenant: 401, or what that tenant has, never ours."""
    attempt = next(iter(tries(path)))
    for_others = company.issuer.token(company.tenant.id, "an", aud="somebody else")
    no_key_of_ours = f"sp_{company.tenant.id}_k_secret"
    for token in ("", no_key_of_ours, "a.b.c", for_others):
        answer = company.get(attempt.path, token, **attempt.parameters)
        assert answer.status_code == httpx.codes.UNAUTHORIZED, token
        assert set(answer.json()) == PROBLEM
    for kind in ("view all", "machine"):
        answer = company.get(attempt.path, stranger.tokens[kind], **attempt.parameters)
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR
        if not answer.headers["content-type"].startswith("text/event-stream"):
            assert not any(secret in answer.text for secret in SECRETS), kind


def _refusal(answer: httpx.Response, attempt: Try) -> str:
    """Return the code of a refusal, in which nothing of the tenant may stand."""
    told = answer.json()
    if answer.status_code != httpx.codes.FORBIDDEN:
        return f"{answer.status_code} {told}"
    assert set(told) - {"yours"} == PROBLEM, attempt
    assert not any(secret in answer.text for secret in SECRETS), attempt
    return str(told["code"])
