"""The blocks of the employee report (requirements, section 4.2). Pure data."""

from __future__ import annotations

from typing import Final

from services.query.reports import blocks
from services.query.reports.layout import Block, Label, columns

_TOP_PROVINCES = 5


def _customers_by(dimension: str, title: Label, source: str, top: int = 0) -> Block:
    return Block(
        name=f"customers_by_{dimension}",
        title=title,
        source=source,
        rows="dimension",
        dimension=dimension,
        top=top,
        adds_up=dimension != "source",
        columns=columns("customers_assigned"),
    )


def _revenue_of_customers_by(dimension: str, title: Label, source: str) -> Block:
    return Block(
        name=f"revenue_of_customers_by_{dimension}",
        title=title,
        source=source,
        rows="dimension",
        dimension=dimension,
        columns=columns("revenue_of_customers", "orders_of_customers"),
    )


BLOCKS: Final = (
    blocks.REVENUE_TREND,
    blocks.conversion("interactions_with_customers"),
    blocks.NEW_CUSTOMERS_BY_SOURCE,
    blocks.interactions("interactions_with_customers"),
    blocks.TASKS,
    blocks.ACTIVITIES_BY_PROJECT,
    blocks.ACTIVITIES_BY_TYPE,
    Block(
        name="task_statistics",
        title=Label("Task statistics", "Thống kê công việc"),
        source="E-30..E-35",
        columns=columns(
            "tasks_created",
            "tasks_completed",
            "tasks_completed_late",
            "tasks_open",
            "tasks_in_progress",
            "tasks_awaiting",
            "tasks_overdue",
        ),
    ),
    blocks.ORDERS,
    blocks.REVENUE_BY_SOURCE,
    blocks.ORDER_DETAILS,
    blocks.PRODUCTS_SOLD,
    Block(
        name="care_bands",
        title=Label("Customers by last contact", "Khách hàng theo lần liên hệ cuối"),
        source="E-40",
        rows="dimension",
        dimension="band",
        columns=columns("customers_by_last_contact"),
    ),
    _customers_by("stage", Label("Customers by relationship", "Theo mối quan hệ"), "E-41"),
    _customers_by("source", Label("Customers by source", "Theo nguồn khách hàng"), "E-42"),
    _customers_by("industry", Label("Customers by industry", "Theo ngành"), "E-44"),
    _customers_by(
        "province", Label("Customers by province", "Theo tỉnh thành"), "E-46", _TOP_PROVINCES
    ),
    _customers_by("gender", Label("Customers by gender", "Theo giới tính"), "E-47"),
    Block(
        name="persons_by_age",
        title=Label("Persons by age", "Theo độ tuổi"),
        source="E-48",
        rows="dimension",
        dimension="band",
        columns=columns("persons_by_age"),
    ),
    Block(
        name="customers_interacted",
        title=Label("Customers interacted with, by type", "Khách hàng tương tác theo loại"),
        source="E-49",
        rows="dimension",
        dimension="interaction",
        adds_up=False,
        columns=columns("customers_interacted"),
    ),
    _revenue_of_customers_by(
        "source", Label("Revenue of own customers by source", "Doanh thu theo nguồn"), "E-43"
    ),
    _revenue_of_customers_by(
        "industry", Label("Revenue of own customers by industry", "Doanh thu theo ngành"), "E-45"
    ),
    blocks.CONTRACTS,
    blocks.RENEWALS,
    blocks.EXPIRY,
    blocks.STOCK,
    blocks.ORDERS_PER_CUSTOMER,
    blocks.PURCHASE_FREQUENCY,
    Block(
        name="order_processing",
        title=Label("Processing of orders", "Xử lý đơn hàng"),
        source="A-04",
        columns=blocks.PROCESSING,
    ),
    blocks.LEADS,
)
