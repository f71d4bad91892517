"""The audit trail: who looked at what, took away, was refused, granted, set targets, locked.

One record a deed, only ever appended. It names people by their ids, never by what is known of
them; it holds no figure, no secret and nothing of a customer but an id. What may stand in
`details` is a closed set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, get_args

import orjson

from schemas.access import Kind
from schemas.calendar import format_time, parse_time

Action = Literal[
    "look", "list", "export", "stream", "refused", "login", "grant", "target", "lock", "key",
    "setting", "pseudonym", "erase", "change",
]  # fmt: skip
"""`change`: of people, departments and whatever else is set up, by somebody with a name."""
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
ActorKind = Kind | Literal["administrator"]
Detail = str | int | bool
DETAILS: Final = frozenset(
    {
        "by", "change", "code", "event", "first", "form", "granted", "last", "metric", "metrics",
        "period", "permission", "scopes", "sub",
    }
)  # fmt: skip
"""`by`: the employee whom the sender of a change named; `code`: why it was refused; `event`: the
id of the event in the log; `form`: figure, rows, list, export, stream."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it.

    Shape:  `id` is the employee of a person, the key of a machine or a kiosk, '' of the holder of
            the admin token; `label` is what a key was called when it was made.
    """

    kind: ActorKind
    id: str = ""
    label: str = ""


ADMINISTRATOR: Final = Actor("administrator")
ACTOR_HEADER: Final = "Salespulse-Actor"
"""Names on whose behalf the holder of the admin token asks; nobody else may send it."""


def write_actor(actor: Actor, address: str) -> str:
    """Return who asks, and from where, as a header takes it: plain ASCII.

    Laws:   read_actor(write_actor(x, y)) == (x, y).
    """
    return json.dumps({**asdict(actor), "address": address})


def read_actor(text: str) -> tuple[Actor, str]:
    """Return actor and address; ValueError for what no service of ours has written."""
    raw = orjson.loads(text)
    if not isinstance(raw, dict) or set(raw) != {"kind", "id", "label", "address"}:
        raise ValueError("an actor has kind, id, label and address")
    if raw["kind"] not in ("person", "machine") or not all(
        isinstance(v, str) for v in raw.values()
    ):
        raise ValueError("changes are made by persons and machines")
    if not raw["id"]:
        raise ValueError("whoever changes something has an id")
    return Actor(raw["kind"], raw["id"], raw["label"]), raw["address"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One deed, or several alike of one minute.

    Shape:  `scope` and `scope_id` say whose; of a customer, key or term `scope_id` is its id;
            `version` is that of the figures seen; `address` is where the request came from.
    Units:  at_ms in milliseconds since 1970 UTC; `times` is how often since then.
    Errors: ValueError for a detail that is none of `DETAILS`, or an unknown action.
    Laws:   records of one id are one record.
    """

    id: str
    at_ms: int
    tenant: str
    actor: Actor
    action: Action
    subject: str
    scope: str = ""
    scope_id: str = ""
    details: Mapping[str, Detail] = field(default_factory=dict)
    times: int = 1
    version: str = ""
    address: str = ""

    def __post_init__(self) -> None:
        if not self.details.keys() <= DETAILS:
            raise ValueError(f"no details of an audit record: {set(self.details) - DETAILS}")
        if self.action not in ACTIONS:
            raise ValueError(f"no action of the audit trail: {self.action}")

    def document(self) -> dict[str, Any]:
        """Return what a reader of the trail is shown."""
        return {
            "id": self.id,
            "at": format_time(self.at_ms),
            "actor": {"kind": self.actor.kind, "id": self.actor.id, "label": self.actor.label},
            "action": self.action,
            "subject": self.subject,
            "scope": self.scope,
            "scope_id": self.scope_id,
            "details": dict(self.details),
            "times": self.times,
            "version": self.version,
            "address": self.address,
        }


def encode_audit(record: AuditRecord) -> bytes:
    """Write the value of a record of the topic `audit`.

    Laws:   decode_audit(encode_audit(x)) == x.
    """
    return orjson.dumps({"tenant": record.tenant, **record.document()})


def decode_audit(value: bytes) -> AuditRecord:
    """Read one; ValueError, KeyError or TypeError for what `encode_audit` did not write."""
    raw = orjson.loads(value)
    at_ms, actor = parse_time(raw.pop("at")), Actor(**raw.pop("actor"))
    return AuditRecord(at_ms=at_ms, actor=actor, **raw)
