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
from services.query.sessions import CSRF, CSRF_HEADER, SESSION
from services.query.settings import QuerySettings
from tests.access.company import ADMINISTRATOR, KINDS, SECRETS, TLS, Company, tree, viewer
from tests.access.doors import ALTERATIONS, DOORS, WITHOUT_FIGURES, Alteration, Try, tries

TREE = tree()
APP = make_app(make_services(QuerySettings.load({}), lambda: 0))
PROBLEM = {"type", "title", "status", "detail", "code"}


def test_every_route_of_the_document_has_a_row() -> None:
    """A new route without a row here fails, and so does a row without a route."""
    told = {
        (method.upper(), path)
        for path, methods in document(APP)["paths"].items()
        for method in methods
        if path not in WITHOUT_FIGURES
    }
    assert told == {("GET", path) for path in DOORS} | set(ALTERATIONS)


def test_a_route_declares_what_its_row_says() -> None:
    """What a route declares to ask for is the subject of its row."""
    declared = {
        (method, path.replace(":path", "")): subject_of(handler)
        for path, method, handler in handlers(APP.routes)
        if path.startswith("/v1/") and method != "HEAD"
    }
    looked = {("GET", path): door.subject for path, door in DOORS.items()}
    assert declared == looked | {key: one.ask.subject for key, one in ALTERATIONS.items()}


@pytest.mark.parametrize("path", DOORS)
def test_every_kind_of_viewer_at_a_door(path: str, company: Company) -> None:
    """Allowed or refused as the rule says, with its code, and nothing of the tenant in a no."""
    wrong = []
    for attempt in tries(path):
        for kind in KINDS:
            decision = decide(viewer(kind), attempt.ask, TREE)
            answer = company.get(attempt.path, company.tokens[kind], **attempt.parameters)
            found = "yes" if answer.status_code == httpx.codes.OK else _refusal(answer, attempt)
            expected = "yes" if decision.is_allowed else decision.code
            if found != expected:
                wrong.append((kind, attempt.path, dict(attempt.parameters), expected, found))
    assert wrong == []


@pytest.mark.parametrize(("method", "path"), ALTERATIONS)
def test_every_kind_of_viewer_changes(method: str, path: str, altered: Company) -> None:
    """Done, not found, or refused as the rule says; nothing of the tenant in a no."""
    alteration, wrong = ALTERATIONS[method, path], []
    for kind in (*KINDS, ADMINISTRATOR):
        decision = decide(viewer(kind), alteration.ask, TREE)
        answer = _alter(altered, method, alteration, altered.tokens[kind])
        is_in = answer.is_success or answer.status_code == httpx.codes.NOT_FOUND
        found = "yes" if is_in else str(answer.json()["code"])
        expected = "yes" if decision.is_allowed else decision.code
        if found != expected:
            wrong.append((kind, expected, found, answer.text))
        if not decision.is_allowed:
            assert set(answer.json()) == PROBLEM
    assert wrong == []
    for token in ("", "a.b.c", altered.issuer.token(altered.tenant.id, "gia", aud="others")):
        answer = _alter(altered, method, alteration, token)
        assert answer.status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize(("method", "path"), ALTERATIONS)
def test_no_page_of_others_changes_anything(method: str, path: str, altered: Company) -> None:
    """In the session of a browser nothing is changed without the page's own token."""
    alteration, token = ALTERATIONS[method, path], altered.tokens[ADMINISTRATOR]
    cookie = {"Cookie": f"{SESSION}={token}; {CSRF}=mine"}
    for said in ({}, {CSRF_HEADER: "yours"}, {CSRF_HEADER: ""}):
        answer = _alter(altered, method, alteration, "", **cookie, **said)
        assert (answer.status_code, answer.json()["code"]) == (403, "bad_csrf")
    elsewhere = {CSRF_HEADER: "mine", "Sec-Fetch-Site": "cross-site"}
    answer = _alter(altered, method, alteration, "", **cookie, **elsewhere)
    assert answer.status_code == httpx.codes.UNAUTHORIZED


def _alter(
    company: Company, method: str, alteration: Alteration, token: str, **more: str
) -> httpx.Response:
    typed = {"Content-Type": alteration.content_type} if alteration.content_type else {}
    known = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.request(
        method,
        f"{company.stack.query_url}{alteration.address}",
        content=alteration.body or None,
        headers={**typed, **known, **more},
        timeout=30,
        verify=TLS,
    )


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
