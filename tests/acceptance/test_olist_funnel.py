"""A marketing funnel of 8,000 leads: every figure that its events can express is equal."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import pytest

from tests.acceptance.board import Board, month_end
from tests.acceptance.reference import figures, need, table

pytestmark = pytest.mark.once

FOLDER = need("olist_funnel")
FIGURES = figures(FOLDER)
BLANK = "(blank)"
SAMPLE = 40


@pytest.fixture
def board(olist: Board) -> Board:
    """Ask about the set, which is imported once for all files."""
    return olist


def named(value: str) -> str:
    """Return the dimension value that a reference row names."""
    return "" if value == BLANK else value


def test_company_totals(board: Board) -> None:
    """Leads, closed deals, conversion and people."""
    rows, people = FIGURES["rows"], FIGURES["people"]
    leads, won, charged = board.values("customers_new,opportunities_won,customers_assigned")
    assert leads == charged == rows["mql"] == FIGURES["conversion"]["den"]
    assert won == rows["closed_deals"] == FIGURES["conversion"]["num"]
    assert round(won / leads, 6) == FIGURES["conversion"]["rate"]
    staff = people["sdr"] + people["sr"] - people["both_roles"]
    assert len(board.get("/v1/org")["employees"]) == staff
    board.check_list("customers_new", rows["mql"])
    board.check_list("opportunities_won", rows["closed_deals"])
    board.check_list("customers_assigned", rows["mql"], now=True)


def test_days_of_first_and_last_event(board: Board) -> None:
    """The days with a figure reach from the first date of the set to its last."""
    ranges = FIGURES["date_range"]
    leads = board.series("customers_new", "day")
    won = board.series("opportunities_won", "day")
    assert [min(leads), max(leads)] == ranges["first_contact_date"]
    assert [min(won), max(won)] == [text[:10] for text in ranges["won_date"]]


def test_leads_of_days(board: Board) -> None:
    """New customers per day: all days, none besides; sampled lists."""
    days = {row["date"]: int(row["leads"]) for row in table(FOLDER, "leads_day")}
    assert days
    assert board.series("customers_new", "day") == days
    for day in Random(7).sample(sorted(days), SAMPLE):
        board.check_list("customers_new", days[day], **{"from": day, "to": day})


def test_origins(board: Board) -> None:
    """Leads, won deals and conversion per source, the missing one included, with lists."""
    rows = table(FOLDER, "by_origin")
    leads = board.series("customers_new", "dimension", dimension="source")
    won = board.series("opportunities_won", "dimension", dimension="source")
    now = board.answers(
        "customers_assigned", "company", "all", by="dimension", dimension="source", now=True
    )[0]["customers_assigned"]["by"]
    assert leads == {named(row["origin"]): int(row["leads"]) for row in rows}
    assert won == {named(row["origin"]): int(row["won"]) for row in rows}
    assert {row["dimension_value"]: row["value"] for row in now} == leads
    for row in rows:
        origin = named(row["origin"])
        assert round(won[origin] / leads[origin], 6) == float(row["rate"])
        board.check_list("customers_new", leads[origin], dimension=f"source:{origin}")
        board.check_list("opportunities_won", won[origin], dimension=f"source:{origin}")


def test_segments(board: Board) -> None:
    """Won deals per industry of the customer, the missing one included, with lists."""
    rows = table(FOLDER, "won_by_segment")
    won = board.series("opportunities_won", "dimension", dimension="industry")
    assert won == {named(row["segment"]): int(row["won"]) for row in rows}
    for industry, figure in won.items():
        board.check_list("opportunities_won", figure, dimension=f"industry:{industry}")


def test_months(board: Board) -> None:
    """Won deals per month, with lists."""
    rows = table(FOLDER, "won_by_month")
    months = {row["month"]: int(row["won"]) for row in rows}
    assert months
    assert board.series("opportunities_won", "month") == months
    for month, figure in months.items():
        span = {"from": f"{month}-01", "to": month_end(month)}
        board.check_list("opportunities_won", figure, **span)


def test_sales_representatives(board: Board) -> None:
    """Won deals per representative: in all, with lists, and per day; sampled lists of days."""
    totals = {row["sr_id"]: int(row["won"]) for row in table(FOLDER, "won_by_sr")}
    assert len(totals) == FIGURES["people"]["sr"]
    cells: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in table(FOLDER, "won_day_sr"):
        cells[row["sr_id"]][row["date"]] = int(row["won"])
    assert cells.keys() == totals.keys()
    for person, figure in totals.items():
        assert board.values("opportunities_won", "employee", person) == [figure]
        assert board.series("opportunities_won", "day", "employee", person) == cells[person]
        board.check_list("opportunities_won", figure, "employee", person)
    counted = sorted((person, day) for person, days in cells.items() for day in days)
    for person, day in Random(7).sample(counted, SAMPLE):
        span = {"from": day, "to": day}
        board.check_list("opportunities_won", cells[person][day], "employee", person, **span)


def test_leads_that_are_open_at_a_day(board: Board) -> None:
    """Leads so far minus deals so far, from two sums; the set has no day of any other ending."""
    for day, still in FIGURES["open_leads_at"].items():
        leads, won = board.values("customers_new,opportunities_won", to=day)
        assert leads - won == still
