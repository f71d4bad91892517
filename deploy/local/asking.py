"""Asking the services of this machine, over plain HTTP on loopback.

A client of httpx reads every certificate authority of the machine when it is made: 50 ms of a core.
Whoever looks again and again whether a service is ready would take from it what it starts with.
"""

from __future__ import annotations

import ssl
from typing import Final

import httpx

ASK: Final = httpx.Client(
    verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # trusts nobody: nothing here speaks TLS
    limits=httpx.Limits(max_keepalive_connections=0),  # a service may be another one next time
)
"""One client for all who ask; safe among threads."""
