"""Random CRM histories: few entities, many edits, any order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from schemas.envelope import LogEvent
from tests.properties.pure_driver import event

_START = datetime(2026, 10, 20, tzinfo=UTC)

moments = st.integers(0, 60 * 24 * 60).map(
    lambda minutes: (_START + timedelta(minutes=minutes)).isoformat()
)
days = st.integers(0, 60).map(lambda day: (_START + timedelta(days=day)).date().isoformat())
employees = st.sampled_from(["lan", "minh", "hoa", None])
departments = st.sampled_from(["north", "south", None])
customers = st.sampled_from(["c1", "c2", "c3"])
no_customer = st.one_of(st.none(), customers)
stages = st.sampled_from(["lead", "hot", "won", None])
money = st.fixed_dictionaries(
    {"amount": st.integers(-5, 1000), "currency": st.sampled_from(["VND", "USD"])}
)
profile = st.fixed_dictionaries(
    {},
    optional={
        "source_ids": st.lists(st.sampled_from(["web", "fair", "ads"]), max_size=2),
        "industry": st.sampled_from(["steel", "food", None]),
        "name": st.sampled_from(["A", None]),
    },
)


def _data(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


def _merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


_CALL = {
    "direction": st.sampled_from(["inbound", "outbound"]),
    "employee_id": employees,
    "customer_id": no_customer,
}
_SUBJECTS = {
    "department": st.sampled_from(["north", "south"]),
    "employee": st.sampled_from(["lan", "minh", "hoa"]),
    "customer": customers,
    "call": st.sampled_from(["k1", "k2", "k3"]),
    "email": st.sampled_from(["m1", "m2"]),
    "opportunity": st.sampled_from(["p1", "p2"]),
    "order": st.sampled_from(["o1", "o2", "o3"]),
}
_DATA: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "department.upserted": _data(name=st.just("D"), parent_id=departments),
    "employee.upserted": _merged(
        _data(name=st.just("E"), department_id=departments),
        st.fixed_dictionaries({}, optional={"valid_from": days}),
    ),
    "customer.created": _merged(
        _data(created_at=moments, owner_id=employees, creator_id=employees, relationship_id=stages),
        profile,
    ),
    "customer.updated": profile,
    "customer.assigned": _data(owner_id=employees, assigned_at=st.one_of(st.none(), moments)),
    "customer.status_changed": _data(
        relationship_id=stages, changed_at=moments, actor_id=employees
    ),
    "customer.deleted": _data(),
    "call.connected": _data(
        **_CALL, connected_at=moments, started_at=st.one_of(st.none(), moments)
    ),
    "call.ended": _data(**_CALL, ended_at=moments, duration_s=st.sampled_from([0, 0, 7, 300])),
    "email.opened": _data(
        recipient=st.sampled_from(["a@x", "b@x"]),
        opened_at=moments,
        sender_id=employees,
        customer_id=no_customer,
        machine=st.booleans(),
    ),
    "opportunity.created": _data(
        created_at=st.one_of(st.none(), moments),
        owner_id=employees,
        customer_id=no_customer,
        value=st.one_of(st.none(), money),
    ),
    "opportunity.closed": _merged(
        _data(outcome=st.sampled_from(["won", "lost"]), closed_at=moments),
        st.fixed_dictionaries(
            {}, optional={"owner_id": employees, "value": money, "product_id": st.just("x")}
        ),
    ),
    "order.created": _data(
        order_date=days,
        created_at=moments,
        total=money,
        owner_id=employees,
        customer_id=no_customer,
    ),
    "order.updated": st.fixed_dictionaries(
        {},
        optional={
            "order_date": days,
            "total": money,
            "owner_id": employees,
            "customer_id": no_customer,
        },
    ),
    "order.approved": _data(approved_at=moments),
    "order.approval_revoked": _data(revoked_at=moments),
    "order.cancelled": _data(cancelled_at=moments),
}


@st.composite
def histories(draw: st.DrawFn, max_size: int = 40) -> list[LogEvent]:
    """Draw a history in order of arrival; times, and so versions, are in any order."""
    types = draw(st.lists(st.sampled_from(sorted(_DATA)), max_size=max_size))
    found = []
    for number, event_type in enumerate(types):
        found.append(
            event(
                id=f"e{number}",
                type=event_type,
                time=draw(moments),
                subject=draw(_SUBJECTS[event_type.partition(".")[0]]),
                data=draw(_DATA[event_type]),
            )
        )
    return found
