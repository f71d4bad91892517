"""Contracts: concluded, extended, renewed, cancelled."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import StrictBool, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.base import EventData, Id, LocalDate, Timestamp
from schemas.money import Money


class _Terms(EventData):
    """What a contract says; an absent field stays as it was.

    Laws:   valid from `effective_from` to `effective_to`, both included.
    Errors: `end_before_start`.
    """

    customer_id: Id | None = None
    owner_id: Id | None = None
    effective_from: LocalDate | None = None
    effective_to: LocalDate | None = None
    value: Money | None = None
    draft: StrictBool | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise PydanticCustomError("end_before_start", "the contract ends before it starts")
        return self


class ContractCreated(_Terms):
    """A contract was made. Subject: contract id. A draft counts once it is none any more."""

    event_type: ClassVar[str] = "contract.created"

    created_at: Timestamp


class ContractUpdated(_Terms):
    """The terms of a contract changed. Subject: contract id."""

    event_type: ClassVar[str] = "contract.updated"


class ContractRenewed(_Terms):
    """A contract continues an earlier one. Subject: the new contract's id."""

    event_type: ClassVar[str] = "contract.renewed"

    previous_contract_id: Id
    renewed_at: Timestamp


class ContractCancelled(EventData):
    """A contract was cancelled: it counts nowhere any more. Subject: contract id."""

    event_type: ClassVar[str] = "contract.cancelled"

    cancelled_at: Timestamp


class ContractDeleted(EventData):
    """A contract was deleted: it counts nowhere any more. Subject: contract id."""

    event_type: ClassVar[str] = "contract.deleted"

    deleted_at: Timestamp | None = None
