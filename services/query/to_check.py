"""What does not go together, though each event alone is right: to be put right by a person. Pure.

Nothing here is left out of any figure. Found when asked, of what holds now: customers in a stage
that is none of the tenant's, customers of somebody who has left, one extension of two people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from schemas.calendar import NOW, format_time
from schemas.facts import Employee
from schemas.kpis import CATALOGUE
from schemas.tables import COMPANY_ID, Scope, dimension, field, parse_dimension, parse_field
from services.query import lists
from services.query.basis import Basis, Command
from services.query.fact_rows import row_of
from services.query.list_sources import Question, moment_of, source_of
from services.query.organisation import Organisation
from services.query.periods import Period
from services.query.reader import Reading
from services.query.selection import facts_link

UNKNOWN_STAGE: Final = "unknown_stage"
OWNER_LEFT: Final = "owner_left"
EXTENSION_SHARED: Final = "extension_shared"
CODES: Final = (UNKNOWN_STAGE, OWNER_LEFT, EXTENSION_SHARED)
_SAMPLES: Final = 5
_SAMPLED: Final = 20
"""Of how many stages and people, those with most customers, samples are read."""
_NOW: Final = Period(NOW, NOW)
_CUSTOMERS: Final = CATALOGUE["customers_assigned"]
_CALLS: Final = CATALOGUE["calls_attempted"]


class Found(NamedTuple):
    """Customers of one unknown stage, or of one who has left."""

    code: str
    of: str
    customers: int

    @property
    def whose(self) -> tuple[Scope, str]:
        """Return the scope in whose list they are."""
        return ("employee", self.of) if self.code == OWNER_LEFT else ("company", COMPANY_ID)

    @property
    def dimension(self) -> str:
        """Return the part of the list in which they are, '' for all of it."""
        return dimension(stage=self.of) if self.code == UNKNOWN_STAGE else ""


def count_commands(basis: Basis) -> list[Command]:
    """Return what to read to count them; of the replies makes `found` its list."""
    cells = basis.keys.cells
    return [
        ("HGETALL", cells("company", COMPANY_ID, NOW)),
        *(
            ("HGET", cells("employee", who, NOW), field(_CUSTOMERS.name, ""))
            for who in _left(basis.org)
        ),
    ]


def found(basis: Basis, replies: Sequence[Any]) -> list[Found]:
    """Return what there is, those with most customers first."""
    company, *owned = replies
    stages = basis.words.ids("stage")
    rows = [
        Found(UNKNOWN_STAGE, stage, int(count))
        for name, count in company.items()
        if stages and (stage := _stage(name.decode())) and stage not in stages
    ]
    rows += [
        Found(OWNER_LEFT, who, int(count))
        for who, count in zip(_left(basis.org), owned, strict=True)
        if count
    ]
    return sorted(rows, key=lambda row: (CODES.index(row.code), -row.customers, row.of))


def sampled(rows: Sequence[Found]) -> tuple[Found, ...]:
    """Return the ones of which samples are read."""
    return tuple(
        row for code in CODES for row in [each for each in rows if each.code == code][:_SAMPLED]
    )


def sample_commands(basis: Basis, rows: Sequence[Found]) -> list[Command]:
    """Return what to read for the samples of each."""
    moment, commands = moment_of(basis), []
    for row in rows:
        source = source_of(Question(_CUSTOMERS, row.dimension), _NOW, moment)
        scope, scope_id = row.whose
        whose = lists.Whose(scope, (scope_id,))
        commands.append(lists.command(basis.keys, source, whose, lists.START, _SAMPLES, _SAMPLES))
    return commands


def to_check(reading: Reading, rows: Sequence[Found], replies: Sequence[Any]) -> dict[str, Any]:
    """Return all of it: {total, rows: [{code, of, name, count, facts, samples, employees}]}.

    Shape:  replies are those of the sample commands of `sampled(rows)`.
    """
    basis, sight = reading.basis, reading.sight
    samples = {
        row: [row_of(each, sight=sight) for each in lists.page(reply, _SAMPLES, _SAMPLES)[1]]
        for row, reply in zip(sampled(rows), replies, strict=True)
    }
    shown = [
        {
            "code": row.code,
            "of": row.of,
            "name": basis.org.employee_name(row.of) if row.code == OWNER_LEFT else None,
            "count": row.customers,
            "facts": facts_link(_CUSTOMERS, *row.whose, _NOW, sub=False, dimension=row.dimension),
            "samples": samples.get(row, []),
            "employees": [],
        }
        for row in rows
    ]
    shown += _shared(basis)
    return {"total": sum(row["count"] for row in shown), "rows": shown}


def _stage(name: str) -> str:
    """Return the stage of a gauge of customers by stage, '' for any other field."""
    metric, part = parse_field(name)
    return parse_dimension(part).get("stage", "") if metric == _CUSTOMERS.name else ""


def _left(org: Organisation) -> list[str]:
    """Return those whom their profile calls inactive."""
    return sorted(who for who in org.employees if not org.is_active(who))


def _shared(basis: Basis) -> Iterator[dict[str, Any]]:
    """Yield every extension that several active employees have now, with all of them."""
    holders: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for who, employee in basis.org.employees.items():
        extension, since = extension_at(employee, basis.now_ms)
        if extension and basis.org.is_active(who):
            holders[extension].append((since, who))
    today = Period(basis.today, basis.today)
    for extension, people in sorted(holders.items()):
        if len(people) > 1:
            yield {
                "code": EXTENSION_SHARED,
                "of": extension,
                "name": None,
                "count": len(people),
                "facts": None,
                "samples": [],
                "employees": [
                    {
                        "id": who,
                        "name": basis.org.employee_name(who),
                        "department_id": basis.org.department_of(who),
                        "since": format_time(since),
                        "facts": facts_link(_CALLS, "employee", who, today, sub=False),
                    }
                    for since, who in sorted(people)
                ],
            }


def extension_at(employee: Employee, at_ms: int) -> tuple[str | None, int]:
    """Return (extension, since when) of an employee at a moment; None before the first one.

    Laws:   as docs/rules.md says it, entries in a row with the same extension are one.
    """
    held: str | None = None
    since = 0
    for _, entered, _, extension in sorted(employee.extensions, key=lambda entry: entry[1]):
        if entered > at_ms:
            break
        if extension != held:
            held, since = extension, entered
    return held, since
