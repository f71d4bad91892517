"""Customers: created, described, owned, staged, deleted, restored, merged."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.events.base import Birthday, EventData, Id, Ids, Text, Timestamp

Phones = Annotated[list[Text], Field(max_length=32)]
Gender = Literal["male", "female", "other"]


class CustomerProfile(EventData):
    """The descriptive fields of a customer; a field that is absent stays as it was."""

    name: Text | None = None
    phones: Phones | None = None
    source_ids: Ids | None = None
    group_ids: Ids | None = None
    industry: Text | None = None
    province: Text | None = None
    gender: Gender | None = None
    birthday: Birthday | None = None


class CustomerCreated(CustomerProfile):
    """A customer was created in the CRM. Subject: customer id."""

    event_type: ClassVar[str] = "customer.created"

    created_at: Timestamp
    creator_id: Id | None = None
    owner_id: Id | None = None
    relationship_id: Id | None = None


class CustomerUpdated(CustomerProfile):
    """The description of a customer changed. Subject: customer id."""

    event_type: ClassVar[str] = "customer.updated"


class CustomerAssigned(EventData):
    """A customer got another owner, or none (null). Subject: customer id."""

    event_type: ClassVar[str] = "customer.assigned"

    owner_id: Id | None
    assigned_at: Timestamp | None = None


class CustomerStatusChanged(EventData):
    """A customer entered a relationship stage. Subject: customer id."""

    event_type: ClassVar[str] = "customer.status_changed"

    relationship_id: Id | None
    old_relationship_id: Id | None = None
    changed_at: Timestamp
    actor_id: Id | None = None


class CustomerDeleted(EventData):
    """A customer was deleted: leaves gauges and cohorts, past flows stay (G9)."""

    event_type: ClassVar[str] = "customer.deleted"

    deleted_at: Timestamp | None = None


class CustomerRestored(EventData):
    """A deleted customer came back: it returns to gauges and cohorts (G9). Subject: customer id."""

    event_type: ClassVar[str] = "customer.restored"

    restored_at: Timestamp | None = None


class CustomerMerged(EventData):
    """A customer was merged into another one, the survivor. Subject: the customer that ends.

    Laws:   its facts count for the survivor; chains are followed to their end (G9).
    """

    event_type: ClassVar[str] = "customer.merged"

    into_id: Id
    merged_at: Timestamp | None = None
