"""The sealed form of a personal text: recognised, compared and emptied without any key. Pure.

`~1.<key id>.<token>.<content>`. The key id says under which data key the content is encrypted;
the token is what may be compared without a key: the keyed hash of a telephone number ('' where
it is none), or the keyed number of a birthday. Without content only the token is left: the key is
destroyed, or was when this was written. The fold reads this form and never needs a key.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from functools import lru_cache
from typing import Final, NamedTuple

MARK: Final = "~1."
"""Begins every sealed text; no text from outside may begin so."""
KEY_ID_LENGTH: Final = 16
FORM: Final = re.compile(r"~1\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]*)")
NUMBER: Final = "#"
"""Begins the name of a telephone number that is known by its keyed hash; E.164 begins with '+'."""
_REMEMBERED: Final = 1 << 13
"""Texts: one phone stands in the three events of a call."""
_KEY_END: Final = len(MARK) + KEY_ID_LENGTH
_TOKEN_LENGTH: Final = 16
"""Of the token of a telephone number: twelve bytes, as those of the id of a key."""
_TOKEN_END: Final = _KEY_END + 1 + _TOKEN_LENGTH
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


class Sealed(NamedTuple):
    """The parts of a sealed text."""

    key_id: str
    token: str
    content: str


def is_sealed(text: str) -> bool:
    """Say whether a text is sealed."""
    return text.startswith(MARK) and FORM.fullmatch(text) is not None


def parse(text: str) -> Sealed | None:
    """Return the parts of a sealed text, None of any other."""
    if not text.startswith(MARK):
        return None
    match = FORM.fullmatch(text)
    return None if match is None else Sealed(*match.groups())


def write(sealed: Sealed) -> str:
    """Write a sealed text; `parse` undoes it."""
    return f"{MARK}{sealed.key_id}.{sealed.token}.{sealed.content}"


def emptied(text: str) -> str | None:
    """Return a sealed text without its content; None of a text that was never sealed."""
    found = parse(text)
    return None if found is None else write(found._replace(content=""))


@lru_cache(maxsize=_REMEMBERED)
def number_named(text: str) -> str | None:
    """Return the name of the number that a sealed phone holds, '' if it is none; None if plain."""
    found = parse(text)
    if found is None:
        return None
    return NUMBER + found.token if found.token else ""


@lru_cache(maxsize=_REMEMBERED)
def to_bytes(text: str) -> bytes | None:
    """Return the bytes of a sealed phone, two thirds of the text; None of any other text.

    Laws:   `from_bytes` undoes it; a text that it would not give back is none.
    """
    if not text.startswith(MARK) or text[_KEY_END : _TOKEN_END + 1 : _TOKEN_LENGTH + 1] != "..":
        return None
    joined = text[len(MARK) : _KEY_END] + text[_KEY_END + 1 : _TOKEN_END] + text[_TOKEN_END + 1 :]
    try:
        raw = a2b_base64((joined + "=" * (-len(joined) % 4)).encode().translate(_STANDARD))
    except ValueError:
        return None
    return raw if _letters(raw) == joined else None


def from_bytes(raw: bytes) -> str:
    """Return the sealed phone of which these are the bytes."""
    letters = _letters(raw)
    content = KEY_ID_LENGTH + _TOKEN_LENGTH
    key_id, token = letters[:KEY_ID_LENGTH], letters[KEY_ID_LENGTH:content]
    return f"{MARK}{key_id}.{token}.{letters[content:]}"


def number_in(text: str) -> str:
    """Return the name of the number that a sealed phone holds which `to_bytes` knows."""
    return NUMBER + text[_KEY_END + 1 : _TOKEN_END]


def _letters(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).translate(_URL_SAFE).decode().rstrip("=")


def score_of(text: str) -> int | None:
    """Return the keyed number of a sealed birthday; None of a plain one."""
    found = parse(text)
    return None if found is None else int(found.token or 0)
