"""The guard of webhooks: what is inside is not called, however it is written."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from services.notifier.addresses import ForbiddenAddressError, is_callable, pinned
from services.notifier.sender import Sender
from tests.changes.subscriber import subscriber

INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.0.192", "198.18.0.1", "::1", "::",
    "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
    "::127.0.0.1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe", "2001:0:7f00:1::1",
]  # fmt: skip
OUTSIDE = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_not_called(address: str) -> None:
    """Private, loopback, link-local, shared, metadata, multicast, and IPv4 wrapped in IPv6."""
    assert not is_callable(ip_address(address), ())


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_public_is_called(address: str) -> None:
    """A public address passes, also behind NAT64."""
    assert is_callable(ip_address(address), ())


def test_a_setting_opens_a_network_and_no_other() -> None:
    """What is allowed passes; its neighbour does not."""
    allowed = (ip_network("10.1.0.0/16"),)
    assert is_callable(ip_address("10.1.2.3"), allowed)
    assert not is_callable(ip_address("10.2.2.3"), allowed)


async def test_one_bad_address_of_a_name_is_enough() -> None:
    """A name that also stands for an inner address is refused; one without any is an error."""

    async def asked(host: str, port: int) -> list[str]:
        return {"both.example": ["8.8.8.8", "10.0.0.1"], "good.example": ["8.8.8.8"]}.get(host, [])

    assert await pinned("good.example", 443, (), asked) == "8.8.8.8"
    with pytest.raises(ForbiddenAddressError, match=r"10\.0\.0\.1"):
        await pinned("both.example", 443, (), asked)
    with pytest.raises(OSError, match="no address"):
        await pinned("none.example", 443, (), asked)


async def test_what_was_checked_is_what_is_called() -> None:
    """The name is asked once; the connection goes to that answer, with the name in `Host`."""
    async with subscriber() as listening:
        port = int(listening.url.split(":")[2].split("/")[0])
        asked: list[str] = []

        async def rebinding(host: str, _: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

        sender = Sender((ip_network("127.0.0.1/32"),), 5, rebinding)
        try:
            url = f"http://hooks.example:{port}/hook"
            outcome = await sender(url, {"webhook-id": "m"}, b"{}")
            assert (outcome.status, outcome.is_ok) == (200, True)
            assert listening.taken[0].headers["host"] == f"hooks.example:{port}"
            assert asked == ["hooks.example"]
            refused = await sender(url, {"webhook-id": "m"}, b"{}")
            assert (refused.status, refused.is_ok) == (0, False)
            assert "127.0.0.2 is no public address" in refused.error
        finally:
            await sender.close()


async def test_redirects_are_not_followed() -> None:
    """A redirect is a failure like any other answer that is no success."""
    async with subscriber() as listening:
        sender = Sender((ip_network("127.0.0.0/8"),), 5)
        try:
            listening.status = 307
            outcome = await sender(listening.url, {"webhook-id": "m"}, b"{}")
            assert (outcome.status, outcome.is_ok) == (307, False)
            assert len(listening.refused) == 1
        finally:
            await sender.close()
