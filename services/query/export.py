"""What an export is: a sheet of typed cells, and the two forms in which it leaves the house.

Rows come in chunks, so that a hundred thousand of them never stand in memory at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal
from urllib.parse import quote

from schemas.money import minor_digits

Form = Literal["csv", "xlsx"]
Cell = str | int | float | Decimal | date | datetime | bool | None
"""Text is text and numbers are numbers; an instant is UTC without zone."""

MEDIA_TYPES: Final[dict[Form, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NOT_AVAILABLE: Final = "n/a"
"""What stands where a figure has no feed: neither 0 nor nothing (G15)."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a column; `pattern` is how a spreadsheet shows its numbers."""

    label: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table that is exported."""

    name: str
    headings: tuple[Heading, ...]
    chunks: AsyncIterator[Sequence[Sequence[Cell]]]


def major(amount: int, currency: str) -> int | Decimal:
    """Return money as people write it: minor units 1250 of USD are 12.50, of VND 1250."""
    digits = minor_digits(currency)
    return Decimal(amount).scaleb(-digits) if digits else amount


def money_pattern(currency: str) -> str:
    """Return how a spreadsheet shows money of a currency."""
    digits = minor_digits(currency)
    return "#,##0." + "0" * digits if digits else "#,##0"


async def one_chunk(rows: Sequence[Sequence[Cell]]) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    """Give rows that are there already."""
    yield rows


def accepted_form(accept: str) -> Form | None:
    """Return the form that an Accept header prefers to JSON, None where it does not."""
    best: tuple[float, Form | None] = (0.0, None)
    forms = {media_type: form for form, media_type in MEDIA_TYPES.items()}
    for part in accept.split(","):
        media_type, _, parameters = part.strip().partition(";")
        form = forms.get(media_type.strip().lower())
        if form is None and media_type.strip() not in ("application/json", "*/*"):
            continue
        found = re.search(r"q=([0-9.]+)", parameters)
        weight = float(found[1]) if found else 1.0
        if weight > best[0]:
            best = (weight, form)
    return best[1]


def file_name(*parts: str, form: Form) -> str:
    """Return a speaking file name of letters, digits and hyphens."""
    words = (re.sub(r"[^\w.]+", "-", part, flags=re.UNICODE).strip("-.") for part in parts)
    return "-".join(word for word in words if word)[:150] + f".{form}"


def headers(name: str, form: Form, version: str) -> dict[str, str]:
    """Return the headers of an export; the name also for those who read ASCII only."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Content-Type": MEDIA_TYPES[form] + ("; charset=utf-8" if form == "csv" else ""),
        "X-Salespulse-Version": version,
        "Cache-Control": "no-store",
    }
