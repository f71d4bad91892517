"""The law of the short cut: what dealings move of a customer, without the rest of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.envelope import LogEvent
from schemas.facts import Customer
from services.aggregator.core.contributions import (
    Contributions,
    by_dealings,
    contributions,
    moved_by,
)
from services.aggregator.core.memory import CUSTOMER_TAG
from services.aggregator.core.tenant import Tenant
from tests.properties.histories import DATA, histories
from tests.properties.pure_driver import PureDriver

_TYPES = tuple(sorted(each for each in DATA if each.partition(".")[0] in {"customer", "call"}))
_DAY = st.integers(20_200_101, 20_291_231)
_CALL = st.tuples(
    st.integers(1, 9), st.integers(1, 2_000_000_000_000), _DAY, st.none(), st.booleans(), st.just(5)
)
_OPPORTUNITY = st.tuples(
    st.integers(1, 9), st.integers(1, 9), _DAY, st.sampled_from(("", "spring")), st.none()
)
_MARKS = {
    "contacted": st.integers(0, 20_991_231),
    "bought": st.dictionaries(_DAY, st.integers(1, 9), max_size=2).map(
        lambda counts: tuple(sorted(counts.items()))
    ),
    "calls": st.lists(_CALL, max_size=2).map(tuple),
    "opportunities": st.lists(_OPPORTUNITY, max_size=2).map(tuple),
}


@given(histories(types=_TYPES), st.fixed_dictionaries(_MARKS))
def test_dealings_move_what_the_whole_rule_moves(
    events: list[LogEvent], marks: dict[str, object]
) -> None:
    """For every customer and group, the brief rule gives the difference of the full one."""
    tenant = PureDriver().fold(events).tenant
    for before in [f for f in tenant.entities.values() if isinstance(f, Customer)]:
        assert moved_by(before, replace(before, **marks, known=not before.known)) == "all"
        more = tuple((day, count + 1) for day, count in before.bought)
        again = replace(before, bought=more, contacted=marks["contacted"])
        is_same = again.contacted == before.contacted
        assert moved_by(before, again) == ("nothing" if is_same else "dealings")
        assert moved_by(before, replace(before, bought=more)) == "nothing"
        for some in (marks, *({name: mark} for name, mark in marks.items())):
            after = replace(before, **some)
            whole, brief = _before_and_after(tenant, before, after)
            moved = moved_by(before, after)
            assert _difference(*whole) == _difference(*brief)
            assert brief[1].items() <= whole[1].items()
            assert moved == "dealings" or (moved == "nothing" and not _difference(*whole))


def _difference(before: Contributions, after: Contributions) -> set[tuple[object, int]]:
    return {*before.items()} ^ {*after.items()}


def _before_and_after(
    tenant: Tenant, before: Customer, after: Customer
) -> tuple[list[Contributions], list[Contributions]]:
    whole, brief = [], []
    for state in (before, after):
        tenant.entities[CUSTOMER_TAG, before.id] = state
        whole.append(contributions(state, tenant))
        brief.append(by_dealings(state, tenant))
    tenant.entities[CUSTOMER_TAG, before.id] = before
    return whole, brief
