"""KPIs of the customer journey: how many stand in a stage at the end of a day, who came and went.

The stock of a day is the customers in charge now, less those who entered after that day, plus
those who left after it; so a late status change is one increment, and today's stock is the gauge.
"""

from __future__ import annotations

from schemas.kpis.model import Kpi

_EVENTS = (
    "customer.created",
    "customer.status_changed",
    "customer.assigned",
    "customer.deleted",
    "customer.restored",
    "customer.merged",
)
_RETRACTS = ("customer.status_changed", "customer.assigned", "customer.deleted", "customer.merged")

JOURNEY = (
    Kpi(
        name="journey_entries",
        label_en="Entered the stage",
        label_vi="Vào mối quan hệ",
        unit="count",
        source="D-100",
        events=(*_EVENTS, "employee.upserted"),
        date_basis="end of day",
        attribution="owner that day",
        additivity="sum",
        definition="Customers who at the end of the day are in a stage, and with a person or "
        "department, where they were not at the end of the day before.",
        definition_vi="Khách hàng mà cuối ngày đang ở mối quan hệ, với nhân viên hoặc phòng ban, "
        "khác với cuối ngày hôm trước.",
        adds_over_people=False,
        retracts_on=_RETRACTS,
        dimensions=("stage",),
        unlisted=("",),
    ),
    Kpi(
        name="journey_exits",
        label_en="Left the stage",
        label_vi="Rời mối quan hệ",
        unit="count",
        source="D-100",
        events=(*_EVENTS, "employee.upserted"),
        date_basis="end of day",
        attribution="owner the day before",
        additivity="sum",
        definition="Customers who at the end of the day are no longer in the stage, or with the "
        "person or department, of the day before.",
        definition_vi="Khách hàng mà cuối ngày không còn ở mối quan hệ, hoặc với nhân viên hay "
        "phòng ban, của ngày hôm trước.",
        adds_over_people=False,
        retracts_on=_RETRACTS,
        dimensions=("stage",),
        unlisted=("",),
    ),
    Kpi(
        name="customers_in_stage",
        label_en="Customers in the stage",
        label_vi="Khách hàng trong mối quan hệ",
        unit="count",
        source="D-100, D-104, E-70, E-71",
        events=_EVENTS,
        date_basis="end of day",
        attribution="owner that day",
        additivity="stock",
        definition="Customers at the end of the last day of the range, by relationship stage, "
        "with who owned them on that day; of today: now.",
        definition_vi="Khách hàng vào cuối ngày cuối cùng của kỳ theo mối quan hệ, tính cho người "
        "phụ trách của ngày đó; với hôm nay là số hiện tại.",
        listed_by="customers_in_stage",
        streamed=False,
        dimensions=("stage",),
        of="customers_assigned",
        parts=("journey_entries", "journey_exits"),
    ),
    Kpi(
        name="owned_entries",
        label_en="My customers: entered the stage",
        label_vi="Khách hàng của tôi: vào mối quan hệ",
        unit="count",
        source="E-71",
        events=_EVENTS,
        date_basis="end of day",
        attribution="current owner",
        additivity="cohort",
        definition="Customers owned now who at the end of the day are in a stage where they "
        "were not at the end of the day before.",
        definition_vi="Khách hàng hiện đang phụ trách mà cuối ngày ở mối quan hệ khác với cuối "
        "ngày hôm trước.",
        retracts_on=_RETRACTS,
        dimensions=("stage",),
        unlisted=("",),
    ),
    Kpi(
        name="owned_exits",
        label_en="My customers: left the stage",
        label_vi="Khách hàng của tôi: rời mối quan hệ",
        unit="count",
        source="E-71",
        events=_EVENTS,
        date_basis="end of day",
        attribution="current owner",
        additivity="cohort",
        definition="Customers owned now who at the end of the day are no longer in the stage of "
        "the day before.",
        definition_vi="Khách hàng hiện đang phụ trách mà cuối ngày không còn ở mối quan hệ của "
        "ngày hôm trước.",
        retracts_on=_RETRACTS,
        dimensions=("stage",),
        unlisted=("",),
    ),
    Kpi(
        name="owned_customers_in_stage",
        label_en="My customers in the stage",
        label_vi="Khách hàng của tôi trong mối quan hệ",
        unit="count",
        source="E-71",
        events=_EVENTS,
        date_basis="end of day",
        attribution="current owner",
        additivity="stock",
        definition="Customers owned now by this person or department, by the stage they were in "
        "at the end of the last day of the range.",
        definition_vi="Khách hàng hiện do nhân viên hoặc phòng ban này phụ trách, theo mối quan "
        "hệ vào cuối ngày cuối cùng của kỳ.",
        listed_by="owned_customers_in_stage",
        streamed=False,
        dimensions=("stage",),
        of="customers_assigned",
        parts=("owned_entries", "owned_exits"),
    ),
)
