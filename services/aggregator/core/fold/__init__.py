"""From one event to the next state of the fact it is about (docs/rules.md, section 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from schemas.envelope import LogEvent
from schemas.facts import (
    TAGS,
    AnyFact,
    Call,
    Contact,
    Contract,
    Customer,
    Department,
    Email,
    Employee,
    Extension,
    Fact,
    Message,
    Note,
    Opportunity,
    Order,
    Payment,
    PhoneNumber,
    Target,
    Task,
    Term,
    Voucher,
)
from schemas.targets import slot_of
from services.aggregator.core.fold import dealings, papers, people, sales

EntityKey = tuple[str, str]
"""(tag of the kind, entity id)"""
PHONE_TAG: Final = TAGS[PhoneNumber]
EXTENSION_TAG: Final = TAGS[Extension]


class Rule(NamedTuple):
    """How one event type changes its fact."""

    kind: type[Fact]
    fold: Callable[[Any, LogEvent, str], AnyFact]


RULES: Final[dict[str, Rule]] = {
    "department.upserted": Rule(Department, people.department_upserted),
    "employee.upserted": Rule(Employee, people.employee_upserted),
    "employee.extension_changed": Rule(Employee, people.extension_changed),
    "employee.pseudonymised": Rule(Employee, people.employee_pseudonymised),
    "permission.changed": Rule(Employee, people.permission_changed),
    "taxonomy.upserted": Rule(Term, papers.taxonomy_upserted),
    "metric.definition_changed": Rule(Term, papers.definition_changed),
    "target.set": Rule(Target, papers.target_set),
    "target.removed": Rule(Target, papers.target_removed),
    "customer.created": Rule(Customer, people.customer_created),
    "customer.updated": Rule(Customer, people.customer_profile),
    "customer.assigned": Rule(Customer, people.customer_assigned),
    "customer.status_changed": Rule(Customer, people.customer_status_changed),
    "customer.deleted": Rule(Customer, people.customer_deleted),
    "customer.restored": Rule(Customer, people.customer_restored),
    "customer.erased": Rule(Customer, people.customer_erased),
    "customer.merged": Rule(Customer, people.customer_merged),
    "contact.upserted": Rule(Contact, people.contact_upserted),
    "contact.deleted": Rule(Contact, people.contact_deleted),
    "call.started": Rule(Call, dealings.call_started),
    "call.connected": Rule(Call, dealings.call_connected),
    "call.ended": Rule(Call, dealings.call_ended),
    "email.opened": Rule(Email, dealings.email_opened),
    "email.clicked": Rule(Email, dealings.email_clicked),
    "message.sent": Rule(Message, dealings.message_sent),
    "message.failed": Rule(Message, dealings.message_failed),
    "note.added": Rule(Note, dealings.note_added),
    "note.deleted": Rule(Note, dealings.note_deleted),
    "task.created": Rule(Task, dealings.task_created),
    "task.updated": Rule(Task, dealings.task_plan),
    "task.status_changed": Rule(Task, dealings.task_status_changed),
    "task.deleted": Rule(Task, dealings.task_deleted),
    "opportunity.created": Rule(Opportunity, sales.opportunity_created),
    "opportunity.assigned": Rule(Opportunity, sales.opportunity_assigned),
    "opportunity.closed": Rule(Opportunity, sales.opportunity_closed),
    "opportunity.deleted": Rule(Opportunity, sales.opportunity_deleted),
    "order.created": Rule(Order, sales.order_created),
    "order.updated": Rule(Order, sales.order_fields),
    "order.approved": Rule(Order, sales.order_approved),
    "order.approval_revoked": Rule(Order, sales.order_approval_revoked),
    "order.rejected": Rule(Order, sales.order_rejected),
    "order.cancelled": Rule(Order, sales.order_cancelled),
    "order.deleted": Rule(Order, sales.order_deleted),
    "order.returned": Rule(Order, sales.order_returned),
    "payment.received": Rule(Payment, papers.payment_received),
    "payment.reversed": Rule(Payment, papers.payment_reversed),
    "contract.created": Rule(Contract, papers.contract_created),
    "contract.updated": Rule(Contract, papers.contract_terms),
    "contract.renewed": Rule(Contract, papers.contract_renewed),
    "contract.cancelled": Rule(Contract, papers.contract_cancelled),
    "contract.deleted": Rule(Contract, papers.contract_deleted),
    "stock.issued": Rule(Voucher, papers.stock_issued),
    "stock.received": Rule(Voucher, papers.stock_received),
    "stock.voided": Rule(Voucher, papers.stock_voided),
}
"""Event type -> its rule; configuration events have none, they change the tenant."""

_MENTIONS: Final = (("customer_id", TAGS[Customer]), ("into_id", TAGS[Customer]))
_MENTIONS_OF: Final = {
    "payment.received": (*_MENTIONS, ("order_id", TAGS[Order])),
    "contract.renewed": (*_MENTIONS, ("previous_contract_id", TAGS[Contract])),
}
_WORDS: Final = (
    ("source_ids", "source"),
    ("group_ids", "group"),
    ("relationship_id", "relationship"),
    ("campaign_id", "campaign"),
)
"""Field of `data` -> the kind of word it holds."""
_BLANK: Final[dict[str, Callable[[str, int], AnyFact]]] = {
    TAGS[Customer]: lambda name, number: Customer(id=name, number=number),
    TAGS[Order]: lambda name, number: Order(id=name, number=number),
    TAGS[Contract]: lambda name, number: Contract(id=name, number=number),
    PHONE_TAG: lambda name, number: PhoneNumber(id=name, number=number),
    EXTENSION_TAG: lambda name, number: Extension(id=name, number=number),
}


def entity_id(event: LogEvent) -> str:
    """Return the id of the fact an event is about."""
    match event.type:
        case "email.opened" | "email.clicked":
            return f"{event.subject}|{event.data['recipient']}"
        case "taxonomy.upserted":
            return f"{event.data['kind']}:{event.subject}"
        case "metric.definition_changed":
            return f"metric:{event.subject}"
        case "target.set" | "target.removed":
            return target_id(event)
        case _:
            return event.subject


def target_id(event: LogEvent) -> str:
    """Return the id of a target: what it is set for, whatever the source calls it."""
    data = event.data
    slot = slot_of(
        data["metric"],
        data["scope"],
        data["scope_id"],
        is_per_person=data.get("per_person", False),
    )
    return f"{slot}|{data['period']}"


def mentions(event: LogEvent) -> list[EntityKey]:
    """Return the entities an event names besides its own: they exist from then on.

    Shape:  an event with its numbers (`with_numbers`).
    """
    found = []
    data = event.data
    for field, tag in _MENTIONS_OF.get(event.type, _MENTIONS):
        name = data.get(field)
        if name is not None:
            found.append((tag, name))
    numbers = data.get("numbers") or (data.get("number"),)
    found += [(PHONE_TAG, number) for number in numbers if number]
    if data.get("extension") and data.get("employee_id") is None:
        found.append((EXTENSION_TAG, data["extension"]))
    return found


def words(event: LogEvent) -> list[str]:
    """Return the sources, groups, stages and campaigns an event names: '<kind>:<id>'."""
    found = []
    for field, kind in _WORDS:
        value = event.data.get(field)
        if value is not None:
            values = value if isinstance(value, list) else [value]
            found += [f"{kind}:{name}" for name in values]
    return found


def stub(key: EntityKey, number: int) -> AnyFact:
    """Return the fact of an entity of which nothing is known but that it is mentioned."""
    return _BLANK[key[0]](key[1], number)


def refs(fact: Fact) -> tuple[EntityKey, ...]:
    """Return the entities a fact refers to now."""
    if isinstance(fact, Call):
        return _call_refs(fact)
    customer = customer_ref(fact)
    rule = _OTHER_REFS.get(type(fact))
    other = () if rule is None else rule(fact)
    return other if customer is None else ((TAGS[Customer], customer), *other)


def customer_ref(fact: Fact) -> str | None:
    """Return the id of the customer a fact refers to, if any; of a call the named one first."""
    rule = _CUSTOMER_REF.get(type(fact))
    return None if rule is None else rule(fact)


def _call_refs(fact: Call) -> tuple[EntityKey, ...]:
    found = [(TAGS[Customer], name) for name in fact.customers]
    if fact.who is not None:
        _, _, employee, _, _, extension, number = fact.who
        if number:
            found.append((PHONE_TAG, number))
        if extension and employee is None:
            found.append((EXTENSION_TAG, extension))
    return tuple(found)


def _order_of(fact: Payment) -> tuple[EntityKey, ...]:
    name = None if fact.order is None else fact.order[1]
    return () if name is None else ((TAGS[Order], name),)


def _renewed_by(fact: Contract) -> tuple[EntityKey, ...]:
    return () if fact.renewed is None else ((TAGS[Contract], fact.renewed[3]),)


def _named_customer(fact: Any) -> str | None:
    register: tuple[int, str | None] | None = fact.customer
    return None if register is None else register[1]


_CUSTOMER_REF: Final[dict[type[Fact], Callable[[Any], str | None]]] = {
    Call: lambda fact: (fact.who and fact.who[3]) or next(iter(fact.customers), None),
    Email: lambda fact: fact.who and fact.who[2],
    Message: lambda fact: fact.who and fact.who[3],
    Note: lambda fact: fact.added and fact.added[4],
    Voucher: lambda fact: fact.paper and fact.paper[5],
    Contact: lambda fact: fact.profile.get("customer_id", (0, None))[1],
    Customer: lambda fact: fact.merged and fact.merged[1],
    Task: _named_customer,
    Opportunity: _named_customer,
    Order: _named_customer,
    Payment: _named_customer,
    Contract: _named_customer,
}
"""Kind -> where it names its customer; of a customer, the one it was merged into."""
_OTHER_REFS: Final[dict[type[Fact], Callable[[Any], tuple[EntityKey, ...]]]] = {
    Payment: _order_of,
    Contract: _renewed_by,
}
