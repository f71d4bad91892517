"""What a page may offer: `/v1/me` says of whom one may ask, and the reports agree."""

from __future__ import annotations

import httpx
import pytest

from tests.access.company import KINDS, PERSONS, Company


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "nobody's grants"])
def test_who_is_offered_can_be_asked_for(kind: str, company: Company) -> None:
    """Everybody who is offered is answered, and nobody else is; the company likewise."""
    token = company.tokens[kind]
    me = company.get("/v1/me", token).json()
    assert me["employee"] == (PERSONS[kind][0] if kind in PERSONS else None)
    people = company.get("/v1/org", company.tokens["machine"]).json()["employees"]
    for name in (person["id"] for person in people):
        answer = company.get("/v1/reports/employee", token, employee=name, block="tasks")
        offered = name in me["figures"]["employees"]
        assert (answer.status_code == httpx.codes.OK) == offered, name
    whole = company.get("/v1/reports/telesales", token)
    assert (whole.status_code == httpx.codes.OK) == me["telesales"]["company"]


def test_words_are_those_that_were_named(company: Company) -> None:
    """The values of filters come with a name, their id where nobody named them."""
    answer = company.get("/v1/words", company.tokens["machine"]).json()
    for kind in ("sources", "groups", "stages", "campaigns"):
        assert all(word["id"] and word["name"] for word in answer[kind])
