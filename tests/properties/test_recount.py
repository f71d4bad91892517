"""The fold against the recount of `salespulse verify`: other code, the same rules, random logs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from schemas.calendar import format_time
from schemas.envelope import LogEvent
from schemas.facts import TAGS
from schemas.tables import Cell
from services.verify.recount import Recount
from tests.properties.histories import histories
from tests.properties.pure_driver import PureDriver

_MANY = 500 if os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1" else 100
"""How many tenants, each with a history of its own, are counted in one log."""
_KINDS = {tag: kind.__name__.lower() for kind, tag in TAGS.items()}


def _drawn() -> list[list[LogEvent]]:
    """Draw histories without judging them one by one: the recount takes them all at once."""
    found: list[list[LogEvent]] = []

    @settings(
        max_examples=_MANY,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(histories(min_size=40, max_size=120))
    def keep(events: list[LogEvent]) -> None:
        found.append(events)

    keep()
    return found


def _records(drawn: Sequence[Sequence[LogEvent]]) -> Iterator[tuple[str, str]]:
    for number, events in enumerate(drawn):
        for each in events:
            head = {"specversion": "1.0", "id": each.id, "source": each.source, "type": each.type}
            body = {"time": format_time(each.time_ms), "subject": each.subject, "data": each.data}
            tenant = {"tenantid": f"t{number}"}
            yield f"t{number}", orjson.dumps(head | tenant | body).decode()


class Counted:
    """Random histories, folded and recounted."""

    def __init__(self, spill: Path) -> None:
        drawn = _drawn()
        self.folded = {f"t{n}": PureDriver().fold(events) for n, events in enumerate(drawn)}
        self.recount = Recount(spill)
        records = [(offset, 1, *record) for offset, record in enumerate(_records(drawn))]
        self.recount.load(records)
        self.recount.recompute()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """Fold and recount once for all laws."""
    made = Counted(tmp_path_factory.mktemp("recount"))
    yield made
    made.recount.close()


def test_figures_equal_the_independent_recount(counted: Counted) -> None:
    """Every cell of every scope is what SQL over the raw log counts."""
    rows = counted.recount.rows(
        "SELECT tenant, metric, scope, scope_id, day, dimension, value FROM cells"
        " WHERE grain <> 'month sum'"
    )
    recounted = {(row[0], Cell(*row[1:6])): row[6] for row in rows}
    folded = {
        (tenant, cell): value
        for tenant, driver in counted.folded.items()
        for cell, value in driver.cells.items()
    }
    assert len(folded) > 1000
    assert folded == recounted


def test_lists_equal_the_independent_recount(counted: Counted) -> None:
    """Every list holds the facts that SQL finds, and no others."""
    rows = counted.recount.rows(
        "SELECT DISTINCT tenant, list, department, employee, day, kind, id FROM list_rows"
    )
    folded = {
        (tenant, name, place.department, place.employee, place.day, _KINDS[key[0]], key[1])
        for tenant, driver in counted.folded.items()
        for (name, place), keys in driver.named_lists().items()
        for key in keys
    }
    assert folded == set(rows)


def test_scores_equal_the_independent_recount(counted: Counted) -> None:
    """Every score of a scored list is what SQL finds."""
    rows = counted.recount.rows(
        "SELECT DISTINCT tenant, list, department, employee, kind, id, score FROM scored"
    )
    folded = {
        (tenant, *whose, _KINDS[key[0]], key[1], score)
        for tenant, driver in counted.folded.items()
        for whose, scores in driver.named_scores().items()
        for key, score in scores.items()
    }
    assert folded == set(rows)


def test_visits_equal_the_independent_recount(counted: Counted) -> None:
    """Every visit behind a distinct count is what SQL finds, as often."""
    rows = counted.recount.rows(
        "SELECT tenant, metric, department, employee, day, customer, value, times FROM visits"
    )
    folded = set()
    for tenant, driver in counted.folded.items():
        for (whose, (day, value), (_, customer)), times in driver.named_visits().items():
            place = (tenant, whose.metric, whose.department, whose.employee)
            folded.add((*place, whose.month * 100 + day, customer, value, times))
    assert folded == set(rows)
