"""The event vocabulary: every type that may stand in the log, and its model."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from schemas.events import (
    calls,
    configuration,
    contacts,
    contracts,
    customers,
    emails,
    messages,
    notes,
    opportunities,
    orders,
    payments,
    people,
    stock,
    tasks,
    terms,
)
from schemas.events.base import EventData

_MODELS: tuple[type[EventData], ...] = (
    people.DepartmentUpserted,
    people.EmployeeUpserted,
    people.EmployeeExtensionChanged,
    people.EmployeePseudonymised,
    people.PermissionChanged,
    configuration.SettingChanged,
    configuration.ApiKeyCreated,
    configuration.ApiKeyRevoked,
    configuration.PeriodLocked,
    terms.TaxonomyUpserted,
    terms.TargetSet,
    terms.MetricDefinitionChanged,
    customers.CustomerCreated,
    customers.CustomerUpdated,
    customers.CustomerAssigned,
    customers.CustomerStatusChanged,
    customers.CustomerDeleted,
    customers.CustomerRestored,
    customers.CustomerMerged,
    contacts.ContactUpserted,
    contacts.ContactDeleted,
    calls.CallStarted,
    calls.CallConnected,
    calls.CallEnded,
    emails.EmailOpened,
    emails.EmailClicked,
    messages.MessageSent,
    messages.MessageFailed,
    notes.NoteAdded,
    notes.NoteDeleted,
    tasks.TaskCreated,
    tasks.TaskUpdated,
    tasks.TaskStatusChanged,
    tasks.TaskDeleted,
    opportunities.OpportunityCreated,
    opportunities.OpportunityAssigned,
    opportunities.OpportunityClosed,
    opportunities.OpportunityDeleted,
    orders.OrderCreated,
    orders.OrderUpdated,
    orders.OrderApproved,
    orders.OrderApprovalRevoked,
    orders.OrderRejected,
    orders.OrderCancelled,
    orders.OrderDeleted,
    orders.OrderReturned,
    payments.PaymentReceived,
    payments.PaymentReversed,
    contracts.ContractCreated,
    contracts.ContractUpdated,
    contracts.ContractRenewed,
    contracts.ContractCancelled,
    contracts.ContractDeleted,
    stock.StockIssued,
    stock.StockReceived,
    stock.StockVoided,
)

EVENT_MODELS: Final = MappingProxyType({model.event_type: model for model in _MODELS})
"""Event type -> model of its `data`."""

RESERVED_TYPES: Final = frozenset(
    {
        "apikey.created",
        "apikey.revoked",
        "employee.pseudonymised",
        "permission.changed",
        "period.locked",
    }
)
"""Types which an ingest key may not write: they are written by the administration only."""

__all__ = ["EVENT_MODELS", "RESERVED_TYPES", "EventData"]
