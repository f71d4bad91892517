"""The cohort reports as the query service answers them over HTTP, beside what the log says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import httpx

from services.verify.compare import Difference
from services.verify.recount import Recount
from services.verify.reports.ask import Answer, ask
from services.verify.reports.documents import Figures, answered, asked_by, documented

_TIMEOUT_S = 60
_SEED = 5
_OK = 200
_CHOICES = {
    "employee": "SELECT tenant, owner FROM report_customers WHERE owner IS NOT NULL",
    "department": "SELECT tenant, id FROM departments",
    "source": "SELECT tenant, unnest(sources) FROM report_customers",
    "group": "SELECT tenant, unnest(group_ids) FROM report_customers",
    "campaign": "SELECT tenant, campaign FROM report_opportunities WHERE campaign <> ''",
    "relationship": "SELECT tenant, stage FROM report_customers WHERE stage <> ''",
}
"""Filter -> (tenant, value) of everything that may be filtered by."""
_FILTERS = {
    "telesales": ("employee", "department", "source", "group", "campaign"),
    "lifecycle": ("employee", "department", "source", "relationship"),
    "journey": ("employee", "department"),
    "sales-performance": ("employee", "department", "relationship"),
}
_LONG = timedelta(days=365)
Request = tuple[str, dict[str, str]]
"""(report, parameters)"""


class ServedError(RuntimeError):
    """The query service does not answer what it is asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Document:
    """One answer: what was asked, and the document."""

    request: Request
    body: Mapping[str, Any]

    @property
    def version(self) -> tuple[str, int]:
        """Return (generation, offset) of the figures."""
        generation, _, offset = self.body["version"].rpartition(".")
        return generation, int(offset)


class Served:
    """The query service, asked with the key of a tenant."""

    def __init__(self, url: str, key: str, tenant: str) -> None:
        self._url, self._key, self._tenant = url.rstrip("/"), key, tenant

    def documents(self, recount: Recount) -> list[Document]:
        """Ask for the four reports as they are by default, and by one filter each.

        Errors: ServedError for an answer that is none; httpx.HTTPError if nobody answers.
        """
        ask(recount, ())
        headers = {"Authorization": f"Bearer {self._key}"}
        with httpx.Client(base_url=self._url, headers=headers, timeout=_TIMEOUT_S) as client:
            today = _get(client, ("lifecycle", {})).body["today"]
            return [_get(client, each) for each in self._requests(recount, today)]

    def _requests(self, recount: Recount, today: str) -> Iterator[Request]:
        random = Random(_SEED)  # noqa: S311 - which filters, no secret
        first = (date.fromisoformat(today) - _LONG).isoformat()
        created = {"created_from": first, "created_to": today}
        called = {"called_from": first, "called_to": today}
        yield "telesales", {}
        yield "telesales", created | called | {"subject": "opportunity"}
        for report, filters in _FILTERS.items():
            ranges: dict[str, str] = {}
            if report == "telesales":
                ranges = created | called
            elif report == "sales-performance":
                ranges = created
            yield report, ranges
            for name in filters:
                if values := self._values(recount, name):
                    yield report, ranges | {name: random.choice(values)}

    def _values(self, recount: Recount, name: str) -> list[str]:
        return sorted(
            {value for tenant, value in recount.rows(_CHOICES[name]) if tenant == self._tenant}
        )

    def differences(self, recount: Recount, documents: Sequence[Document]) -> list[Difference]:
        """Return what answers say otherwise than the log, read to their version.

        Shape:  the recount has its facts derived at the version of all documents.
        """
        questions = [asked_by(each.request[0], self._tenant, each.body) for each in documents]
        found: list[Difference] = []
        for document, answer in zip(documents, ask(recount, questions), strict=True):
            found += self._compared(document, answer)
        return found

    def _compared(self, document: Document, answer: Answer) -> Iterator[Difference]:
        report, parameters = document.request
        told = documented(report, document.body)
        wanted = answered(report, answer, told)
        key = str(httpx.URL(f"/v1/reports/{report}", params=parameters))
        for item in sorted(told.keys() | wanted.keys()):
            if told.get(item) != wanted.get(item):
                yield Difference(
                    "report", self._tenant, key, item, _text(wanted, item), _text(told, item), ""
                )


def _text(figures: Figures, item: str) -> str:
    return str(figures[item]) if item in figures else ""


def _get(client: httpx.Client, request: Request) -> Document:
    report, parameters = request
    answer = client.get(f"/v1/reports/{report}", params=parameters)
    if answer.status_code != _OK:
        raise ServedError(f"{answer.url}: {answer.status_code} {answer.text[:200]}")
    return Document(request, answer.json())
