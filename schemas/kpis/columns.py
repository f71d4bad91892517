"""The columns of the cohort reports: label, unit, what its list holds, and one sentence each.

A cohort report is evaluated when read (docs/rules.md, section 8), so its columns are no KPIs:
they have no cells and nobody can ask for one alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from schemas.kpis.model import Feed, Unit

ColumnUnit = Unit | Literal["days", "day", "instant", "text"]
"""Days are a length of time; a day and an instant are dates."""
Kind = Literal["customer", "opportunity", "call", "task", "order", "payment"]
Subject = Literal["customer", "opportunity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportColumn:
    """The definition of one column.

    Laws:   `kind` is what the list behind a cell holds. `counts` says that this list has exactly
            as many rows as the cell says; other cells have the list of what they are made of. A
            `ratio` is `numerator` by `denominator`, null over zero, and has the list of its
            numerator. `subject` names the one subject of a report that has the column, '' = all.
            With a `feed` it is 'not available' until the tenant has sent such an event, and while
            the module is off (G15).
    """

    name: str
    label_en: str
    label_vi: str
    unit: ColumnUnit
    kind: Kind
    source: str
    definition: str
    definition_vi: str
    subject: Subject | Literal[""] = ""
    feed: Feed = ""
    counts: bool = True
    numerator: str = ""
    denominator: str = ""


_UNITS = (
    ReportColumn(
        name="customers",
        label_en="Customers",
        label_vi="Khách hàng",
        unit="count",
        kind="customer",
        source="T-20, T-21",
        definition="Customers in charge of now that were created in the creation window.",
        definition_vi="Khách hàng hiện đang phụ trách và được tạo trong thời gian tạo đã chọn.",
        subject="customer",
    ),
    ReportColumn(
        name="opportunities",
        label_en="Opportunities",
        label_vi="Cơ hội",
        unit="count",
        kind="opportunity",
        source="T-10, T-20, T-21",
        definition="Customers added to a campaign in the creation window, once for each campaign "
        "and owner of the opportunity.",
        definition_vi="Khách hàng được thêm vào chiến dịch trong thời gian tạo đã chọn, mỗi chiến "
        "dịch và người phụ trách cơ hội tính một lần.",
        subject="opportunity",
    ),
    ReportColumn(
        name="customers_distinct",
        label_en="Different customers",
        label_vi="Khách hàng khác nhau",
        unit="count",
        kind="customer",
        source="T-10",
        definition="Different customers behind the opportunities.",
        definition_vi="Số khách hàng khác nhau của các cơ hội.",
        subject="opportunity",
    ),
    ReportColumn(
        name="called",
        label_en="Called",
        label_vi="Đã gọi",
        unit="count",
        kind="customer",
        source="T-23",
        definition="Those whom the owner called in the call window at least once, answered or not "
        "(with 'any agent': whom anyone called).",
        definition_vi="Những khách hàng/cơ hội được người phụ trách gọi ít nhất một lần trong thời "
        "gian gọi, có người nghe hay không (với 'bất kỳ ai': được bất kỳ ai gọi).",
    ),
    ReportColumn(
        name="not_called",
        label_en="Not called",
        label_vi="Chưa gọi",
        unit="count",
        kind="customer",
        source="T-25",
        definition="Those whom the owner did not call in the call window.",
        definition_vi="Những khách hàng/cơ hội mà người phụ trách chưa gọi trong thời gian gọi.",
    ),
    ReportColumn(
        name="called_rate",
        label_en="Called, share",
        label_vi="Tỷ lệ đã gọi",
        unit="ratio",
        kind="customer",
        source="T-26",
        definition="Called by all.",
        definition_vi="Số đã gọi chia cho tổng số.",
        counts=False,
        numerator="called",
    ),
    ReportColumn(
        name="customers_reached",
        label_en="Reached",
        label_vi="Gọi thành công (khách hàng)",
        unit="count",
        kind="customer",
        source="T-24",
        definition="Those with whom the owner spoke on the telephone in the call window.",
        definition_vi="Những khách hàng/cơ hội mà người phụ trách đã nói chuyện qua điện thoại "
        "trong thời gian gọi.",
    ),
)
_CALLS = (
    ReportColumn(
        name="calls_attempted",
        label_en="Calls",
        label_vi="Số cuộc gọi",
        unit="count",
        kind="call",
        source="T-22, T-23",
        definition="Outbound calls of the owner to these customers in the call window.",
        definition_vi="Cuộc gọi ra của người phụ trách đến các khách hàng này trong thời gian gọi.",
    ),
    ReportColumn(
        name="calls_connected",
        label_en="Successful calls",
        label_vi="Gọi thành công",
        unit="count",
        kind="call",
        source="T-24",
        definition="Of these calls those in which somebody spoke.",
        definition_vi="Trong các cuộc gọi này, những cuộc có phát sinh đàm thoại.",
    ),
    ReportColumn(
        name="talk_seconds",
        label_en="Talk time",
        label_vi="Thời lượng gọi",
        unit="seconds",
        kind="call",
        source="T-24",
        definition="Seconds spoken in these calls.",
        definition_vi="Số giây đàm thoại trong các cuộc gọi này.",
        counts=False,
    ),
    ReportColumn(
        name="called_by_anyone",
        label_en="Called by anyone",
        label_vi="Đã được gọi (bất kỳ ai)",
        unit="count",
        kind="customer",
        source="T-22, T-23",
        definition="Those whom anyone called in the call window at least once.",
        definition_vi="Những khách hàng/cơ hội được bất kỳ ai gọi ít nhất một lần trong thời "
        "gian gọi.",
    ),
    ReportColumn(
        name="calls_by_anyone",
        label_en="Calls by anyone",
        label_vi="Số cuộc gọi (bất kỳ ai)",
        unit="count",
        kind="call",
        source="T-22",
        definition="Outbound calls of anyone to these customers in the call window.",
        definition_vi="Cuộc gọi ra của bất kỳ ai đến các khách hàng này trong thời gian gọi.",
    ),
    ReportColumn(
        name="calls_connected_by_anyone",
        label_en="Successful calls by anyone",
        label_vi="Gọi thành công (bất kỳ ai)",
        unit="count",
        kind="call",
        source="T-22, T-24",
        definition="Of the calls of anyone those in which somebody spoke.",
        definition_vi="Trong các cuộc gọi của bất kỳ ai, những cuộc có phát sinh đàm thoại.",
    ),
)
_APPOINTMENTS = (
    ReportColumn(
        name="appointments",
        label_en="Appointments",
        label_vi="Lịch hẹn",
        unit="count",
        kind="task",
        source="T-27",
        feed="tasks",
        definition="Appointments made with these customers by anyone since the first day of the "
        "creation window, cancelled ones left out.",
        definition_vi="Lịch hẹn do bất kỳ ai tạo với các khách hàng này từ ngày đầu của thời gian "
        "tạo, không tính lịch hẹn đã hủy.",
    ),
    ReportColumn(
        name="customers_with_appointment",
        label_en="Appointment set",
        label_vi="Đã đặt lịch hẹn",
        unit="count",
        kind="customer",
        source="T-28",
        feed="tasks",
        definition="Those with such an appointment.",
        definition_vi="Những khách hàng/cơ hội đã có lịch hẹn như vậy.",
    ),
    ReportColumn(
        name="appointments_completed",
        label_en="Appointments completed",
        label_vi="Lịch hẹn hoàn thành",
        unit="count",
        kind="task",
        source="T-29",
        feed="tasks",
        definition="Of these appointments those that are completed.",
        definition_vi="Trong các lịch hẹn này, những lịch hẹn đã hoàn thành.",
    ),
    ReportColumn(
        name="no_appointment",
        label_en="No appointment",
        label_vi="Chưa có lịch hẹn",
        unit="count",
        kind="customer",
        source="T-30",
        feed="tasks",
        definition="Those without such an appointment.",
        definition_vi="Những khách hàng/cơ hội chưa có lịch hẹn như vậy.",
    ),
)
_ORDERS = (
    ReportColumn(
        name="orders",
        label_en="Orders",
        label_vi="Đơn hàng",
        unit="count",
        kind="order",
        source="T-31",
        definition="Orders of these customers made by anyone since the first day of the creation "
        "window, pending or approved.",
        definition_vi="Đơn hàng của các khách hàng này do bất kỳ ai tạo từ ngày đầu của thời gian "
        "tạo, chờ duyệt hoặc đã duyệt.",
    ),
    ReportColumn(
        name="customers_with_order",
        label_en="With an order",
        label_vi="Có đơn hàng",
        unit="count",
        kind="customer",
        source="T-31, T-35",
        definition="Those with such an order.",
        definition_vi="Những khách hàng/cơ hội có đơn hàng như vậy.",
    ),
    ReportColumn(
        name="order_value",
        label_en="Value",
        label_vi="Giá trị",
        unit="money",
        kind="order",
        source="T-32",
        definition="Total of the approved ones of these orders.",
        definition_vi="Tổng giá trị các đơn đã duyệt trong các đơn hàng này.",
        counts=False,
    ),
    ReportColumn(
        name="order_value_pending",
        label_en="Value, not approved yet",
        label_vi="Giá trị chờ duyệt",
        unit="money",
        kind="order",
        source="T-32",
        definition="Total of those of these orders that wait for approval.",
        definition_vi="Tổng giá trị các đơn đang chờ duyệt trong các đơn hàng này.",
        counts=False,
    ),
    ReportColumn(
        name="collected",
        label_en="Collected",
        label_vi="Đã thu",
        unit="money",
        kind="order",
        source="T-33",
        feed="payments",
        definition="What was paid on these orders, less what was paid back.",
        definition_vi="Số tiền đã thu của các đơn hàng này, trừ số đã hoàn lại.",
        counts=False,
    ),
    ReportColumn(
        name="collected_other",
        label_en="Collected otherwise",
        label_vi="Đã thu khác",
        unit="money",
        kind="customer",
        source="T-33",
        feed="payments",
        definition="What these customers paid on all other orders, and without order.",
        definition_vi="Số tiền các khách hàng này đã thanh toán cho mọi đơn hàng khác và ngoài "
        "đơn hàng.",
        counts=False,
    ),
    ReportColumn(
        name="debt",
        label_en="Debt",
        label_vi="Công nợ",
        unit="money",
        kind="order",
        source="T-34",
        feed="payments",
        definition="Value less collected; below zero where more was paid.",
        definition_vi="Giá trị trừ số đã thu; nhỏ hơn không nếu đã thu nhiều hơn.",
        counts=False,
    ),
    ReportColumn(
        name="balance",
        label_en="Debt in all",
        label_vi="Tổng công nợ",
        unit="money",
        kind="customer",
        source="T-34",
        feed="payments",
        definition="All approved orders of these customers, whenever made, less all they paid.",
        definition_vi="Tất cả đơn hàng đã duyệt của các khách hàng này, tạo lúc nào cũng tính, "
        "trừ tất cả số tiền họ đã thanh toán.",
        counts=False,
    ),
    ReportColumn(
        name="no_order",
        label_en="No order",
        label_vi="Chưa có đơn hàng",
        unit="count",
        kind="customer",
        source="T-35",
        definition="Those without such an order.",
        definition_vi="Những khách hàng/cơ hội chưa có đơn hàng như vậy.",
    ),
)
_OF_UNITS: Final = frozenset(
    {
        "called",
        "not_called",
        "called_rate",
        "customers_reached",
        "called_by_anyone",
        "customers_with_appointment",
        "no_appointment",
        "customers_with_order",
        "no_order",
    }
)
"""Columns that count units: customers, or opportunities where these are the subject."""


def _telesales(subject: Subject) -> tuple[ReportColumn, ...]:
    """Return the columns of one subject, in the order of display."""
    units = "customers" if subject == "customer" else "opportunities"
    return tuple(
        replace(
            column,
            kind=subject if column.name in _OF_UNITS else column.kind,
            denominator=units if column.numerator else "",
        )
        for column in (*_UNITS, *_CALLS, *_APPOINTMENTS, *_ORDERS)
        if column.subject in ("", subject)
    )


TELESALES: Final = MappingProxyType(
    {"customer": _telesales("customer"), "opportunity": _telesales("opportunity")}
)
"""Subject of the telesales report -> its columns, in the order of display."""
