"""What stands beside the value of a figure: name, definition, how it may be used. Pure."""

from __future__ import annotations

from typing import Any

from schemas.kpis import Kpi
from services.query.catalogue import own
from services.query.words import Words


def presentation(kpi: Kpi, words: Words, basis: str = "") -> dict[str, Any]:
    """Return the members of a figure that do not depend on who it is of.

    Shape:  `basis` is '' for the KPI's own date basis; the tenant's own text of the definition
            stands beside ours as `own_definition`.
    """
    found: dict[str, Any] = {
        "metric": kpi.name,
        "label": kpi.label_en,
        "unit": kpi.unit,
        "definition": kpi.definition,
        "definition_vi": kpi.definition_vi,
        "definition_version": kpi.version,
        "source": kpi.source,
        "date_basis": basis or kpi.date_basis,
        "attribution": kpi.attribution,
        "adds_over_people": kpi.adds_over_people,
        "adds_over_time": kpi.adds_over_time,
        **own(kpi),
    }
    text = words.definition(kpi.name)
    if text is not None:
        found["own_definition"] = text
    if kpi.is_now:
        found["day"] = "now"
    return found
