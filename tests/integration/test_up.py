"""`salespulse up`: starts, survives, is beside other commands, stops cleanly."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.process import LOOPBACK, wait_for
from services.commands.connection import read_keys
from tests.integration.local_up import LocalUp

pytestmark = pytest.mark.once
_PATIENCE_SECONDS = 90


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalUp]:
    """Give a state folder, and stop what runs on it in the end."""
    up = LocalUp(tmp_path / "state")
    yield up
    if up.child is not None:
        up.child.stop(seconds=60)


def figures(local: LocalUp) -> dict[str, Any]:
    """Return every figure of the company over all the days of the simulated past."""
    key = read_keys(local.state)["demo"].read_key
    tenant = get(local, "/v1/tenant", key)
    today = tenant["today"]
    answer = get(local, f"/v1/kpis/company/all?from={int(today[:4]) - 1}{today[4:]}", key)
    return {each["metric"]: (each["value"], each.get("others")) for each in answer["figures"]}


def get(local: LocalUp, path: str, key: str) -> Any:
    """Ask the query service."""
    answer = httpx.get(
        local.note().query_url + path, headers={"Authorization": f"Bearer {key}"}, timeout=30
    )
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.json()


def test_figures_survive_whatever_dies(local: LocalUp) -> None:
    """After SIGKILL of the command itself, of the broker and of a worker, nothing is lost."""
    first = local.start()
    filled = local.run("simulate", "--days=2", "--employees=6", "--rate=50", "--seconds=1")
    assert filled.returncode == 0, filled.stdout + filled.stderr
    assert local.run("verify", "--wait").returncode == 0
    before = figures(local)
    assert any(value for value, _ in before.values())

    first.kill()
    local.start()
    assert "left over from a stack that was killed" in local.output()
    assert local.run("verify", "--wait").returncode == 0
    assert figures(local) == before

    os.kill(local.pid_of("broker"), signal.SIGKILL)
    wait_for(lambda: "broker is started again" in local.output(), _PATIENCE_SECONDS, "no broker")
    os.kill(local.pid_of("aggregator"), signal.SIGKILL)
    wait_for(
        lambda: "aggregator is started again" in local.output(), _PATIENCE_SECONDS, "no worker"
    )
    more = local.run("simulate", "--employees=6", "--rate=50", "--seconds=1", "--join")
    assert more.returncode == 0, more.stdout + more.stderr
    wait_for(lambda: figures(local) != before, _PATIENCE_SECONDS, "no figure moved")
    verified = local.run("verify", "--wait")
    assert verified.returncode == 0, verified.stdout + local.output()

    assert local.child is not None
    assert local.child.stop(seconds=60) == 0
    assert local.output().endswith("stopping\nstopped\n")


def test_a_second_stack_on_the_same_folder_is_refused(local: LocalUp) -> None:
    """Two stacks never write into one state folder; the second says who has it."""
    first = local.start()
    second = local.run("up")
    assert second.returncode == 2
    assert f"process {first.pid}" in second.stderr


def test_a_taken_port_is_named(local: LocalUp) -> None:
    """The setting that chooses another port is in the message, and nothing was started."""
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        local.ports["SALESPULSE_STACK_QUERY_PORT"] = str(port)
        with pytest.raises(RuntimeError, match=f"port {port} is in use"):
            local.start()
    assert "SALESPULSE_STACK_QUERY_PORT" in local.output()
