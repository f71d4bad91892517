"""The names of the customers that the rows of a list are about, for who may open these customers.

A call or an order knows the id of its customer and nothing else of it. Who may open the customer's
story reads the name in the list already; everybody else goes on seeing the id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from schemas.facts import Customer, owner_of, unpack
from services.query.cohorts.following import follow_command, followed
from services.query.door import Visit
from services.query.fact_rows import own_fields
from services.query.names import Sight

Rows = Sequence[dict[str, Any]]


async def with_customers(visit: Visit, rows: Rows) -> list[dict[str, Any]]:
    """Return rows of a list with `customer_name` beside `customer_id`.

    Shape:  null where there is no customer, no name, or no right to open the customer.
    Laws:   what a row says else is of the version of the list; a name is as it is a moment later,
            opened as everywhere.
    """
    ids = sorted({row["customer_id"] for row in rows if row.get("customer_id")})
    names: dict[str, str] = {}
    if ids:
        reading = await visit.read(lambda basis: [follow_command(basis.keys, "", ids)])
        facts = followed(reading.replies[0]).facts
        names = names_of(facts, reading.sight, visit.opens_customers(reading.basis))
    return [_with_name(row, names) for row in rows]


def _with_name(row: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for member, value in row.items():
        found[member] = value
        if member == "customer_id":
            found["customer_name"] = names.get(value)
    return found


def names_of(
    packed: Iterable[bytes], sight: Sight, opens: Callable[[str | None], bool]
) -> dict[str, str]:
    """Return the names of those who may be opened, by id.

    Shape:  `opens` says of the owner of now, None for nobody, whether their customers may be.
    """
    found = {}
    for fact in map(unpack, packed):
        if isinstance(fact, Customer) and opens(owner_of(fact) or None):
            name = own_fields(sight.shown(fact)).get("name")
            if name:
                found[fact.id] = name
    return found
