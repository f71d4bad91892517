"""Personal fields of events, sealed under a key of whom they are about (decision 0027).

The canonical record that `parse_event` writes is sealed at the door as a step of its own, before
anything is written anywhere. Deterministic authenticated encryption (AES-SIV), because the same
event sent twice must have the same bytes: the first content of an id wins. Pure: keys are given.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any, Final, Literal, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.ages import Ages
from schemas.phones import phone_number
from schemas.sealed import KEY_ID_LENGTH, MARK, Sealed, is_sealed, parse, write

KEY_BYTES: Final = 64
"""Of a data key: AES-256 in SIV mode takes two."""
TENANT_KEY: Final = "tenant".ljust(KEY_ID_LENGTH, "-")
"""The id of the root key of a tenant, from which its hashes and the ids of its keys are made."""
_TOKEN_BYTES: Final = 12
_REMEMBERED: Final = 1 << 15
_PARTED: Final = "\x1f"
"""Between a phone as it was written and its E.164 form, inside the content."""

Form = Literal["text", "phone", "phones", "birthday", "address"]
Kind = Literal["customer", "contact", "number", "address", "task"]
"""What has a data key of its own. A number or address has one where no customer is named."""
Ciphers = Mapping[str, AESSIV | None]
"""Key id -> what seals and opens with it; None where the key was destroyed."""


class Field(NamedTuple):
    """A personal field of an event, and whose key it is sealed under.

    Shape:  `of` is the subject's kind; 'about': the customer that the event names, else the
            number, the address or the task itself; 'tenant': the root key.
    """

    name: str
    form: Form
    of: Literal["customer", "contact", "about", "tenant"]


_CUSTOMER: Final = (
    Field("name", "text", "customer"),
    Field("phones", "phones", "customer"),
    Field("birthday", "birthday", "customer"),
)
_CONTACT: Final = tuple(field._replace(of="contact") for field in _CUSTOMER)
_PHONE: Final = (Field("phone", "phone", "about"),)
_RECIPIENT: Final = (Field("recipient", "address", "about"),)
_TITLE: Final = (Field("title", "text", "about"),)
_REASON: Final = (Field("reason", "text", "tenant"),)
PERSONAL: Final[dict[str, tuple[Field, ...]]] = {
    "customer.created": _CUSTOMER,
    "customer.updated": _CUSTOMER,
    "contact.upserted": _CONTACT,
    "call.started": _PHONE,
    "call.connected": _PHONE,
    "call.ended": _PHONE,
    "message.sent": _PHONE,
    "message.failed": _REASON,
    "email.opened": _RECIPIENT,
    "email.clicked": _RECIPIENT,
    "task.created": _TITLE,
    "task.updated": _TITLE,
    "order.rejected": _REASON,
    "order.cancelled": _REASON,
}
"""Event type -> its personal fields; every other type has none."""
DESCRIBES: Final = frozenset({"customer.created", "customer.updated", "contact.upserted"})
"""Types that say who somebody is: refused for whom was erased, where others are kept nameless."""


class Root:
    """What is made of a tenant's root key: ids of keys, hashes of numbers, scores of birthdays.

    Laws:   a function of the secret alone; nothing of it tells the secret, or what was hashed.
    """

    def __init__(self, secret: bytes) -> None:
        self._ids, self._numbers = _derived(secret, b"ids"), _derived(secret, b"numbers")
        self._ages = _derived(secret, b"ages")
        self.cipher = AESSIV(_derived(secret, b"texts"))

    def key_id(self, kind: Kind, name: str) -> str:
        """Return the id of somebody's data key."""
        return _hashed(self._ids, f"{kind}:{name}")

    def number(self, number: str) -> str:
        """Return the keyed hash of a number in E.164."""
        return _hashed(self._numbers, number)

    @cached_property
    def ages(self) -> Ages:
        """Return the table of birthdays."""
        return Ages(self._ages)


def _derived(secret: bytes, what: bytes) -> bytes:
    return blake2b(what, key=secret, digest_size=KEY_BYTES, person=b"salespulse").digest()


@lru_cache(maxsize=_REMEMBERED)
def _hashed(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), "sha256")[:_TOKEN_BYTES]
    return urlsafe_b64encode(digest).decode()


class Wish(NamedTuple):
    """One text to be sealed, and how.

    Shape:  `at` is its place in a list, -1 where the field is no list.
    """

    field: str
    at: int
    key_id: str
    token: str
    text: str


def wishes(record: Mapping[str, Any], root: Root, region: str) -> list[Wish]:
    """Return what of a canonical record is to be sealed; nothing of one that is sealed.

    Units:  region is where telephone numbers without country code are at home.
    """
    data = record["data"]
    found: list[Wish] = []
    for field in PERSONAL.get(record["type"], ()):
        value = data.get(field.name)
        if not value:
            continue
        texts = enumerate(value) if field.form == "phones" else ((-1, value),)
        found += [
            _wish(field, at, text, record, root, region)
            for at, text in texts
            if text.strip() and not is_sealed(text)
        ]
    return found


def _wish(  # noqa: PLR0917 - the parts of one text
    field: Field, at: int, text: str, record: Mapping[str, Any], root: Root, region: str
) -> Wish:
    token = name = ""
    match field.form:
        case "phone" | "phones":
            number = phone_number(text, region)
            token = root.number(number) if number else ""
            name = token or text.strip()
            if number and number != text:
                text = f"{text}{_PARTED}{number}"
        case "birthday":
            token = str(root.ages.score(text))
        case "address":
            name = text.strip().casefold()
        case "text":
            name = record["subject"]
    return Wish(field.name, at, _owner(field, name, record, root), token, text)


def _owner(field: Field, name: str, record: Mapping[str, Any], root: Root) -> str:
    if field.of == "tenant":
        return TENANT_KEY
    if field.of != "about":
        return root.key_id(field.of, record["subject"])
    customer = record["data"].get("customer_id")
    # an e-mail is known by its recipient: all events about one have to say the same
    if customer is not None and field.form != "address":
        return root.key_id("customer", customer)
    kinds: dict[Form, Kind] = {"phone": "number", "address": "address", "text": "task"}
    return root.key_id(kinds[field.form], name)


def seal(record: Mapping[str, Any], asked: list[Wish], ciphers: Ciphers) -> dict[str, Any]:
    """Return the record with its wishes sealed.

    Errors: KeyError where a cipher was not given.
    Laws:   deterministic; `unseal(seal(x)) == x`; without wishes it is as it was; sealing what
            is sealed changes nothing. Under a destroyed key no content is written.
    """
    data = dict(record["data"])
    for field, at, key_id, token, text in asked:
        sealed = seal_text(key_id, token, text, ciphers[key_id])
        if at < 0:
            data[field] = sealed
        else:
            data[field] = [*data[field][:at], sealed, *data[field][at + 1 :]]
    return {**record, "data": data}


@lru_cache(maxsize=_REMEMBERED)
def seal_text(key_id: str, token: str, text: str, cipher: AESSIV | None) -> str:
    """Return one text sealed; without content where the key was destroyed.

    Remembered, because one number stands in the three events of a call, and one customer in many.
    """
    content = ""
    if cipher is not None:
        sealed = cipher.encrypt(text.encode(), [f"{key_id}.{token}".encode()])
        content = urlsafe_b64encode(sealed).decode().rstrip("=")
    return write(Sealed(key_id, token, content))


class Opened(NamedTuple):
    """What a sealed text says: as it was written, and a telephone number in E.164 ('' = none)."""

    text: str
    number: str


def open_text(sealed: Sealed, cipher: AESSIV | None) -> Opened | None:
    """Return what a sealed text says; None where its key was destroyed.

    Errors: cryptography's InvalidTag where it was not sealed with this key, or was changed.
    """
    if cipher is None or not sealed.content:
        return None
    raw = urlsafe_b64decode(sealed.content + "=" * (-len(sealed.content) % 4))
    text = cipher.decrypt(raw, [f"{sealed.key_id}.{sealed.token}".encode()]).decode()
    if not sealed.token or _PARTED not in text:
        return Opened(text, text if sealed.token else "")
    return Opened(*text.rsplit(_PARTED, 1))


def sealed_texts(record: Mapping[str, Any]) -> Iterator[Sealed]:
    """Yield the sealed texts of a record."""
    for field in PERSONAL.get(record["type"], ()):
        value = record["data"].get(field.name)
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and (found := parse(text)) is not None:
                yield found


def unseal(record: Mapping[str, Any], ciphers: Ciphers) -> dict[str, Any] | None:
    """Return the record as it was before it was sealed; None where a key was destroyed."""
    data = dict(record["data"])
    for field in PERSONAL.get(record["type"], ()):
        value = data.get(field.name)
        texts = value if isinstance(value, list) else [value]
        opened = [_opened(text, ciphers) for text in texts]
        if any(new is None and old is not None for old, new in zip(texts, opened, strict=True)):
            return None
        if field.name in data:
            data[field.name] = opened if isinstance(value, list) else opened[0]
    return {**record, "data": data}


def _opened(text: Any, ciphers: Ciphers) -> Any:
    sealed = parse(text) if isinstance(text, str) else None
    if sealed is None:
        return text
    found = open_text(sealed, ciphers[sealed.key_id])
    return None if found is None else found.text


def forged(record: Mapping[str, Any]) -> str:
    """Return the pointer of a personal field that came looking sealed, '' if there is none.

    Nobody outside may send a sealed text: it would be opened for whoever sees the record.
    """
    for field in PERSONAL.get(record["type"], ()):
        value = record["data"].get(field.name)
        for at, text in enumerate(value) if isinstance(value, list) else ((-1, value),):
            if isinstance(text, str) and text.startswith(MARK):
                return f"/data/{field.name}" + (f"/{at}" if at >= 0 else "")
    return ""


@lru_cache(maxsize=256)
def root_of(secret: bytes) -> Root:
    """Return what is made of a root key, made once."""
    return Root(secret)
