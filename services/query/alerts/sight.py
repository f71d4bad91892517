"""Which open alerts a page shows to whom: those of its places, as far as its viewer may look. Pure.

What decides is the one decision about figures: an alert tells the figure that it watches, so it is
shown where that figure may be followed, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

from schemas.access import Ask, Viewer, decide
from schemas.tables import COMPANY_ID, Scope
from services.query.alerts.opened import OpenAlert
from services.query.basis import Basis
from services.query.organisation import Organisation

MOST_ROWS: Final = 20
"""Of more open alerts only the number is told."""


class Place(NamedTuple):
    """Whose figures a page shows."""

    scope: Scope
    id: str
    sub: bool = False


class AlertSight(NamedTuple):
    """Which alerts a page has room for.

    Shape:  `places` are those whose figures it shows, none for no alerts; of a page that `is_wide`
            also everything below them, departments and people. Without `has_names` none about a
            person, without `has_money` none that tells an amount.
    """

    places: frozenset[Place]
    has_names: bool = True
    has_money: bool = True
    is_wide: bool = False


def shown(
    sight: AlertSight, viewer: Viewer, basis: Basis, alerts: Iterable[OpenAlert]
) -> dict[str, Any]:
    """Return what a viewer of a page is told: {rows, more}.

    Laws:   of a department of the page an alert is shown whether it counts those below or not, as
            far as the viewer may see either; of a person only whole figures are told.
            `may_take` says whether the viewer may acknowledge it.
    """
    covered = _covered(sight, basis.org)
    rows = [
        {**alert.told(), "may_take": _may_take(viewer, basis.org, alert)}
        for alert in alerts
        if (sight.has_money or not alert.is_money)
        and (sight.has_names or alert.rule.scope != "employee")
        and (covered is None or (alert.rule.scope, alert.rule.scope_id) in covered)
        and _may_see(viewer, basis.org, alert)
    ]
    return {"rows": rows[:MOST_ROWS], "more": max(0, len(rows) - MOST_ROWS)}


def _covered(sight: AlertSight, org: Organisation) -> frozenset[tuple[Scope, str]] | None:
    """Return the places of which alerts are shown, None for all of the company."""
    if not sight.is_wide:
        return frozenset((place.scope, place.id) for place in sight.places)
    if any(place.scope == "company" for place in sight.places):
        return None
    return frozenset(found for place in sight.places for found in _below(place, org))


def _below(place: Place, org: Organisation) -> Iterator[tuple[Scope, str]]:
    yield place.scope, place.id
    if place.scope == "department":
        departments = org.subtree(place.id) if place.sub else (place.id,)
        yield from (("department", name) for name in departments)
        yield from (("employee", name) for name in org.members(departments))


def _may_take(viewer: Viewer, org: Organisation, alert: OpenAlert) -> bool:
    """Say whether a viewer may say that they take care: who sets up the place."""
    rule = alert.rule
    ask = Ask("configure", "change", rule.scope, rule.scope_id, rule.sub)
    return decide(viewer, ask, org.tree).is_allowed


def _may_see(viewer: Viewer, org: Organisation, alert: OpenAlert) -> bool:
    return any(_is_whole(viewer, org, ask) for ask in _asks(org, alert))


def _asks(org: Organisation, alert: OpenAlert) -> Iterator[Ask]:
    """Yield the questions that the figure of an alert answers.

    Laws:   a department without others below is the same with and without them.
    """
    rule = alert.rule
    scope_id = COMPANY_ID if rule.scope == "company" else rule.scope_id
    ask = Ask("figures", "stream", rule.scope, scope_id, rule.sub, metrics=alert.metrics)
    yield ask
    if rule.scope == "department" and not org.tree.has_parts(scope_id):
        yield replace(ask, sub=not ask.sub)


def _is_whole(viewer: Viewer, org: Organisation, ask: Ask) -> bool:
    decision = decide(viewer, ask, org.tree)
    if not decision.is_allowed or decision.within is not None:
        return False
    is_named = decision.people is None or ask.scope_id in decision.people
    return ask.scope != "employee" or is_named
