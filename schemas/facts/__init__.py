"""Facts: the current truth about one CRM entity, and how it is packed into Redis."""

from __future__ import annotations

from typing import Union

import msgspec

from schemas.facts.dealings import Call, Email, Message, Note, Task
from schemas.facts.model import Amount, Entry, Fact, Goods, Histogram, Moment, Register
from schemas.facts.packed import PackedCall, longer, shorter
from schemas.facts.packed_customers import PackedCustomer, longer_customer, shorter_customer
from schemas.facts.people import (
    Contact,
    Customer,
    CustomerHead,
    Department,
    Employee,
    Extension,
    PhoneNumber,
    department_on,
    departments_of,
    first_call_of,
    is_deleted,
    owner_of,
    stage_of,
    value_of,
)
from schemas.facts.sales import Contract, Opportunity, Order, Payment, Voucher
from schemas.facts.words import Target, Term

AnyFact = (
    Customer
    | Contact
    | Call
    | Email
    | Message
    | Note
    | Task
    | Opportunity
    | Order
    | Payment
    | Contract
    | Voucher
    | Employee
    | Department
    | Term
    | Target
    | PhoneNumber
    | Extension
)

KINDS: dict[type[Fact], str] = {
    Customer: "customer",
    Contact: "contact",
    Call: "call",
    Email: "email",
    Message: "message",
    Note: "note",
    Task: "task",
    Opportunity: "opportunity",
    Order: "order",
    Payment: "payment",
    Contract: "contract",
    Voucher: "voucher",
    Employee: "employee",
    Department: "department",
    Term: "term",
    Target: "target",
    PhoneNumber: "phone number",
    Extension: "extension",
}
"""The public name of each kind of fact."""

TAGS: dict[type[Fact], str] = {kind: str(kind.__struct_config__.tag) for kind in KINDS}

_encoder = msgspec.msgpack.Encoder()
_customer_heads = msgspec.msgpack.Decoder(CustomerHead)
_OTHERS = tuple(kind for kind in KINDS if kind is not Customer)
_decoder: msgspec.msgpack.Decoder[AnyFact | PackedCall] = msgspec.msgpack.Decoder(
    Union[(*_OTHERS, PackedCall, PackedCustomer)]
)


def pack(fact: AnyFact) -> bytes:
    """Encode a fact as it stands in Redis."""
    if isinstance(fact, Call):
        return _encoder.encode(shorter(fact))
    return _encoder.encode(shorter_customer(fact) if isinstance(fact, Customer) else fact)


def head_of_customer(value: bytes) -> CustomerHead:
    """Decode the head of a packed customer; raises msgspec.ValidationError on another fact."""
    return _customer_heads.decode(value)


def unpack(value: bytes) -> AnyFact:
    """Decode a fact; raises msgspec.ValidationError on bytes that `pack` did not write."""
    fact = _decoder.decode(value)
    if isinstance(fact, PackedCall):
        return longer(fact)
    return longer_customer(fact) if isinstance(fact, PackedCustomer) else fact


__all__ = [
    "KINDS",
    "TAGS",
    "Amount",
    "AnyFact",
    "Call",
    "Contact",
    "Contract",
    "Customer",
    "CustomerHead",
    "Department",
    "Email",
    "Employee",
    "Entry",
    "Extension",
    "Fact",
    "Goods",
    "Histogram",
    "Message",
    "Moment",
    "Note",
    "Opportunity",
    "Order",
    "Payment",
    "PhoneNumber",
    "Register",
    "Target",
    "Task",
    "Term",
    "Voucher",
    "department_on",
    "departments_of",
    "first_call_of",
    "head_of_customer",
    "is_deleted",
    "owner_of",
    "pack",
    "stage_of",
    "unpack",
    "value_of",
]
