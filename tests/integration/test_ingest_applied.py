"""The door in front of the running services: keys through the fold, waiting for the figures."""

from __future__ import annotations

import httpx
import orjson
import pytest

from deploy.local.process import wait_for
from deploy.local.stack import Stack
from schemas.changes import Version
from schemas.envelope import BATCH_CONTENT_TYPE
from tests.ingest_rig import event

pytestmark = pytest.mark.once


def send(stack: Stack, key: str, tenant: str, number: int, **params: str) -> httpx.Response:
    return httpx.post(
        f"{stack.ingestor_url}/v1/events",
        headers={"Authorization": f"Bearer {key}", "Content-Type": BATCH_CONTENT_TYPE},
        content=orjson.dumps([event(tenant, number)]),
        params=params,
        timeout=30,
    )


def test_wait_applied_waits_for_the_fold(stack: Stack) -> None:
    """wait=applied answers true with a version of the served generation, later ones larger."""
    tenant = stack.create_tenant()
    answers = [
        send(stack, tenant.write_key, tenant.id, number, wait="applied").json()
        for number in range(3)
    ]
    assert [answer["applied"] for answer in answers] == [True] * 3
    versions = [Version.parse(answer["version"]) for answer in answers]
    assert len({version.generation for version in versions}) == 1
    offsets = [version.offset for version in versions]
    assert offsets == sorted(set(offsets))


def test_key_outlives_the_ingestor(stack: Stack) -> None:
    """A key that the fold has works after the ingestor was restarted; a wrong one does not."""
    tenant = stack.create_tenant()
    stack.ingestor.stop()
    stack.ingestor.start()
    stack.ingestor.wait()
    assert send(stack, tenant.write_key, tenant.id, 1).status_code == 202
    assert send(stack, tenant.read_key, tenant.id, 1).status_code == 403
    wrong = tenant.write_key[:-8] + "00000000"
    assert send(stack, wrong, tenant.id, 1).status_code == 401
    assert send(stack, f"sp_{tenant.id}_0123456789ab_00", tenant.id, 1).status_code == 401


@pytest.mark.parametrize("scope", ["ingest", "query"])
def test_revoked_key_is_refused_by_a_new_ingestor(stack: Stack, scope: str) -> None:
    """A key revoked in one ingestor is unknown to the next one, which knows only the fold."""
    tenant = stack.create_tenant()
    admin = {"Authorization": f"Bearer {stack.admin_token}"}
    url = f"{stack.ingestor_url}/v1/tenants/{tenant.id}/keys"
    made = httpx.post(url, headers=admin, json={"scopes": [scope]}, timeout=30).json()
    assert httpx.delete(f"{url}/{made['key_id']}", headers=admin, timeout=30).status_code == 204
    assert send(stack, tenant.write_key, tenant.id, 1, wait="applied").json()["applied"]
    stack.ingestor.stop()
    stack.ingestor.start()
    stack.ingestor.wait()
    wait_for(
        lambda: send(stack, made["key"], tenant.id, 1).status_code == 401, 20, "it still works"
    )
