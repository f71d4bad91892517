"""What customers and contact persons contribute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from schemas.calendar import NOW, parse_day
from schemas.facts import Contact, Customer, first_call_of, is_deleted, owner_of, stage_of
from schemas.facts.kin import campaign_days
from schemas.sealed import score_of
from schemas.tables import NOBODY
from services.aggregator.core.contributions.journey import journey
from services.aggregator.core.contributions.place import (
    COHORT,
    SCORE,
    Contributions,
    People,
    Place,
    add,
    issue,
    named,
    place_of,
    profile_value,
    survivor_of,
)

_BORN = f"{SCORE}persons_born"
_CONTACTED = f"{SCORE}customers_contacted"
_CREATED = f"{COHORT}created"
_ADDED = f"{COHORT}campaign"
_OWN: Final = (
    "owners", "stages", "profile", "created", "known", "deleted", "merged", "absorbed",
)  # fmt: skip
"""What a customer's contributions rest on, beside the marks that other facts leave on it."""
Moved = Literal["nothing", "dealings", "all"]


def customer(fact: Customer, people: People, found: Contributions) -> None:
    """Add what a customer contributes: as a survivor, for its whole group."""
    _stage_entries(fact, people, found)
    if _is_absorbed(fact, people):
        return
    group = people.group(fact)
    created = _created(group)
    is_alive = not is_deleted(fact.deleted)
    if created is not None:
        add(found, place_of(people, created[3], created[2]), "customers_found", 1)
        if is_alive:
            place = _new_at(fact, created[2], people)
            _new(fact, place, found)
            _won(group, created[1], place, found)
    if is_alive and any(member.known for member in group):
        _owned(fact, group, people, found)
        journey(fact, None if created is None else created[2], people, found)


def _is_absorbed(fact: Customer, people: People) -> bool:
    if fact.merged is None:
        return False
    survivor = people.survivor(fact.id)
    return survivor is not None and survivor.id != fact.id


def moved_by(before: Customer, after: Customer) -> Moved:
    """Say what of the contributions of a customer can move when it changes.

    Laws:   `dealings`: they differ as those of `by_dealings` do. What is bought counts by its
            first day alone, calls by the first one; other marks do not count for a customer.
    """
    if any(getattr(before, name) is not getattr(after, name) for name in _OWN):
        return "all"
    is_same = (
        before.contacted == after.contacted
        and before.opportunities == after.opportunities
        and (before.bought is after.bought or _first_bought(before) == _first_bought(after))
        and (before.calls is after.calls or first_call_of(before) == first_call_of(after))
    )
    return "nothing" if is_same else "dealings"


def _first_bought(fact: Customer) -> int:
    return fact.bought[0][0] if fact.bought else 0


def by_dealings(fact: Customer, people: People) -> Contributions:
    """Return the part of a customer's contributions that dealings with it move.

    Shape:  the last contact, campaigns, the first purchase and the first call.
    """
    found: Contributions = {}
    if is_deleted(fact.deleted) or _is_absorbed(fact, people):
        return found
    group = people.group(fact)
    created = _created(group)
    if created is not None:
        _won(group, created[1], _new_at(fact, created[2], people), found)
    if any(member.known for member in group):
        _contact(group, place_of(people, owner_of(fact), NOW), found)
    return found


def _contact(group: Sequence[Customer], place: Place, found: Contributions) -> None:
    """Add the last contact, and the days on which it was first added to a campaign."""
    found[place, _CONTACTED] = max(member.contacted for member in group)
    for day in campaign_days(mark for member in group for mark in member.opportunities):
        found[Place(NOBODY, NOBODY, day), _ADDED] = 1


def _created(group: Sequence[Customer]) -> tuple[int, int, int, str | None] | None:
    return min((m.created for m in group if m.created is not None), key=_age, default=None)


def _age(created: tuple[int, int, int, str | None]) -> tuple[int, int, int, str]:
    version, at, day, creator = created
    return at, day, version, creator or ""


def _new_at(fact: Customer, day: int, people: People) -> Place:
    """Return where a customer created on a day is new: with the owner of now."""
    return place_of(people, owner_of(fact), day, current=True)


def _new(fact: Customer, place: Place, found: Contributions) -> None:
    """Add what is counted on the day of creation, for the owner of now."""
    found[place, "customers_new"] = 1
    found[Place(NOBODY, NOBODY, place.day), _CREATED] = 1
    sources = profile_value(fact, "source_ids") or [""]
    for source in dict.fromkeys(sources):
        found[place, named("customers_new", source=source)] = 1
    found[place, named("customers_new", first_source=sources[0])] = 1
    stages = {entry[3] for entry in fact.stages if entry[3] is not None}
    if stages:
        found[place, "customers_reached"] = 1
        for stage in stages:
            found[place, named("customers_reached", stage=stage)] = 1


def _won(group: Sequence[Customer], at: int, place: Place, found: Contributions) -> None:
    """Add what became of a customer that was created at a time (ms): bought, called."""
    bought = [member.bought[0][0] for member in group if member.bought]
    if bought:
        found[place, "customers_converted"] = 1
        add(found, place._replace(day=min(bought)), "customers_first_bought", 1)
    calls = [first for member in group if (first := first_call_of(member))]
    if calls:
        found[place, "customers_called"] = 1
        seconds = (min(calls) - at) // 1000
        if seconds > 0:
            found[place, "first_call_seconds"] = seconds


def _owned(fact: Customer, group: Sequence[Customer], people: People, found: Contributions) -> None:
    """Add what holds now, for the owner of now."""
    place = place_of(people, owner_of(fact), NOW)
    found[place, "customers_assigned"] = 1
    for source in dict.fromkeys(profile_value(fact, "source_ids") or [""]):
        found[place, named("customers_assigned", source=source)] = 1
    found[place, named("customers_assigned", stage=stage_of(fact) or "")] = 1
    for name in ("industry", "province", "gender"):
        segment = profile_value(fact, name) or ""
        found[place, named("customers_assigned", **{name: segment})] = 1
    _contact(group, place, found)
    _phones(fact, place, found)
    found[place, _BORN] = _birthday(fact)


def _phones(fact: Customer | Contact, place: Place, found: Contributions) -> None:
    if "" in fact.profile.get("numbers", (0, ()))[1]:
        issue(found, place, "not_a_phone_number")


def _birthday(fact: Customer | Contact) -> int:
    text = fact.profile.get("birthday", (0, None))[1]
    if text is None:
        return 0
    keyed = score_of(text)
    return parse_day(text) if keyed is None else keyed


def _stage_entries(fact: Customer, people: People, found: Contributions) -> None:
    before: str | None = None
    for _, at, day, stage, actor in fact.stages:
        if stage is not None and stage != before:
            place = place_of(people, actor or _owner_at(fact, at), day)
            add(found, place, "stage_entries", 1)
            add(found, place, named("stage_entries", stage=stage), 1)
        before = stage


def _owner_at(fact: Customer, at: int) -> str | None:
    past = [entry for entry in fact.owners if entry[1] <= at]
    return max(past, key=lambda e: (e[1], e[0], e[3] or ""))[3] if past else None


def contact(fact: Contact, people: People, found: Contributions) -> None:
    """Add what a contact person contributes: a person of the customer's owner."""
    company = survivor_of(people, fact.profile.get("customer_id", (0, None))[1])
    if not fact.known or is_deleted(fact.deleted):
        return
    if company is not None and not is_deleted(company.deleted):
        place = place_of(people, owner_of(company), NOW)
        found[place, _BORN] = _birthday(fact)
        _phones(fact, place, found)
