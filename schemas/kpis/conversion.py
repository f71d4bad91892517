"""KPIs of the way from a new customer to revenue (D-16)."""

from __future__ import annotations

from schemas.kpis.model import Kpi

_LIFE = ("customer.created", "customer.assigned", "customer.deleted", "customer.merged")
_ORDER = ("order.created", "order.updated", "order.approved", "order.approval_revoked")
_OFF = ("order.cancelled", "order.rejected", "order.deleted")
_BUYING = (*_LIFE, *_ORDER, *_OFF)
_LOST = ("order.approval_revoked", *_OFF)

CONVERSION = (
    Kpi(
        name="customers_converted",
        label_en="New customers who bought",
        label_vi="Khách hàng mới đã mua",
        unit="count",
        source="D-16",
        events=_BUYING,
        date_basis="created_at",
        attribution="current owner",
        additivity="cohort",
        definition=(
            "Customers created in the period who have an approved order by now, whenever it was."
        ),
        definition_vi="Khách hàng được tạo trong kỳ và đến nay đã có đơn hàng được duyệt, vào bất "
        "kỳ lúc nào.",
        retracts_on=_LOST,
    ),
    Kpi(
        name="customers_first_bought",
        label_en="First purchases",
        label_vi="Khách hàng mua lần đầu",
        unit="count",
        source="D-16",
        events=_BUYING,
        date_basis="first_order_date",
        attribution="current owner",
        additivity="cohort",
        definition="Customers whose first approved order has its order date in the period.",
        definition_vi="Khách hàng có đơn hàng được duyệt đầu tiên với ngày đặt hàng trong kỳ.",
        retracts_on=_LOST,
    ),
    Kpi(
        name="conversion_rate_cohort",
        label_en="Conversion rate",
        label_vi="Tỷ lệ chuyển đổi",
        unit="ratio",
        source="D-16, E-20, B-14",
        events=_BUYING,
        date_basis="parts",
        attribution="parts",
        additivity="ratio",
        definition=(
            "Of the customers created in the period, the share with an approved order by now."
        ),
        definition_vi="Tỷ lệ khách hàng đã có đơn hàng được duyệt đến nay trên số khách hàng được "
        "tạo trong kỳ.",
        listed_by="customers_converted",
        adds_over_people=False,
        numerator="customers_converted",
        denominator="customers_new",
    ),
    Kpi(
        name="conversion_rate_period",
        label_en="Conversion rate of the period",
        label_vi="Tỷ lệ chuyển đổi trong kỳ",
        unit="ratio",
        source="D-16, E-20",
        events=_BUYING,
        date_basis="parts",
        attribution="parts",
        additivity="ratio",
        definition=(
            "First purchases in the period divided by customers created in the period; may "
            "exceed one."
        ),
        definition_vi="Số khách hàng mua lần đầu trong kỳ chia cho số khách hàng được tạo trong "
        "kỳ; có thể lớn hơn một.",
        listed_by="customers_first_bought",
        adds_over_people=False,
        numerator="customers_first_bought",
        denominator="customers_new",
    ),
    Kpi(
        name="customers_reached",
        label_en="New customers who reached a stage",
        label_vi="Khách hàng mới đạt mối quan hệ",
        unit="count",
        source="B-13",
        events=(*_LIFE, "customer.status_changed"),
        date_basis="created_at",
        attribution="current owner",
        additivity="cohort",
        definition=(
            "Customers created in the period who entered any relationship stage since; by "
            "stage: that stage."
        ),
        definition_vi="Khách hàng được tạo trong kỳ và sau đó đã chuyển vào một mối quan hệ bất "
        "kỳ; xem theo mối quan hệ thì tính riêng mối quan hệ đó.",
        retracts_on=("customer.deleted", "customer.merged"),
        dimensions=("stage",),
    ),
    Kpi(
        name="goal_conversion_rate",
        label_en="Goal conversion rate",
        label_vi="Tỷ lệ đạt mục tiêu",
        unit="ratio",
        source="B-13",
        events=(*_LIFE, "customer.status_changed"),
        date_basis="parts",
        attribution="parts",
        additivity="ratio",
        definition=(
            "Of the customers created in the period, the share that entered a stage; by "
            "stage: that stage."
        ),
        definition_vi="Tỷ lệ khách hàng đã chuyển vào một mối quan hệ trên số khách hàng được tạo "
        "trong kỳ; xem theo mối quan hệ thì tính riêng mối quan hệ đó.",
        listed_by="customers_reached",
        adds_over_people=False,
        dimensions=("stage",),
        numerator="customers_reached",
        denominator="customers_new",
    ),
    Kpi(
        name="customers_called",
        label_en="New customers called",
        label_vi="Khách hàng mới đã được gọi",
        unit="count",
        source="B-32",
        events=(*_LIFE, "call.started", "call.connected", "call.ended"),
        date_basis="created_at",
        attribution="current owner",
        additivity="cohort",
        definition="Customers created in the period who were called by now.",
        definition_vi="Khách hàng được tạo trong kỳ và đến nay đã được gọi điện.",
        retracts_on=("customer.deleted", "customer.merged"),
    ),
    Kpi(
        name="first_call_seconds",
        label_en="Waiting for the first call",
        label_vi="Thời gian chờ cuộc gọi đầu",
        unit="seconds",
        source="B-32",
        events=(*_LIFE, "call.started", "call.connected", "call.ended"),
        date_basis="created_at",
        attribution="current owner",
        additivity="cohort",
        definition=(
            "Seconds from creation to the first call, over the new customers who were called."
        ),
        definition_vi="Số giây từ khi tạo khách hàng đến cuộc gọi đầu tiên, cộng trên các khách "
        "hàng mới đã được gọi.",
        listed_by="customers_called",
        retracts_on=("customer.deleted", "customer.merged"),
    ),
    Kpi(
        name="first_call_seconds_per_customer",
        label_en="Average response time",
        label_vi="Thời gian phản hồi trung bình",
        unit="seconds_mean",
        source="B-32",
        events=(*_LIFE, "call.started", "call.connected", "call.ended"),
        date_basis="parts",
        attribution="parts",
        additivity="ratio",
        definition=(
            "Seconds from creation to the first call, divided by the new customers who were called."
        ),
        definition_vi="Số giây từ khi tạo khách hàng đến cuộc gọi đầu tiên, chia cho số khách "
        "hàng mới đã được gọi.",
        listed_by="customers_called",
        adds_over_people=False,
        numerator="first_call_seconds",
        denominator="customers_called",
    ),
    Kpi(
        name="mql_entries",
        label_en="Marketing qualified leads",
        label_vi="Khách hàng tiềm năng marketing",
        unit="count",
        source="B-10",
        events=("customer.created", "customer.status_changed", "taxonomy.upserted"),
        date_basis="changed_at",
        attribution="actor or owner",
        additivity="tagged",
        definition="Entries in the period into relationship stages tagged as marketing qualified.",
        definition_vi="Số lượt trong kỳ chuyển vào các mối quan hệ được gắn nhãn khách hàng tiềm "
        "năng marketing.",
        retracts_on=("customer.status_changed",),
        of="stage_entries",
        by="stage",
        tag="mql",
    ),
    Kpi(
        name="sql_entries",
        label_en="Sales qualified leads",
        label_vi="Khách hàng tiềm năng bán hàng",
        unit="count",
        source="B-11",
        events=("customer.created", "customer.status_changed", "taxonomy.upserted"),
        date_basis="changed_at",
        attribution="actor or owner",
        additivity="tagged",
        definition="Entries in the period into relationship stages tagged as sales qualified.",
        definition_vi="Số lượt trong kỳ chuyển vào các mối quan hệ được gắn nhãn khách hàng tiềm "
        "năng bán hàng.",
        retracts_on=("customer.status_changed",),
        of="stage_entries",
        by="stage",
        tag="sql",
    ),
    Kpi(
        name="leads_inbound",
        label_en="New inbound leads",
        label_vi="Khách hàng mới tự tìm đến",
        unit="count",
        source="B-18",
        events=(*_LIFE, "customer.updated", "taxonomy.upserted"),
        date_basis="created_at",
        attribution="current owner",
        additivity="tagged",
        definition="New customers whose first source is tagged as inbound.",
        definition_vi="Khách hàng mới có nguồn đầu tiên được gắn nhãn tự tìm đến.",
        retracts_on=("customer.deleted", "customer.merged"),
        of="customers_new",
        by="first_source",
        tag="inbound",
    ),
)
