"""`GET /v1/words`: by what a report can be filtered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.basis import Basis
from services.query.caller_answers import WordsAnswer
from services.query.cohorts.vocabulary import PUBLIC, all_words_command

router = APIRouter()


@router.get("/v1/words", response_model=WordsAnswer, responses=PROBLEMS, tags=["organisation"])
@declares("catalogue")
async def words(request: Request) -> Response:
    """Show the sources, groups, stages and campaigns that were ever named, by the company's order.

    These are the values that the filters of reports take.
    """
    entered = await enter(request)
    reading = await entered.visit(Ask("catalogue")).read(all_words_command)
    named = [word.decode() for word in reading.replies[0]]
    found = {f"{public}s": _named(reading.basis, kind, named) for kind, public in PUBLIC.items()}
    return answer({**reading.head(), **found})


def _named(basis: Basis, kind: str, named: Sequence[str]) -> list[dict[str, Any]]:
    start = f"{kind}:"
    seen = {word.removeprefix(start) for word in named if word.startswith(start)}
    known = [value for value in basis.words.in_order(kind, seen) if value]
    return [{"id": value, "name": basis.words.name(kind, value) or value} for value in known]
