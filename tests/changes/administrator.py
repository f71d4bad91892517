"""Who defines webhooks and alerts: a machine with the right to."""

from __future__ import annotations

from typing import Any

import httpx

from deploy.local.process import wait_for
from tests.changes.office import Office

PATIENCE_S = 60


class Administrator:
    """A client of the query service whose key may administer."""

    def __init__(self, office: Office) -> None:
        made = httpx.post(
            f"{office.stack.ingestor_url}/v1/tenants/{office.tenant.id}/keys",
            headers={"Authorization": f"Bearer {office.stack.admin_token}"},
            json={"scopes": ["query", "administer"], "label": "administration"},
            timeout=30,
        )
        made.raise_for_status()
        self.key: str = made.json()["key"]
        self._client = httpx.Client(
            base_url=office.stack.query_url,
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=60,
        )
        self.wait_for_key()

    def wait_for_key(self) -> None:
        """Wait until the key is known."""
        wait_for(
            lambda: self._client.get("/v1/webhooks").status_code == httpx.codes.OK,
            PATIENCE_S,
            "the key does not work",
        )

    def ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Ask; the answer has to be a yes."""
        answer = self._client.request(method, path, json=body or None)
        assert answer.status_code == httpx.codes.OK, answer.text
        return dict(answer.json())

    def refused(self, method: str, path: str, **body: Any) -> str:
        """Ask; return the code of the refusal."""
        return str(self.problem(method, path, **body)["code"])

    def problem(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Ask; return the refusal."""
        answer = self._client.request(method, path, json=body or None)
        assert answer.is_client_error, answer.text
        return dict(answer.json())

    def close(self) -> None:
        """Let go."""
        self._client.close()
