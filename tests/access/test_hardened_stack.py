"""All services on a store with users and TLS, at DEBUG: it works, and no secret comes out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import orjson
import psutil
import pytest
import redis

from deploy.local.broker import Broker
from deploy.local.process import LOOPBACK
from deploy.local.stack import Stack, Tenant
from schemas.settings import SharedSettings
from tests.access.certificate import Certificate, make_certificate
from tests.access.guarded_store import ACL, USERS, GuardedStore, TlsEnd, password_of

ROOT = Path(__file__).parents[2]
ADMIN_TOKEN = "marked-admin-token"
WEBHOOK_SECRET = "marked-secret-of-webhooks"
KAFKA_PASSWORD = "marked-password-of-kafka"
GUESS = "markedguess"


class House:
    """The running stack and its store."""

    def __init__(self, stack: Stack, store: GuardedStore, certificate: Certificate) -> None:
        self.stack = stack
        self.store = store
        self.certificate = certificate
        self.tenant: Tenant
        self.answers: list[str] = []

    def ask(self, method: str, url: str, key: str = "", **options: Any) -> httpx.Response:
        """Send a request and keep the whole answer."""
        headers = {**options.pop("headers", {})}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        answer = httpx.request(method, url, headers=headers, timeout=30, **options)
        self.answers.append(f"{answer.headers}\n{answer.text}")
        return answer


@pytest.fixture(scope="module")
def house(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give a stack in which each service has its own user, over TLS, and logs everything."""
    directory = tmp_path_factory.mktemp("hardened")
    certificate = make_certificate(directory)
    with ExitStack() as running:
        store = GuardedStore(directory / "store")
        store.start()
        running.callback(store.stop)
        end = TlsEnd(certificate, store.port)
        end.start()
        running.callback(end.stop)
        stack = Stack(
            broker=broker,
            redis_url=tls_url("operator", end.port),
            directory=directory,
            topic_prefix=f"t{secrets.token_hex(3)}-",
            admin_token=ADMIN_TOKEN,
            webhook_secret=WEBHOOK_SECRET,
            has_notifier=True,
            log_level="DEBUG",
            security={
                "SALESPULSE_REDIS_CA_FILE": str(certificate.certificate),
                "SALESPULSE_KAFKA_PASSWORD": KAFKA_PASSWORD,
            },
        )
        for service in stack.services:
            env = {k: v for k, v in (service.child.env or {}).items() if not k.endswith("_HOST")}
            env["SALESPULSE_REDIS_URL"] = tls_url(service.name, end.port)
            service.child.env = env
        stack.start()
        running.callback(stack.stop)
        made = House(stack, store, certificate)
        made.tenant = stack.create_tenant()
        yield made


def tls_url(user: str, port: int) -> str:
    """Return the URL of a user at the TLS end."""
    return f"rediss://{user}:{password_of(user)}@{LOOPBACK}:{port}/0"


def sale(tenant: Tenant) -> dict[str, Any]:
    """Write an order of today, as its CRM would."""
    at = "2026-11-20T10:00:00+07:00"
    return {
        "specversion": "1.0",
        "id": secrets.token_hex(8),
        "source": "/tests/access",
        "tenantid": tenant.id,
        "type": "order.created",
        "subject": "o1",
        "time": at,
        "data": {
            "order_date": "2026-11-20",
            "created_at": at,
            "owner_id": "lan",
            "total": {"amount": 500, "currency": "VND"},
        },
    }


def work(house: House) -> None:
    """Use every service: accepted, refused and broken requests, keys in all places."""
    stack, tenant = house.stack, house.tenant
    door, query = f"{stack.ingestor_url}/v1/events", stack.query_url
    kind = {"Content-Type": "application/cloudevents+json"}
    guessed = f"sp_{tenant.id}_0123abcd_{GUESS}"
    body = orjson.dumps(sale(tenant))
    taken = house.ask("POST", f"{door}?wait=applied", tenant.write_key, content=body, headers=kind)
    assert taken.status_code == 202, taken.text
    assert taken.json()["applied"], taken.text
    for key in (tenant.read_key, guessed):
        house.ask("POST", door, key, content=b"{" + key.encode(), headers=kind)
        house.ask("GET", f"{stack.ingestor_url}/v1/tenants", key)
    assert house.ask("GET", f"{stack.ingestor_url}/v1/tenants", ADMIN_TOKEN).status_code == 200
    days = "from=2026-11-20&to=2026-11-20"
    for path in ("/v1/kpis/company/all", "/v1/reports/department?department=all", "/v1/quality"):
        mark = "&" if "?" in path else "?"
        ranged = f"{path}{mark}{days}" if path != "/v1/quality" else path
        assert house.ask("GET", query + ranged, tenant.read_key).status_code == 200
        mark = "&" if "?" in ranged else "?"
        assert house.ask("GET", f"{query}{ranged}{mark}key={tenant.read_key}").status_code == 200
        assert house.ask("GET", f"{query}{ranged}{mark}key={guessed}").status_code == 401
    listed = house.ask("GET", f"{query}/v1/facts?metric=orders&{days}", tenant.read_key)
    assert len(listed.json()["rows"]) == 1, listed.text
    assert house.ask("GET", f"{query}/v1/facts.csv?metric=orders&{days}&key={tenant.read_key}")
    created = "created_from=2026-11-20&created_to=2026-11-20"
    for report in (
        f"telesales?{created}",
        f"sales-performance?{created}",
        "calls",
        "lifecycle",
        "journey",
    ):
        answer = house.ask("GET", f"{query}/v1/reports/{report}", tenant.read_key)
        assert answer.status_code == 200, answer.text
    with httpx.stream("GET", f"{query}/v1/stream?key={tenant.read_key}", timeout=30) as opened:
        lines = opened.iter_lines()
        assert any(line.startswith("event: snapshot") for line in lines)
    house.ask("POST", f"{query}/login", content=orjson.dumps({"token": guessed}))
    house.ask("GET", f"{query}/v1/kpis/company/all?from={guessed}&key={tenant.read_key}")
    for service in stack.services:
        house.ask("GET", f"{service.url}/metrics")
        house.ask("GET", f"{service.url}/readyz")


def test_each_service_needs_no_more_than_its_user_may(house: House) -> None:
    """Over TLS, with one user each, events are taken, folded, read, listed and streamed."""
    work(house)
    client = redis.Redis(port=house.store.port)
    with pytest.raises(redis.AuthenticationError):
        client.ping()
    client.close()
    for service in house.stack.services:
        assert "no permissions" not in service.child.log_path.read_text()


def test_no_secret_comes_out(house: House) -> None:
    """Logs at DEBUG, answers, metrics and the process list hold no password, token or key."""
    if not house.answers:
        work(house)
    given = [getattr(house.tenant, name) for name in ("write_key", "read_key")]
    marked = [
        *(password_of(user) for user in USERS),
        *(ADMIN_TOKEN, KAFKA_PASSWORD, WEBHOOK_SECRET),
        *(key.rpartition("_")[2] for key in given),
        GUESS,
    ]
    seen = {"answers": "\n".join(house.answers)}
    for name, child in (
        *((service.name, service.child) for service in house.stack.services),
        ("store", house.store.child),
    ):
        seen[f"log of {name}"] = child.log_path.read_text(errors="replace")
        seen[f"command of {name}"] = Path(f"/proc/{child.pid}/cmdline").read_text()
    assert "DEBUG" in seen["log of aggregator"]
    assert "INFO" in seen["log of query"]
    leaks = [
        (place, secret, re.findall(f".*{re.escape(secret)}.*", text)[0][:300])
        for place, text in seen.items()
        for secret in marked
        if secret in text
    ]
    assert leaks == []


def test_by_default_only_this_machine_is_served(house: House) -> None:
    """Without a setting of the address every service listens on loopback, and nowhere else."""
    for service in house.stack.services:
        found = psutil.Process(service.child.pid).net_connections("inet")
        listening = {each.laddr for each in found if each.status == psutil.CONN_LISTEN}
        assert listening == {(LOOPBACK, service.port)}


def test_a_certificate_of_somebody_else_is_not_believed(house: House, tmp_path: Path) -> None:
    """A client of ours refuses a store whose certificate its authority did not sign."""
    other = make_certificate(tmp_path)
    meeting = house.stack.meeting.environment()
    with redis.Redis.from_url(**SharedSettings.load(meeting).redis()) as believed:
        assert believed.ping()
    meeting["SALESPULSE_REDIS_CA_FILE"] = str(other.certificate)
    with (
        redis.Redis.from_url(**SharedSettings.load(meeting).redis()) as doubted,
        pytest.raises(redis.ConnectionError, match="certificate verify failed"),
    ):
        doubted.ping()


FIGURES = "sp:{p0}:g1:acme:d:c:all:20261120"
REFUSED = [
    *(("ingestor", command) for command in (
        f"HGETALL {FIGURES}", "SET sp:{p0}:served x", "HSET sp:{p0}:g1:acme:keys k v", "KEYS *",
    )),
    *(("query", command) for command in (
        f"HSET {FIGURES} a 1", f"DEL {FIGURES}", "SET sp:{p0}:served x", "GET other:key",
    )),
    *(("aggregator", command) for command in ("UNLINK other:key", "GET other:key")),
    *(("notifier", command) for command in (
        f"HSET {FIGURES} a 1", "SET sp:{p0}:served x", "GET other:key",
    )),
    *(("operator", command) for command in ("SET other:key x", "MONITOR")),
    *((user, command) for user in USERS for command in (
        "FLUSHALL", "CONFIG GET dir", "ACL LIST", "SAVE", "CLIENT LIST", "SHUTDOWN",
        "EVAL return{redis.call('FLUSHALL')} 0", "PUBLISH a b",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("user", "command"), REFUSED, ids=lambda value: value[:24])
def test_what_a_service_does_not_need_it_may_not(house: House, user: str, command: str) -> None:
    """A stolen password of one service opens only what that service does."""
    with (
        redis.Redis.from_url(house.store.url_of(user)) as client,
        pytest.raises(redis.ResponseError, match=r"(?i)no permission|NOPERM|ACL failure"),
    ):
        client.execute_command(*command.split(" "))


@pytest.mark.parametrize("service", ["query", "aggregator"])
def test_scripts_call_only_what_their_user_may(service: str) -> None:
    """A command that a script of ours begins to call is given to its user here too."""
    lines = {line.split()[1]: line for line in ACL.read_text().splitlines()}
    given = set(re.findall(r"\+([a-z_]+)", lines[service]))
    texts = [path.read_text() for path in (ROOT / "services" / service).rglob("*.py")]
    called = {name.lower() for text in texts for name in re.findall(r"call\('([A-Z_]+)", text)}
    listed = {
        name.lower() for text in texts for name in re.findall(r'\("([A-Z_]{3,})", k?e?y', text)
    }
    assert called
    assert called | listed <= given
