"""`/v1/targets/{scope}/{id}`: targets of a scope in a period; set, removed, copied, suggested."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.access import Ask
from schemas.tables import COMPANY_ID, Scope
from schemas.target_periods import moved, span_of
from schemas.targets import Aim, Slot, can_have_target
from services.query.administration.answers import Changed
from services.query.api.answer import answer, declares, enter
from services.query.api.change import changed, idempotency_of
from services.query.api.responses import CHANGE_PROBLEMS, PROBLEMS
from services.query.basis import Basis, Command
from services.query.catalogue import catalogue, metric_named, names_of
from services.query.evaluation import Evaluation, Wish
from services.query.periods import Period
from services.query.problems import invalid
from services.query.reader import Plan as ReadPlan
from services.query.reader import Reading
from services.query.selection import check_known, scope_named
from services.query.targets.changes import Plan
from services.query.targets.held import all_of
from services.query.targets.models import (
    SuggestionsAnswer,
    TargetsAnswer,
    TargetsToCopy,
    TargetsToRemove,
    TargetsToSet,
)
from services.query.targets.question import period_named
from services.query.targets.suggestion import earlier, suggested
from services.query.writing import Change, Written

router = APIRouter(tags=["targets"])
_PATH: Final = "/v1/targets/{scope}/{scope_id}"
_Period = Annotated[str, Query(description="Like 2026-11, 2026-W47, or `month`: that of today.")]
Make = Callable[[Reading, str], Iterable[Change]]


@router.get(_PATH, response_model=TargetsAnswer, responses=PROBLEMS)
@declares("figures")
async def targets(
    request: Request, scope: str, scope_id: str, period: _Period = "month"
) -> Response:
    """Show the targets of a scope in a period, and its defaults for each person."""
    entered = await enter(request)
    place = _place(scope, scope_id)
    reading = await entered.visit(Ask("figures", "figure", *place)).read(partial(_all, period))
    check_known(reading.basis, *place)
    named = period_named(period, reading.basis.today)
    mine = {
        slot: aim
        for slot, aim in sorted(all_of(reading.replies[0]).items())
        if slot.id == place[1] and slot.whose.partition(".")[0] == place[0]
    }
    rows = [_row(slot, aim) for slot, aim in mine.items()]
    return answer(
        {
            **reading.head(),
            "scope": place[0],
            "id": place[1],
            "period": named,
            "rows": rows,
            "weights": list(_weights(rows)),
        }
    )


@router.put(_PATH, response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def set_targets(
    request: Request, scope: str, scope_id: str, given: TargetsToSet, period: _Period = "month"
) -> Response:
    """Let these be the targets of the scope in the period, and no others."""
    place = _place(scope, scope_id)

    def changes(reading: Reading, by: str) -> Iterator[Change]:
        named = period_named(period, reading.basis.today)
        held = all_of(reading.replies[0])
        return Plan(*place, named, by).put(reading.basis, given, held)

    return changed(await _change(request, place, partial(_all, period), changes))


@router.delete(_PATH, response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def remove_targets(
    request: Request,
    scope: str,
    scope_id: str,
    given: Annotated[TargetsToRemove, Query()],
) -> Response:
    """Remove the targets of the scope in the period, or that of one figure."""
    place = _place(scope, scope_id)

    def changes(reading: Reading, by: str) -> Iterator[Change]:
        named = period_named(given.period, reading.basis.today)
        held = all_of(reading.replies[0])
        plan = Plan(*place, named, by)
        return plan.remove(held, given.metric, is_per_person=given.per_person)

    return changed(await _change(request, place, partial(_all, given.period), changes))


@router.post(f"{_PATH}/copy", response_model=Changed, responses=CHANGE_PROBLEMS)
@declares("configure")
async def copy_targets(
    request: Request, scope: str, scope_id: str, given: TargetsToCopy
) -> Response:
    """Set the targets of a period, defaults too, for another one of its kind as well.

    What stands there of other figures stays. With `people` also those of the active members.
    """
    place = _place(scope, scope_id)
    to = given.to or moved(given.from_, 1)

    def plan(basis: Basis) -> list[Command]:
        return [("HGETALL", basis.keys.targets(name)) for name in (given.from_, to)]

    def changes(reading: Reading, by: str) -> Iterator[Change]:
        before, held = (all_of(reply) for reply in reading.replies)
        wanted = _copied(reading.basis, place, before, with_people=given.people)
        return Plan(*place, to, by).copy(wanted, held)

    return changed(await _change(request, place, plan, changes))


@router.get(f"{_PATH}/suggestion", response_model=SuggestionsAnswer, responses=PROBLEMS)
@declares("figures")
async def suggestion(
    request: Request,
    scope: str,
    scope_id: str,
    period: _Period = "month",
    metrics: Annotated[str, Query(description="KPI names; default orders, revenue.")] = "",
) -> Response:
    """Suggest targets: the median of the last three full periods. Nothing is set by it."""
    entered = await enter(request)
    place = _place(scope, scope_id)
    names = names_of(metrics) or ["orders", "revenue"]
    ask = Ask("figures", "figure", *place, metrics=frozenset(names))
    planned: list[Evaluation] = []

    def plan(basis: Basis) -> list[Command]:
        kpis = [metric_named(basis, name) for name in names]
        for kpi in kpis:
            if not can_have_target(kpi):
                known = [name for name, each in catalogue(basis).items() if can_have_target(each)]
                detail = f"{kpi.name} ({kpi.additivity}) does not grow over a period"
                raise invalid("no_target", detail, "metrics", known=known)
        wishes = [
            Wish(kpi, *place, Period(*span_of(each)))
            for kpi in kpis
            for each in earlier(period_named(period, basis.today))
        ]
        planned[:] = [Evaluation(basis, wishes, entered.settings.max_hashes)]
        return planned[0].commands

    reading = await entered.visit(ask).read(plan)
    check_known(reading.basis, *place)
    named = period_named(period, reading.basis.today)
    values = iter(planned[0].answer(reading.replies))
    rows = []
    for name in names:
        told = {each: next(values).figure for each in earlier(named)}
        currency = next((one["currency"] for one in told.values() if "currency" in one), None)
        rows.append(suggested(name, {at: one["value"] for at, one in told.items()}, currency))
    head = {**reading.head(), "scope": place[0], "id": place[1], "period": named}
    return answer({**head, "rows": rows})


def _place(scope: str, scope_id: str) -> tuple[Scope, str]:
    named = scope_named(scope)
    return named, COMPANY_ID if named == "company" else scope_id


def _all(period: str, basis: Basis) -> list[Command]:
    return [("HGETALL", basis.keys.targets(period_named(period, basis.today)))]


async def _change(
    request: Request, place: tuple[Scope, str], plan: ReadPlan, make: Make
) -> Written:
    """Decide on the scope, read what stands there, and write what follows from it."""
    entered = await enter(request)
    reading = await entered.visit(Ask("configure", "change", *place)).read(plan)
    check_known(reading.basis, *place)
    wanted = list(make(reading, entered.caller.employee))
    if not wanted:
        return Written(str(reading.freshness.version))
    return await entered.services.writer.write(entered.caller, wanted, idempotency_of(request))


def _copied(
    basis: Basis, place: tuple[Scope, str], before: dict[Slot, Aim], *, with_people: bool
) -> Iterator[tuple[Slot, Aim]]:
    members: list[str] = []
    if with_people and place[0] != "employee":
        whole = basis.org.departments if place[0] == "company" else basis.org.subtree(place[1])
        members = basis.org.members(whole)
    for slot, aim in before.items():
        is_mine = slot.id == place[1] and slot.whose.partition(".")[0] == place[0]
        if is_mine or (slot.whose == "employee" and slot.id in members):
            yield slot, aim


def _row(slot: Slot, aim: Aim) -> dict[str, Any]:
    return {
        "metric": slot.metric,
        "per_person": slot.whose.endswith(".each"),
        "value": aim.value,
        "currency": aim.currency or None,
        "weight": aim.weight or None,
        "thresholds": list(aim.thresholds) or None,
        "set_by": aim.set_by,
    }


def _weights(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for is_per_person in (False, True):
        given = [row["weight"] for row in rows if row["per_person"] == is_per_person]
        weights = [weight for weight in given if weight]
        if given:
            adds_up = sum(weights) == (100 if weights else 0) and len(weights) in {0, len(given)}
            yield {"per_person": is_per_person, "sum": sum(weights), "adds_up": adds_up}
