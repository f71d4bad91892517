"""Opportunities: a customer added to a campaign or pipeline, later won or lost."""

from __future__ import annotations

from typing import ClassVar, Literal

from schemas.events.base import EventData, Id, Timestamp
from schemas.money import Money


class OpportunityCreated(EventData):
    """An opportunity was opened. Subject: opportunity id.

    Laws:   `created_at` may be null when the source does not know it: the opportunity is in the
            pipeline but on no day.
    """

    event_type: ClassVar[str] = "opportunity.created"

    created_at: Timestamp | None
    customer_id: Id | None = None
    campaign_id: Id | None = None
    product_id: Id | None = None
    owner_id: Id | None = None
    value: Money | None = None


class OpportunityClosed(EventData):
    """An opportunity was won or lost. Subject: opportunity id.

    Laws:   owner, customer, product and value given here hold from then on; absent ones stay.
    """

    event_type: ClassVar[str] = "opportunity.closed"

    outcome: Literal["won", "lost"]
    closed_at: Timestamp
    customer_id: Id | None = None
    product_id: Id | None = None
    owner_id: Id | None = None
    value: Money | None = None


class OpportunityAssigned(EventData):
    """An opportunity got another owner, or none (null). Subject: opportunity id."""

    event_type: ClassVar[str] = "opportunity.assigned"

    owner_id: Id | None
    assigned_at: Timestamp | None = None


class OpportunityDeleted(EventData):
    """An opportunity was deleted: it counts nowhere any more. Subject: opportunity id."""

    event_type: ClassVar[str] = "opportunity.deleted"

    deleted_at: Timestamp | None = None
