"""From lead to seller: cohorts, cycles and stocks of a marketing funnel, by the cohort reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.board import Board, month_end
from tests.acceptance.raw import Raw
from tests.acceptance.reference import figures, need, table
from tests.acceptance.spans import days_from, fraction_from, moved, summed_up

pytestmark = pytest.mark.once

FOLDER = need("olist_funnel")
FIGURES = figures(FOLDER)
WINDOW = 84
"""Days that a report observes at most."""
SHORT = (7, 14, 30, 60)
"""Lags that lie whole within a window for some of its days."""
LONG = (90, 180)
FIRST, LAST = "2017-06-01", "2018-05-31"
"""Days of the leads."""
TARGET = {"target": "stage", "stage": "seller", "days": str(WINDOW)}
LEADS = """
    select mql_id, first_contact_date as created, left(won_date, 10) as won, sr_id,
           coalesce(origin, '') as origin
    from olist_marketing_qualified_leads_dataset
    left join olist_closed_deals_dataset using (mql_id)
"""


@pytest.fixture(scope="module")
def raw() -> Raw:
    """Read the files, each lead with its deal."""
    made = Raw(FOLDER)
    made.view("leads", LEADS)
    return made


@pytest.fixture(scope="module")
def spans(olist: Board) -> list[dict[str, Any]]:
    """Return of each deal its owner, and when its lead was created and it was won: two lists."""
    _, leads = olist.rows("customers_new")
    _, won = olist.rows("opportunities_won")
    created = {row["id"]: row["created_at"] for row in leads}
    return [
        {"owner": row["employee_id"], "from": created[row["customer_id"]], "to": row["closed_at"]}
        for row in won
    ]


def before_creation(raw: Raw) -> Counter[str]:
    """Return by month of the lead the deals that were won before it was there."""
    rows = raw.rows("select left(created, 7), count(*) from leads where won < created group by 1")
    return Counter(dict(rows))


def windows(first: str, last: str, step: int) -> Iterator[str]:
    """Yield the first days of windows that follow each other."""
    while first <= last:
        yield first
        first = moved(first, step)


def test_time_to_close(spans: list[dict[str, Any]]) -> None:
    """Days from the first contact to the won date: whole, with fractions, below 0."""
    days = [days_from(one["from"], one["to"]) for one in spans]
    assert summed_up(days) == FIGURES["days_created_to_won"]
    assert sum(day < 0 for day in days) == FIGURES["days_negative"]
    exact = summed_up(fraction_from(one["from"], one["to"]) for one in spans)
    expected = FIGURES["days_created_to_won_fractional"]
    assert exact == pytest.approx(expected, abs=1e-4)


def test_time_to_close_of_representatives(spans: list[dict[str, Any]]) -> None:
    """The mean of each representative."""
    days: defaultdict[str, list[int]] = defaultdict(list)
    for one in spans:
        days[one["owner"]].append(days_from(one["from"], one["to"]))
    found = {owner: summed_up(each)["mean"] for owner, each in days.items()}
    rows = table(FOLDER, "won_by_sr")
    assert found == {row["sr_id"]: float(row["avg_days"]) for row in rows}


def test_cohorts_by_the_lifecycle_report(olist: Board, raw: Raw) -> None:
    """Leads of a month, and sellers among them within 7 to 60 days, out of windows of 84 days.

    A deal that was won before its lead was there is no conversion of the report.
    """
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    step = WINDOW - max(SHORT)
    for first in windows(FIRST, LAST, step):
        until = moved(first, WINDOW - 1)
        report = olist.get("/v1/reports/lifecycle", until=until, **TARGET)
        assert (report["from"], report["to"]) == (first, until)
        for row in report["rows"][:step]:
            cohort = found[row["day"][:7]]
            cohort["leads"] += row["created"]
            cohort.update({f"won_{lag}d": row["cumulative"][lag] for lag in SHORT})
    early = before_creation(raw)
    rows = table(FOLDER, "cohort_month")
    for row in rows:
        month = row["cohort"]
        assert found[month]["leads"] == int(row["leads"])
        for lag in SHORT:
            assert found[month][f"won_{lag}d"] + early[month] == int(row[f"won_{lag}d"]), month
    assert {month for month, cohort in found.items() if cohort["leads"]} == {
        row["cohort"] for row in rows
    }


def test_cohorts_of_longer_times(olist: Board, spans: list[dict[str, Any]]) -> None:
    """Within 90 and 180 days by the lists; ever by the goal figure, with its list."""
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for one in spans:
        days = days_from(one["from"], one["to"])
        found[one["from"][:7]].update(lag for lag in LONG if days <= lag)
    for row in table(FOLDER, "cohort_month"):
        month = row["cohort"]
        for lag in LONG:
            assert found[month][lag] == int(row[f"won_{lag}d"])
        span = {"from": f"{month}-01", "to": month_end(month)}
        reached = olist.series("customers_reached", "dimension", dimension="stage", **span)
        assert reached.get("seller", 0) == int(row["won_ever"])
        assert reached["mql"] == int(row["leads"])
        if reached.get("seller"):
            olist.check_list(
                "customers_reached", reached["seller"], dimension="stage:seller", **span
            )


@pytest.mark.parametrize(("name", "column"), [("source", "origin"), ("employee", "sr_id")])
def test_the_lifecycle_of_sources_and_people(
    olist: Board, raw: Raw, name: str, column: str
) -> None:
    """Created, converted and mean of one window, filtered, are what a query of the files says."""
    until = "2018-04-30"
    first = moved(until, 1 - WINDOW)
    rows = raw.rows(
        f"select {column}, count(*), count(days), avg(days), median(days) from ("  # noqa: S608
        f" select *, case when won >= created and won <= '{until}'"
        f" then datediff('day', created::date, won::date) end as days from leads"
        f" where created between '{first}' and '{until}' and {column} is not null"
        ") group by 1"
    )
    assert len(rows) > 5
    for value, created, converted, mean, median in rows:
        asked = {name: value or "-", "until": until}
        report = olist.get("/v1/reports/lifecycle", **TARGET, **asked)
        assert (report["created"], report["converted"]) == (created, converted), value
        assert report["mean_days"] == (None if mean is None else pytest.approx(mean)), value
        assert report["median_days"] == median, value
        listed = olist.get("/v1/reports/lifecycle/facts", converted="true", **TARGET, **asked)
        assert listed["total"] == converted


def test_leads_of_each_source_and_representative_in_the_telesales_report(olist: Board) -> None:
    """Customers by source, and by who is in charge of them now; the others are unassigned."""
    span = {"created_from": FIRST, "created_to": LAST}
    for row in table(FOLDER, "by_origin"):
        source = "-" if row["origin"] == "(blank)" else row["origin"]
        report = olist.get("/v1/reports/telesales", source=source, **span)
        assert first_cell(report["total"])["value"] == int(row["leads"])
    report = olist.get("/v1/reports/telesales", **span)
    owners = {row["id"]: first_cell(row) for row in report["rows"] if first_cell(row)["value"]}
    unassigned = owners.pop("-")
    expected = {row["sr_id"]: int(row["won"]) for row in table(FOLDER, "won_by_sr")}
    assert {name: cell["value"] for name, cell in owners.items()} == expected
    rows = FIGURES["rows"]
    assert unassigned["value"] == rows["mql"] - rows["closed_deals"]
    for cell in owners.values():
        olist.check_cell(cell)


def first_cell(row: dict[str, Any]) -> dict[str, Any]:
    """Return the cell of the first column: customers."""
    found: dict[str, Any] = row["cells"][0]
    return found


def test_deals_of_sales_development(olist: Board) -> None:
    """Leads that a development representative had, which are known where they became sellers."""
    for row in table(FOLDER, "won_by_sdr"):
        asked = {"dimension": "stage"}
        entered = olist.series("stage_entries", "dimension", "employee", row["sdr_id"], **asked)
        assert entered["mql"] == int(row["won"]), row["sdr_id"]


def test_open_leads_of_some_days(olist: Board) -> None:
    """The stock of leads at the end of a day, with its list."""
    for day, still in FIGURES["open_leads_at"].items():
        span = {"from": day, "to": day}
        answer = olist.answers(
            "customers_in_stage", "company", "all", by="dimension", dimension="stage", **span
        )[0]["customers_in_stage"]
        stock = {part["dimension_value"]: part["value"] for part in answer["by"]}
        assert stock["mql"] == still, day
    olist.check_list("customers_in_stage", still, dimension="stage:mql", **span)


def test_open_leads_of_every_day_by_the_journey_report(olist: Board, raw: Raw) -> None:
    """Leads and sellers at the end of each day, who came and who went: as the files say."""
    days = raw.rows(
        "select day, count(*) filter (won is null or won > day),"
        " count(*) filter (won <= day),"
        " count(*) filter (created = day and (won is null or won > day)),"
        " count(*) filter (greatest(created, won) = day and won is not null)"
        " from leads join (select distinct created as day from leads union"
        "   select distinct won from leads where won is not null) on created <= day group by 1"
    )
    expected = {str(day): counts for day, *counts in days}
    assert len(expected) > 300
    seen = 0
    for first in windows(FIRST, "2018-11-30", WINDOW):
        report = olist.get("/v1/reports/journey", days=WINDOW, until=moved(first, WINDOW - 1))
        stages = {stage["id"]: at for at, stage in enumerate(report["stages"])}
        for row in report["rows"]:
            if row["day"] in expected:
                cells = [row["stages"][stages[name]] for name in ("mql", "seller")]
                stock = [cell["stock"]["value"] for cell in cells]
                came = [cell["entries"]["value"] for cell in cells]
                assert [*stock, *came] == expected[row["day"]], row["day"]
                seen += 1
    assert seen == len(expected)
