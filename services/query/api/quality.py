"""`GET /v1/quality` and `/v1/restatements`: what does not fit, and what came too late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.calendar import format_day
from schemas.kpis.model import Feed
from schemas.tables import parse_late_field
from services.query import to_check
from services.query.answers import QualityAnswer, RestatementsAnswer
from services.query.api.answer import answer, declares, enter
from services.query.api.responses import PROBLEMS
from services.query.basis import Basis, Command, Settings
from services.query.cursors import mark_of, read_cursor, write_cursor
from services.query.parameters import Parameters, RestatementParameters
from services.query.periods import Period
from services.query.problems import Problem, invalid
from services.query.quality import (
    DOUBTS,
    LateRow,
    doubt_commands,
    doubts,
    heard_command,
    late_commands,
    late_rows,
    restatement,
    sources,
)
from services.query.reader import Reading
from services.query.selection import period_of
from services.query.settings import QuerySettings

router = APIRouter()
_ATTEMPTS = 5


@router.get(
    "/v1/quality",
    response_model=QualityAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
    tags=["quality"],
)
@declares("oversight")
async def quality(request: Request, _: Annotated[Parameters, Query()]) -> Response:
    """Show what does not fit: facts in doubt, what does not go together, refused events.

    And which feeds there are, when each source was last heard, and the locked periods.
    Refused events are counted with a few samples, never with what they carried. Samples are of
    those whom one may look at.
    """
    entered = await enter(request)
    visit = entered.visit(Ask("oversight"))
    wanted: tuple[to_check.Found, ...] = ()

    def plan(basis: Basis) -> Sequence[Command]:
        commands = [heard_command(basis), ("HGETALL", basis.keys.quality), *doubt_commands(basis)]
        commands += to_check.count_commands(basis)
        return [*commands, *to_check.sample_commands(basis, wanted)]

    for _attempt in range(_ATTEMPTS):
        reading = await visit.read(plan)
        heard, *replies = reading.replies
        in_fold, in_doubt, counts, samples = _parted(replies, len(wanted))
        found = to_check.found(reading.basis, counts)
        if to_check.sampled(found) == wanted:
            break
        wanted = to_check.sampled(found)  # so the samples are of the version of their counts
    else:
        raise Problem(503, "busy", "what is to be checked changes too fast", retry_after=1)
    doubtful = doubts(in_doubt, sight=reading.sight)
    return answer(
        {
            **reading.head(),
            "in_doubt": visit.opened(reading, _sampled(reading, doubtful)),
            "to_check": visit.opened(
                reading, _sampled(reading, to_check.to_check(reading, found, samples))
            ),
            "refused": entered.services.refusals.of(entered.caller.tenant, in_fold),
            "feeds": feeds(reading.basis.settings),
            "sources": sources(heard),
            "locked": [
                {"from": format_day(first), "to": format_day(last)}
                for first, last in reading.basis.settings.locks
            ],
        }
    )


def _sampled(reading: Reading, table: dict[str, Any]) -> dict[str, Any]:
    """Return a table with those samples only that count for people who may be shown."""
    rows = [
        {**row, "samples": [one for one in row["samples"] if reading.shows(one["employee_id"])]}
        for row in table["rows"]
    ]
    return {**table, "rows": rows}


def _parted(
    replies: Sequence[Any], sampled: int
) -> tuple[dict[str, int], list[Any], list[Any], list[Any]]:
    """Return the replies of each part: refused in the fold, in doubt, counts, samples."""
    in_fold, *rest = replies
    counts_end = len(rest) - sampled
    return (
        {code.decode(): int(count) for code, count in in_fold.items()},
        rest[: len(DOUBTS)],
        rest[len(DOUBTS) : counts_end],
        rest[counts_end:],
    )


def feeds(settings: Settings) -> list[dict[str, Any]]:
    """Return every feed: whether it was ever seen, and whether its module is on."""
    return [
        {
            "feed": feed,
            "seen": feed in settings.feeds,
            "module": "off" if feed in settings.modules_off else "on",
            "available": settings.is_fed(feed),
        }
        for feed in sorted(get_args(Feed))
        if feed
    ]


@router.get(
    "/v1/restatements",
    response_model=RestatementsAnswer,
    response_model_exclude_unset=True,
    responses=PROBLEMS,
    tags=["quality"],
)
@declares("oversight")
async def restatements(
    request: Request, parameters: Annotated[RestatementParameters, Query()]
) -> Response:
    """Show what changed figures of a locked period after the lock, by the event that caused it.

    Ordered by day, then by event, place and KPI. A figure's own `late` is the sum of these. Who
    may not look at everybody is shown what counts for those whom they may look at.
    """
    entered = await enter(request)
    question = RestatementQuestion(parameters, entered.settings)
    reading = await entered.visit(Ask("oversight")).read(question.plan)
    return answer(question.answer(reading))


class RestatementQuestion:
    """One question for a page of late changes."""

    def __init__(self, parameters: RestatementParameters, settings: QuerySettings) -> None:
        self.parameters = parameters
        self.settings = settings
        if parameters.limit > settings.max_rows:
            detail = f"at most {settings.max_rows} rows on a page"
            raise invalid("limit_too_large", detail, "limit", limit=settings.max_rows)

    def _period(self, basis: Basis) -> Period:
        given, longest = self.parameters, self.settings.max_range_days
        return period_of(given.from_, given.to, basis.today, longest)

    def plan(self, basis: Basis) -> Sequence[Command]:
        """Return what to read."""
        return late_commands(basis.keys, self._period(basis))

    def answer(self, reading: Reading) -> dict[str, Any]:
        """Return the answer document."""
        basis, limit = reading.basis, self.parameters.limit
        period = self._period(basis)
        mark = mark_of("restatements", period)
        after = read_cursor(self.parameters.cursor, basis.generation, mark, (int, str))
        rows = [
            row
            for row in late_rows(reading.replies, period)
            if reading.shows(parse_late_field(row.field).employee)
        ]
        left = rows if after is None else [row for row in rows if [*row[:2]] > after]
        shown: list[LateRow] = left[:limit]
        has_more = len(left) > limit
        return {
            **reading.head(),
            "from": format_day(period.first),
            "to": format_day(period.last),
            "locked": [
                {"from": format_day(first), "to": format_day(last)}
                for first, last in basis.settings.locked(*period)
            ],
            "total": len(rows),
            "rows": [restatement(row) for row in shown],
            "next": write_cursor(basis.generation, mark, shown[-1][:2]) if has_more else None,
        }
