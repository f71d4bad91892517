"""What one fact contributes to the figures (docs/rules.md, section 3).

```
contributions(fact, people) -> {(place, name): integer}      place = (department, employee, day)
delta                       =  contributions(after) - contributions(before)
```
A name is a field of a cell, a scored list ('~tasks_due', the value is the score), a cohort
('#created') or a visit ('@orders|07:12'). An un-approval, a cancellation, a new owner or date is
nothing special: another version of the fact, hence a delta.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from schemas.facts import (
    Call,
    Contact,
    Contract,
    Customer,
    Email,
    Fact,
    Message,
    Note,
    Opportunity,
    Order,
    Payment,
    Task,
    Voucher,
)
from services.aggregator.core.contributions import customers, dealings, papers, sales, tasks
from services.aggregator.core.contributions.customers import by_dealings, moved_by
from services.aggregator.core.contributions.doubts import doubts
from services.aggregator.core.contributions.place import (
    COHORT,
    SCORE,
    VISIT,
    Contributions,
    People,
    Place,
    is_listed,
    segments,
)

_RULES: Final[dict[type[Fact], tuple[Callable[[Any, People, Contributions], None], ...]]] = {
    Customer: (customers.customer,),
    Contact: (customers.contact,),
    Call: (dealings.call,),
    Email: (dealings.email,),
    Message: (dealings.message,),
    Note: (dealings.note,),
    Task: (tasks.task, doubts),
    Opportunity: (sales.opportunity,),
    Order: (sales.order, doubts),
    Payment: (papers.payment, doubts),
    Contract: (papers.contract, doubts),
    Voucher: (papers.voucher,),
}


def contributions(fact: Fact | None, people: People) -> Contributions:
    """Return everything a fact adds to the figures.

    Shape:  (fact or None, people) -> {(place, name): integer}; 0 only as a score.
    Units:  money in minor units, talk in seconds, quantities in thousandths.
    Laws:   a function of the facts alone; None and stubs contribute nothing.
    Source: docs/rules.md, section 3.
    """
    found: Contributions = {}
    for rule in _RULES.get(type(fact), ()):  # type: ignore[arg-type]  # None has no rule
        rule(fact, people, found)
    return found


__all__ = [
    "COHORT",
    "SCORE",
    "VISIT",
    "Contributions",
    "People",
    "Place",
    "by_dealings",
    "contributions",
    "is_listed",
    "moved_by",
    "segments",
]
