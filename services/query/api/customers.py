"""`GET /v1/customers/{id}/journey`: all that happened with one customer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.query import journeys
from services.query.answers import JourneyAnswer
from services.query.api.answer import answer, services_of
from services.query.api.responses import PROBLEMS
from services.query.problems import Problem

router = APIRouter()


@router.get(
    "/v1/customers/{customer_id:path}/journey",
    response_model=JourneyAnswer,
    responses=PROBLEMS,
    tags=["customers"],
)
async def journey(request: Request, customer_id: str) -> Response:
    """Show a customer with its owners, stages and everything that happened with it.

    What happened with customers merged into it is part of it (`merged`, `id` of the event). A
    customer that was only mentioned by others is shown with `known: false`. `events` are sorted by
    time; of more than 2,000 related facts the newest are shown and `truncated` says so.
    """
    services = services_of(request)
    caller = await services.access.caller(request)
    reading = await services.reader.read(
        caller.partition, caller.tenant, lambda basis: [journeys.command(basis.keys, customer_id)]
    )
    basis = reading.basis
    found = journeys.journey(reading.replies[0], basis.now_ms, basis.settings.time_zone)
    if found is None:
        raise Problem(404, "unknown_customer", f"no customer '{customer_id}' was ever seen")
    return answer({**reading.head(), **found})
