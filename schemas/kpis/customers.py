"""KPIs of customers: new, found, owned, staged."""

from __future__ import annotations

from schemas.kpis.model import Kpi

_LIFE = (
    "customer.created",
    "customer.assigned",
    "customer.deleted",
    "customer.restored",
    "customer.merged",
)
_LEAVES = ("customer.assigned", "customer.deleted", "customer.merged")

CUSTOMERS = (
    Kpi(
        name="customers_new",
        label_en="New customers",
        label_vi="Khách hàng mới",
        unit="count",
        source="D-20, E-21, D-22, E-23, D-23",
        events=(*_LIFE, "customer.updated"),
        date_basis="created_at",
        attribution="current owner",
        additivity="cohort",
        definition="Customers created in the period and owned now by this person or department.",
        definition_vi="Khách hàng được tạo trong kỳ và hiện do nhân viên hoặc phòng ban này phụ "
        "trách.",
        retracts_on=_LEAVES,
        dimensions=("source", "first_source"),
    ),
    Kpi(
        name="customers_found",
        label_en="Newly found",
        label_vi="Khách hàng tự tìm",
        unit="count",
        source="D-72",
        events=("customer.created", "customer.merged"),
        date_basis="created_at",
        attribution="creator",
        additivity="sum",
        definition="Customers created in the period by this person, whoever owns them now.",
        definition_vi="Khách hàng do nhân viên này tạo trong kỳ, hiện do ai phụ trách cũng tính.",
        retracts_on=("customer.merged",),
    ),
    Kpi(
        name="customers_assigned",
        label_en="Customers in charge, now",
        label_vi="Khách hàng phụ trách, hiện tại",
        unit="count",
        source="D-21, D-71, E-22, E-41, E-42, E-44, E-46, E-47",
        events=(*_LIFE, "customer.updated", "customer.status_changed"),
        date_basis="now",
        attribution="current owner",
        additivity="gauge",
        definition="Customers owned now by this person or department, whenever they were created.",
        definition_vi="Khách hàng hiện do nhân viên hoặc phòng ban này phụ trách, không kể ngày "
        "tạo.",
        retracts_on=_LEAVES,
        dimensions=("source", "stage", "industry", "province", "gender"),
    ),
    Kpi(
        name="stage_entries",
        label_en="Stage entries",
        label_vi="Lượt chuyển mối quan hệ",
        unit="count",
        source="D-100",
        events=("customer.created", "customer.status_changed", "customer.assigned"),
        date_basis="changed_at",
        attribution="actor or owner",
        additivity="sum",
        definition="Times a customer entered a relationship stage in the period.",
        definition_vi="Số lượt khách hàng chuyển vào một mối quan hệ trong kỳ.",
        retracts_on=("customer.status_changed",),
        dimensions=("stage",),
    ),
)
