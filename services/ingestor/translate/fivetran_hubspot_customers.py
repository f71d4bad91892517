"""HubSpot's companies and contacts: who is a customer, and who a contact person of one.

A company is a customer, a contact with a primary company its contact person, a contact without
one a customer. Why: docs/importers.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from services.ingestor.translate.fivetran import (
    Columns,
    Export,
    columns,
    full_name,
    gone,
    grouped,
    moment,
    moment_of,
    must,
)
from services.ingestor.translate.item import Event, Item, Row, event, given
from services.ingestor.translate.moments import utc_text

_PROFILE = (
    "property_createdate property_industry property_state property_phone property_mobilephone "
    "property_hs_analytics_source property_hubspot_owner_id property_hubspot_owner_assigneddate"
)
TABLES: Mapping[str, Columns] = {
    "contact": columns(
        "id",
        f"{_PROFILE} property_email property_firstname property_lastname "
        "property_associatedcompanyid property_hs_merged_object_ids "
        "property_hs_calculated_merged_vids",
    ),
    "company": columns("id", f"{_PROFILE} property_name"),
    "contact_list": columns("id", "name"),
    "contact_list_member": columns("contact_id contact_list_id"),
    "contact_merge_audit": columns("canonical_vid vid_to_merge", "timestamp"),
    "contact_property_history": columns("contact_id name", "value timestamp"),
    "company_property_history": columns("company_id name", "value timestamp"),
}
_STAGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "subscriber": ("Subscriber", ()),
    "lead": ("Lead", ()),
    "marketingqualifiedlead": ("Marketing qualified lead", ("mql",)),
    "salesqualifiedlead": ("Sales qualified lead", ("sql",)),
    "opportunity": ("Opportunity", ()),
    "customer": ("Customer", ()),
    "evangelist": ("Evangelist", ()),
    "other": ("Other", ()),
}
"""HubSpot's default lifecycle stages in their order: value -> label, tags."""

_STAGE, _OWNER = "lifecyclestage", "hubspot_owner_id"


class Buyers(NamedTuple):
    """Which customer a contact or an address stands for."""

    company_of: Mapping[str, str]
    contact_at: Mapping[str, str]

    def of_contact(self, contact: str) -> str:
        """Return the customer that a contact is, or works for."""
        company = self.company_of.get(contact)
        return f"company:{company}" if company else f"contact:{contact}"

    def at(self, address: str) -> str | None:
        """Return the customer whose contact has an e-mail address."""
        contact = self.contact_at.get(address.casefold())
        return self.of_contact(contact) if contact else None

    def one(self, companies: Sequence[str], contacts: Sequence[str]) -> str | None:
        """Return the one company, else the one customer among contacts; of several nobody."""
        found = {f"company:{company}" for company in companies}
        found = found or {self.of_contact(contact) for contact in contacts}
        return found.pop() if len(found) == 1 else None


def buyers(tables: Mapping[str, Sequence[Row]]) -> Buyers:
    """Return who buys, of the contacts of an export."""
    rows = tables["contact"]
    at = {row["property_email"].casefold(): row["id"] for row in rows if row["property_email"]}
    return Buyers({row["id"]: row["property_associatedcompanyid"] for row in rows}, at)


def customers(export: Export, known: Buyers) -> Iterator[Item]:
    """Yield customers, contact persons, their stages, owners and merges."""
    history = ("contact", "company")
    told = {
        f"{kind}:{row[f'{kind}_id']}"
        for kind in history
        for row in export.tables[f"{kind}_property_history"]
        if row["name"] == _OWNER
    }

    lists = grouped(export.tables["contact_list_member"], "contact_id", "contact_list_id")

    def company(row: Row) -> Iterator[Event]:
        subject = f"company:{must(row, 'id')}"
        yield from _customer(export, subject, row, {"name": row["property_name"]}, told)

    def contact(row: Row) -> Iterator[Event]:
        subject = f"contact:{must(row, 'id')}"
        name = full_name(row["property_firstname"], row["property_lastname"])
        name = name or row["property_email"]
        if not row["property_associatedcompanyid"]:
            profile = {"name": name, "group_ids": lists.get(row["id"])}
            yield from _customer(export, subject, row, profile, told)
            return
        employer = f"company:{row['property_associatedcompanyid']}"
        data = given(customer_id=employer, name=name, phones=_phones(row))
        yield export.state("contact.upserted", subject, row, data)
        if gone(row):
            yield export.state("contact.deleted", subject, row, {})

    yield from export.read("contact_list", lambda row: _list(export, row))
    yield from export.read("company", company)
    yield from export.read("contact", contact)
    for kind in history:
        yield from _changes(export, kind, known)
    yield from _merges(export, known)


def _phones(row: Row) -> list[str] | None:
    numbers = (row["property_phone"], row["property_mobilephone"])
    return [number for number in dict.fromkeys(numbers) if number] or None


def _list(export: Export, row: Row) -> Iterator[Event]:
    subject = must(row, "id")
    data = {"kind": "group", "name": row["name"] or subject, "active": not gone(row)}
    yield export.state("taxonomy.upserted", subject, row, data)


def _customer(
    export: Export, subject: str, row: Row, profile: Mapping[str, object], told: set[str]
) -> Iterator[Event]:
    created_at = moment(row, "property_createdate")
    source = row["property_hs_analytics_source"]
    data = given(
        created_at=created_at,
        **profile,
        industry=row["property_industry"],
        province=row["property_state"],
        phones=_phones(row),
        source_ids=[source] if source else None,
    )
    kind = "customer.created" if created_at else "customer.updated"
    yield export.state(kind, subject, row, data)
    if row["property_hubspot_owner_id"] and subject not in told:
        to = given(
            owner_id=row["property_hubspot_owner_id"],
            assigned_at=moment(row, "property_hubspot_owner_assigneddate"),
        )
        yield export.state("customer.assigned", subject, row, to)
    if gone(row):
        yield export.state("customer.deleted", subject, row, {})


def _changes(export: Export, kind: str, known: Buyers) -> Iterator[Item]:
    table = f"{kind}_property_history"
    seen: set[str] = set()

    def change(row: Row) -> Iterator[Event]:
        subject = f"{kind}:{must(row, f'{kind}_id')}"
        is_person = known.of_contact(row[f"{kind}_id"]) != subject if kind == "contact" else False
        if row["name"] not in (_STAGE, _OWNER) or is_person:
            return
        at, value = moment_of(row, "timestamp"), row["value"] or None
        if row["name"] == _OWNER:
            data = {"owner_id": value, "assigned_at": at}
            yield event(export.source, "customer.assigned", subject, at, data)
            return
        if value and value in _STAGES and value not in seen:
            seen.add(value)
            yield _stage(export, value)
        data = {"relationship_id": value, "changed_at": at}
        yield event(export.source, "customer.status_changed", subject, at, data)

    yield from export.read(table, change)


def _stage(export: Export, value: str) -> Event:
    name, tags = _STAGES[value]
    place = list(_STAGES).index(value)
    data = {"kind": "relationship", "name": name, "tags": list(tags), "position": place}
    return event(export.source, "taxonomy.upserted", value, export.extract, data)


def _merges(export: Export, known: Buyers) -> Iterator[Item]:
    audited = {row["vid_to_merge"] for row in export.tables["contact_merge_audit"]}

    def merge(ended: str, into: str, row: Row, at: str | None) -> Event:
        subject = f"contact:{ended}"
        if known.company_of.get(ended):
            return export.state("contact.deleted", subject, row, given(deleted_at=at))
        data = given(into_id=known.of_contact(into), merged_at=at)
        if at:
            return event(export.source, "customer.merged", subject, at, data)
        return export.state("customer.merged", subject, row, data)

    def audit(row: Row) -> Iterator[Event]:
        ended, into = must(row, "vid_to_merge"), must(row, "canonical_vid")
        yield merge(ended, into, row, moment(row, "timestamp"))

    def listed(row: Row) -> Iterator[Event]:
        dated = dict(
            part.strip().partition(":")[::2]
            for part in row["property_hs_calculated_merged_vids"].split(";")
        )
        undated = {part.strip(): "" for part in row["property_hs_merged_object_ids"].split(";")}
        for ended, millis in {**undated, **dated}.items():
            if ended and ended not in audited and ended != row["id"]:
                yield merge(ended, row["id"], row, _of_millis(millis))

    yield from export.read("contact_merge_audit", audit)
    yield from export.read("contact", listed)


def _of_millis(text: str) -> str | None:
    if not text.isascii() or not text.isdigit():
        return None
    try:
        return utc_text(datetime.fromtimestamp(int(text) / 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return None
