"""The words that the made-up company is made of."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Literal

Gender = Literal["male", "female"]

_FAMILY = ("Nguyễn",) * 8 + ("Trần",) * 3 + ("Lê",) * 3 + ("Phạm",) * 2 + (
    "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
)  # fmt: skip
_MALE_MIDDLE = ("Văn", "Đức", "Minh", "Quang", "Hữu", "Anh", "Thanh", "Quốc")
_MALE = (
    "Hùng", "Dũng", "Nam", "Long", "Sơn", "Tuấn", "Hải", "Khoa", "Phúc", "Bảo", "Đạt", "Thành",
    "Trung", "Kiên", "Việt", "Khánh",
)  # fmt: skip
_FEMALE_MIDDLE = ("Thị", "Thu", "Ngọc", "Thanh", "Phương", "Mai", "Khánh", "Bích")
_FEMALE = (
    "Lan", "Hương", "Hoa", "Linh", "Trang", "Thảo", "Yến", "Hà", "Nga", "Vân", "Ngân", "Quỳnh",
    "My", "Chi", "Hiền", "Dung",
)  # fmt: skip

INDUSTRIES = ("Bán lẻ", "Giáo dục", "Y tế", "Bất động sản", "Du lịch", "Sản xuất", "Nhà hàng")
PROVINCES = (
    "Hà Nội", "TP. Hồ Chí Minh", "Đà Nẵng", "Hải Phòng", "Cần Thơ", "Huế", "Đồng Nai",
    "Bình Dương", "Nghệ An", "Thanh Hóa", "Khánh Hòa", "Lâm Đồng",
)  # fmt: skip
_FIRMS = ("Công ty TNHH", "Công ty CP", "Cửa hàng", "Khách sạn")
_FIRM_NAMES = (
    "An Phát", "Minh Long", "Hoàng Gia", "Đại Việt", "Sao Mai", "Thiên Phú", "Bình Minh",
    "Hải Đăng", "Tân Tiến", "Phú Quý",
)  # fmt: skip
_MOBILE = ("090", "091", "093", "094", "096", "097", "098", "032", "035", "070", "081", "083")


def person(rng: Random) -> tuple[str, Gender]:
    """Return a name, family name first, and the gender it suggests."""
    gender: Gender = rng.choice(("male", "female"))
    middle, given = (_MALE_MIDDLE, _MALE) if gender == "male" else (_FEMALE_MIDDLE, _FEMALE)
    return f"{rng.choice(_FAMILY)} {rng.choice(middle)} {rng.choice(given)}", gender


def firm(rng: Random) -> str:
    """Return the name of a firm."""
    return f"{rng.choice(_FIRMS)} {rng.choice(_FIRM_NAMES)} {rng.randint(1, 99)}"


def birthday(rng: Random) -> str:
    """Return a day on which somebody of working age was born."""
    return (date(1952, 1, 1) + timedelta(days=rng.randint(0, 20_000))).isoformat()


def phone(rng: Random) -> str:
    """Return a mobile number as it is dialled in Vietnam."""
    return rng.choice(_MOBILE) + f"{rng.randrange(10_000_000):07d}"


def typed(rng: Random, number: str) -> str:
    """Return a mobile number as one of many people types it; all of them mean the same one."""
    bare = number[1:]
    return rng.choice(
        (
            number,
            number,
            f"{number[:4]} {number[4:7]} {number[7:]}",
            f"{number[:4]}.{number[4:7]}.{number[7:]}",
            f"({number[:3]}) {number[3:6]}-{number[6:]}",
            f"+84{bare}",
            f"+84 {bare[:2]} {bare[2:5]} {bare[5:]}",
            f"84{bare}",
        )
    )


def dialled(rng: Random, number: str) -> str:
    """Return a mobile number as a telephone exchange reports it."""
    return rng.choice((number, f"+84{number[1:]}", f"84{number[1:]}"))


def no_number(rng: Random) -> str:
    """Return what people type where a number is asked for and they have none."""
    return rng.choice(("xin lại số", "chưa có", "x"))
