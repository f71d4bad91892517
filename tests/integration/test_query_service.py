"""Who may ask, what is said when something is away, and that no answer ever goes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.layout import LAYOUT
from schemas.tables import PartitionKeys
from tests.integration.query_house import TODAY, House, open_house
from tests.integration.query_seed import Line

pytestmark = pytest.mark.once

ORDER = Line("orders_approved", "sales", "an", TODAY, 1, (21,))


@pytest.fixture
async def house(broker: Broker, store: EmbeddedStore) -> AsyncIterator[House]:
    """Give the seeded company."""
    async with open_house(broker, store.url) as opened:
        yield opened


async def orders(house: House) -> httpx.Response:
    return await house.get("/v1/kpis/employee/an", metrics="orders_approved")


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        ("", 401, "no_key"),
        ("secret", 401, "bad_key"),
        ("sp_acme_k1_wrong", 401, "bad_key"),
        ("sp_acme_k9_s3cr_et", 401, "bad_key"),
        ("sp_globex_k1_s3cr_et", 401, "bad_key"),
    ],
)
async def test_a_wrong_key_is_refused(house: House, key: str, status: int, code: str) -> None:
    """No key, a foreign one and a made-up one get 401 and no figure."""
    answer = await house.get("/v1/tenant", bearer=key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_key_needs_the_scope(house: House) -> None:
    """A key for ingest may not read."""
    answer = await house.get("/v1/tenant", bearer=house.seed.api_key("k2", "ingest"))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden_scope")


async def test_a_revoked_key_is_refused(house: House) -> None:
    """A key that was good stops being so."""
    assert (await house.get("/v1/tenant")).status_code == 200
    house.seed.api_key("k1", "query", revoked=True)
    assert (await house.get("/v1/tenant")).status_code == 401


async def test_a_key_in_the_address_is_taken(house: House) -> None:
    """A browser that cannot set headers gives the key as a parameter."""
    assert (await house.get("/v1/tenant", bearer="", key=house.key)).status_code == 200


async def test_a_key_that_is_not_folded_yet_is_not_called_wrong(house: House) -> None:
    """While the figures are behind the log, an unknown key is a matter of waiting."""
    house.seed.beat(behind=3)
    answer = await house.get("/v1/tenant", bearer="sp_acme_k9_s3cr_et")
    assert (answer.status_code, answer.json()["code"]) == (503, "catching_up")
    assert answer.headers["retry-after"]


async def test_behind_is_said(house: House) -> None:
    """With events in the log that are not folded the answer says how many, and as of when."""
    house.seed.beat(behind=7)
    body = (await orders(house)).json()
    assert (body["state"], body["lag"]["events"]) == ("catching_up", 7)
    assert body["as_of"] == "2026-11-22T04:59:59.995Z"


async def test_silence_is_said(house: House) -> None:
    """A worker that has not reported for ten seconds makes the answer stale."""
    house.clock.at_ms += 11_000
    body = (await orders(house)).json()
    assert body["state"] == "stale"
    assert body["lag"]["seconds"] == 11.0
    assert "silent" in body["reason"]


async def test_a_stopped_worker_tells_why(house: House) -> None:
    """The reason for which the worker stopped stands in the answer."""
    house.seed.beat(state="stopped", reason="the topic was recreated")
    body = (await orders(house)).json()
    assert (body["state"], body["reason"]) == ("stale", "the topic was recreated")


async def test_no_answer_goes_back(house: House) -> None:
    """A store set back to an older state is not shown until it is where it was."""
    before = (await orders(house)).json()
    house.seed.commit()
    assert (await orders(house)).json()["version"] > before["version"]
    fence = house.seed.partition_keys.fence
    house.seed.redis.hset(fence, "next", house.seed.offset - 1)
    answer = await orders(house)
    assert (answer.status_code, answer.json()["code"]) == (503, "recovering")
    house.seed.redis.hset(fence, "next", house.seed.offset)
    assert (await orders(house)).status_code == 200


async def test_a_new_generation_is_served_at_once(house: House) -> None:
    """After a rebuild the pointer decides, and a cursor of before is refused with what to do."""
    first = (await house.get("/v1/facts", metric="orders_approved", limit="1")).json()
    house.seed.generation = "g2"
    house.seed.serve()
    house.key = house.seed.api_key("k1", "query")
    house.seed.commit(ORDER)
    body = (await house.get("/v1/kpis/company/all", metrics="orders_approved")).json()
    assert body["version"].startswith("g2.")
    assert body["figures"][0]["value"] == 1
    answer = await house.get("/v1/facts", metric="orders_approved", cursor=first["next"])
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_expired")


@pytest.mark.parametrize("other", ["0a1b2c3d-7", f"{LAYOUT + 1}_0a1b2c3d-7"])
async def test_tables_of_another_layout_are_not_read(house: House, other: str) -> None:
    """What an older or newer version laid out is refused with what to do, not read wrongly."""
    served = PartitionKeys(house.seed.partition).served
    house.seed.redis.set(served, other)
    answer = await orders(house)
    assert (answer.status_code, answer.json()["code"]) == (503, "other_layout")
    assert "salespulse rebuild" in answer.json()["detail"]
    assert answer.headers["retry-after"]
    house.seed.redis.set(served, house.seed.generation)
    assert (await orders(house)).status_code == 200


async def test_an_empty_store_is_no_zero(house: House) -> None:
    """Where nothing is served there are no figures, and no zeros in their place."""
    house.seed.redis.delete(PartitionKeys(house.seed.partition).served)
    answer = await orders(house)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")


async def test_a_store_that_is_away_is_no_zero(broker: Broker, tmp_path: Path) -> None:
    """Without its store the service answers 503 and Retry-After, and comes back with it."""
    own = EmbeddedStore(tmp_path, appendfsync="always")
    own.start()
    try:
        async with open_house(broker, own.url, QUERY_KEY_CACHE_S="60") as house:
            assert (await orders(house)).status_code == 200
            own.kill()
            answer = await orders(house)
            assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
            assert answer.headers["retry-after"]
            ready = await house.get("/readyz")
            assert (ready.status_code, ready.json()["failing"]) == (503, ["store"])
            own.start()
            assert (await orders(house)).json()["figures"][0]["value"] == 2
            assert (await house.get("/readyz")).status_code == 200
    finally:
        own.stop()


async def test_the_service_describes_itself(house: House) -> None:
    """OpenAPI names endpoints of every kind, the hot ones too, and its references resolve."""
    document = (await house.get("/openapi.json")).json()
    listed = {f"/v1/reports/{name}" for name in ("telesales", "lifecycle", "sales-performance")}
    followed = {*listed, "/v1/reports/journey", "/v1/reports/calls"}
    lists = {f"{path}/facts" for path in listed}
    reports = {"/v1/reports/department", "/v1/reports/employee", *followed, *lists}
    tables = {"/v1/facts", "/v1/audit", *reports}
    assert set(document["paths"]) >= {
        "/login",
        "/logout",
        "/v1/tenant",
        "/v1/org",
        "/v1/catalogue",
        "/v1/kpis/{scope}/{id}",
        "/v1/leaderboard",
        "/v1/customers/{customer_id}/journey",
        "/v1/customers/{customer_id}/journey/stream",
        "/v1/quality",
        "/v1/restatements",
        "/v1/stream",
        *tables,
        *(f"{path}/stream" for path in followed),
        *(f"{path}.{kind}" for path in tables for kind in ("csv", "xlsx")),
    }
    names = set(document["components"]["schemas"])
    text = str(document)
    used = {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}
    assert used <= names
    parameters = document["paths"]["/v1/kpis/{scope}/{id}"]["get"]["parameters"]
    assert {"scope", "id", "metrics", "from", "to", "by"} <= {p["name"] for p in parameters}


async def test_pages_are_served_strictly(house: House) -> None:
    """Pages need no key, allow nothing inline, and assets are asked for anew by ETag."""
    board = await house.get("/board/sales", bearer="")
    assert board.status_code == 200
    policy = board.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert board.headers["x-content-type-options"] == "nosniff"
    asset = await house.get("/assets/board.css", bearer="")
    assert (asset.status_code, asset.headers["cache-control"]) == (200, "no-cache")
    async with httpx.AsyncClient(base_url=house.url, timeout=60) as client:
        again = await client.get(
            "/assets/board.css", headers={"If-None-Match": asset.headers["etag"]}
        )
    assert again.status_code == 304


async def test_it_is_measured(house: House) -> None:
    """Requests are counted by the pattern of their route, never by ids."""
    await orders(house)
    await house.get("/nowhere/at/all")
    text = (await house.get("/metrics", bearer="")).text
    assert (
        'salespulse_query_requests_total{route="/v1/kpis/{scope}/{id:path}",status="2xx"}' in text
    )
    assert 'route="other",status="4xx"' in text
    assert "/nowhere" not in text


async def test_an_unknown_address_is_a_problem(house: House) -> None:
    """Even what does not exist is answered as a problem document."""
    answer = await house.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
