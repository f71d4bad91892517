"""The company's own words: ids of sources, stages, campaigns and so on, with their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from services.ingestor.importers.demo.goods import PRODUCTS


class Word(NamedTuple):
    """An id of a taxonomy, its name and its tags."""

    id: str
    name: str
    tags: tuple[str, ...] = ()


SOURCES = (
    Word("facebook", "Facebook", ("inbound",)),
    Word("zalo", "Zalo", ("inbound",)),
    Word("website", "Website", ("inbound",)),
    Word("google", "Google", ("inbound",)),
    Word("gioi-thieu", "Giới thiệu"),
    Word("hoi-cho", "Hội chợ"),
    Word("tiktok", "TikTok", ("inbound",)),
)
STAGES = (
    Word("moi", "Mới"),
    Word("tiep-can", "Đang tiếp cận"),
    Word("quan-tam", "Quan tâm", ("mql",)),
    Word("bao-gia", "Báo giá", ("sql",)),
    Word("da-mua", "Đã mua"),
)
REFUSED_STAGE = Word("khong-nhu-cau", "Không có nhu cầu")
GROUPS = (Word("vip", "Khách VIP"), Word("than-thiet", "Thân thiết"), Word("dai-ly", "Đại lý"))
CAMPAIGNS = (
    Word("uu-dai-thang", "Ưu đãi tháng"),
    Word("khach-cu", "Khách cũ quay lại"),
    Word("ra-mat-pro", "Ra mắt gói Pro"),
)
PROJECTS = (
    Word("tet", "Chiến dịch Tết"),
    Word("mien-trung", "Mở rộng miền Trung"),
    Word("cham-soc", "Chăm sóc định kỳ"),
)
TASK_TYPES = (
    Word("appointment", "Gặp khách"),
    Word("goi-lai", "Gọi lại"),
    Word("lam-bao-gia", "Làm báo giá"),
    Word("ho-so", "Hoàn thiện hồ sơ"),
)
_KINDS: tuple[tuple[str, tuple[Word, ...]], ...] = (
    ("source", SOURCES),
    ("relationship", (*STAGES, REFUSED_STAGE)),
    ("group", GROUPS),
    ("campaign", CAMPAIGNS),
    ("project", PROJECTS),
    ("task_type", TASK_TYPES),
    ("product", tuple(Word(one.id, one.name) for one in PRODUCTS)),
)


def vocabulary() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (event type, subject, data) of every word, in the order in which they are shown."""
    for kind, words in _KINDS:
        for position, word in enumerate(words, 1):
            data: dict[str, Any] = {"kind": kind, "name": word.name, "position": position}
            if word.tags:
                data["tags"] = list(word.tags)
            yield "taxonomy.upserted", word.id, data
