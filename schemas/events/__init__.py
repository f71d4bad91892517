"""The event vocabulary: every type that may stand in the log, and its model."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from schemas.events.base import EventData
from schemas.events.calls import CallConnected, CallEnded
from schemas.events.configuration import ApiKeyCreated, ApiKeyRevoked, SettingChanged
from schemas.events.customers import (
    CustomerAssigned,
    CustomerCreated,
    CustomerDeleted,
    CustomerStatusChanged,
    CustomerUpdated,
)
from schemas.events.emails import EmailOpened
from schemas.events.opportunities import OpportunityClosed, OpportunityCreated
from schemas.events.orders import (
    OrderApprovalRevoked,
    OrderApproved,
    OrderCancelled,
    OrderCreated,
    OrderUpdated,
)
from schemas.events.people import DepartmentUpserted, EmployeeUpserted

_MODELS: tuple[type[EventData], ...] = (
    DepartmentUpserted,
    EmployeeUpserted,
    SettingChanged,
    ApiKeyCreated,
    ApiKeyRevoked,
    CustomerCreated,
    CustomerUpdated,
    CustomerAssigned,
    CustomerStatusChanged,
    CustomerDeleted,
    CallConnected,
    CallEnded,
    EmailOpened,
    OpportunityCreated,
    OpportunityClosed,
    OrderCreated,
    OrderUpdated,
    OrderApproved,
    OrderApprovalRevoked,
    OrderCancelled,
)

EVENT_MODELS: Final = MappingProxyType({model.event_type: model for model in _MODELS})
"""Event type -> model of its `data`."""

RESERVED_TYPES: Final = frozenset({"apikey.created", "apikey.revoked"})
"""Types which an ingest key may not write: they are written by the administration only."""

__all__ = ["EVENT_MODELS", "RESERVED_TYPES", "EventData"]
