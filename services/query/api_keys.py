"""What the log keeps of an API key, and whether a text is that key, now and from here.

A key is `sp_<tenant>_<key id>_<secret>`; tenant and key id contain no '_'. Only the SHA-256 of the
whole text is stored, in the tenant's partition, so a key needs no other database.
"""

from __future__ import annotations

import hmac
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple

import orjson

from schemas.access import Board
from schemas.calendar import parse_time
from services.query.problems import Problem

PREFIX = "sp_"
_SCOPES = ("query", "kiosk")
_GRANTING = frozenset({"administer"})
"""Scopes that are a grant of the same name."""
Networks = tuple[IPv4Network | IPv6Network, ...]


class ApiKey(NamedTuple):
    """A key that may read, and change what its grants allow.

    Shape:  `networks` it may be used from, empty for all; `board` of a kiosk.
    Units:  until in milliseconds since the epoch, None never.
    """

    label: str
    until: int | None
    board: Board | None
    networks: Networks
    grants: frozenset[str] = frozenset()


def parts_of(text: str) -> tuple[str, str]:
    """Return tenant and key id of a key; Problem 401 `bad_key` for what is no key."""
    prefix, tenant, key_id, _ = (*text.split("_", 3), "", "", "", "")[:4]
    if f"{prefix}_" != PREFIX or not tenant or not key_id:
        raise bad_key()
    return tenant, key_id


def opened(raw: bytes, digest: str) -> ApiKey:
    """Return what a key opens.

    Shape:  raw as the fold keeps it; digest of the text that was presented.
    Errors: Problem 401 `bad_key` (another text, or revoked); 403 `forbidden_scope`.
    """
    record = orjson.loads(raw)
    if not hmac.compare_digest(str(record.get("digest", "")), digest) or record.get("revoked"):
        raise bad_key()
    if not set(_SCOPES) & set(record["scopes"]):
        raise Problem(403, "forbidden_scope", "this key lacks the scope 'query'")
    expires_at, board = record.get("expires_at"), record.get("board")
    return ApiKey(
        str(record.get("label", "")),
        None if expires_at is None else parse_time(expires_at),
        None if board is None else _board(board),
        tuple(ip_network(each, strict=False) for each in record.get("addresses") or ()),
        _GRANTING & frozenset(record["scopes"]),
    )


def check_now(key: ApiKey, now_ms: int, address: str) -> None:
    """Refuse a key that has expired, or that is shown where it must not be.

    Errors: Problem 401 `expired_key`; 403 `wrong_network`.
    """
    if key.until is not None and now_ms >= key.until:
        raise Problem(401, "expired_key", "this API key has expired")
    if key.networks and not is_within(address, key.networks):
        raise Problem(403, "wrong_network", "this key is not for the network you ask from")


def is_within(address: str, networks: Networks) -> bool:
    """Say whether an address is in one of the networks; what is no address is in none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return any((mapped or parsed) in network for network in networks)


def bad_key() -> Problem:
    """Return the one refusal of whatever is no key of ours: it does not say what was wrong."""
    return Problem(401, "bad_key", "this API key is unknown or revoked")


def _board(raw: dict[str, object]) -> Board:
    metrics = raw["metrics"]
    scope, has_names = raw["scope"], raw.get("has_names", True)
    if scope not in ("employee", "department", "company") or not isinstance(metrics, list):
        raise ValueError("a board that the ingestor cannot have written")
    return Board(
        scope,
        str(raw["scope_id"]),
        bool(raw.get("sub")),
        frozenset(metrics),
        bool(has_names),
        str(raw.get("board_id") or ""),
    )
