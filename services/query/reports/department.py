"""The blocks of the department report (requirements, section 4.1). Pure data."""

from __future__ import annotations

from typing import Final

from services.query.reports import blocks
from services.query.reports.layout import Block, Column, Label, columns


def blocks_of(metric: str) -> tuple[Block, ...]:
    """Return the blocks in the order of display; people are compared by some figure (D-15)."""
    comparison = Block(
        name=blocks.SALES_COMPARISON,
        title=Label("Comparison of employees", "So sánh doanh số nhân viên"),
        source="D-15",
        rows="employee",
        ranked=True,
        columns=columns(metric),
    )
    return (blocks.REVENUE_TREND, comparison, *_REST)


_MOST_ACTIVE = Block(
    name="most_active",
    title=Label("Most active employees", "Nhân viên tương tác nhiều nhất"),
    source="B-35",
    rows="employee",
    ranked=True,
    columns=columns("interactions"),
)
_ORDER_PROCESSING = Block(
    name="order_processing",
    title=Label("Processing of orders by approver", "Xử lý đơn hàng theo người duyệt"),
    source="A-04",
    rows="employee",
    columns=blocks.PROCESSING,
)
_SALES_MANAGEMENT = Block(
    name="sales_management",
    title=Label("Contracts, shipped lots, paid goods", "Hợp đồng, lô hàng xuất, hàng đã trả tiền"),
    source="A-05",
    rows="employee",
    columns=columns("contracts", "stock_out", "paid_goods"),
)
_SUMMARY = Block(
    name="summary",
    title=Label("Summary by employee", "Báo cáo tổng hợp theo nhân viên"),
    source="D-70..D-80",
    rows="employee",
    columns=(
        *columns("customers_assigned", "customers_found", "tasks_linked", "emails_opened"),
        Column(
            "messages_sent",
            name="sms_sent",
            label=Label("SMS sent", "SMS gửi thành công"),
            part=("channel", "sms"),
        ),
        *columns("calls_outbound", "orders", "contracts", "revenue"),
    ),
)
_REST: Final = (
    blocks.conversion("interactions"),
    blocks.NEW_CUSTOMERS_BY_SOURCE,
    blocks.interactions("interactions"),
    blocks.TASKS,
    blocks.ACTIVITIES_BY_PROJECT,
    blocks.ACTIVITIES_BY_TYPE,
    blocks.ORDERS,
    blocks.CONTRACTS,
    blocks.STOCK,
    blocks.ORDERS_PER_CUSTOMER,
    blocks.PURCHASE_FREQUENCY,
    blocks.RENEWALS,
    blocks.EXPIRY,
    blocks.REVENUE_BY_SOURCE,
    blocks.REVENUE_BY_INDUSTRY,
    blocks.REVENUE_BY_PROVINCE,
    _SUMMARY,
    blocks.ORDER_DETAILS,
    blocks.PRODUCTS_SOLD,
    _ORDER_PROCESSING,
    _SALES_MANAGEMENT,
    _MOST_ACTIVE,
    blocks.LEADS,
    blocks.GOAL_CONVERSION,
)
