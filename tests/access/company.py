"""A small company on a running stack, an issuer of tokens, and eight kinds of viewer.

```
sales (head: hue)  an, bo        an has the customer k1, bo k2, nobody has k3
 `- hanoi (head: dao)  eva
far (head: gia)    huy           k4
```
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm

from deploy.local.stack import Stack, Tenant
from schemas.access import Board, Viewer
from schemas.calendar import DEFAULT_TIME_ZONE, zone
from schemas.envelope import BATCH_CONTENT_TYPE
from schemas.facts import Department, Employee
from schemas.tree import Tree, tree_of

ISSUER: Final = "https://issuer.test"
AUDIENCE: Final = "salespulse"
SECRETS: Final = ("Keep Quiet Ltd", "+84901234567", "0901234567", "987654321")
"""What must stand in no refusal: a customer's name and number, an amount."""
BOARD: Final = Board("department", "sales", False, frozenset({"orders", "revenue"}))
WALL: Final = "wall"
WALL_BOARD: Final[dict[str, Any]] = {
    "name": "Wall",
    "scope": "department",
    "scope_id": "sales",
    "sub": False,
    "tiles": [
        {"id": "n", "kind": "number", "metric": "orders", "x": 0, "y": 0, "w": 4, "h": 2},
    ],
}
"""A stored board, which the kiosk may see too."""
DEPARTMENTS: Final = {"sales": (None, "hue"), "hanoi": ("sales", "dao"), "far": (None, "gia")}
PLACES: Final = {
    "hue": "sales",
    "an": "sales",
    "bo": "sales",
    "dao": "hanoi",
    "eva": "hanoi",
    "gia": "far",
    "huy": "far",
}
OWNERS: Final = {"k1": "an", "k2": "bo", "k3": None, "k4": "huy"}
PERSONS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "nobody's grants": ("huy", frozenset()),
    "gate only": ("eva", frozenset({"kpi"})),
    "own figures": ("an", frozenset({"employee_kpi", "telesales", "export"})),
    "own department": ("bo", frozenset({"department_kpi"})),
    "head": ("hue", frozenset({"kpi", "export"})),
    "view all": ("gia", frozenset({"view_all"})),
}
"""Kind of viewer -> (employee, grants). With 'kiosk' and 'machine' these are the eight kinds."""
KINDS: Final = (*PERSONS, "kiosk", "machine")
ADMINISTRATOR: Final = "administrator"
"""The ninth, who sets up: dao, once `with_administrator` has granted it."""

TLS: Final = httpx.create_ssl_context()
"""Made once: it takes longer than a request."""


class Issuer:
    """Signs tokens; its public key is in a file that the query service reads."""

    def __init__(self, directory: Path) -> None:
        self._key = generate_private_key(SECP256R1())
        public = ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        self.keys = directory / "jwks.json"
        named = {**public, "kid": "one", "alg": "ES256", "use": "sig"}
        self.keys.write_text(json.dumps({"keys": [named]}))

    @property
    def settings(self) -> dict[str, str]:
        """Return the settings of a query service that believes this issuer."""
        return {"JWKS": str(self.keys), "JWT_ISSUER": ISSUER, "JWT_AUDIENCE": AUDIENCE}

    def token(self, tenant: str, employee: str, **claims: Any) -> str:
        """Return the token of an employee, good for an hour; claims may be replaced."""
        now = datetime.now(UTC)
        told = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + timedelta(hours=1),
            "tenant": tenant,
            "employee": employee,
            **claims,
        }
        return jwt.encode(told, self._key, "ES256", {"kid": "one"})


def tree() -> Tree:
    """Return the organisation as the decision takes it, out of the same tables."""
    departments = [
        Department(name, 1, profile=(1, name, parent, head, True))
        for name, (parent, head) in DEPARTMENTS.items()
    ]
    employees = [
        Employee(name, 1, profile=(1, name, True, None), places=((20200101, 1, place, None),))
        for name, place in PLACES.items()
    ]
    return tree_of([*departments, *employees])


def viewer(kind: str) -> Viewer:
    """Return a kind of viewer as the decision takes it."""
    if kind == "machine":
        return Viewer("machine")
    if kind == "kiosk":
        return Viewer("kiosk", board=BOARD)
    if kind == ADMINISTRATOR:
        return Viewer("person", "dao", frozenset({"administer", "view_all"}))
    return Viewer("person", *PERSONS[kind])


@dataclass
class Company:
    """The company on a stack, with a client for each kind of viewer."""

    stack: Stack
    issuer: Issuer
    tenant: Tenant = field(repr=False)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def founded(cls, stack: Stack, issuer: Issuer, *, has_history: bool = True) -> Company:
        """Let everything happen, or nothing but people, and give each kind of viewer a token."""
        made = cls(stack, issuer, stack.create_tenant("Rights"))
        made.administer([*_grants(), ("board.defined", WALL, WALL_BOARD)])
        made.post([*_organisation(), *(_history() if has_history else ())])
        for kind, (employee, _) in PERSONS.items():
            made.tokens[kind] = issuer.token(made.tenant.id, employee)
        made.tokens["machine"] = made.tenant.read_key
        made.tokens["kiosk"] = made.kiosk()
        return made

    def with_administrator(self) -> Company:
        """Let dao administer and see all; somebody, off, has left."""
        self.post([("employee.upserted", "off", {"name": "Off", "active": False})])
        mood = {"label_en": "Mood", "unit": "count", "manual": True}
        self.administer(
            [
                grant("dao", "administer"),
                grant("dao", "view_all"),
                ("formula.defined", "mood", mood),
            ]
        )
        self.tokens[ADMINISTRATOR] = self.issuer.token(self.tenant.id, "dao")
        return self

    def get(self, path: str, token: str, **parameters: str) -> httpx.Response:
        """Ask the query service; of a stream only the beginning is taken."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{self.stack.query_url}{path}"
        with (
            httpx.Client(timeout=30, verify=TLS) as client,
            client.stream("GET", url, params=parameters or None, headers=headers) as answer,
        ):
            if answer.headers.get("content-type", "").startswith("text/event-stream"):
                return answer
            answer.read()
            return answer

    def kiosk(self, **other: Any) -> str:
        """Return the key of a new kiosk, which works and shows the board, or another one."""
        board = {
            "scope": BOARD.scope,
            "scope_id": BOARD.scope_id,
            "sub": BOARD.sub,
            "metrics": sorted(BOARD.metrics),
        }
        answer = httpx.post(
            f"{self.stack.ingestor_url}/v1/tenants/{self.tenant.id}/keys",
            params={"wait": "applied"},
            headers={"Authorization": f"Bearer {self.stack.admin_token}"},
            json={
                "scopes": ["kiosk"],
                "label": "hall",
                "board": board | other,
                "created_by": "hue",
            },
            timeout=30,
        )
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return str(answer.json()["key"])

    def post(self, told: list[tuple[str, str, dict[str, Any]]]) -> None:
        """Post what happened, and wait until it is in the figures."""
        self._send("/v1/events", self.tenant.write_key, told)

    def administer(self, told: list[tuple[str, str, dict[str, Any]]]) -> None:
        """Post what only an administrator may say."""
        self._send(f"/v1/tenants/{self.tenant.id}/events", self.stack.admin_token, told)

    def _send(self, path: str, key: str, told: list[tuple[str, str, dict[str, Any]]]) -> None:
        answer = httpx.post(
            f"{self.stack.ingestor_url}{path}?wait=applied",
            json=[
                {
                    "specversion": "1.0",
                    "id": f"{path}-{number}-{datetime.now(UTC).timestamp()}",
                    "source": "/access",
                    "type": kind,
                    "time": _now(),
                    "subject": subject,
                    "tenantid": self.tenant.id,
                    "data": data,
                }
                for number, (kind, subject, data) in enumerate(told)
            ],
            headers={"Authorization": f"Bearer {key}", "Content-Type": BATCH_CONTENT_TYPE},
            timeout=60,
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        assert answer.json()["rejected"] == [], answer.text


def today() -> date:
    """Return the date where the company is, which is not always that of UTC."""
    return datetime.now(zone(DEFAULT_TIME_ZONE)).date()


def _now() -> str:
    return datetime.now(UTC).isoformat()


def grant(employee: str, permission: str, *, granted: bool = True) -> tuple[str, str, Any]:
    """Return a change of a right."""
    return "permission.changed", employee, {"permission": permission, "granted": granted}


def _grants() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for employee, permissions in PERSONS.values():
        for permission in sorted(permissions):
            yield grant(employee, permission)


def _organisation() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, (parent, head) in DEPARTMENTS.items():
        data = {"name": name, "parent_id": parent, "head_id": head}
        yield "department.upserted", name, data
    for name, place in PLACES.items():
        data = {"name": name, "department_id": place, "valid_from": "2020-01-01"}
        yield "employee.upserted", name, {**data, "active": True}


def _history() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, owner in OWNERS.items():
        about = {"name": SECRETS[0], "phones": [SECRETS[1]]}
        data = {"created_at": _now(), "creator_id": "an", "owner_id": owner, **about}
        yield "customer.created", name, data
        day = today().isoformat()
        total = {"amount": int(SECRETS[-1]), "currency": "VND"}
        sold = {"order_date": day, "customer_id": name, "total": total, "owner_id": owner}
        yield "order.created", f"of-{name}", {"created_at": _now(), **sold}
        called = {"ended_at": _now(), "duration_s": 60, "direction": "outbound"}
        whose = {"employee_id": owner or "bo", "customer_id": name}
        yield "call.ended", f"to-{name}", {**called, **whose}
