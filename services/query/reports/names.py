"""How the values of a dimension are called in both languages. Pure.

Sources, stages, projects and the like carry the tenant's own names; what the catalogue itself
names (bands, types of interaction) is named here.
"""

from __future__ import annotations

from typing import Final

from schemas.kpis import INTERACTIONS
from schemas.kpis.clock import AGE_BANDS, CARE_BANDS
from services.query.reports.layout import Label
from services.query.words import Words

_FIXED: Final[dict[str, dict[str, Label]]] = {
    "gender": {
        "male": Label("Male", "Nam"),
        "female": Label("Female", "Nữ"),
        "other": Label("Other", "Khác"),
    },
    "interaction": {
        "email": Label("E-mail opened", "Email đã mở"),
        "message": Label("Message sent", "Tin nhắn đã gửi"),
        "call": Label("Call connected", "Cuộc gọi kết nối"),
        "note": Label("Note", "Trao đổi"),
        "task": Label("Task", "Công việc"),
    },
    "band": {
        **{band: Label(f"{band} days", f"{band} ngày") for band in CARE_BANDS if band[-1] != "+"},
        **{band: Label(f"{band} years", f"{band} tuổi") for band in AGE_BANDS if band[-1] != "+"},
        "90+": Label("90 days and more", "Từ 90 ngày"),
        "never": Label("Never", "Chưa liên hệ"),
        "0-17": Label("Under 18 years", "Dưới 18 tuổi"),
        "65+": Label("65 years and more", "Từ 65 tuổi"),
        "unknown": Label("Unknown", "Không rõ"),
    },
    "reason": {
        "sale": Label("Sale", "Bán hàng"),
        "purchase": Label("Purchase", "Mua hàng"),
        "return": Label("Return", "Trả hàng"),
        "transfer": Label("Transfer", "Chuyển kho"),
        "other": Label("Other", "Khác"),
    },
}
ORDER: Final[dict[str, tuple[str, ...]]] = {
    "customers_by_last_contact": CARE_BANDS,
    "persons_by_age": AGE_BANDS,
    "customers_interacted": tuple(INTERACTIONS),
}
"""Figure -> all the parts of its dimension in their own order; the others are sorted by value."""
_MISSING: Final = {
    "source": Label("No source", "Không có nguồn"),
    "stage": Label("No stage", "Không có mối quan hệ"),
    "project": Label("No project", "Không thuộc dự án"),
    "type": Label("No type", "Không có loại"),
}
_NOT_GIVEN: Final = Label("Not given", "Chưa có")
OTHER: Final = Label("Other", "Khác")
UNASSIGNED: Final = Label("Unassigned", "Chưa phụ trách")
FORMER: Final = Label("Former employee {}", "Nhân viên cũ {}")
TOTAL: Final = Label("Total", "Tổng cộng")


def name_of(words: Words, dimension: str, value: str) -> Label:
    """Return what a value is called; the value itself where nobody named it."""
    if not value:
        return _MISSING.get(dimension, _NOT_GIVEN)
    fixed = _FIXED.get(dimension, {}).get(value)
    if fixed is not None:
        return fixed
    name = words.name(dimension, value) or value
    return Label(name, name)


def on_trial(label: Label) -> Label:
    """Return the label of a figure that one department has on trial (A-09)."""
    return Label(f"{label.en} (trial)", f"{label.vi} (thử nghiệm)")
