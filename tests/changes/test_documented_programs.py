"""Outside clients, exactly as docs/changes.md shows them, against the running stack."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import cast

import psutil

from deploy.local.stack import Stack
from schemas.messages import STREAM, EventName
from tests.changes.documented import Running, blocks, running
from tests.changes.office import Office


def test_a_consumer_of_the_topic(stack: Stack, tmp_path: Path) -> None:
    """A plain aiokafka consumer is told each new value of the cell, once."""
    office = Office(stack)
    (program,) = blocks("changes.md", "python")
    script = tmp_path / "follow.py"
    script.write_text(program)
    env = {
        "KAFKA_BOOTSTRAP": stack.kafka_bootstrap,
        "TOPIC": f"{stack.topic_prefix}kpi-changes",
    }
    with running([sys.executable, str(script)], tmp_path, env) as follower:
        key = rf"^{office.tenant.id}\|orders\|employee\|lan\|{office.today()}\|"
        for number in (1, 2):
            office.sell(f"order-{number}")
            follower.until(rf"{key} {number}$")


def test_a_loop_with_curl(stack: Stack, tmp_path: Path) -> None:
    """The loop gets a snapshot, then changes; its connection lost, it resumes where it was."""
    office = Office(stack)
    (program,) = blocks("changes.md", "bash")
    env = {"READ_KEY": office.tenant.read_key, "QUERY_URL": stack.query_url}
    with running(["bash", "-c", program], tmp_path, env) as loop:
        loop.until("^snapshot ")
        office.sell("order-1")
        assert orders_told(loop) == (1, 0)
        for curl in psutil.Process(loop.process.pid).children(recursive=True):
            if curl.name() == "curl":
                curl.kill()
        office.sell("order-2")
        assert orders_told(loop)[0] == 2
        loop.until("^heartbeat ")
    told = [line.partition(" ") for line in loop.lines]
    assert [event for event, _, _ in told].count("snapshot") == 1
    for event, _, data in told:
        STREAM[cast("EventName", event)].model_validate_json(data)


def orders_told(loop: Running) -> tuple[int, int | None]:
    """Wait for the next change of orders; return its value and the one before."""
    while True:
        told = json.loads(loop.until("^change ").removeprefix("change "))
        for cell in told["cells"]:
            if cell["metric"] == "orders":
                assert (cell["scope"], cell["id"]) == ("company", "all")
                return cell["value"], cell.get("previous")
