"""What the log says in words, as keys and fields of Redis name it: the targets."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.tables import parse_field
from schemas.target_periods import is_period, span_of
from schemas.targets import field_of, goal, slot_of
from services.verify.rows import Row


def target_name(metric: str, scope: str, scope_id: str, is_per_person: bool, period: str) -> Row:
    """Return the row of `target_names` of what a target is set for; no days for 30 February."""
    slot = slot_of(metric, scope, scope_id, is_per_person=is_per_person)
    days = span_of(period) if is_period(period) else (1, 0)
    named = (f"{slot}|{period}", str(slot), slot.id, *days)
    return metric, scope, scope_id, is_per_person, period, *named


def target_fields(metric: str, currency: str) -> Iterator[Row]:
    """Yield the row of `target_fields` of a figure; none of one that has no cells."""
    field = field_of(metric, currency)
    if field:
        yield metric, currency, field, parse_field(field)[1], goal(metric, 1)
