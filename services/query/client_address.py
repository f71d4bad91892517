"""From where a request comes: the peer, and what proxies say that we were told to believe."""

from __future__ import annotations

from ipaddress import ip_network

from starlette.requests import Request

from services.query.api_keys import Networks, is_within


class Proxies:
    """The proxies in front of the service; without any, no header is believed."""

    def __init__(self, networks: str) -> None:
        self._networks: Networks = networks_of(networks)

    def address(self, request: Request) -> str:
        """Return the address of the client: of the peer, or of who spoke to the last proxy."""
        address = request.client.host if request.client else ""
        told = [part.strip() for part in ",".join(_all(request, "x-forwarded-for")).split(",")]
        while told and is_within(address, self._networks):
            address = told.pop() or address
        return address

    def is_https(self, request: Request) -> bool:
        """Say whether the client speaks https, to us or to a proxy of ours."""
        peer = request.client.host if request.client else ""
        if is_within(peer, self._networks):
            told = _all(request, "x-forwarded-proto")
            return bool(told) and told[-1].rpartition(",")[2].strip().lower() == "https"
        return request.url.scheme == "https"


def networks_of(text: str) -> Networks:
    """Return the networks of a list such as `10.0.0.0/8, ::1`; ValueError for anything else."""
    named = (part.strip() for part in text.split(","))
    return tuple(ip_network(name, strict=False) for name in named if name)


def _all(request: Request, name: str) -> list[str]:
    return request.headers.getlist(name)
