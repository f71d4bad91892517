"""How Kafka and Redis are spoken to: from the settings into every client."""

from __future__ import annotations

import ast
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from faust.auth import SASLCredentials, SSLCredentials

from schemas.brokers import Brokers
from schemas.settings import SettingsError, SharedSettings
from services.aggregator.app import Aggregator
from services.aggregator.settings import AggregatorSettings
from services.aggregator.transport import credentials
from tests.access.certificate import make_certificate

ROOT = Path(__file__).parents[2]
SASL = {
    "SALESPULSE_KAFKA_PROTOCOL": "SASL_SSL",
    "SALESPULSE_KAFKA_SASL_MECHANISM": "SCRAM-SHA-256",
    "SALESPULSE_KAFKA_USER": "salespulse",
    "SALESPULSE_KAFKA_PASSWORD": "hunter2",
}
KAFKA_CLIENTS = {"AIOKafkaConsumer", "AIOKafkaProducer", "AIOKafkaAdminClient"}
REDIS_CLIENTS = {"from_url"}


def brokers(environ: dict[str, str]) -> Brokers:
    """Return the brokers of an environment."""
    return SharedSettings.load(environ).brokers()


def test_by_default_the_line_is_plain() -> None:
    """Without settings a client connects as the embedded broker wants it."""
    found = brokers({"SALESPULSE_KAFKA_BOOTSTRAP": "a:1,b:2"}).client()
    assert found == {"bootstrap_servers": "a:1,b:2", "security_protocol": "PLAINTEXT"}


async def test_a_client_takes_all_of_it(tmp_path: Path) -> None:
    """User, password, mechanism and certificates arrive in a real client."""
    ca = make_certificate(tmp_path).certificate
    found = brokers(SASL | {"SALESPULSE_KAFKA_CA_FILE": str(ca)}).client()
    consumer = AIOKafkaConsumer(**found)
    client: Any = consumer._client
    assert client._security_protocol == "SASL_SSL"
    assert client._sasl_mechanism == "SCRAM-SHA-256"
    assert (client._sasl_plain_username, client._sasl_plain_password) == ("salespulse", "hunter2")
    context = client._ssl_context
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert [dict(each[0] for each in ca["subject"]) for ca in context.get_ca_certs()] == [
        {"commonName": "salespulse-test"}
    ]
    await consumer.stop()


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"])
def test_faust_is_told_the_same(protocol: str) -> None:
    """Faust's own clients prove themselves in the way all others do."""
    asked = brokers(SASL | {"SALESPULSE_KAFKA_PROTOCOL": protocol})
    told: Any = credentials(asked)
    assert asked.protocol == protocol
    if protocol == "PLAINTEXT":
        assert told is None
        return
    assert told.protocol.value == protocol
    if protocol == "SSL":
        assert isinstance(told, SSLCredentials)
        return
    assert isinstance(told, SASLCredentials)
    assert told.mechanism.value == "SCRAM-SHA-256"
    assert (told.username, told.password) == ("salespulse", "hunter2")


async def test_the_aggregator_hands_it_to_faust() -> None:
    """The application that consumes the log has the credentials of the settings."""
    made = Aggregator(AggregatorSettings.load(SASL))
    held: Any = made.faust.conf.broker_credentials
    assert (held.username, held.protocol.value) == ("salespulse", "SASL_SSL")
    await made.close()


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"SALESPULSE_KAFKA_PROTOCOL": "SASL_SSL"}, "KAFKA_USER"),
        ({"SALESPULSE_KAFKA_PROTOCOL": "TLS"}, "SALESPULSE_KAFKA_PROTOCOL"),
        ({"SALESPULSE_KAFKA_SASL_MECHANISM": "GSSAPI"}, "SALESPULSE_KAFKA_SASL_MECHANISM"),
        ({"SALESPULSE_KAFKA_CA_FILE": "/nowhere.pem"}, "no file /nowhere.pem"),
        ({"SALESPULSE_REDIS_CA_FILE": "/nowhere.pem"}, "rediss://"),
    ],
)
def test_half_a_configuration_is_refused_at_the_start(environ: dict[str, str], said: str) -> None:
    """What could not work says so before anything connects."""
    with pytest.raises(SettingsError, match=said):
        SharedSettings.load(environ)


def test_a_password_is_not_shown() -> None:
    """Neither settings nor brokers print the password."""
    settings = SharedSettings.load(SASL)
    assert "hunter2" not in repr(settings) + repr(settings.brokers())


def test_redis_gets_its_user_and_its_certificates(tmp_path: Path) -> None:
    """A `rediss://` URL checks certificate and name, with the authority that is named."""
    ca = str(make_certificate(tmp_path).certificate)
    url = "rediss://query:hunter2@redis:6379/0"
    found = SharedSettings.load({"SALESPULSE_REDIS_URL": url, "SALESPULSE_REDIS_CA_FILE": ca})
    assert found.redis() == {
        "url": url,
        "ssl_cert_reqs": "required",
        "ssl_check_hostname": True,
        "ssl_ca_certs": ca,
    }


def test_what_is_shared_is_told_whole() -> None:
    """A process beside this one is given the same settings."""
    settings = SharedSettings.load(SASL | {"SALESPULSE_EMBEDDED_BROKER": "true"})
    assert SharedSettings.load(settings.shared()) == settings


@pytest.mark.parametrize("path", sorted((ROOT / "services").rglob("*.py")), ids=lambda p: p.name)
def test_every_client_is_made_from_the_settings(path: Path) -> None:
    """No client of Kafka or Redis names an address of its own: it would lack the credentials."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in KAFKA_CLIENTS | REDIS_CLIENTS:
            spread = [ast.unparse(each.value) for each in node.keywords if each.arg is None]
            assert any(text.endswith((".client()", ".redis()")) for text in spread), node.lineno
