"""Both services against their own OpenAPI documents: requests of every shape, tokens of every kind.

Requests are made by Schemathesis out of the documents, a bounded number for each operation.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from services.ingestor.api import make_app as make_ingestor
from services.ingestor.openapi import document as document_of_ingestor
from services.ingestor.settings import IngestorSettings
from services.query.app import make_app as make_query
from services.query.app import make_services
from services.query.openapi import document as document_of_query
from services.query.settings import QuerySettings
from tests.access.company import ADMINISTRATOR, SECRETS, TLS, Company

_EXAMPLES: Final = 40 if os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1" else 4
_STREAM: Final = "text/event-stream"
_PROBLEM: Final = "application/problem+json"
_BARE: Final = {"type", "title", "status", "detail", "code"}
_OF_THE_REQUEST: Final = {"parameter", "pointer", "limit", "known", "metrics"}
"""Members of a problem that repeat the request or the document."""
_ASIDE: Final = ("/login", "/logout")
"""What is open to everybody: sessions have their own tests."""
DOCUMENTS: Final = {
    "query": document_of_query(make_query(make_services(QuerySettings.load({}), lambda: 0))),
    "ingestor": document_of_ingestor(make_ingestor(IngestorSettings.load({}))),
}
SCHEMAS: Final = {name: schemathesis.openapi.from_dict(told) for name, told in DOCUMENTS.items()}
TOKENS: Final = ("good", "none", "expired", "foreign", "nonsense")
Told = Mapping[str, Any]


def operations() -> list[tuple[str, str, str]]:
    """Return (service, method, path) of every operation of both documents."""
    return [
        (service, method.upper(), path)
        for service, told in DOCUMENTS.items()
        for path, methods in told["paths"].items()
        for method in methods
    ]


@pytest.fixture(scope="module")
def client() -> Any:
    """Give a client for all requests."""
    with httpx.Client(timeout=60, verify=TLS) as opened:
        yield opened


@pytest.fixture(scope="module")
def token_of(altered: Company, stranger: Company) -> Callable[[str, str], str]:
    """Give the token of a kind for a service."""
    stranger.with_administrator()
    past = datetime.now(UTC) - timedelta(hours=2)
    expired = altered.issuer.token(altered.tenant.id, "dao", iat=past, exp=past)
    tokens = {
        ("query", "good"): altered.tokens[ADMINISTRATOR],
        ("query", "foreign"): stranger.tokens[ADMINISTRATOR],
        ("query", "expired"): expired,
        ("ingestor", "good"): altered.stack.admin_token,
        ("ingestor", "foreign"): stranger.tenant.write_key,
        ("ingestor", "expired"): altered.tenant.read_key,
    }
    others = {"none": "", "nonsense": "a.b.c"}
    return lambda service, kind: tokens.get((service, kind), others.get(kind, ""))


@pytest.mark.parametrize(("service", "method", "path"), operations())
def test_an_operation_answers_as_its_document_says(  # noqa: PLR0917 - parameters and fixtures
    service: str,
    method: str,
    path: str,
    altered: Company,
    client: httpx.Client,
    token_of: Callable[[str, str], str],
) -> None:
    """No fault of ours, nothing undeclared, and nothing of a company for who may not see it."""
    told = DOCUMENTS[service]
    operation = SCHEMAS[service][path][method]
    base = altered.stack.query_url if service == "query" else altered.stack.ingestor_url
    whole = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    broken = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @seed(6)
    @settings(
        max_examples=_EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(whole | broken if _has_input(told["paths"][path][method.lower()]) else whole, st.data())
    def attempt(case: Any, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(TOKENS))
        token = token_of(service, kind)
        known = {"Authorization": f"Bearer {token}"} if token else {}
        answer = _sent(client, case, base, known)
        _check(answer, told["paths"][path][method.lower()], f"{kind}: {answer.request.url}")
        if kind != "good" and not path.startswith(_ASIDE):
            _check_nothing_told(answer, kind, service)

    attempt()


def _has_input(told: Told) -> bool:
    return bool(told.get("parameters") or told.get("requestBody"))


def _sent(client: httpx.Client, case: Any, base: str, known: Mapping[str, str]) -> httpx.Response:
    """Send a request; of a stream only the beginning is taken."""
    made = case.as_transport_kwargs(base_url=base)
    headers = {
        name: value
        for name, value in dict(made.get("headers") or {}).items()
        if name.lower() not in ("authorization", "cookie", "content-length")
    }
    content: dict[str, Any] = {}
    if "json" in made:
        content["json"] = made["json"]
    elif made.get("data") is not None:
        content["content"] = made["data"] if isinstance(made["data"], bytes | str) else b""
    request = client.build_request(
        made["method"],
        made["url"],
        params={k: v for k, v in dict(made.get("params") or {}).items() if k != "key"},
        headers={**headers, **known},
        **content,
    )
    answer = client.send(request, stream=True)
    try:
        if not answer.headers.get("content-type", "").startswith(_STREAM):
            answer.read()
    finally:
        answer.close()
    return answer


def _check(answer: httpx.Response, told: Told, about: str) -> None:
    assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, (about, answer.text)
    declared = told["responses"].get(str(answer.status_code))
    assert declared is not None, (about, answer.status_code)
    kind = answer.headers.get("content-type", "").partition(";")[0]
    kinds = set(declared.get("content", {}))
    assert kind in kinds or (not kinds and not kind), (about, answer.status_code, kind, kinds)


def _check_nothing_told(answer: httpx.Response, kind: str, service: str) -> None:
    if answer.headers.get("content-type", "").startswith(_STREAM):
        assert kind == "foreign"
        return
    assert not any(secret in answer.text for secret in SECRETS), answer.request.url
    if kind == "foreign" and service == "query":
        return  # what that company has, and may see
    if answer.is_success:
        raise AssertionError((kind, str(answer.request.url), answer.text[:200]))
    extra = set(answer.json()) - _BARE
    assert extra <= _OF_THE_REQUEST, (kind, answer.text)


def test_the_documents_are_whole() -> None:
    """Each operation has a name of its own, a good answer and declared problems."""
    for service, told in DOCUMENTS.items():
        names = [one["operationId"] for way in told["paths"].values() for one in way.values()]
        assert len(names) == len(set(names)), service
        for path, methods in told["paths"].items():
            for one in methods.values():
                assert any(status.startswith(("2", "3")) for status in one["responses"]), path
                assert {"401", "422", "429", "503"} <= set(one["responses"]), path
        parameters = set(re.findall(r"{(\w+)}", " ".join(told["paths"])))
        assert parameters
