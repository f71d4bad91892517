"""How a command reaches a running Salespulse, and how it says what went wrong.

The stack of `salespulse up` leaves a note in its state folder: where its services listen, its
admin token and the keys of the tenants it made. Whatever the settings name goes before the note.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import httpx

from schemas.settings import SharedSettings
from services.commands.settings import CliSettings

_NOTE = "running.json"
_KEYS = "keys.json"
_TIMEOUT_SECONDS = 60.0


class CommandError(Exception):
    """A command cannot go on; the text is for the person who typed it."""


@dataclass(frozen=True, slots=True)
class TenantKeys:
    """The two keys of a tenant."""

    write_key: str
    read_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a running stack tells the commands beside it."""

    ingestor_url: str
    aggregator_url: str
    query_url: str
    kafka_bootstrap: str
    redis_url: str
    embedded_broker: bool
    topic_prefix: str
    admin_token: str
    pid: int
    children: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """Name of a process -> its id and when it was started."""

    def write(self, state: Path) -> None:
        """Leave the note in the state folder, readable by its owner only."""
        write_private(state / _NOTE, asdict(self))

    @classmethod
    def read(cls, state: Path) -> Self | None:
        """Read the note, or return None where no stack left one."""
        try:
            stored = json.loads((state / _NOTE).read_text())
        except FileNotFoundError:
            return None
        children = {name: (pid, born) for name, (pid, born) in stored.pop("children").items()}
        return cls(**stored, children=children)

    @staticmethod
    def remove(state: Path) -> None:
        """Take the note away: the stack has stopped."""
        (state / _NOTE).unlink(missing_ok=True)


def write_private(path: Path, content: object) -> None:
    """Write JSON that only its owner may read; the old content stays until the new is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
    partial.replace(path)


def read_keys(state: Path) -> dict[str, TenantKeys]:
    """Read the keys of the tenants made on this machine."""
    try:
        stored = json.loads((state / _KEYS).read_text())
    except FileNotFoundError:
        return {}
    return {tenant: TenantKeys(**keys) for tenant, keys in stored.items()}


def keep_keys(state: Path, tenant: str, keys: TenantKeys) -> None:
    """Remember the keys of a tenant made on this machine; nobody can read them again later."""
    all_keys = read_keys(state) | {tenant: keys}
    write_private(state / _KEYS, {name: asdict(each) for name, each in all_keys.items()})


@dataclass(frozen=True, slots=True)
class Connection:
    """Addresses and secrets, from the settings or else from the note of the local stack."""

    settings: CliSettings
    note: Note | None

    @classmethod
    def open(cls, environ: Mapping[str, str]) -> Self:
        """Read settings and note."""
        settings = CliSettings.load(environ)
        return cls(settings, Note.read(settings.state_dir))

    @property
    def ingestor_url(self) -> str:
        """Return the base URL of the ingestor."""
        return self.settings.ingestor_url or self._noted().ingestor_url

    @property
    def query_url(self) -> str:
        """Return the base URL of the query service."""
        return self.settings.query_url or self._noted().query_url

    @property
    def admin_token(self) -> str:
        """Return the admin token of the ingestor."""
        return self.settings.admin_token.get_secret_value() or self._noted().admin_token

    def shared(self) -> SharedSettings:
        """Return the settings all services share, for work beside them."""
        named, note = self.settings.shared(), self.note
        if note is None or {"kafka_bootstrap", "redis_url"} & self.settings.model_fields_set:
            return SharedSettings.load(named)
        noted = {
            "SALESPULSE_KAFKA_BOOTSTRAP": note.kafka_bootstrap,
            "SALESPULSE_REDIS_URL": note.redis_url,
            "SALESPULSE_EMBEDDED_BROKER": str(note.embedded_broker).lower(),
            "SALESPULSE_TOPIC_PREFIX": note.topic_prefix,
        }
        return SharedSettings.load(named | noted)

    def key(self, tenant: str, scope: Literal["ingest", "query"]) -> str:
        """Return a key of a tenant.

        Errors: CommandError where neither the settings nor the state folder has one.
        """
        named = self.settings.key.get_secret_value()
        if named:
            return named
        kept = read_keys(self.settings.state_dir).get(tenant)
        if kept is None:
            raise CommandError(
                f"no key of tenant {tenant} is known here; set SALESPULSE_CLI_KEY, or make the "
                f"tenant with: salespulse tenant create {tenant}"
            )
        return kept.write_key if scope == "ingest" else kept.read_key

    def _noted(self) -> Note:
        if self.note is None:
            raise CommandError(
                "no stack is known here; start one with `salespulse up`, or set "
                "SALESPULSE_CLI_INGESTOR_URL, SALESPULSE_CLI_QUERY_URL and "
                "SALESPULSE_CLI_ADMIN_TOKEN"
            )
        return self.note


def ask(method: str, url: str, bearer: str, content_type: str = "", **options: Any) -> Any:
    """Send one request and return its JSON, None where the answer is empty.

    Errors: CommandError with the detail of the problem document, or with what the network said.
    """
    try:
        answer = httpx.request(
            method,
            url,
            headers={"Authorization": f"Bearer {bearer}"}
            | ({"Content-Type": content_type} if content_type else {}),
            timeout=_TIMEOUT_SECONDS,
            **options,
        )
    except httpx.TransportError as error:
        raise CommandError(f"{url} does not answer: {error}") from None
    if answer.is_error:
        raise CommandError(f"{answer.status_code}: {_problem(answer)}")
    return answer.json() if answer.content else None


def _problem(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return answer.text
    said = str(problem.get("detail") or problem.get("title") or problem)
    return "\n".join([said, *map(_row, problem.get("rows", ()))])


def _row(wrong: dict[str, Any]) -> str:
    """Say what is wrong with one row of a file."""
    where = f"line {wrong['line']}" + (f", column {wrong['column']}" if wrong["column"] else "")
    return f"  {where}: {wrong['detail']} ({wrong['code']})"
