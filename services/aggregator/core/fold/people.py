"""Customers, contacts, employees, departments: from an event to the next state of the fact."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from schemas.calendar import day_start, local_day, parse_day
from schemas.envelope import LogEvent
from schemas.facts import Contact, Customer, Department, Employee, Entry
from schemas.sealed import emptied
from services.aggregator.core.fold.reading import deleted, instant, moment
from services.aggregator.core.registers import latest, with_entry

_CUSTOMER: Final = (
    "name",
    "phones",
    "numbers",
    "source_ids",
    "group_ids",
    "industry",
    "province",
    "gender",
    "birthday",
)
_SAID: Final = frozenset({"name", "phones", "birthday"})
"""What says who a customer is."""
_CONTACT: Final = ("customer_id", "name", "phones", "numbers", "gender", "birthday")


def customer_created(fact: Customer, event: LogEvent, zone: str) -> Customer:
    """Fold customer.created."""
    data, version = event.data, event.version
    at, day = instant(event, "created_at", zone)
    fact = replace(
        customer_profile(fact, event, zone),
        created=latest(fact.created, (version, at, day, data.get("creator_id"))),
    )
    if "owner_id" in data:
        fact = replace(fact, owners=with_entry(fact.owners, (version, at, day, data["owner_id"])))
    stage = data.get("relationship_id")
    if stage is not None:
        entry = (version, at, day, stage, data.get("owner_id"))
        fact = replace(fact, stages=with_entry(fact.stages, entry))
    return fact


def customer_profile(fact: Customer, event: LogEvent, zone: str) -> Customer:
    """Fold customer.updated, and the profile of customer.created."""
    del zone
    after = replace(fact, known=True, profile=_profile(fact, event, _CUSTOMER))
    return after if fact.erased is None else _nameless(after)


def customer_erased(fact: Customer, event: LogEvent, zone: str) -> Customer:
    """Fold customer.erased: what says who it is goes, whatever comes before or after."""
    del zone
    known = event.version if fact.erased is None else fact.erased
    return _nameless(replace(fact, erased=min(known, event.version)))


def _nameless(fact: Customer) -> Customer:
    """Return a customer without name and phones, and of its birthday what counts its age alone.

    Laws:   idempotent; its numbers stay, as keyed hashes, so that its calls stay its own.
    """
    profile = dict(fact.profile)
    for name in _SAID.intersection(profile):
        version, value = profile[name]
        profile[name] = (version, emptied(value) if name == "birthday" and value else None)
    return replace(fact, profile=profile)


def _profile(
    fact: Customer | Contact, event: LogEvent, names: tuple[str, ...]
) -> dict[str, tuple[int, Any]]:
    profile = dict(fact.profile)
    for name in names:
        if name in event.data:
            profile[name] = latest(profile.get(name), (event.version, event.data[name]))
    return profile


def customer_assigned(fact: Customer, event: LogEvent, zone: str) -> Customer:
    """Fold customer.assigned."""
    if event.data.get("assigned_at") is None:
        at, day = event.time_ms, local_day(event.time_ms, zone)
    else:
        at, day = instant(event, "assigned_at", zone)
    entry = (event.version, at, day, event.data["owner_id"])
    return replace(fact, owners=with_entry(fact.owners, entry))


def customer_status_changed(fact: Customer, event: LogEvent, zone: str) -> Customer:
    """Fold customer.status_changed."""
    data = event.data
    entry = (*moment(event, "changed_at", zone), data["relationship_id"], data.get("actor_id"))
    return replace(fact, stages=with_entry(fact.stages, entry))


def customer_deleted(fact: Customer, event: LogEvent, zone: str) -> Customer:
    """Fold customer.deleted."""
    del zone
    return replace(fact, deleted=deleted(fact, event))


def customer_restored(fact: Customer, event: LogEvent, zone: str) -> Customer:
    """Fold customer.restored."""
    del zone
    return replace(fact, deleted=deleted(fact, event, says=False))


def customer_merged(fact: Customer, event: LogEvent, zone: str) -> Customer:
    """Fold customer.merged."""
    del zone
    return replace(fact, merged=latest(fact.merged, (event.version, event.data["into_id"])))


def contact_upserted(fact: Contact, event: LogEvent, zone: str) -> Contact:
    """Fold contact.upserted."""
    del zone
    return replace(fact, known=True, profile=_profile(fact, event, _CONTACT))


def contact_deleted(fact: Contact, event: LogEvent, zone: str) -> Contact:
    """Fold contact.deleted."""
    del zone
    return replace(fact, deleted=deleted(fact, event))


def employee_upserted(fact: Employee, event: LogEvent, zone: str) -> Employee:
    """Fold employee.upserted."""
    data, version = event.data, event.version
    profile = (version, data["name"], data.get("active", True), data.get("extension"))
    text = data.get("valid_from")
    day = local_day(event.time_ms, zone) if text is None else parse_day(text)
    elsewhere = tuple(sorted(set(data.get("other_department_ids") or ())))
    place = (version, data.get("department_id"), data.get("manager_id"), elsewhere)
    others = dict(fact.others)
    places = {since: (*place, others.get(since, ())) for since, *place in fact.places}
    places[day] = latest(places.get(day), place)
    if data.get("extension") is not None:
        entry = (version, day_start(day, zone), day, data["extension"])
        fact = replace(fact, extensions=_with_extension(fact, entry))
    return replace(
        fact,
        profile=latest(fact.profile, profile),
        places=tuple((since, *places[since][:3]) for since in sorted(places)),
        others=tuple((since, places[since][3]) for since in sorted(places) if places[since][3]),
    )


def extension_changed(fact: Employee, event: LogEvent, zone: str) -> Employee:
    """Fold employee.extension_changed."""
    entry = (*moment(event, "changed_at", zone), event.data["extension"])
    return replace(fact, extensions=_with_extension(fact, entry))


def _with_extension(fact: Employee, entry: Entry) -> tuple[Entry, ...]:
    """Return the extensions of an employee with one more: one a moment, the later version."""
    entries = {known[1]: known for known in fact.extensions}
    entries[entry[1]] = latest(entries.get(entry[1]), entry)
    return tuple(entries[at] for at in sorted(entries))


def employee_pseudonymised(fact: Employee, event: LogEvent, zone: str) -> Employee:
    """Fold employee.pseudonymised."""
    del zone
    known = event.version if fact.pseudonymised is None else fact.pseudonymised
    return replace(fact, pseudonymised=min(known, event.version))


def permission_changed(fact: Employee, event: LogEvent, zone: str) -> Employee:
    """Fold permission.changed."""
    del zone
    name, granted = event.data["permission"], event.data["granted"]
    register = latest(fact.permissions.get(name), (event.version, granted))
    return replace(fact, permissions={**fact.permissions, name: register})


def department_upserted(fact: Department, event: LogEvent, zone: str) -> Department:
    """Fold department.upserted."""
    del zone
    data = event.data
    profile = (
        event.version,
        data["name"],
        data.get("parent_id"),
        data.get("head_id"),
        data.get("active", True),
    )
    return replace(fact, profile=latest(fact.profile, profile))
