"""Telephone numbers as a table that SQL can join: no SQL reads what people write.

Asks the library itself, not schemas.phones, which the fold uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import phonenumbers

from services.verify.rows import Row


def read(texts: Iterable[Row]) -> Iterator[Row]:
    """Yield (region, text, blank?, number) of each (region, text); '' is no number.

    Laws:   a number is possible where it is dialled from abroad, or from within its own area.
    """
    for region, text in texts:
        yield region, text, not text.strip(), _number(text, region)


def _number(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
