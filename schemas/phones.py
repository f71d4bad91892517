"""Telephone numbers: from any written form to E.164, so that the same number is one name.

Uses phonenumbers, the port of the library that telephones themselves use (decision 0025).
"""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

DEFAULT_REGION = "VN"
_POSSIBLE = frozenset({ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY})


@lru_cache(maxsize=65536)
def phone_number(text: str, region: str) -> str:
    """Return a telephone number in E.164, '' if the text is none.

    Shape:  (as written, ISO 3166 region of numbers without country code) -> '+84912345678'.
    Laws:   idempotent: what it returns is returned unchanged, in every region.
    """
    try:
        parsed = phonenumbers.parse(text, region)
    except NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(parsed) not in _POSSIBLE:
        return ""
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def is_region(name: str) -> bool:
    """Say whether numbers can be read in a region."""
    return name in phonenumbers.SUPPORTED_REGIONS
