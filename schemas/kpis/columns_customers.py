"""The columns of the reports on customers: lifecycle, journey, sales performance."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from schemas.kpis.columns import ReportColumn

LIFECYCLE: Final = (
    ReportColumn(
        name="created",
        label_en="Created",
        label_vi="Khách hàng tạo mới",
        unit="count",
        kind="customer",
        source="D-90, D-95",
        definition="Customers in charge of now that were created on the day, or in the window.",
        definition_vi="Khách hàng hiện đang phụ trách và được tạo trong ngày đó, hoặc trong "
        "khoảng thời gian.",
    ),
    ReportColumn(
        name="converted",
        label_en="Converted",
        label_vi="Đã chuyển đổi",
        unit="count",
        kind="customer",
        source="D-90, D-93, E-66",
        definition="Of the created those with an order that was not cancelled or rejected, or that "
        "entered the chosen stage, at or after their creation and until today.",
        definition_vi="Trong số khách hàng được tạo, những khách có đơn hàng không bị hủy hay từ "
        "chối, hoặc đã chuyển vào mối quan hệ đã chọn, từ khi tạo cho đến hôm nay.",
    ),
    ReportColumn(
        name="converted_rate",
        label_en="Converted, share",
        label_vi="Tỷ lệ chuyển đổi",
        unit="ratio",
        kind="customer",
        source="D-90",
        definition="Converted by created.",
        definition_vi="Số đã chuyển đổi chia cho số được tạo.",
        counts=False,
        numerator="converted",
        denominator="created",
    ),
    ReportColumn(
        name="mean_days",
        label_en="Average days",
        label_vi="Số ngày trung bình",
        unit="days",
        kind="customer",
        source="D-90, E-60",
        definition="Mean of the calendar days from creation to conversion, over the converted; "
        "low for young customers, of whom the slow ones are still to come.",
        definition_vi="Trung bình số ngày dương lịch từ khi tạo đến khi chuyển đổi của những "
        "khách đã chuyển đổi; thấp với khách hàng mới vì những khách chậm còn chưa đến.",
        counts=False,
    ),
    ReportColumn(
        name="median_days",
        label_en="Median days",
        label_vi="Số ngày trung vị",
        unit="days",
        kind="customer",
        source="D-90",
        definition="Half of the converted took at most so many calendar days.",
        definition_vi="Một nửa số khách đã chuyển đổi mất không quá bấy nhiêu ngày dương lịch.",
        counts=False,
    ),
    ReportColumn(
        name="exact",
        label_en="On this day after creation",
        label_vi="Đúng số ngày sau khi tạo",
        unit="count",
        kind="customer",
        source="D-95",
        definition="Customers converted exactly so many calendar days after their creation; on the "
        "same local day is 0.",
        definition_vi="Khách hàng chuyển đổi đúng bấy nhiêu ngày dương lịch sau khi tạo; cùng "
        "ngày là 0.",
    ),
    ReportColumn(
        name="cumulative",
        label_en="By this day after creation",
        label_vi="Cho đến số ngày sau khi tạo",
        unit="count",
        kind="customer",
        source="D-95",
        definition="Customers converted at most so many calendar days after their creation.",
        definition_vi="Khách hàng chuyển đổi trong vòng bấy nhiêu ngày dương lịch sau khi tạo.",
    ),
)
"""Columns of the lifecycle report; the last two are by days since creation."""

JOURNEY: Final = (
    ReportColumn(
        name="total",
        label_en="Customers",
        label_vi="Khách hàng",
        unit="count",
        kind="customer",
        source="D-104",
        definition="All customers of the scope at the end of the day, whatever their stage; of "
        "today: now.",
        definition_vi="Tất cả khách hàng trong phạm vi vào cuối ngày, ở mối quan hệ nào cũng "
        "tính; với hôm nay là số hiện tại.",
    ),
    ReportColumn(
        name="revenue",
        label_en="Revenue",
        label_vi="Doanh thu",
        unit="money",
        kind="order",
        source="D-105",
        definition="Total of the approved orders of the scope by order date.",
        definition_vi="Tổng giá trị các đơn hàng đã duyệt trong phạm vi, theo ngày đặt hàng.",
        counts=False,
    ),
    ReportColumn(
        name="stock",
        label_en="In the stage",
        label_vi="Đang ở mối quan hệ",
        unit="count",
        kind="customer",
        source="D-100, E-70, E-71",
        definition="Customers in the stage at the end of the day; of today: now.",
        definition_vi="Khách hàng đang ở mối quan hệ vào cuối ngày; với hôm nay là số hiện tại.",
    ),
    ReportColumn(
        name="entries",
        label_en="Came",
        label_vi="Vào",
        unit="count",
        kind="customer",
        source="D-100",
        definition="Customers of the stage who were not there at the end of the day before.",
        definition_vi="Khách hàng ở mối quan hệ này mà cuối ngày hôm trước chưa ở đó.",
    ),
    ReportColumn(
        name="exits",
        label_en="Went",
        label_vi="Ra",
        unit="count",
        kind="customer",
        source="D-100",
        definition="Customers of the stage at the end of the day before who are not there any "
        "more.",
        definition_vi="Khách hàng ở mối quan hệ này vào cuối ngày hôm trước mà nay không còn ở đó.",
    ),
)
"""Columns of the journey report: two for each day, three for each day and stage."""


def _text(
    name: str, labels: tuple[str, str], source: str, definition: str, definition_vi: str
) -> ReportColumn:
    return ReportColumn(
        name=name,
        label_en=labels[0],
        label_vi=labels[1],
        unit="text",
        kind="customer",
        source=source,
        definition=definition,
        definition_vi=definition_vi,
        counts=False,
    )


SALES_PERFORMANCE: Final = (
    _text(
        "name", ("Customer", "Khách hàng"), "D-110", "Name of the customer.", "Tên của khách hàng."
    ),
    _text(
        "phones",
        ("Telephone", "Điện thoại"),
        "D-110",
        "Telephone numbers as written.",
        "Số điện thoại như đã ghi.",
    ),
    _text(
        "owner_id",
        ("Owner", "Người phụ trách"),
        "D-110",
        "Who owns the customer now.",
        "Người hiện đang phụ trách khách hàng.",
    ),
    _text(
        "department_id",
        ("Department", "Phòng ban"),
        "D-111",
        "Where the owner is now.",
        "Phòng ban hiện tại của người phụ trách.",
    ),
    replace(
        _text(
            "created_at",
            ("Created", "Ngày tạo"),
            "D-110, D-113",
            "When it was created.",
            "Thời điểm khách hàng được tạo.",
        ),
        unit="instant",
    ),
    _text(
        "stage",
        ("Relationship", "Mối quan hệ"),
        "D-112",
        "The stage the customer is in now.",
        "Mối quan hệ hiện tại của khách hàng.",
    ),
    _text(
        "status",
        ("Purchase status", "Trạng thái mua hàng"),
        "D-115, D-116, D-117, D-118, D-119",
        "Purchased before in progress (an order waits for approval) before not purchased; orders "
        "of the statistics period alone, cancelled and rejected ones left out.",
        "Đã mua xếp trước đang mua (có đơn chờ duyệt), đang mua xếp trước chưa mua; chỉ xét đơn "
        "hàng trong thời gian thống kê, không tính đơn đã hủy và bị từ chối.",
    ),
    ReportColumn(
        name="purchases",
        label_en="Purchases",
        label_vi="Số lần mua",
        unit="count",
        kind="order",
        source="D-110, D-119",
        definition="Approved orders with an order date in the statistics period.",
        definition_vi="Đơn hàng đã duyệt có ngày đặt hàng trong thời gian thống kê.",
    ),
    ReportColumn(
        name="pending",
        label_en="Orders pending",
        label_vi="Đơn chờ duyệt",
        unit="count",
        kind="order",
        source="D-118",
        definition="Orders with an order date in the statistics period that wait for approval.",
        definition_vi="Đơn hàng có ngày đặt hàng trong thời gian thống kê đang chờ duyệt.",
    ),
    ReportColumn(
        name="value",
        label_en="Value",
        label_vi="Giá trị",
        unit="money",
        kind="order",
        source="D-110",
        definition="Total of the purchases.",
        definition_vi="Tổng giá trị các lần mua.",
        counts=False,
    ),
    ReportColumn(
        name="last_order",
        label_en="Last order",
        label_vi="Đơn gần nhất",
        unit="day",
        kind="order",
        source="D-110",
        definition="Latest order date in the statistics period, approved or waiting.",
        definition_vi="Ngày đặt hàng gần nhất trong thời gian thống kê, đã duyệt hoặc chờ duyệt.",
        counts=False,
    ),
)
"""Columns of the sales performance report, by customer."""


def _customers(
    name: str, labels: tuple[str, str], source: str, definition: str, definition_vi: str
) -> ReportColumn:
    found = _text(name, labels, source, definition, definition_vi)
    return replace(found, unit="count", counts=True)


SALES_PERFORMANCE_TOTALS: Final = (
    _customers(
        "customers",
        ("Customers", "Khách hàng"),
        "D-116",
        "Customers under all filters but the purchase status.",
        "Khách hàng theo tất cả bộ lọc, trừ trạng thái mua hàng.",
    ),
    _customers(
        "purchased",
        ("Purchased", "Đã mua"),
        "D-119",
        "Of these those with an approved order in the statistics period.",
        "Trong số đó, khách hàng có đơn được duyệt trong thời gian thống kê.",
    ),
    _customers(
        "in_progress",
        ("In progress", "Đang mua"),
        "D-118",
        "Of these those without an approved order of whom one waits.",
        "Trong số đó, khách hàng chưa có đơn được duyệt nhưng có đơn chờ duyệt.",
    ),
    _customers(
        "not_purchased",
        ("Not purchased", "Chưa mua"),
        "D-117",
        "Of these those without an order in the statistics period.",
        "Trong số đó, khách hàng không có đơn hàng trong thời gian thống kê.",
    ),
)
"""Totals of the sales performance report; the first is the sum of the others."""
