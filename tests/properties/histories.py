"""Random CRM histories: few entities, many edits, any order, the whole vocabulary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from schemas.envelope import LogEvent
from tests.properties.pure_driver import event

_START = datetime(2026, 10, 20, tzinfo=UTC)
_SPAN_DAYS = 60

moments = st.integers(0, 60 * 24 * _SPAN_DAYS).map(
    lambda minutes: (_START + timedelta(minutes=minutes)).isoformat()
)
days = st.integers(-40, _SPAN_DAYS + 40).map(
    lambda day: (_START + timedelta(days=day)).date().isoformat()
)
employees = st.sampled_from(["lan", "minh", "hoa", None])
departments = st.sampled_from(["north", "south", None])
customers = st.sampled_from(["c1", "c2", "c3"])
orders = st.sampled_from(["o1", "o2", "o3"])
no_customer = st.one_of(st.none(), customers)
stages = st.sampled_from(["lead", "hot", "won", None])
money = st.fixed_dictionaries(
    {"amount": st.integers(-5, 1000), "currency": st.sampled_from(["VND", "USD"])}
)
Data = dict[str, Any]
Fields = st.SearchStrategy[Data]


def _data(**fields: st.SearchStrategy[Any]) -> Fields:
    return st.fixed_dictionaries(fields)


def _some(**fields: st.SearchStrategy[Any]) -> Fields:
    """Fields of which each may be absent: it stays as it was."""
    return st.fixed_dictionaries({}, optional=fields)


def _merged(*parts: Fields) -> Fields:
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


def _in_order(data: Data, first: str, last: str) -> Data:
    """Drop an end before its start: the door refuses such an event."""
    start, end = data.get(first), data.get(last)
    if start and end and len(start) == len(end) and end < start:
        return {name: value for name, value in data.items() if name != last}
    return data


@st.composite
def _lines(draw: st.DrawFn) -> Data:
    """Lines with the total that they make, in one currency."""
    currency = draw(st.sampled_from(["VND", "USD"]))
    amounts = draw(st.lists(st.integers(0, 50), min_size=1, max_size=3))
    products = st.sampled_from(["roof", "nail"])
    lines = [
        {
            "product_id": draw(products),
            "quantity": draw(st.sampled_from([0, 0.5, 1, 2])),
            "amount": {"amount": amount, "currency": currency},
        }
        for amount in amounts
    ]
    return {"lines": lines, "total": {"amount": sum(amounts), "currency": currency}}


goods = _lines().map(lambda data: data["lines"])
phones = st.sampled_from(["0912345678", "+84 91 234 56 78", "0987654321", "nobody", None])
extensions = st.sampled_from(["101", "102", None])
profile = _some(
    phones=st.lists(phones.filter(bool), max_size=2),
    group_ids=st.lists(st.sampled_from(["vip"]), max_size=1),
    source_ids=st.lists(st.sampled_from(["web", "fair", "ads"]), max_size=2),
    industry=st.sampled_from(["steel", "food", None]),
    province=st.sampled_from(["Hue", None]),
    gender=st.sampled_from(["male", "female", None]),
    birthday=st.sampled_from(["1961-11-09", "2008-02-29", None]),
    name=st.sampled_from(["A", None]),
)
_CALL = {
    "direction": st.sampled_from(["inbound", "outbound"]),
    "employee_id": employees,
    "customer_id": no_customer,
    "phone": phones,
    "extension": extensions,
}
_MAIL = {
    "recipient": st.sampled_from(["a@x", "b@x"]),
    "sender_id": employees,
    "customer_id": no_customer,
    "machine": st.booleans(),
}
_PLAN = _some(
    type=st.sampled_from(["appointment", "visit", None]),
    start=st.one_of(st.none(), days, moments),
    end=st.one_of(st.none(), days, moments),
    assignees=st.one_of(st.none(), st.lists(st.sampled_from(["lan", "minh", "hoa"]), max_size=3)),
    customer_id=no_customer,
    project_id=st.sampled_from(["roof", None]),
).map(lambda data: _in_order(data, "start", "end"))
_PLACED = _some(owner_id=employees, customer_id=no_customer)
_TERMS = _some(
    owner_id=employees,
    customer_id=no_customer,
    effective_from=st.one_of(st.none(), days),
    effective_to=st.one_of(st.none(), days),
    value=st.one_of(st.none(), money),
    draft=st.booleans(),
).map(lambda data: _in_order(data, "effective_from", "effective_to"))

SUBJECTS = {
    "department": st.sampled_from(["north", "south"]),
    "employee": st.sampled_from(["lan", "minh", "hoa"]),
    "customer": customers,
    "contact": st.sampled_from(["w1", "w2"]),
    "call": st.sampled_from(["k1", "k2", "k3"]),
    "email": st.sampled_from(["m1", "m2"]),
    "message": st.sampled_from(["s1", "s2"]),
    "note": st.sampled_from(["n1", "n2"]),
    "task": st.sampled_from(["t1", "t2", "t3"]),
    "opportunity": st.sampled_from(["p1", "p2"]),
    "order": orders,
    "payment": st.sampled_from(["y1", "y2"]),
    "contract": st.sampled_from(["x1", "x2", "x3"]),
    "stock": st.sampled_from(["v1", "v2"]),
    "taxonomy": st.sampled_from(["web", "hot"]),
    "target": st.just("g1"),
    "metric": st.just("revenue"),
    "permission": st.sampled_from(["lan", "minh"]),
}
_AIMED = _merged(
    _data(metric=st.sampled_from(["orders", "revenue", "calls_outbound"])),
    st.sampled_from(
        [
            {"scope": "company", "scope_id": "all"},
            {"scope": "company", "scope_id": "all", "per_person": True},
            {"scope": "department", "scope_id": "north", "per_person": True},
            {"scope": "employee", "scope_id": "lan"},
        ]
    ),
    _data(period=st.sampled_from(["2026-11", "2026-Q4", "2026", "2026-W47"])),
)
DATA: dict[str, Fields] = {
    "department.upserted": _data(name=st.just("D"), parent_id=departments),
    "employee.upserted": _merged(
        _data(name=st.just("E"), department_id=departments),
        _some(
            valid_from=days,
            extension=extensions,
            other_department_ids=st.lists(departments.filter(bool), max_size=2),
        ),
    ),
    "employee.extension_changed": _data(extension=extensions, changed_at=moments),
    "employee.pseudonymised": _data(),
    "permission.changed": _data(
        permission=st.sampled_from(["kpi", "view_all"]), granted=st.booleans()
    ),
    "customer.created": _merged(
        _data(created_at=moments, creator_id=employees, relationship_id=stages),
        _some(owner_id=employees),
        profile,
    ),
    "customer.updated": profile,
    "customer.assigned": _data(owner_id=employees, assigned_at=st.one_of(st.none(), moments)),
    "customer.status_changed": _data(
        relationship_id=stages, changed_at=moments, actor_id=employees
    ),
    "customer.deleted": _data(),
    "customer.restored": _data(),
    "customer.merged": _data(into_id=customers),
    "contact.upserted": _merged(
        _some(
            customer_id=no_customer,
            birthday=st.sampled_from(["1992-01-01", None]),
            phones=st.lists(phones.filter(bool), max_size=2),
        )
    ),
    "contact.deleted": _data(),
    "call.started": _data(**_CALL, started_at=moments),
    "call.connected": _data(
        **_CALL, connected_at=moments, started_at=st.one_of(st.none(), moments)
    ),
    "call.ended": _data(**_CALL, ended_at=moments, duration_s=st.sampled_from([0, 0, 7, 300])),
    "email.opened": _data(**_MAIL, opened_at=moments),
    "email.clicked": _data(**_MAIL, clicked_at=moments),
    "message.sent": _data(
        channel=st.sampled_from(["sms", "zns"]),
        sent_at=moments,
        sender_id=employees,
        customer_id=no_customer,
        status=st.sampled_from(["success", "failed"]),
    ),
    "message.failed": _data(failed_at=moments),
    "note.added": _data(
        created_at=moments,
        author_id=employees,
        customer_id=no_customer,
        automatic=st.booleans(),
    ),
    "note.deleted": _data(),
    "task.created": _merged(_data(created_at=moments, creator_id=employees), _PLAN),
    "task.updated": _PLAN,
    "task.status_changed": _data(
        status=st.sampled_from(
            ["open", "in_progress", "awaiting_confirmation", "completed", "cancelled"]
        ),
        changed_at=moments,
    ),
    "task.deleted": _data(),
    "opportunity.created": _data(
        created_at=st.one_of(st.none(), moments),
        owner_id=employees,
        customer_id=no_customer,
        campaign_id=st.sampled_from(["spring", "autumn", None]),
        value=st.one_of(st.none(), money),
    ),
    "opportunity.closed": _merged(
        _data(outcome=st.sampled_from(["won", "lost"]), closed_at=moments),
        _some(owner_id=employees, value=money, product_id=st.just("x")),
    ),
    "opportunity.assigned": _data(owner_id=employees),
    "opportunity.deleted": _data(),
    "order.created": _merged(
        _data(order_date=days, created_at=moments, total=money),
        st.one_of(_data(), _lines()),
        _PLACED,
    ),
    "order.updated": _merged(
        _some(order_date=days, total=money), st.one_of(_data(), _lines()), _PLACED
    ),
    "order.approved": _data(approved_at=moments, actor_id=employees),
    "order.approval_revoked": _data(revoked_at=moments),
    "order.rejected": _data(rejected_at=moments, actor_id=employees),
    "order.cancelled": _data(cancelled_at=moments),
    "order.deleted": _data(),
    "order.returned": _data(
        return_id=st.sampled_from(["r1", "r2"]), returned_at=moments, lines=goods
    ),
    "payment.received": _merged(
        _data(paid_at=moments, amount=money),
        _some(order_id=st.one_of(st.none(), orders), customer_id=no_customer),
    ),
    "payment.reversed": _merged(_data(reversed_at=moments), _some(amount=money)),
    "contract.created": _merged(_data(created_at=moments), _TERMS),
    "contract.updated": _TERMS,
    "contract.renewed": _merged(
        _data(renewed_at=moments, previous_contract_id=st.sampled_from(["x1", "x2", "x3"])),
        _TERMS,
    ),
    "contract.cancelled": _data(cancelled_at=moments),
    "contract.deleted": _data(),
    "stock.issued": _merged(
        _data(voucher_date=days, lines=goods, employee_id=employees),
        _some(reason=st.sampled_from(["sale", "transfer"]), customer_id=no_customer),
    ),
    "stock.received": _merged(
        _data(voucher_date=days, lines=goods, employee_id=employees),
        _some(reason=st.sampled_from(["purchase", "return", "transfer"])),
    ),
    "stock.voided": _data(),
    "taxonomy.upserted": _data(
        kind=st.sampled_from(["source", "relationship"]),
        name=st.just("T"),
        tags=st.sampled_from([[], ["mql"], ["inbound"]]),
    ),
    "target.set": _merged(_AIMED, _data(value=st.one_of(st.integers(0, 3), money))),
    "target.removed": _AIMED,
    "metric.definition_changed": _data(definition=st.sampled_from(["a", "b"])),
}
"""Every event type that says something about a fact."""


@st.composite
def histories(
    draw: st.DrawFn,
    max_size: int = 40,
    types: tuple[str, ...] = tuple(sorted(DATA)),
    min_size: int = 0,
) -> list[LogEvent]:
    """Draw a history in order of arrival; times, and so versions, are in any order."""
    chosen = draw(st.lists(st.sampled_from(types), min_size=min_size, max_size=max_size))
    found = []
    for number, event_type in enumerate(chosen):
        found.append(
            event(
                id=f"e{number}",
                type=event_type,
                time=draw(moments),
                subject=draw(SUBJECTS[event_type.partition(".")[0]]),
                data=draw(DATA[event_type]),
            )
        )
    return found
