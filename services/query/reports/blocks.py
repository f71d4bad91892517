"""The blocks that both reports have. Pure data; sources are rows of the requirements."""

from __future__ import annotations

from services.query.reports.layout import Block, Column, Label, columns

SALES_COMPARISON = "sales_comparison"
ORDER_DETAIL = "order_detail"

REVENUE_TREND = Block(
    name="revenue_trend",
    title=Label("Revenue trend", "Xu hướng doanh thu"),
    source="D-10, D-11, D-12, D-13, D-14",
    rows="day",
    columns=columns("sales", "revenue", "collections"),
)
NEW_CUSTOMERS_BY_SOURCE = Block(
    name="new_customers_by_source",
    title=Label("New customers by source", "Khách hàng mới theo nguồn"),
    source="D-22, E-23",
    rows="dimension",
    dimension="source",
    adds_up=False,
    columns=columns("customers_new"),
)
TASKS = Block(
    name="tasks",
    title=Label("Tasks that start or end in the period", "Công việc bắt đầu hoặc kết thúc"),
    source="D-34, D-35, D-73, E-25",
    columns=columns("tasks", "tasks_linked", "tasks_starting", "tasks_ending"),
)
ACTIVITIES_BY_PROJECT = Block(
    name="activities_by_project",
    title=Label("Tasks completed by project", "Hoạt động theo dự án"),
    source="D-40, D-41, E-25",
    rows="dimension",
    dimension="project",
    columns=columns("tasks_completed"),
)
ACTIVITIES_BY_TYPE = Block(
    name="activities_by_type",
    title=Label("Tasks completed by type", "Hoạt động theo loại công việc"),
    source="D-40, D-41, E-25",
    rows="dimension",
    dimension="type",
    columns=columns("tasks_completed"),
)
ORDERS = Block(
    name="orders",
    title=Label("Orders", "Đơn hàng"),
    source="D-50, D-60, B-17, E-26, E-27",
    columns=columns(
        "orders", "orders_pending", "orders_approved", "sales", "revenue", "average_order_value"
    ),
)
CONTRACTS = Block(
    name="contracts",
    title=Label("Contracts", "Hợp đồng"),
    source="D-52",
    columns=columns("contracts", "contract_value"),
)
STOCK = Block(
    name="stock",
    title=Label("Stock out and in by reason", "Xuất kho và nhập kho theo lý do"),
    source="D-53, D-54",
    rows="dimension",
    dimension="reason",
    columns=columns(
        "stock_out",
        "stock_out_units",
        "stock_out_value",
        "stock_in",
        "stock_in_units",
        "stock_in_value",
    ),
)
ORDERS_PER_CUSTOMER = Block(
    name="orders_per_customer",
    title=Label("Orders per customer", "Số đơn hàng trên khách hàng"),
    source="D-55",
    columns=columns("orders_per_customer", "orders_with_customer", "customers_ordering"),
)
PURCHASE_FREQUENCY = Block(
    name="purchase_frequency",
    title=Label("Purchase frequency", "Tần suất mua hàng"),
    source="D-56",
    columns=columns("customers_single", "customers_repeat", "customers_buying"),
)
RENEWALS = Block(
    name="renewals",
    title=Label("Renewals", "Gia hạn hợp đồng"),
    source="D-57",
    columns=columns("contracts_renewed"),
)
EXPIRY = Block(
    name="expiry",
    title=Label("Contracts that expire", "Hợp đồng hết hạn"),
    source="D-58",
    columns=columns(
        "contracts_ending", "contracts_expired", "contracts_expired_unrenewed", "contracts_expiring"
    ),
)
REVENUE_BY_SOURCE = Block(
    name="revenue_by_source",
    title=Label("Revenue by source of the customer", "Doanh thu theo nguồn khách hàng"),
    source="D-61, D-62, E-28",
    rows="dimension",
    dimension="source",
    columns=(
        *columns("revenue", "orders_approved"),
        Column(
            "revenue",
            name="roi",
            label=Label("Return on investment", "Tỷ suất hoàn vốn"),
            reading="never",
            definition="Revenue of a source against its cost; there is no feed of costs.",
            definition_vi="Doanh thu của nguồn so với chi phí của nguồn; chưa có dữ liệu chi phí.",
        ),
    ),
)
REVENUE_BY_INDUSTRY = Block(
    name="revenue_by_industry",
    title=Label("Revenue by industry", "Doanh thu theo ngành"),
    source="B-16",
    rows="dimension",
    dimension="industry",
    columns=columns("revenue", "orders_approved"),
)
REVENUE_BY_PROVINCE = Block(
    name="revenue_by_province",
    title=Label("Revenue by province", "Doanh thu theo tỉnh thành"),
    source="B-16",
    rows="dimension",
    dimension="province",
    columns=columns("revenue", "orders_approved"),
)
ORDER_DETAILS = Block(
    name=ORDER_DETAIL,
    title=Label("Order detail", "Chi tiết đơn hàng"),
    source="D-81, E-50",
    rows="order",
    columns=columns("orders"),
)
PRODUCTS_SOLD = Block(
    name="products_sold",
    title=Label("Products sold", "Sản phẩm đã bán"),
    source="D-82, E-51",
    rows="dimension",
    dimension="product",
    columns=columns("products_quantity", "products_value", "products_orders", "products_customers"),
    adds_up=False,
)
LEADS = Block(
    name="leads",
    title=Label("Leads and opportunities", "Khách hàng tiềm năng và cơ hội"),
    source="B-10, B-11, B-18, B-19, B-20, B-32",
    columns=columns(
        "mql_entries",
        "sql_entries",
        "leads_inbound",
        "opportunities_created",
        "pipeline_open",
        "pipeline_value",
        "first_call_seconds_per_customer",
    ),
)
GOAL_CONVERSION = Block(
    name="goal_conversion",
    title=Label("New customers by stage reached", "Khách hàng mới theo mối quan hệ đạt được"),
    source="B-13",
    rows="dimension",
    dimension="stage",
    adds_up=False,
    columns=columns("customers_reached", "goal_conversion_rate"),
)
PROCESSING = (
    *columns("orders_processed", "processing_seconds_per_order"),
    Column(
        "orders_processed",
        name="processing_median",
        label=Label("Median processing time, at most", "Trung vị thời gian xử lý, tối đa"),
        reading="median",
        definition="Half of the orders were processed within this time.",
        definition_vi="Một nửa số đơn hàng được xử lý trong thời gian này.",
    ),
    Column(
        "orders_processed",
        name="processing_p90",
        label=Label("Nine of ten processed within", "Chín trên mười đơn xử lý trong"),
        reading="p90",
        definition="Nine of ten orders were processed within this time.",
        definition_vi="Chín trên mười đơn hàng được xử lý trong thời gian này.",
    ),
)


def conversion(interactions: str) -> Block:
    """Return the five-step table; whose interactions count differs (E-24)."""
    return Block(
        name="conversion",
        title=Label("Conversion in five steps", "Tỷ lệ chuyển đổi năm bước"),
        source="D-16, D-20, D-21, D-30, D-40, D-50, D-60, E-20..E-27",
        columns=(
            *columns("customers_new", "customers_assigned", step=1),
            *columns(interactions, *interaction_parts(interactions), step=2),
            *columns("tasks_completed", step=3),
            *columns("orders", "orders_pending", "orders_approved", step=4),
            *columns("revenue", "sales", step=5),
            *columns(
                "conversion_rate_cohort",
                "customers_converted",
                "conversion_rate_period",
                "customers_first_bought",
            ),
        ),
    )


def interactions(metric: str) -> Block:
    """Return interactions with all their parts."""
    return Block(
        name="interactions",
        title=Label("Interactions", "Tương tác"),
        source="D-30..D-36, E-24",
        columns=columns(metric, *interaction_parts(metric), "talk_seconds_outbound"),
    )


def interaction_parts(metric: str) -> tuple[str, ...]:
    """Return the parts of which interactions are the sum."""
    return Column(metric).kpi.parts
