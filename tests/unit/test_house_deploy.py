"""The image and the compose file, checked without Docker."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.settings import SharedSettings
from services.aggregator.settings import AggregatorSettings
from services.commands.settings import CliSettings
from services.ingestor.settings import IngestorSettings
from services.notifier.settings import NotifierSettings
from services.query.settings import QuerySettings

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose.yaml"
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
MODELS: dict[str, type[SharedSettings]] = {
    "ingestor": IngestorSettings,
    "aggregator": AggregatorSettings,
    "query": QuerySettings,
    "notifier": NotifierSettings,
    "topics": CliSettings,
}

KEYED = {"ingestor", "query"}
"""Services that seal and open."""


def compose() -> dict[str, Any]:
    """Read the compose file, merge keys resolved."""
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile with their arguments, continuations joined."""
    joined = DOCKERFILE.read_text().replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines()]
    parts = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    return [(name, rest) for name, rest in parts]


@pytest.mark.parametrize("name", MODELS)
def test_the_environment_of_a_service_is_what_it_reads(name: str) -> None:
    """Every SALESPULSE name in the compose file is a setting with a valid value."""
    environment = compose()["services"][name]["environment"]
    settings = MODELS[name].load(environment)
    assert settings.kafka_bootstrap == "kafka:9092"
    assert settings.redis_url.get_secret_value().startswith("redis://valkey:")
    assert not settings.embedded_broker


def test_every_service_is_there_and_waits_for_what_it_needs() -> None:
    """Broker and store are healthy, topics and keys made, before a service needs them."""
    services = compose()["services"]
    assert set(services) == {"kafka", "valkey", "keys", *MODELS}
    for name in ("ingestor", "aggregator", "query", "notifier"):
        waits = {each: how["condition"] for each, how in services[name]["depends_on"].items()}
        assert waits == {
            "kafka": "service_healthy",
            "valkey": "service_healthy",
            "topics": "service_completed_successfully",
        } | (
            {} if name in {"aggregator", "notifier"} else {"keys": "service_completed_successfully"}
        )
        assert services[name]["command"] == [name]


def test_what_runs_on_has_a_healthcheck_on_its_own_port() -> None:
    """A service that hangs is seen; the address asked is the port it listens on."""
    for name, service in compose()["services"].items():
        if name in {"topics", "keys"}:
            continue
        assert service["healthcheck"]["test"][0] == "CMD"
        environment = service.get("environment", {})
        if "HEALTH_URL" in environment:
            port = next(value for key, value in environment.items() if key.endswith("_PORT"))
            assert f":{port}/healthz" in environment["HEALTH_URL"]


def test_the_truth_is_kept_on_volumes() -> None:
    """The log and the append-only file outlive their containers."""
    content = compose()
    for name in ("kafka", "valkey", "keys"):
        volume, _, _ = content["services"][name]["volumes"][0].partition(":")
        assert volume in content["volumes"]
    assert content["services"]["valkey"]["command"][1:3] == ["--appendonly", "yes"]
    assert (
        ":-"
        not in content["services"]["ingestor"]["environment"]["SALESPULSE_INGESTOR_ADMIN_TOKEN"]
    ), "an admin token has no default"


def test_services_cannot_write_or_gain_rights() -> None:
    """The containers of ours are read-only and without capabilities."""
    services = compose()["services"]
    for name in ("keys", *MODELS):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]


def test_the_image_is_small_and_runs_as_nobody() -> None:
    """Two stages; the last has a user that is not root, a healthcheck and no build tools."""
    found = instructions()
    last = [place for place, (name, _) in enumerate(found) if name == "FROM"][-1]
    assert sum(name == "FROM" for name, _ in found) == 2
    final = dict(found[last:])
    assert final["USER"] not in {"root", "0"}
    assert "HEALTH_URL" in final["HEALTHCHECK"]
    assert json.loads(final["ENTRYPOINT"]) == ["salespulse"]


def test_the_image_copies_only_what_is_there() -> None:
    """Every source of a COPY exists and is let through by .dockerignore."""
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"
    }
    sources = {
        source
        for name, rest in instructions()
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert sources <= let_through
    assert all((ROOT / source).exists() for source in sources)


def test_the_image_has_the_python_that_the_package_wants() -> None:
    """The base image is not older than requires-python."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    bases = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    assert {f">={base.removeprefix('python:').removesuffix('-slim')}" for base in bases} == {wanted}


def test_docker_itself_accepts_the_file() -> None:
    """Where the compose client is installed, it reads the file without a complaint."""
    docker = shutil.which("docker")
    offered = docker and subprocess.run(
        [docker, "compose", "version"], capture_output=True, check=False
    )
    if not docker or not offered or offered.returncode != 0:
        pytest.skip("the docker compose client is not installed")
    done = subprocess.run(
        [docker, "compose", "-f", str(COMPOSE), "config", "--quiet"],
        env={
            "SALESPULSE_INGESTOR_ADMIN_TOKEN": "x",
            "SALESPULSE_WEBHOOK_SECRET": "x",
            "PATH": str(Path(docker).parent),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
