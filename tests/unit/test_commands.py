"""What the command works out by itself: amounts, notes, back-off."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from deploy.local.process import StartError
from deploy.local.supervisor import BackOff
from services.commands.connection import (
    CommandError,
    Connection,
    Note,
    TenantKeys,
    keep_keys,
    read_keys,
)
from services.commands.figures import amount, shown

NOTE = Note(
    ingestor_url="http://127.0.0.1:1",
    aggregator_url="http://127.0.0.1:2",
    query_url="http://127.0.0.1:3",
    kafka_bootstrap="127.0.0.1:4",
    redis_url="redis://127.0.0.1:5/0",
    embedded_broker=True,
    topic_prefix="x-",
    admin_token="secret",
    pid=6,
    children={"broker": (7, "8")},
)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123456, "USD", "1,234.56"),
        (-5, "USD", "-0.05"),
        (123456, "VND", "123,456"),
        (0, "KWD", "0.000"),
    ],
)
def test_an_amount_is_written_in_its_major_unit(minor: int, currency: str, text: str) -> None:
    """Minor units become the decimals that the currency has."""
    assert amount(minor, currency) == text


def test_a_ratio_over_zero_is_a_dash() -> None:
    """Nothing to divide by is shown as nothing, not as zero."""
    assert shown({"value": None}) == "-"
    assert shown({"value": 1500}) == "1,500"


def test_the_note_of_a_stack_is_private_and_complete(tmp_path: Path) -> None:
    """Its secrets are readable by the owner only, and nothing is lost on the way."""
    NOTE.write(tmp_path)
    assert Note.read(tmp_path) == NOTE
    mode = (tmp_path / "running.json").stat().st_mode
    assert not mode & (stat.S_IRGRP | stat.S_IROTH)
    Note.remove(tmp_path)
    assert Note.read(tmp_path) is None


def test_settings_go_before_the_note(tmp_path: Path) -> None:
    """A command follows its environment, and the local stack where that is silent."""
    NOTE.write(tmp_path)
    silent = {"SALESPULSE_CLI_STATE_DIR": str(tmp_path)}
    beside = Connection.open(silent)
    assert beside.query_url == NOTE.query_url
    assert beside.shared().kafka_bootstrap == NOTE.kafka_bootstrap
    assert beside.shared().embedded_broker
    told = Connection.open(
        silent
        | {"SALESPULSE_CLI_QUERY_URL": "http://far", "SALESPULSE_KAFKA_BOOTSTRAP": "kafka:9092"}
    )
    assert told.query_url == "http://far"
    assert told.shared().kafka_bootstrap == "kafka:9092"
    assert not told.shared().embedded_broker


def test_without_stack_and_settings_the_way_out_is_named(tmp_path: Path) -> None:
    """The message says how to start a stack and which settings there are."""
    connection = Connection.open({"SALESPULSE_CLI_STATE_DIR": str(tmp_path)})
    with pytest.raises(CommandError, match=r"salespulse up.*SALESPULSE_CLI_INGESTOR_URL"):
        _ = connection.ingestor_url


def test_keys_of_several_tenants_are_kept(tmp_path: Path) -> None:
    """Keeping one tenant's keys leaves the others'."""
    one, two = TenantKeys("w1", "r1"), TenantKeys("w2", "r2")
    keep_keys(tmp_path, "one", one)
    keep_keys(tmp_path, "two", two)
    assert read_keys(tmp_path) == {"one": one, "two": two}
    connection = Connection.open({"SALESPULSE_CLI_STATE_DIR": str(tmp_path)})
    assert connection.key("two", "ingest") == "w2"
    assert connection.key("two", "query") == "r2"


def test_what_keeps_dying_is_started_later_each_time() -> None:
    """The wait doubles to half a minute, and starts over after a healthy minute."""
    back_off = BackOff()
    waits, now = [], 0.0
    for _ in range(7):
        wait = back_off.next_wait(now)
        waits.append(wait)
        now += wait
    assert waits == [1, 2, 4, 8, 16, 30, 30]
    assert back_off.next_wait(now + 61) == 1


def test_a_failed_start_says_where_the_log_is(tmp_path: Path) -> None:
    """The error carries the end of the log and its path."""
    from deploy.local.process import Child

    log = tmp_path / "child.log"
    child = Child("child", ("python3", "-c", "print('no such luck'); raise SystemExit(3)"), log)
    child.start()
    with pytest.raises(StartError, match=rf"(?s)code 3.*no such luck.*{log}"):
        child.wait_until(lambda: False, 20)
