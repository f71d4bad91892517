"""A request that is refused before anybody looks at what it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from starlette.responses import Response


class Refusal(NamedTuple):
    """Why, as the problem document says it.

    Units:  `limit` is the limit that was passed; `retry_after` whole seconds.
    """

    status: int
    code: str
    detail: str
    limit: int
    retry_after: int | None = None


Refuse = Callable[[Refusal], Response]
"""How a service writes its problem documents."""
