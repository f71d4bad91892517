"""KPIs of contact with customers: interactions, care, persons."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from schemas.kpis.clock import AGE_BANDS, CARE_BANDS
from schemas.kpis.model import Kpi

_LEAVES = ("customer.assigned", "customer.deleted", "customer.merged")
_PERSONS = ("customer.created", "customer.updated", "contact.upserted", "contact.deleted", *_LEAVES)
_CONTACT = (
    "call.started",
    "call.connected",
    "call.ended",
    "email.opened",
    "email.clicked",
    "message.sent",
    "order.created",
    "contract.created",
    "payment.received",
    "task.status_changed",
    *_LEAVES,
)
INTERACTIONS: Final = MappingProxyType(
    {
        "email": ("emails_opened",),
        "message": ("messages_sent",),
        "call": ("calls_outbound",),
        "note": ("notes_added",),
        "task": ("tasks_starting", "tasks_ending"),
    }
)
"""Value of the dimension `interaction` -> the parts of customers_interacted that it means."""
_PARTS = ("emails_opened", "messages_sent", "calls_outbound", "notes_added")
_EVENTS = (
    "email.opened",
    "message.sent",
    "call.connected",
    "call.ended",
    "note.added",
    "task.created",
    "task.updated",
)

CARE = (
    Kpi(
        name="messages_sent",
        label_en="Messages sent",
        label_vi="Tin nhắn gửi thành công",
        unit="count",
        source="D-32, D-75",
        events=("message.sent", "message.failed"),
        date_basis="sent_at",
        attribution="sender",
        additivity="sum",
        definition=(
            "Messages that a provider took, taken back when one did not arrive; SMS by channel."
        ),
        definition_vi="Tin nhắn được nhà cung cấp nhận gửi, bị trừ lại nếu không đến nơi; SMS xem "
        "theo kênh.",
        retracts_on=("message.failed",),
        dimensions=("channel",),
        feed="messages",
    ),
    Kpi(
        name="notes_added",
        label_en="Notes",
        label_vi="Trao đổi",
        unit="count",
        source="D-36",
        events=("note.added",),
        date_basis="created_at",
        attribution="author",
        additivity="sum",
        definition="Notes written by people in customer profiles; deleting one leaves the count.",
        definition_vi="Trao đổi do nhân viên ghi trong hồ sơ khách hàng; xóa trao đổi không làm "
        "giảm số đếm.",
        feed="notes",
    ),
    Kpi(
        name="interactions",
        label_en="Interactions",
        label_vi="Tương tác",
        unit="count",
        source="D-30, B-35",
        events=_EVENTS,
        date_basis="parts",
        attribution="parts",
        additivity="parts",
        definition=(
            "E-mails opened, messages sent, outbound calls connected, notes, and tasks of "
            "the period."
        ),
        definition_vi="Tổng số email được mở, tin nhắn đã gửi, cuộc gọi ra thành công, trao đổi "
        "và công việc trong kỳ.",
        adds_over_people=False,
        parts=(*_PARTS, "tasks"),
    ),
    Kpi(
        name="interactions_with_customers",
        label_en="Interactions with customers",
        label_vi="Tương tác với khách hàng",
        unit="count",
        source="E-24",
        events=_EVENTS,
        date_basis="parts",
        attribution="parts",
        additivity="parts",
        definition="The same, but of the tasks only those linked to a customer.",
        definition_vi="Tổng số tương tác trong kỳ, nhưng trong các công việc chỉ tính công việc "
        "liên quan đến khách hàng.",
        adds_over_people=False,
        parts=(*_PARTS, "tasks_linked"),
    ),
    Kpi(
        name="customers_interacted",
        label_en="Customers interacted with",
        label_vi="Khách hàng tương tác trong kỳ",
        unit="count",
        source="E-49",
        events=_EVENTS,
        date_basis="parts",
        attribution="parts",
        additivity="distinct",
        definition=(
            "Different customers with an interaction in the period; by type: with one of that type."
        ),
        definition_vi="Số khách hàng khác nhau có tương tác trong kỳ; xem theo loại thì tính "
        "khách hàng có tương tác loại đó.",
        adds_over_people=False,
        streamed=False,
        dimensions=("interaction",),
        parts=(*_PARTS, "tasks_starting", "tasks_ending"),
    ),
    Kpi(
        name="customers_by_last_contact",
        label_en="Customers by days since last contact",
        label_vi="Khách hàng theo lần liên hệ cuối",
        unit="count",
        source="E-40",
        events=_CONTACT,
        date_basis="clock",
        attribution="current owner",
        additivity="timed",
        definition=(
            "Customers in charge by local calendar days since the last contact, right at "
            "any moment."
        ),
        definition_vi="Khách hàng phụ trách theo số ngày dương lịch kể từ lần liên hệ cuối, luôn "
        "đúng tại thời điểm xem.",
        retracts_on=_LEAVES,
        dimensions=("band",),
        of="customers_contacted",
        bands=CARE_BANDS,
    ),
    Kpi(
        name="persons_by_age",
        label_en="Persons by age",
        label_vi="Phân bố độ tuổi",
        unit="count",
        source="E-48",
        events=_PERSONS,
        date_basis="clock",
        attribution="current owner",
        additivity="timed",
        definition=(
            "Customers and contact persons by full years of age; more than there are customers."
        ),
        definition_vi="Khách hàng và người liên hệ theo số tuổi tròn; tổng nhiều hơn số khách "
        "hàng.",
        retracts_on=(*_LEAVES, "contact.deleted"),
        dimensions=("band",),
        of="persons_born",
        bands=AGE_BANDS,
    ),
)
