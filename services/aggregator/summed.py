"""Which hashes of sums a batch touches: they are read before its commit is written down. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.calendar import NOW
from schemas.tables import TenantKeys
from services.aggregator.core.ledger import Change, Ledger, month_of


def summed(keys: TenantKeys, groups: Sequence[Change], ledger: Ledger) -> list[str]:
    """Return the hashes of cells, of visits and of late changes; some more than once.

    Shape:  `groups` are those of the ledger, which makes them anew each time.
    """
    found: list[str] = []
    for group, _, _ in groups:
        found.append(keys.cells(*group))
        if group.day != NOW:
            found.append(keys.month(group.scope, group.scope_id, month_of(group.day)))
    found += [keys.visits(*visits) for visits in ledger.visits]
    months = {place.day // 100 for _, place, _ in ledger.late}
    return found + [keys.late(month) for month in sorted(months)]
