"""A customer's journey that is followed: what came to its story, and what of it changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from schemas.access import Ask, Form
from schemas.calendar import day_end
from services.query import journeys
from services.query.basis import Basis, Command
from services.query.door import Visit
from services.query.problems import Problem
from services.query.reader import Reading
from services.query.stream.follower import Answered, Report


def ask(form: Form, customer_id: str) -> Ask:
    """Return what is asked for; whose customer it is, only its facts say."""
    return Ask("customer", form, scope_id=customer_id)


async def reading_of(visit: Visit, customer_id: str) -> Reading:
    """Read all that is known of a customer, for who may see it.

    Laws:   one that was merged into another is whose the last one of these is, at that version.
    """
    chain = [customer_id]

    def plan(basis: Basis) -> list[Command]:
        others = [journeys.command(basis.keys, name, most_related=0) for name in chain[1:]]
        return [journeys.command(basis.keys, customer_id), *others]

    def wants_more(reading: Reading) -> bool:
        seen = list(chain)
        del chain[1:]
        for reply in reading.replies:
            name = journeys.merged_into(reply)
            if name is None or name in chain:
                break
            chain.append(name)
        return chain != seen[: len(chain)]

    def owner(reading: Reading) -> str | None:
        return journeys.owner(reading.replies[len(chain) - 1])

    return await visit.read_customer(plan, owner, wants_more)


async def read(visit: Visit, customer_id: str) -> Answered:
    """Return the journey of a customer as `/v1/customers/{id}/journey` answers it.

    Errors: Problem `unknown_customer`; those of `Visit.read_customer`.
    """
    reading = await reading_of(visit, customer_id)
    basis = reading.basis
    found = journeys.journey(
        reading.replies[0],
        basis.now_ms,
        basis.settings.time_zone,
        sight=reading.sight,
    )
    if found is None:
        raise Problem(404, "unknown_customer", f"no customer '{customer_id}' was ever seen")
    until_ms = day_end(basis.today, basis.settings.time_zone) + 1
    return Answered({**reading.head(), **found}, until_ms)


def followed(visit: Visit, customer_id: str) -> Report:
    """Return how the journey of a customer is followed: row by row of what happened."""

    async def evaluate() -> Answered:
        document, until_ms = await read(visit, customer_id)
        events = document.pop("events")
        return Answered({**document, "rows": list(_rows(events))}, until_ms)

    return Report(evaluate, id_of="row", still=_still)


def _rows(events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what happened with a name for each: of alike ones the first is 1, the second 2."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for event in events:
        name = (event["kind"], event["id"], event["what"])
        seen[name] += 1
        yield {"row": "|".join((*name, str(seen[name]))), **event}


def _still(part: Any) -> Any:
    """Leave out the seconds of stages: those of the one that lasts grow by themselves."""
    if not isinstance(part, list):
        return part
    return [
        {name: value for name, value in one.items() if name != "seconds"}
        if isinstance(one, dict)
        else one
        for one in part
    ]
