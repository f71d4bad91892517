"""What the telesales report counts: customers, or customers in campaigns. Pure.

A unit has an owner and a customer. All that is counted of it depends on these two alone, so units
are kept as *pairs* (customer, owner): of customers each is a pair, of opportunities several
campaigns of a customer that one owner works on make one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from schemas.tables import NOBODY
from services.query.cohorts.columns import Array, Columns
from services.query.cohorts.picked import Picked, code_of, has, within
from services.query.periods import Period

Subject = Literal["customer", "opportunity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TelesalesQuestion:
    """What is asked.

    Shape:  `owners` None: all; '-' in it: those without owner. Filters None: all, '': those that
            have none.
    Source: T-10..T-16.
    """

    subject: Subject
    created: Period
    called: Period
    owners: frozenset[str] | None = None
    campaign: str | None = None
    source: str | None = None
    group: str | None = None
    any_agent: bool = False


class Units:
    """The units of a question.

    Shape:  by pair: `slots` and `owners` (codes), `counts` how many units it is; by unit:
            `numbers` of the facts that stand for them, `pairs` to which they belong.
    """

    def __init__(self, slots: Array, owners: Array, numbers: Array, pairs: Array) -> None:
        self.slots, self.owners = slots, owners
        self.numbers, self.pairs = numbers, pairs
        self.counts = np.bincount(pairs, minlength=len(slots))

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.slots)

    @cached_property
    def firsts(self) -> Array:
        """Say which pairs are the first of their customer."""
        found = np.zeros(len(self), bool)
        found[np.unique(self.slots, return_index=True)[1]] = True
        return found


def units_of(columns: Columns, question: TelesalesQuestion) -> Units:
    """Return the units that pass all filters."""
    if question.subject == "customer":
        return _customers(columns, question)
    return _opportunities(columns, question)


def _customers(columns: Columns, question: TelesalesQuestion) -> Units:
    people = columns.people
    slots = np.flatnonzero(people["live"] & within(people["created_day"], *question.created))
    slots = slots[_owned(columns, question, people["owner"][slots])]
    slots = slots[_filtered(columns, question, slots)]
    campaign = question.campaign
    if campaign is not None:
        code = columns.codes.known(campaign)
        rows = Picked.of(columns.opportunities, slots)
        slots = slots[rows.where(rows["campaign"] == code).any_of(len(slots))]
    return Units(slots, people["owner"][slots], people["number"][slots], np.arange(len(slots)))


def _opportunities(columns: Columns, question: TelesalesQuestion) -> Units:
    """Return the units of (customer, campaign, owner); the earliest opportunity stands for it."""
    table, people = columns.opportunities, columns.people
    added = np.flatnonzero(within(table["day"], *question.created))
    slots = np.unique(table.slots(added))
    slots = slots[people["live"][slots]]
    slots = slots[_filtered(columns, question, slots)]
    rows = _by_campaign(columns, slots)
    code = code_of(columns, question.campaign)
    if code is not None:
        rows = rows.where(rows["campaign"] == code)
    starts = _starts(rows.parent, rows["campaign"])
    firsts = np.maximum.accumulate(np.where(starts, np.arange(len(rows)), 0))
    rows = rows.where(within(rows["day"][firsts], *question.created))
    rows = rows.where(_owned(columns, question, rows["owner"]))
    rows = _sorted(
        rows, rows["number"], rows["day"], rows["at"], rows["campaign"], rows["owner"], rows.parent
    )
    units = rows.where(_starts(rows.parent, rows["owner"], rows["campaign"]))
    is_pair = _starts(units.parent, units["owner"])
    pairs = units.where(is_pair)
    return Units(slots[pairs.parent], pairs["owner"], units["number"], np.cumsum(is_pair) - 1)


def first_added(columns: Columns, slots: Array) -> Picked:
    """Return for each campaign of each slot the opportunity that was there first."""
    rows = _by_campaign(columns, slots)
    return rows.where(_starts(rows.parent, rows["campaign"]))


def _by_campaign(columns: Columns, slots: Array) -> Picked:
    rows = Picked.of(columns.opportunities, slots)
    keys = rows["number"], rows["day"], rows["at"], rows["campaign"], rows.parent
    return _sorted(rows, *keys)


def _owned(columns: Columns, question: TelesalesQuestion, owners: Array) -> Array:
    """Say which owners (codes) are asked for."""
    if question.owners is None:
        return np.ones(len(owners), bool)
    wanted = {"" if name == NOBODY else name for name in question.owners}
    return columns.codes.chosen(wanted)[owners]


def _filtered(columns: Columns, question: TelesalesQuestion, slots: Array) -> Array:
    """Say which slots pass the filters by source and group."""
    sources = has(columns.sources, "source", slots, code_of(columns, question.source))
    groups = has(columns.groups, "group", slots, code_of(columns, question.group))
    return sources & groups


def _sorted(rows: Picked, *keys: Array) -> Picked:
    """Return rows in order of keys, the last one first."""
    return rows.where(np.lexsort(keys))


def _starts(*keys: Array) -> Array:
    """Say which rows, in order, are the first of their keys."""
    found = np.ones(len(keys[0]), bool)
    found[1:] = False
    for key in keys:
        found[1:] |= key[1:] != key[:-1]
    return found
