"""What the request handlers work with, made once at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from redis.asyncio import Redis

from services.query.access import Access
from services.query.audit.audit import Audit
from services.query.cohorts.books import Books
from services.query.cohorts.calls_book import CallsBooks
from services.query.directory import Directory
from services.query.door import Door
from services.query.evaluation import Plans
from services.query.operating import Operator
from services.query.reader import Reader
from services.query.refusals import Refusals
from services.query.settings import QuerySettings
from services.query.stream.hub import Hub
from services.query.telemetry import Telemetry
from services.query.writing import Writer


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the running service."""

    settings: QuerySettings
    redis: Redis
    directory: Directory
    refusals: Refusals
    audit: Audit
    reader: Reader
    books: Books
    door: Door
    calls: CallsBooks
    plans: Plans
    access: Access
    hub: Hub
    telemetry: Telemetry
    writer: Writer
    operator: Operator
    now_ms: Callable[[], int]
