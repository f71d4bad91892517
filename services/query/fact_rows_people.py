"""What customers and contact persons show of themselves. Pure."""

from __future__ import annotations

from typing import Any

from schemas.facts import Contact, Customer, is_deleted, owner_of, stage_of
from services.query.fact_rows_values import day, time_of

_DESCRIBED = ("industry", "province", "gender", "birthday")


def customer_fields(fact: Customer) -> dict[str, Any]:
    """Return what a list shows of a customer; what it bought and its last contact are its own."""
    profile = {name: value for name, (_, value) in fact.profile.items()}
    bought = [first for first, _ in fact.bought]
    return {
        "name": profile.get("name"),
        "phones": profile.get("phones") or [],
        "created_at": time_of(fact.created),
        "creator_id": None if fact.created is None else fact.created[3],
        "owner_id": owner_of(fact),
        "stage": stage_of(fact),
        "source_ids": profile.get("source_ids") or [],
        **{name: profile.get(name) for name in _DESCRIBED},
        "last_contact": day(fact.contacted),
        "bought": sum(count for _, count in fact.bought),
        "last_bought": day(max(bought, default=0)),
        "merged_into": None if fact.merged is None else fact.merged[1],
        "deleted": is_deleted(fact.deleted),
    }


def contact_fields(fact: Contact) -> dict[str, Any]:
    """Return what a list shows of a contact person."""
    profile = {name: value for name, (_, value) in fact.profile.items()}
    return {
        "customer_id": profile.get("customer_id"),
        "name": profile.get("name"),
        "phones": profile.get("phones") or [],
        "gender": profile.get("gender"),
        "birthday": profile.get("birthday"),
        "deleted": is_deleted(fact.deleted),
    }
