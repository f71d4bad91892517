"""`GET /v1/customers/{id}/journey` and `/stream` of it: all that happened with one customer."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.query import journey_stream
from services.query.answers import JourneyAnswer
from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.api.stream import EventStream, Wanted, following_of, open_stream
from services.query.parameters import FollowParameters, Parameters

router = APIRouter()


@router.get(
    "/v1/customers/{customer_id:path}/journey",
    response_model=JourneyAnswer,
    responses=PROBLEMS,
    tags=["customers"],
)
@declares("customer")
async def journey(
    request: Request, customer_id: str, _: Annotated[Parameters, Query()]
) -> Response:
    """Show a customer with its owners, stages and everything that happened with it.

    What happened with customers merged into it is part of it (`merged`, `id` of the event), and
    so are calls that found it by a number. A customer that was only mentioned by others is shown
    with `known: false`. `events` are sorted by time; of more than 2,000 related facts the newest
    are shown and `truncated` says so.
    """
    entered = await enter(request)
    visit = entered.visit(journey_stream.ask("list", customer_id))
    found = await journey_stream.read(visit, customer_id)
    return answer(found.document)


@router.get(
    "/v1/customers/{customer_id:path}/journey/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **PROBLEMS},
    tags=["stream"],
)
@declares("customer")
async def follow(
    request: Request, customer_id: str, parameters: Annotated[FollowParameters, Query()]
) -> EventStream:
    """Follow a customer: `snapshot` first, then a `change` when something came to its story.

    A snapshot is the journey with `rows` in place of `events`: each has its name in `row`. A
    change has the rows that are new or other, those that are `gone`, and what else is other.
    """
    entered = await enter(request)
    visit = entered.visit(journey_stream.ask("stream", customer_id))
    report = journey_stream.followed(visit, customer_id)
    shared = (customer_id, entered.caller.employee)  # each evaluation is decided for this caller
    following = following_of(entered, "customer", shared, lambda _: report)
    read = partial(journey_stream.reading_of, visit, customer_id)
    wanted = [Wanted(visit, following, read)]
    return await open_stream(request, entered, wanted, parameters.last_event_id)
