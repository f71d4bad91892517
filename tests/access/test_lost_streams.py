"""When the right to a stream ends: at the record that took it away, or at the end of a token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.broker import Broker
from deploy.local.store import EmbeddedStore
from schemas.facts import Employee
from tests.access.company import Issuer
from tests.integration.query_house import NOON, TODAY, House, open_house
from tests.integration.query_listener import listening_at
from tests.integration.query_seed import Line

BINH = {"scope": "employee", "id": "binh", "metrics": "calls_outbound"}


def binh(department: str, version: int, *, sees_own: bool = True) -> Employee:
    """Return an employee with a right to look at themselves, or without."""
    return Employee(
        "binh",
        6,
        profile=(1, "Binh", True, None),
        places=((20260101, version, department, None),),
        permissions={"employee_kpi": (version, sees_own)},
    )


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    """Give an issuer of tokens."""
    return Issuer(tmp_path)


@pytest.fixture
async def still_house(broker: Broker, store: EmbeddedStore, issuer: Issuer) -> AsyncIterator[House]:
    """Give a house whose heart does not beat during a test: only records tell anything."""
    settings = {f"QUERY_{name}": value for name, value in issuer.settings.items()}
    async with open_house(broker, store.url, QUERY_HEARTBEAT_S="3600", **settings) as house:
        house.seed.facts(binh("hanoi", 1))
        yield house


def token(house: House, issuer: Issuer, seconds: int = 3600) -> str:
    """Return a token of Binh that ends so many seconds after the time of the house."""
    now = datetime.fromtimestamp(NOON / 1000, UTC)
    times = {"iat": now, "exp": now + timedelta(seconds=seconds)}
    return issuer.token(house.seed.tenant, "binh", **times)


async def test_the_record_itself_ends_the_stream(still_house: House, issuer: Issuer) -> None:
    """Nobody waits for a heartbeat; what came with the same record is not told any more."""
    seed = still_house.seed
    async with listening_at(still_house.url, token(still_house, issuer), **BINH) as listener:
        assert (await listener.next()).name == "snapshot"
        seed.facts(binh("hanoi", 2))
        seed.commit(Line("calls_outbound", "hanoi", "binh", TODAY, 1))
        assert (await listener.next()).name == "change"
        seed.facts(binh("hanoi", 3, sees_own=False))
        seed.commit()
        event = await listener.next()
        assert (event.name, event.data["code"]) == ("denied", "no_feature")
        with pytest.raises(EOFError):
            await listener.next()


async def test_nothing_is_told_after_the_end_of_a_token(still_house: House, issuer: Issuer) -> None:
    """What arrives when the token is over ends the stream instead of being told."""
    leeway_s = still_house.services.settings.jwt_leeway_s
    async with listening_at(still_house.url, token(still_house, issuer, 60), **BINH) as listener:
        assert (await listener.next()).name == "snapshot"
        still_house.clock.at_ms = NOON + int((60 + leeway_s) * 1000)
        still_house.seed.commit(Line("calls_outbound", "hanoi", "binh", TODAY, 1))
        with pytest.raises(EOFError):
            await listener.next()
