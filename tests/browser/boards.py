"""Stored boards of a company of the tests: defined and looked at over HTTP, as the editor does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.browser.company import Company

TILES: tuple[dict[str, Any], ...] = (
    {"id": "revenue", "kind": "number", "metric": "revenue", "x": 0, "y": 0, "w": 5, "h": 3},
    {"id": "calls", "kind": "number", "metric": "calls_outbound", "x": 5, "y": 0, "w": 3, "h": 3},
    {"id": "rank", "kind": "leaderboard", "metric": "revenue", "x": 8, "y": 0, "w": 4, "h": 6},
    {"id": "day", "kind": "trend", "metric": "calls_outbound", "x": 0, "y": 3, "w": 5, "h": 3},
    {"id": "funnel", "kind": "funnel", "x": 5, "y": 3, "w": 3, "h": 5},
    {
        "id": "month",
        "kind": "number",
        "metric": "revenue",
        "period": "month",
        "x": 0,
        "y": 6,
        "w": 5,
        "h": 2,
    },
    {"id": "live", "kind": "calls", "x": 8, "y": 6, "w": 2, "h": 2},
    {"id": "stock", "kind": "stock", "x": 10, "y": 6, "w": 2, "h": 2},
    {"id": "news", "kind": "ticker", "x": 0, "y": 8, "w": 10, "h": 1},
    {"id": "clock", "kind": "clock", "x": 10, "y": 8, "w": 2, "h": 1},
)
"""One tile of each kind."""


@dataclass
class Boards:
    """The boards of a company, in the hands of its administrator."""

    company: Company
    key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self.key = self.key or self.new_key({"scopes": ["query", "administer"]})

    def new_key(self, wish: dict[str, Any]) -> str:
        """Return a new API key, which works."""
        stack = self.company.stack
        made = httpx.post(
            f"{stack.ingestor_url}/v1/tenants/{self.company.tenant.id}/keys",
            params={"wait": "applied"},
            headers={"Authorization": f"Bearer {stack.admin_token}"},
            json=wish,
            timeout=30,
        )
        key = str(made.raise_for_status().json()["key"])
        self.company.send(("department.upserted", "n3", {"name": "Waiting room"}))
        self._wait(key)
        return key

    def _wait(self, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        for _ in range(200):
            url = f"{self.company.stack.query_url}/v1/tenant"
            if httpx.get(url, headers=headers, timeout=60).is_success:
                return
        raise AssertionError("a new key does not work")

    def define(self, board_id: str, edition: int = 1, **board: Any) -> None:
        """Say what a board is."""
        place = {"scope": "department", "scope_id": "north", "sub": True}
        wanted = {"name": "North wall", **place, "rows": 9, "tiles": list(TILES), **board}
        answer = httpx.put(
            self._url(board_id),
            headers=self._headers(),
            json={**wanted, "edition": edition},
            timeout=30,
        )
        assert answer.status_code == httpx.codes.OK, answer.text

    def delete(self, board_id: str) -> None:
        """Take a board down."""
        httpx.delete(self._url(board_id), headers=self._headers(), timeout=30).raise_for_status()

    def stored(self, board_id: str) -> dict[str, Any]:
        """Return a board as it stands."""
        answer = httpx.get(self._url(board_id), headers=self._headers(), timeout=30)
        found: dict[str, Any] = answer.raise_for_status().json()["board"]
        return found

    def aim(self, person: str, metric: str, value: int | dict[str, Any], **more: Any) -> None:
        """Set the target of somebody for today; money is {amount, currency}."""
        answer = httpx.put(
            f"{self.company.stack.query_url}/v1/targets/employee/{person}",
            params={"period": "day"},
            headers=self._headers(),
            json={"targets": [{"metric": metric, "value": value, **more}]},
            timeout=30,
        )
        assert answer.status_code == httpx.codes.OK, answer.text

    def read(self, path: str, **asked: str) -> dict[str, Any]:
        """Return a document, once all that was sent is in it."""
        url = f"{self.company.stack.query_url}{path}"
        self.company.settle()
        answer = httpx.get(url, params=asked, headers=self._headers(), timeout=30)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def address(self, board_id: str, *, edit: bool = False) -> str:
        """Return the address of a board for an administrator."""
        page = f"{board_id}/edit" if edit else board_id
        return f"{self.company.stack.query_url}/boards/{page}?key={self.key}"

    def _url(self, board_id: str) -> str:
        return f"{self.company.stack.query_url}/v1/boards/{board_id}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}
