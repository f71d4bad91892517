"""The guard against calling what is inside: a host is resolved once, checked, and pinned.

Whoever may define a webhook could otherwise have us call the metadata service of a cloud, the
store, or a neighbour. The address that was checked is the one that is called, so a name that
changes its mind in between gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]
Resolve = Callable[[str, int], Awaitable[list[str]]]

_ASSIGNED: Final = IPv4Network("192.0.0.0/24")
"""For protocols, and for the metadata of one cloud; Python counts a part of it as public."""
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""NAT64: behind such an address stands an IPv4 one."""


class ForbiddenAddressError(Exception):
    """The address may not be called; the text says why."""


async def resolve(host: str, port: int) -> list[str]:
    """Ask the machine's resolver; OSError where it knows no such host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


async def pinned(host: str, port: int, allowed: Networks, ask: Resolve = resolve) -> str:
    """Return the address to call.

    Errors: ForbiddenAddressError where one of the addresses of the host is neither public nor
            allowed; OSError where there is none.
    """
    addresses = [host] if _is_address(host) else await ask(host, port)
    if not addresses:
        raise OSError(f"no address for {host}")
    for text in addresses:
        if not is_callable(ip_address(text.partition("%")[0]), allowed):
            raise ForbiddenAddressError(f"{text} is no public address")
    return addresses[0]


def is_callable(address: Address, allowed: Networks) -> bool:
    """Say whether an address, and each that is wrapped in it, is public or allowed."""
    return all(
        _is_public(each) or any(each in network for network in allowed)
        for each in (address, *_wrapped(address))
    )


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and address not in _ASSIGNED


def _wrapped(address: Address) -> list[Address]:
    """Return the IPv4 addresses inside an IPv6 one: mapped, compatible, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv4Address):
        return []
    found: list[Address] = [*(address.teredo or ())]
    found += [each for each in (address.ipv4_mapped, address.sixtofour) if each is not None]
    if int(address) >> 32 == 0 or any(address in network for network in _TRANSLATED):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return found


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
