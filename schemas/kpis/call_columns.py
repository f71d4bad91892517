"""The columns of the supervisor's live call view: figures of the catalogue, and two of its own."""

from __future__ import annotations

from typing import Final

from schemas.kpis import CATALOGUE
from schemas.kpis.columns import ReportColumn


def _figure(name: str) -> ReportColumn:
    kpi = CATALOGUE[name]
    return ReportColumn(
        name=name,
        label_en=kpi.label_en,
        label_vi=kpi.label_vi,
        unit=kpi.unit,
        kind="customer" if kpi.additivity == "distinct" else "call",
        source=kpi.source,
        definition=kpi.definition,
        definition_vi=kpi.definition_vi,
        counts=kpi.list_name == name,
        numerator=kpi.numerator,
        denominator=kpi.denominator,
    )


CALLS_PER_HOUR: Final = ReportColumn(
    name="calls_per_hour",
    label_en="Calls per hour",
    label_vi="Cuộc gọi mỗi giờ",
    unit="quantity",
    kind="call",
    source="field: call-centre boards",
    definition="Outbound calls dialled today, by the hours since the first call of today, in or "
    "out, began; empty in its first minute.",
    definition_vi="Số cuộc gọi ra hôm nay chia cho số giờ kể từ khi cuộc gọi đầu tiên hôm "
    "nay, đi hoặc đến, bắt đầu; để trống trong phút đầu.",
    counts=False,
)
CALLS: Final = (
    *map(
        _figure,
        (
            "calls_running",
            "calls_attempted",
            "calls_outbound",
            "connect_rate_outbound",
            "talk_seconds_outbound",
            "talk_seconds_per_call_outbound",
        ),
    ),
    CALLS_PER_HOUR,
    *map(
        _figure,
        (
            "customers_dialled",
            "customers_spoken_with",
            "customers_never_reached",
            "calls_inbound_offered",
            "calls_inbound_answered",
            "calls_inbound_missed",
            "talk_seconds_inbound",
        ),
    ),
)
"""In the order of display."""
