"""What is asked and how answers are read; shared by both clients. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from salespulse_client.errors import error_of
from salespulse_client.models import Fact, FactsPage, Scope

Answered = TypeVar("Answered")
Day = date | str | None
_OWN = frozenset(Fact.__struct_fields__) - {"more"}


class Question(NamedTuple):
    """An address with its parameters."""

    path: str
    parameters: Mapping[str, str]


def question(path: str, **parameters: Any) -> Question:
    """Write a question; parameters that are None or empty are left out."""
    return Question(
        path,
        {name.rstrip("_"): written(value) for name, value in parameters.items() if value},
    )


def written(value: Any) -> str:
    """Write a parameter."""
    if value is True:
        return "true"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int):
        return str(value)
    return ",".join(str(item) for item in value)


def kpis(
    scope: Scope, id_: str, metrics: Iterable[str], from_: Day, to: Day, **more: Any
) -> Question:
    """Ask for figures."""
    path = f"/v1/kpis/{scope}/{quote(id_, safe='')}"
    return question(path, metrics=list(metrics), from_=from_, to=to, **more)


def read(response: httpx.Response, kind: type[Answered]) -> Answered:
    """Read an answer; ApiError for a refusal."""
    if response.status_code != httpx.codes.OK:
        raise error_of(response)
    return msgspec.json.decode(response.content, type=kind)


def read_facts(response: httpx.Response) -> FactsPage:
    """Read a page of a list; ApiError for a refusal."""
    raw = read(response, dict[str, Any])
    raw["rows"] = [
        {**{name: row.get(name) for name in _OWN}, "more": _rest(row)} for row in raw["rows"]
    ]
    return msgspec.convert(raw, FactsPage)


def _rest(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _OWN}
