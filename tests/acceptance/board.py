"""A tenant with an imported data set, and its figures as a person asks for them: by HTTP."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any, Self
from urllib.parse import parse_qsl, quote, urlsplit

import httpx

from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from schemas.envelope import BATCH_CONTENT_TYPE
from services.ingestor.importers.command import Import, run

Figures = dict[str, dict[str, Any]]

PAGE = 1000
_APPLIED_SECONDS = 180


def imported(
    stack: Stack, tenant: Tenant, format_name: str, path: Path, state: Path, *, refused: int = 0
) -> str:
    """Import a data set as the command does, wait until it is in the figures, return its text."""
    said = StringIO()
    job = Import(
        format_name=format_name,
        path=path,
        ingestor_url=stack.ingestor_url,
        key=tenant.write_key,
        resume_state=state / "imports.json",
    )
    code = run(job, said)
    assert code == (1 if refused else 0), said.getvalue()
    assert f" {refused} refused" in said.getvalue()
    wait_applied(stack, tenant.write_key)
    return said.getvalue()


def wait_applied(stack: Stack, write_key: str) -> None:
    """Wait until all that was accepted before is in the figures."""
    marker = {
        "specversion": "1.0",
        "id": "marker",
        "source": "/acceptance",
        "type": "department.upserted",
        "time": "1990-01-01T00:00:00Z",
        "subject": "marker",
        "tenantid": write_key.split("_")[1],
        "data": {"name": "marker", "active": False},
    }
    headers = {"Authorization": f"Bearer {write_key}", "Content-Type": BATCH_CONTENT_TYPE}

    def applied() -> bool:
        url = f"{stack.ingestor_url}/v1/events?wait=applied"
        answer = httpx.post(url, json=[marker], headers=headers, timeout=60)
        return answer.status_code == httpx.codes.ACCEPTED and bool(answer.json()["applied"])

    wait_for(applied, _APPLIED_SECONDS, "the import is not in the figures")


def years(first: str, last: str) -> list[tuple[str, str]]:
    """Cut a range of days at the ends of years: an answer reaches over 400 days at most."""
    return [
        (max(first, f"{year}-01-01"), min(last, f"{year}-12-31"))
        for year in range(int(first[:4]), int(last[:4]) + 1)
    ]


def month_end(month: str) -> str:
    """Return the last day of a month '2017-03'."""
    year, number = (int(part) for part in month.split("-"))
    return f"{month}-{monthrange(year, number)[1]}"


class Board:
    """The figures of a tenant over a range of days, asked for year by year."""

    def __init__(self, stack: Stack, read_key: str, first: str, last: str) -> None:
        self._client = httpx.Client(
            base_url=stack.query_url,
            headers={"Authorization": f"Bearer {read_key}"},
            timeout=60,
        )
        self.first, self.last = first, last

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """Return an answer."""
        given = {name: value for name, value in parameters.items() if value not in (None, "")}
        answer = self._client.get(path, params=given)
        assert answer.status_code == httpx.codes.OK, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def check_cell(self, cell: Mapping[str, Any]) -> None:
        """Assert that the list behind a cell of a report has as many rows as the cell says."""
        parts = urlsplit(cell["facts"])
        page = self.get(parts.path, **dict(parse_qsl(parts.query)), limit=PAGE)
        assert page["total"] == cell["value"], cell["facts"]
        assert len(page["rows"]) == min(page["total"], PAGE)

    def answers(self, metrics: str, scope: str, of: str, **parameters: Any) -> list[Figures]:
        """Return metric -> figure of each year."""
        path = f"/v1/kpis/{scope}/{quote(of, safe='')}"
        found = []
        for first, last in self._spans(parameters):
            span = {"metrics": metrics, "from": first, "to": last}
            answer = self.get(path, **(parameters | span))
            found.append({one["metric"]: one for one in answer["figures"]})
        return found

    def values(self, metrics: str, scope: str = "company", of: str = "all", **p: Any) -> list[Any]:
        """Return the values of counts, sums and gauges, in the order in which they are named."""
        answers = self.answers(metrics, scope, of, **p)
        return [
            answers[-1][name]["value"]
            if answers[-1][name].get("day") == "now"
            else sum(answer[name]["value"] for answer in answers)
            for name in metrics.split(",")
        ]

    def ratio(
        self, metric: str, scope: str = "company", of: str = "all", **p: Any
    ) -> tuple[int, int, float]:
        """Return numerator, denominator and ratio; each answer divides its own parts."""
        parts = []
        for answer in self.answers(metric, scope, of, **p):
            part = answer[metric]["parts"]
            over, under = part["numerator"], part["denominator"]
            assert answer[metric]["value"] == (over / under if under else None)
            parts.append((over, under))
        over, under = (sum(column) for column in zip(*parts, strict=True))
        return over, under, over / under

    def series(
        self, metric: str, step: str, scope: str = "company", of: str = "all", **parameters: Any
    ) -> dict[str, int]:
        """Return point -> value of a breakdown, without the points of nothing."""
        name = "dimension_value" if step == "dimension" else step
        found: Counter[str] = Counter()
        for answer in self.answers(metric, scope, of, by=step, **parameters):
            for row in answer[metric]["by"]:
                found[row[name]] += row["value"] or 0
        return {point: value for point, value in found.items() if value}

    def rows(
        self, metric: str, scope: str = "company", of: str = "all", **parameters: Any
    ) -> tuple[int, list[dict[str, Any]]]:
        """Return the total that a list names, and all its rows, page by page."""
        rows: list[dict[str, Any]] = []
        total = 0
        for first, last in self._spans(parameters):
            span = {"from": first, "to": last, "metric": metric, "scope": scope, "id": of}
            page = self.get("/v1/facts", limit=PAGE, **(parameters | span))
            total += page["total"]
            rows += page["rows"]
            while page["next"]:
                page = self.get("/v1/facts", limit=PAGE, cursor=page["next"], **(parameters | span))
                rows += page["rows"]
        return total, rows

    def _spans(self, parameters: dict[str, Any]) -> list[tuple[str, str]]:
        if parameters.pop("now", False):
            return [(self.last, self.last)]
        return years(parameters.get("from", self.first), parameters.get("to", self.last))

    def check_list(
        self, metric: str, figure: int, scope: str = "company", of: str = "all", **p: Any
    ) -> None:
        """Assert that the list behind a figure has as many rows as the figure says.

        A list of a gauge is the same in every year: it is asked for once, with now=True.
        """
        total, rows = self.rows(metric, scope, of, **p)
        assert (total, len(rows)) == (figure, figure), (metric, scope, of, p)
        assert len({(row["kind"], row["id"], row["day"]) for row in rows}) == figure

    def check_agent_days(
        self, cells: Mapping[tuple[str, str], Mapping[str, int]], uncounted: str, sample: int
    ) -> None:
        """Compare every day of every agent, and the lists of a seeded sample of counted cells.

        Shape:  (agent, metric) -> {day: figure}; `uncounted` is the metric without a list.
        """
        assert cells
        for (agent, metric), days in cells.items():
            assert self.series(metric, "day", "employee", agent) == days, (agent, metric)
        counted = sorted(
            (agent, metric, day)
            for (agent, metric), days in cells.items()
            for day in days
            if metric != uncounted
        )
        for agent, metric, day in Random(7).sample(counted, sample):
            figure = cells[agent, metric][day]
            self.check_list(metric, figure, "employee", agent, **{"from": day, "to": day})
