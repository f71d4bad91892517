"""The law of the short cut: what a last contact moves, without the rest of the customer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.envelope import LogEvent
from schemas.facts import Customer
from services.aggregator.core.contributions import (
    Contributions,
    contributions,
    last_contact,
    moved_by,
)
from services.aggregator.core.memory import CUSTOMER_TAG
from services.aggregator.core.tenant import Tenant
from tests.properties.histories import DATA, histories
from tests.properties.pure_driver import PureDriver

_TYPES = tuple(sorted(each for each in DATA if each.partition(".")[0] in {"customer", "call"}))


@given(histories(types=_TYPES), st.integers(1, 20_991_231), st.integers(1, 9))
def test_a_last_contact_moves_what_the_whole_rule_moves(
    events: list[LogEvent], day: int, count: int
) -> None:
    """For every customer and group, the brief rule gives the difference of the full one."""
    tenant = PureDriver().fold(events).tenant
    for before in [f for f in tenant.entities.values() if isinstance(f, Customer)]:
        bought = tuple((first, count) for first, _ in before.bought[:1])
        after = replace(before, contacted=day, bought=bought)
        is_same = day == before.contacted
        assert moved_by(before, after) == ("nothing" if is_same else "contact")
        whole, brief = _before_and_after(tenant, before, after)
        assert {*whole[0].items()} ^ {*whole[1].items()} == {*brief[0].items()} ^ {
            *brief[1].items()
        }
        assert brief[0].keys() == brief[1].keys() <= whole[1].keys()
        assert moved_by(before, replace(after, known=not before.known)) == "all"
        assert moved_by(before, replace(after, bought=((day, 1), *bought))) == "all"


def _before_and_after(
    tenant: Tenant, before: Customer, after: Customer
) -> tuple[list[Contributions], list[Contributions]]:
    whole, brief = [], []
    for state in (before, after):
        tenant.entities[CUSTOMER_TAG, before.id] = state
        whole.append(contributions(state, tenant))
        brief.append(last_contact(state, tenant))
    return whole, brief
