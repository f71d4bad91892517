"""Telephone numbers as a table that SQL can join: no SQL reads what people write.

Asks the library itself, not schemas.phones, which the fold uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import phonenumbers

from services.verify.rows import Row

_SEALED = re.compile(r"~1\.[\w-]{16}\.([\w-]*)\.[\w-]*", re.ASCII)
"""A sealed phone; what stands between the second and the third dot is the hash of its number."""


def read(texts: Iterable[Row]) -> Iterator[Row]:
    """Yield (region, text, blank?, number) of each (region, text); '' is no number.

    Shape:  of a sealed text the number is '#' and its hash.
    Laws:   a number is possible where it is dialled from abroad, or from within its own area.
    """
    for region, text in texts:
        yield region, text, not text.strip(), _number(text, region)


def _number(text: str, region: str) -> str:
    if sealed := _SEALED.fullmatch(text):
        return f"#{sealed[1]}" if sealed[1] else ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
