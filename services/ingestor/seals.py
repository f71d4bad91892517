"""Sealing at the door: no personal text leaves the ingestor unsealed (decision 0027)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import orjson

from schemas.keystore import KeyStoreError
from schemas.keystore.held import HeldKeys
from schemas.phones import phone_number
from schemas.rejection import Rejection
from schemas.sealed import MARK, parse
from schemas.sealing import (
    DESCRIBES,
    PERSONAL,
    TENANT_KEY,
    Kind,
    Root,
    Wish,
    open_text,
    seal,
    seal_text,
    sealed_texts,
    unseal,
    wishes,
)
from services.ingestor.directory import Tenant
from services.ingestor.problems import Problem, unavailable
from services.ingestor.regions import Regions
from services.ingestor.sift import Sifted

_SLICE: Final = 250
"""Records sealed before other requests get their turn."""

Record = dict[str, Any]


class Seals:
    """Seals records, and the raw events of dead letters; opens both for the administration.

    Errors: Problem 503 `keys_down` where the key store does not answer, 410 of an erased tenant.
    Laws:   keys are durable before anything sealed with them is returned.
    """

    def __init__(self, keys: HeldKeys, regions: Regions) -> None:
        self.keys = keys
        self._regions = regions

    async def seal_sifted(self, tenant: Tenant, sifted: Sifted) -> list[bytes]:
        """Return the bytes of what was accepted; who was erased is refused after all."""
        sealed = await self.seal(tenant, [one.record for one in sifted.accepted])
        found: list[bytes] = []
        for one, what in zip(tuple(sifted.accepted), sealed, strict=True):
            if isinstance(what, bytes):
                found.append(what)
            else:
                sifted.refuse(one, what)
        return found

    async def seal(self, tenant: Tenant, records: Sequence[Record]) -> list[bytes | Rejection]:
        """Return the bytes of canonical records, their personal fields sealed.

        Errors: the rejection `erased` of what says who somebody is that was erased.
        """
        if not any(record["type"] in PERSONAL for record in records):
            self._note_regions(tenant, records)
            return [orjson.dumps(record) for record in records]
        root = await self.root(tenant.id)
        region = await self._regions.of(tenant)
        asked: list[list[Wish]] = []
        ids: dict[str, None] = {}
        for at, record in enumerate(records):
            if at % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)
            region = _region_of(record) or region
            wanted = wishes(record, root, region)
            asked.append(wanted)
            ids.update((wish.key_id, None) for wish in wanted)
            if wanted and (customer := _customer(record, root)) is not None:
                ids[customer] = None
        self._note_regions(tenant, records)
        ciphers = await self._ciphers(tenant.id, list(ids))
        found: list[bytes | Rejection] = []
        for at, (record, wanted) in enumerate(zip(records, asked, strict=True)):
            if at % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)
            if wanted and record["type"] in DESCRIBES:
                names = {wanted[0].key_id, _customer(record, root) or wanted[0].key_id}
                if any(ciphers[name] is None for name in names):
                    found.append(_erased())
                    continue
            found.append(orjson.dumps(seal(record, wanted, ciphers) if wanted else record))
        return found

    async def seal_raw(self, tenant: Tenant, items: Sequence[tuple[Any, str]]) -> list[str]:
        """Return the raw text of refused events sealed, each under a key of whom it is about.

        Shape:  (decoded event, its raw text) -> sealed text, without content of who was erased.
        """
        if not items:
            return []
        root = await self.root(tenant.id)
        region = await self._regions.of(tenant)
        ids = [_owner(item, root, region) for item, _ in items]
        ciphers = await self._ciphers(tenant.id, ids)
        return [
            seal_text(key_id, "", raw, ciphers[key_id])
            for key_id, (_, raw) in zip(ids, items, strict=True)
        ]

    async def open_letter(self, letter: dict[str, Any]) -> dict[str, Any]:
        """Return a dead letter with its raw event as it came; '' where it can be read no more.

        What the fold refused is a record of the log, sealed field by field.
        """
        tenant, raw = letter["tenant"], letter["raw"]
        sealed = parse(raw)
        if sealed is not None:
            ciphers = await self._found(tenant, [sealed.key_id])
            opened = open_text(sealed, ciphers.get(sealed.key_id))
            return {**letter, "raw": "" if opened is None else opened.text}
        if MARK not in raw or letter.get("raw_base64"):
            return letter
        try:
            item = orjson.loads(raw)
            ids = {text.key_id for text in sealed_texts(item)}
        except (ValueError, KeyError, TypeError, AttributeError):
            return letter
        if not ids:
            return letter
        ciphers = await self._found(tenant, list(ids))
        plain = unseal(item, dict.fromkeys(ids) | ciphers)
        return {**letter, "raw": "" if plain is None else orjson.dumps(plain).decode()}

    async def root(self, tenant: str) -> Root:
        """Return what a tenant's hashes are made of; it is made where there is none yet."""
        try:
            root = await self.keys.root(tenant, make=True)
        except KeyStoreError as error:
            raise keys_down(error) from None
        if root is None:
            raise Problem(410, "erased", f"tenant '{tenant}' was erased")
        return root

    async def _ciphers(self, tenant: str, ids: list[str]) -> dict[str, Any]:
        try:
            return await self.keys.ciphers(tenant, ids, make=True)
        except KeyStoreError as error:
            raise keys_down(error) from None

    async def _found(self, tenant: str, ids: list[str]) -> dict[str, Any]:
        try:
            return await self.keys.ciphers(tenant, ids, make=False)
        except KeyStoreError as error:
            raise keys_down(error) from None

    def _note_regions(self, tenant: Tenant, records: Sequence[Record]) -> None:
        for record in records:
            if (region := _region_of(record)) is not None:
                self._regions.note(tenant.id, region)


def keys_down(error: KeyStoreError) -> Problem:
    """Return the 503 of a key store that does not answer."""
    return unavailable(
        "keys_down", f"the keys cannot be used ({error}); nothing was taken, send it again"
    )


def _region_of(record: Record) -> str | None:
    if record["type"] != "setting.changed":
        return None
    region: str | None = record["data"].get("region")
    return region


def _customer(record: Record, root: Root) -> str | None:
    """Return the key of the customer that a contact person works for."""
    name = record["data"].get("customer_id") if record["type"] == "contact.upserted" else None
    return None if name is None else root.key_id("customer", name)


def _owner(item: Any, root: Root, region: str) -> str:
    """Return whose key a refused event is sealed under; whatever it is, it may be malformed."""
    about = item if isinstance(item, dict) else {}
    data = about.get("data")
    told = data if isinstance(data, dict) else {}
    is_customer = str(about.get("type")).startswith("customer.")
    is_contact = str(about.get("type")).startswith("contact.")
    names: tuple[tuple[Kind, Any], ...] = (
        ("customer", about.get("subject") if is_customer else None),
        ("customer", told.get("customer_id")),
        ("contact", about.get("subject") if is_contact else None),
        ("number", told.get("phone")),
        ("address", told.get("recipient")),
    )
    for kind, name in names:
        if isinstance(name, str):
            if kind == "number":
                number = phone_number(name, region)
                return root.key_id(kind, root.number(number) if number else name.strip())
            return root.key_id(kind, name.strip().casefold() if kind == "address" else name)
    return TENANT_KEY


def _erased() -> Rejection:
    return Rejection("erased", "who this is about was erased: nothing of it is kept", "/subject")
