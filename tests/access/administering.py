"""A company whose administrator changes it over HTTP, for the tests of administration."""

from __future__ import annotations

from typing import Any

import httpx

from tests.access.company import ADMINISTRATOR, TLS, Company


class Office:
    """Dao's desk: requests in the name of the administrator, or of another kind of viewer."""

    def __init__(self, company: Company) -> None:
        self.company = company

    def ask(
        self, method: str, path: str, body: Any = None, kind: str = ADMINISTRATOR
    ) -> httpx.Response:
        """Send a request; a text is a file, anything else JSON."""
        headers = {"Authorization": f"Bearer {self.company.tokens[kind]}"}
        content: dict[str, Any] = {"json": body} if body is not None else {}
        if isinstance(body, str):
            headers["Content-Type"] = "text/csv"
            content = {"content": body.encode()}
        url = f"{self.company.stack.query_url}{path}"
        return httpx.request(method, url, headers=headers, timeout=30, verify=TLS, **content)

    def done(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Send what must be done."""
        answer = self.ask(method, path, body)
        assert answer.status_code == httpx.codes.OK, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str, str]:
        """Send what cannot be done; return status, code and the pointer to what is wrong."""
        answer = self.ask(method, path, body)
        told = answer.json()
        assert not answer.is_success, told
        return answer.status_code, told["code"], told.get("pointer", "")

    def rows(self, what: str) -> dict[str, dict[str, Any]]:
        """Return what there is of people, departments or keys, by id."""
        rows = self.done("GET", f"/v1/{what}")["rows"]
        return {row.get("id") or row["key_id"]: row for row in rows}

    def orders(self, scope: str, name: str, day: str) -> int:
        """Return how many orders count for somebody or a department on a day."""
        token = self.company.tokens["machine"]
        asked = {"metrics": "orders", "from": day, "to": day}
        answer = self.company.get(f"/v1/kpis/{scope}/{name}", token, **asked)
        return int(answer.json()["figures"][0]["value"])
