"""Make the tenant that an import writes to, through the administration of the ingestor."""

from __future__ import annotations

import httpx

from services.ingestor.importers.poster import PostError


class NewTenant:
    """The wish for a tenant: made if it does not exist, else used with a key of its own."""

    def __init__(self, tenant: str, time_zone: str, currency: str, region: str) -> None:
        self.tenant, self.time_zone, self.currency = tenant, time_zone, currency
        self.region = region


async def write_key(
    client: httpx.AsyncClient, url: str, admin_token: str, wish: NewTenant
) -> tuple[str, str | None]:
    """Return a key that may write to the tenant, and one that may read if it was made now.

    Errors: PostError with the answer of the ingestor.
    """
    headers = {"Authorization": f"Bearer {admin_token}"}
    tenants = url.rstrip("/") + "/v1/tenants"
    body = {
        "id": wish.tenant,
        "name": wish.tenant,
        "time_zone": wish.time_zone,
        "currency": wish.currency,
        "region": wish.region,
    }
    try:
        made = await client.post(tenants, json=body, headers=headers)
        if made.status_code == 201:
            answer = made.json()
            return answer["write_key"], answer["read_key"]
        if made.status_code == 409:
            keys = {"scopes": ["ingest"], "label": "import"}
            made = await client.post(f"{tenants}/{wish.tenant}/keys", json=keys, headers=headers)
            if made.status_code == 201:
                return made.json()["key"], None
    except httpx.TransportError as error:
        raise PostError(f"{tenants} does not answer: {error}") from None
    raise PostError(f"{tenants} answered {made.status_code}: {made.text[:200]}")


def tenant_of(key: str) -> str:
    """Return the tenant that a key names, 'sp_<tenant>_<key id>_<secret>'.

    Errors: PostError if this is no such key.
    """
    parts = key.split("_")
    if len(parts) != 4 or parts[0] != "sp":
        raise PostError("the key is not of the form sp_<tenant>_<key id>_<secret>")
    return parts[1]
