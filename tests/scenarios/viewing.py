"""Who asks in a story, at which door, and what they are shown or told instead.

    views:
      binh figure orders an 2026-11: not_yours # of the same level
      an export orders binh 2026-11: 2 # an heads north; the rows of the file

*View*: `<employee> <figure|list|export|stream> <kpi> <whose> [<range>]` -> the code of the refusal,
or the number: the figure, the rows of list and file, the figure of the first snapshot (of today).
Rights are what the story's `permission.changed` and its organisation give.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

import orjson

from schemas.access import Ask
from schemas.calendar import format_day
from tests.scenarios.question import Question

Door = Literal["figure", "list", "export", "stream"]
DOORS: Final[tuple[Door, ...]] = get_args(Door)


@dataclass(frozen=True, slots=True)
class View:
    """One question of somebody, and what they are told."""

    text: str
    viewer: str
    door: Door
    question: Question
    expected: int | str

    @property
    def ask(self) -> Ask:
        """Return what is asked for, as the decision takes it."""
        asked = self.question
        return Ask(
            "figures", self.door, asked.scope, asked.scope_id, metrics=frozenset({asked.kpi.name})
        )

    @property
    def address(self) -> tuple[str, dict[str, str]]:
        """Return the path and the parameters of the door."""
        asked, name = self.question, self.question.kpi.name
        days = {}
        if asked.first:
            days = {"from": format_day(asked.first), "to": format_day(asked.last)}
        whose = {"scope": str(asked.scope), "id": asked.scope_id}
        match self.door:
            case "figure":
                return f"/v1/kpis/{asked.scope}/{asked.scope_id}", {"metrics": name, **days}
            case "list":
                return "/v1/facts", {"metric": name, **whose, **days}
            case "export":
                return "/v1/facts.csv", {"metric": name, **whose, **days}
            case "stream":
                return "/v1/stream", {"metrics": name, **whose}


def split(text: str) -> tuple[str, Door, str]:
    """Return viewer, door, and the figure of a line."""
    viewer, door, figure = text.split(" ", 2)
    assert door in DOORS, text
    return viewer, cast(Door, door), figure


def difference(view: View, seen: int | str) -> list[str]:
    """Return what is told otherwise than the story says."""
    return [] if seen == view.expected else [f"{view.text}: {seen!r}, expected {view.expected!r}"]


def shown(door: Door, body: bytes) -> int:
    """Return the number in an answer of a door; of a stream, in its first message."""
    if door == "export":
        return len(list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")))))
    document: Mapping[str, Any] = orjson.loads(body)
    if door == "list":
        assert len(document["rows"]) == document["total"], document
        return int(document["total"])
    return int(document["figures"][0]["value"])
