"""KPIs of orders: placed, approved, processed; and of the customers who placed them."""

from __future__ import annotations

from schemas.kpis.model import DateBasis, Kpi

_ORDER = ("order.created", "order.updated", "order.rejected", "order.cancelled", "order.deleted")
_APPROVED = (*_ORDER, "order.approved", "order.approval_revoked")
_EDITS = ("order.updated", "order.rejected", "order.cancelled", "order.deleted")
_BY_CUSTOMER = ("source", "industry", "province")
_DESCRIBED = ("customer.created", "customer.updated")
_CREATED: tuple[DateBasis, ...] = ("created_at",)

ORDERS = (
    Kpi(
        name="orders",
        label_en="Orders",
        label_vi="Đơn hàng",
        unit="count",
        source="D-50, D-51, D-77, D-81, E-26, E-50",
        events=_ORDER,
        date_basis="order_date",
        attribution="owner",
        additivity="sum",
        definition="Orders by order date, approved or not, without the cancelled and rejected.",
        definition_vi="Đơn hàng theo ngày đặt hàng, đã duyệt hay chưa, không tính đơn đã hủy và "
        "bị từ chối.",
        retracts_on=_EDITS,
        bases=_CREATED,
    ),
    Kpi(
        name="orders_pending",
        label_en="Orders pending",
        label_vi="Đơn hàng chờ duyệt",
        unit="count",
        source="D-50",
        events=_APPROVED,
        date_basis="order_date",
        attribution="owner",
        additivity="sum",
        definition="Orders by order date that wait for approval.",
        definition_vi="Đơn hàng theo ngày đặt hàng đang chờ duyệt.",
        retracts_on=(*_EDITS, "order.approved"),
        bases=_CREATED,
    ),
    Kpi(
        name="orders_approved",
        label_en="Orders approved",
        label_vi="Đơn hàng đã duyệt",
        unit="count",
        source="D-50, D-60",
        events=(*_APPROVED, *_DESCRIBED),
        date_basis="order_date",
        attribution="owner",
        additivity="sum",
        definition="Approved orders by order date.",
        definition_vi="Đơn hàng đã được duyệt, theo ngày đặt hàng.",
        retracts_on=(*_EDITS, "order.approval_revoked"),
        dimensions=_BY_CUSTOMER,
        bases=_CREATED,
    ),
    Kpi(
        name="sales",
        label_en="Sales",
        label_vi="Doanh số",
        unit="money",
        source="D-11",
        events=_ORDER,
        date_basis="order_date",
        attribution="owner",
        additivity="sum",
        definition="Value of all orders by order date, approved or not, without cancelled ones.",
        definition_vi="Giá trị của tất cả đơn hàng theo ngày đặt hàng, đã duyệt hay chưa, không "
        "tính đơn đã hủy.",
        listed_by="orders",
        retracts_on=_EDITS,
        bases=_CREATED,
    ),
    Kpi(
        name="revenue",
        label_en="Revenue",
        label_vi="Doanh thu",
        unit="money",
        source="D-12, D-60, D-61, D-62, D-79, E-27, E-28, B-16",
        events=(*_APPROVED, *_DESCRIBED),
        date_basis="order_date",
        attribution="owner",
        additivity="sum",
        definition="Value of approved orders by order date, net of VAT and shipping.",
        definition_vi="Giá trị của các đơn hàng đã duyệt theo ngày đặt hàng, không gồm thuế VAT "
        "và phí vận chuyển.",
        listed_by="orders_approved",
        retracts_on=(*_EDITS, "order.approval_revoked"),
        dimensions=_BY_CUSTOMER,
        bases=_CREATED,
    ),
    Kpi(
        name="average_order_value",
        label_en="Average order value",
        label_vi="Giá trị đơn hàng trung bình",
        unit="money_mean",
        source="B-17",
        events=_APPROVED,
        date_basis="parts",
        attribution="parts",
        additivity="ratio",
        definition="Revenue divided by approved orders.",
        definition_vi="Doanh thu chia cho số đơn hàng đã duyệt.",
        listed_by="orders_approved",
        adds_over_people=False,
        bases=_CREATED,
        numerator="revenue",
        denominator="orders_approved",
    ),
)
