"""The one way by which this service changes anything: events, through the ingestor, by name.

Nothing is stored here. What a person changes becomes events of their tenant, is checked before
it is sent, and is answered once the figures include it. Who asked goes along, so that the audit
trail, which the ingestor writes, names them and not this service.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from uuid import uuid4

import httpx
import orjson

from schemas.audit import ACTOR_HEADER, write_actor
from schemas.calendar import format_time
from schemas.envelope import BATCH_CONTENT_TYPE, REVISION_BITS, parse_event
from schemas.rejection import Rejection
from services.query.access import Caller
from services.query.audit.notes import actor_of
from services.query.problems import Problem
from services.query.settings import QuerySettings

log = logging.getLogger(__name__)
SOURCE: Final = "/query"
_RETRY_S: Final = 2
_CONNECT_S: Final = 2.0
_TIME_BITS: Final = (1 << REVISION_BITS) - 1
_PASSED_ON: Final = frozenset({400, 404, 409, 413, 415, 422})
"""What the ingestor says of the request itself; everything else is between the services."""


@dataclass(frozen=True, slots=True)
class Change:
    """One event to be: what happened to whom.

    Shape:  `after` is the version of what is changed, 0 where there is nothing yet: what a source
            has said with a revision of its own, or by a clock that is ahead, is still replaced.
    """

    type: str
    subject: str
    data: Mapping[str, Any] = field(default_factory=dict)
    after: int = 0


class Written(NamedTuple):
    """What was done: the version of the figures that includes it, and the ids of its events."""

    version: str
    events: tuple[str, ...] = ()


class Writer:
    """Writes what a caller changes. The right to it is decided before (`api.change`).

    Errors: Problem 422 with the code of the rejection and a `pointer` to the field; 503
            `writing_unavailable`, `ingestor_unavailable` and what the ingestor waits for; 504
            `not_applied`: it is in the log, and the figures do not include it yet.
    Laws:   all of the changes or none. With one `idempotency` text from one caller the events
            have the same ids, so sent again they are the same.
    """

    def __init__(self, settings: QuerySettings, now_ms: Callable[[], int]) -> None:
        token = settings.ingestor_token.get_secret_value()
        self._now_ms = now_ms
        self._client = (
            httpx.AsyncClient(
                base_url=settings.ingestor_url,
                headers={"Authorization": f"Bearer {token}"},
                timeout=httpx.Timeout(settings.ingestor_timeout_s, connect=_CONNECT_S),
            )
            if settings.ingestor_url
            else None
        )

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def write(
        self, caller: Caller, changes: Sequence[Change], idempotency: str = ""
    ) -> Written:
        """Write changes of the caller's tenant, and wait until the figures include them."""
        now_ms = self._now_ms()
        events = [
            event_of(caller.tenant, change, event_id, now_ms)
            for change, event_id in zip(
                changes, _ids(caller, len(changes), idempotency), strict=True
            )
        ]
        checked = [_checked(event, caller.tenant) for event in events]
        answer = await self.ask(
            caller,
            "POST",
            f"/v1/tenants/{caller.tenant}/events?wait=applied",
            content=b"[" + b",".join(checked) + b"]",
            content_type=BATCH_CONTENT_TYPE,
        )
        for rejected in answer["rejected"]:
            raise rejection(Rejection(rejected["code"], rejected["detail"], rejected["pointer"]))
        return written(answer, tuple(event["id"] for event in events))

    async def ask(
        self,
        caller: Caller,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        content_type: str = "application/json",
    ) -> Any:
        """Send a request of the administration in the name of a caller; None without an answer."""
        if self._client is None:
            detail = (
                "nothing can be changed here: no ingestor is set (SALESPULSE_QUERY_INGESTOR_URL)"
            )
            raise Problem(503, "writing_unavailable", detail)
        headers = {ACTOR_HEADER: write_actor(actor_of(caller), caller.address)}
        if content is not None:
            headers["Content-Type"] = content_type
        try:
            answer = await self._client.request(method, path, content=content, headers=headers)
        except httpx.ConnectError:
            detail = "the ingestor does not answer; nothing was changed"
            raise Problem(503, "ingestor_unavailable", detail, retry_after=_RETRY_S) from None
        except httpx.TransportError as error:
            log.warning("the ingestor failed: %s", type(error).__name__)
            detail = (
                "the ingestor did not answer in time: this may have been done or not; the same "
                "Idempotency-Key makes it harmless to send it again"
            )
            raise Problem(503, "ingestor_unavailable", detail, retry_after=_RETRY_S) from None
        if answer.is_error:
            raise problem_of(answer)
        return orjson.loads(answer.content) if answer.content else None


def event_of(tenant: str, change: Change, event_id: str, now_ms: int) -> dict[str, Any]:
    """Return an event that is newer than what it changes.

    Laws:   its version is above `change.after`, whatever revision and clock that was made with.
    """
    at_ms = max(now_ms, (change.after & _TIME_BITS) + 1)
    revision = change.after >> REVISION_BITS
    carried = {"revision": revision} if revision else {}
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": change.type,
        "time": format_time(at_ms),
        "subject": change.subject,
        "tenantid": tenant,
        "data": {**change.data, **carried},
    }


def written(answer: Mapping[str, Any], events: tuple[str, ...] = ()) -> Written:
    """Return what was done by an answer of `?wait=applied`; Problem 504 where it waits still."""
    if not answer["applied"]:
        detail = "this is accepted and will be done; the figures do not include it yet"
        raise Problem(504, "not_applied", detail, version=answer["version"])
    return Written(answer["version"], events)


def rejection(why: Rejection) -> Problem:
    """Return the problem of what no event can say; the pointer is one into the request's body."""
    pointer = why.pointer.removeprefix("/data")
    return Problem(422, why.code, why.detail, pointer=pointer)


def _ids(caller: Caller, count: int, idempotency: str) -> list[str]:
    if not idempotency:
        return [uuid4().hex for _ in range(count)]
    whose = (caller.tenant, caller.kind, caller.employee, caller.key_id, idempotency)
    return [
        blake2b(orjson.dumps([*whose, place]), digest_size=16).hexdigest() for place in range(count)
    ]


def _checked(event: dict[str, Any], tenant: str) -> bytes:
    found = parse_event(event, tenant)
    if isinstance(found, Rejection):
        raise rejection(found)
    return found


def problem_of(answer: httpx.Response) -> Problem:
    """Return the problem that an answer of the ingestor is to who asked here."""
    try:
        told = orjson.loads(answer.content)
        code, detail = str(told["code"]), str(told["detail"])
    except (ValueError, KeyError, TypeError):
        told, code, detail = {}, "ingestor_unavailable", "the ingestor failed"
    if answer.status_code in _PASSED_ON and told:
        known = {"type", "title", "status", "detail", "code"}
        members = {name: value for name, value in told.items() if name not in known}
        return Problem(answer.status_code, code, detail, **members)
    if answer.status_code in (401, 403):
        log.error("the ingestor refuses the token of this service: %s", code)
        detail = "the ingestor refuses this service (SALESPULSE_QUERY_INGESTOR_TOKEN)"
        return Problem(503, "writing_unavailable", detail)
    log.warning("the ingestor answered %d %s", answer.status_code, code)
    seconds = answer.headers.get("retry-after", "")
    retry_after = int(seconds) if seconds.isdecimal() else _RETRY_S
    return Problem(503, code, detail, retry_after=retry_after)
