"""Anything at all as token, envelope and parameters: a reasoned no, never a fault of ours."""

from __future__ import annotations

import asyncio
import json
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from schemas.rejection import CODES, Rejection
from schemas.tables import NOBODY
from services.ingestor.body import decode
from services.ingestor.keys import bearer
from services.ingestor.problems import Problem as IngestorProblem
from services.ingestor.sift import check
from services.query import api_keys
from services.query.app import make_app, make_services
from services.query.oidc.seals import Seals, is_session
from services.query.openapi import document
from services.query.person_tokens import PersonTokens
from services.query.problems import Problem
from services.query.settings import QuerySettings
from tests.access.company import SECRETS, Company, Issuer
from tests.access.doors import DOORS, tries

_WORDS = st.text(string.ascii_letters + string.digits + "_.-=/+ é\x00", max_size=60)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=12,
)


def _written(value: Any) -> bytes:
    return json.dumps(value).encode()


_VALUES = _WORDS | st.sampled_from(
    ("-1", "0", "99999999999999999999", "9999-12-31", "0001-01-01", "2026-02-30", "true", "an", "*")
)
_EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
DECLARED = document(make_app(make_services(QuerySettings.load({}), lambda: 0)))["paths"]
bounded = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@bounded
@given(_WORDS | st.builds("sp_{}".format, _WORDS) | st.text())
@example("sp___")
@example("sp_a_b_")
def test_any_text_as_a_key(text: str) -> None:
    """A text is a key in parts, or refused with 401."""
    try:
        tenant, key_id = api_keys.parts_of(text)
    except Problem as problem:
        found: tuple[object, object] = (problem.status, problem.code)
    else:
        found = (bool(tenant), bool(key_id))
    assert found in {(401, "bad_key"), (True, True)}


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Give an issuer, whose signature is good whatever the claims are."""
    return Issuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def checked(issuer: Issuer) -> Callable[[str], str]:
    """Give a check of a token: 'good', or status and code of the refusal."""
    loaded = {f"SALESPULSE_QUERY_{name}": value for name, value in issuer.settings.items()}
    tokens = PersonTokens(QuerySettings.load(loaded), lambda: 1)

    def check(token: str) -> str:
        try:
            asyncio.run(tokens.person(token))
        except Problem as problem:
            return f"{problem.status} {problem.code}"
        return "good"

    return check


@bounded
@given(st.text() | st.builds("{}.{}.{}".format, _WORDS, _WORDS, _WORDS))
def test_any_text_as_a_token(checked: Callable[[str], str], text: str) -> None:
    """A text that nobody signed is a bad token, whatever is in it."""
    assert checked(text) == "401 bad_token"


@bounded
@given(st.dictionaries(st.sampled_from(("tenant", "employee", "exp", "nbf", "iat")), _JSON))
def test_any_claims_under_a_good_signature(
    issuer: Issuer, checked: Callable[[str], str], claims: dict[str, Any]
) -> None:
    """Claims of any shape are accepted or refused, the token itself being signed and for us."""
    try:
        token = issuer.token("t", "an", **claims)
    except (TypeError, ValueError, OverflowError, UnicodeError):
        return  # no JSON: the issuer itself could not write it
    assert checked(token) in {"good", "401 bad_token", "401 expired_token"}


def test_a_token_for_us_is_good(issuer: Issuer, checked: Callable[[str], str]) -> None:
    """The tokens above fail for what they are, not because none is ever good."""
    assert checked(issuer.token("t", "an", iat=0, exp=10)) == "good"


@bounded
@given(st.none() | st.text() | st.builds("{} {}".format, st.sampled_from(("Bearer", "b")), _WORDS))
def test_any_text_as_the_authorization_of_the_ingestor(header: str | None) -> None:
    """A header has a token in it, or is refused with 401."""
    try:
        token = bearer(header)
        found: object = token == token.strip() != ""
    except IngestorProblem as problem:
        found = problem.status
    assert found in {True, httpx.codes.UNAUTHORIZED}


@bounded
@given(st.binary(max_size=60) | _JSON.map(_written), st.booleans())
def test_any_bytes_as_a_body_of_the_ingestor(body: bytes, is_in_batches: bool) -> None:
    """A body is events to be looked at, or refused with 400."""
    try:
        found: object = isinstance(decode(body, batch=is_in_batches), list)
    except IngestorProblem as problem:
        found = problem.status
    assert found in {True, httpx.codes.BAD_REQUEST}


@bounded
@given(st.text() | st.builds("{}.{}.{}".format, _WORDS, _WORDS, _WORDS), st.integers(0, 1 << 40))
def test_any_text_as_a_session_or_a_sign_in(text: str, now_ms: int) -> None:
    """What a browser sends back and we have not sealed is nothing, never a fault."""
    seals = Seals("a secret of sixteen letters")
    for opened in (seals.person, seals.begun):
        with pytest.raises(Problem) as caught:
            opened(text, now_ms)
        assert caught.value.status == httpx.codes.UNAUTHORIZED
    assert is_session(text) in {True, False}


@bounded
@given(st.data())
def test_a_changed_session_is_none(data: st.DataObject) -> None:
    """One sign changed anywhere in a session makes it worth nothing."""
    seals = Seals("a secret of sixteen letters")
    token = seals.session("acme", "an", since_ms=0, until_ms=10)
    assert seals.person(token, 1).employee == "an"
    at = data.draw(st.integers(0, token.rindex(".") - 1))
    sign = data.draw(st.sampled_from(string.ascii_letters).filter(lambda one: one != token[at]))
    with pytest.raises(Problem):
        seals.person(token[:at] + sign + token[at + 1 :], 1)


def examples() -> list[dict[str, Any]]:
    """Return the good examples of all types of events."""
    files = sorted(_EXAMPLES.glob("*/valid-*.json"))
    return [orjson.loads(file.read_bytes()) for file in files]


@bounded
@given(st.sampled_from(examples()), _JSON, st.data())
def test_any_value_in_an_event(event: dict[str, Any], value: Any, data: st.DataObject) -> None:
    """An event with anything in one place is taken or refused by a rule, never by our fault."""
    place = data.draw(st.sampled_from((event, event["data"])))
    field = data.draw(st.sampled_from([*place, "another"]) | _WORDS)
    spoiled = {**place, field: value}
    whole = spoiled if place is event else {**event, "data": spoiled}
    found = check(whole, str(event["tenantid"]), 100_000, frozenset())
    assert not isinstance(found, Rejection) or found.code in set(CODES) - {"bug"}


@bounded
@given(_JSON)
def test_anything_as_an_event(item: Any) -> None:
    """What is no event at all is refused by a rule."""
    found = check(item, "acme", 100_000)
    assert isinstance(found, Rejection)
    assert found.code != "bug"


@settings(bounded, max_examples=120)
@given(st.data())
def test_any_parameters_at_any_door(company: Company, data: st.DataObject) -> None:
    """Parameters of any name and value are answered as the document declares, without a fault."""
    path = data.draw(st.sampled_from(sorted(DOORS)))
    attempt = next(iter(tries(path)))
    told = DECLARED[path]["get"]
    names = [one["name"] for one in told.get("parameters", ()) if one["in"] == "query"]
    names = [name for name in names if name != "key"]
    strange = st.dictionaries(
        st.sampled_from(names) | _WORDS if names else _WORDS,
        _VALUES,
        max_size=3,
    )
    given_too = {**attempt.parameters, **data.draw(strange)}
    answer = company.get(attempt.path, company.tokens["machine"], **given_too)
    assert str(answer.status_code) in told["responses"], given_too
    assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, given_too


@settings(bounded, max_examples=40)
@given(
    st.text(string.printable, max_size=40).filter(lambda name: name != NOBODY),
    st.sampled_from(("machine", "head")),
)
def test_any_name_in_the_path(company: Company, name: str, kind: str) -> None:
    """An employee, department or customer of any name is unknown or refused, never a fault."""
    quoted = quote(name, safe="")
    for path in (f"/v1/kpis/employee/{quoted}", f"/v1/customers/{quoted}/journey"):
        answer = company.get(path, company.tokens[kind])
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, path
        assert not any(secret in answer.text for secret in SECRETS), path
