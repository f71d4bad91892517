"""What a story expects of targets: how far somebody is, and whether that is enough by now.

    attainment:
      an 2026-11 orders: 5 of 10, 50 %, expected 6, at_risk, crossed 50 # 3 in week 45, 2 in 46
      north 2026-11 orders with sub: 8, no_target # the team below has none
      an 2026-11 score: 110 % # 60 % of 150 and 40 % of 50

*Asked*: `<whose> <period> <kpi|score> [with sub]`. *Seen*: value, target, attainment, what is
expected by now on the working calendar, status, and the thresholds that were crossed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from schemas.tables import Scope

SCORE: Final = "score"
_SUB: Final = "with sub"
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Aimed:
    """How far somebody is, as the file says it; `metric` may be the score."""

    text: str
    scope: Scope
    scope_id: str
    period: str
    metric: str
    sub: bool
    value: str

    @property
    def address(self) -> str:
        """Where it is asked for."""
        asked = {"period": self.period, **({"sub": "true"} if self.sub else {})}
        if self.metric != SCORE:
            asked["metrics"] = self.metric
        return f"/v1/attainment/{self.scope}/{self.scope_id}?{urlencode(asked)}"


def parted(text: str) -> tuple[str, str, str, bool]:
    """Split what is asked: whose, period, figure, with sub."""
    sub = text.endswith(_SUB)
    whose, period, metric = text.removesuffix(_SUB).split()
    return whose, period, metric, sub


def difference(aimed: Aimed, document: Document) -> list[str]:
    """Return what is otherwise than a story says."""
    found = seen(aimed, document)
    return [] if found == aimed.value else [f"{aimed.text}: {found!r}, expected {aimed.value!r}"]


def seen(aimed: Aimed, document: Document) -> str:
    """Return an answer as a story writes it."""
    if aimed.metric == SCORE:
        score = document["score"]
        return score["why"] if score["value"] is None else _percent(score["value"])
    (figure,) = (one for one in document["figures"] if one["metric"] == aimed.metric)
    if figure["target"] is None:
        return f"{figure['value']}, {figure['status']}"
    parts = [
        f"{figure['value']} of {figure['target']}",
        _percent(figure["attainment"]),
        f"expected {_plain(figure['expected'])}",
        figure["status"],
    ]
    if figure["crossed"]:
        parts.append("crossed " + " ".join(map(str, figure["crossed"])))
    return ", ".join(parts)


def _percent(share: float) -> str:
    return f"{_plain(share * 100)} %"


def _plain(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
