"""How a route changes something: who asks, may they, what follows from what is there, write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.query.api.answer import answer, enter
from services.query.door import Asked
from services.query.problems import Problem
from services.query.reader import Reading
from services.query.writing import Change, Written

IDEMPOTENCY: Final = "idempotency-key"
_LONGEST: Final = 128


async def change(
    request: Request, ask: Asked, changes: Callable[[Reading, str], Sequence[Change]]
) -> Written:
    """Decide, make the changes out of what is there, and write them.

    Shape:  `changes` takes what was read, at the version at which it was decided, and the id of
            the employee who asks, '' of a machine. It may raise problems of its own. Without
            changes nothing is written.
    Errors: those of the entrance, the door and `Writer`; 422 `invalid_parameter` for an
            Idempotency-Key that is too long.
    """
    entered = await enter(request)
    idempotency = idempotency_of(request)
    reading = await entered.visit(ask).read()
    wanted = changes(reading, entered.caller.employee)
    if not wanted:
        return Written(str(reading.freshness.version))
    return await entered.services.writer.write(entered.caller, wanted, idempotency)


def changed(written: Written) -> Response:
    """Answer what was done."""
    return answer({"version": written.version, "events": list(written.events)})


def idempotency_of(request: Request) -> str:
    """Return the text by which a request that is sent again is known, '' for none."""
    text = request.headers.get(IDEMPOTENCY, "")
    if len(text) > _LONGEST:
        detail = f"an Idempotency-Key has at most {_LONGEST} characters"
        raise Problem(422, "invalid_parameter", detail, parameter=IDEMPOTENCY, limit=_LONGEST)
    return text
