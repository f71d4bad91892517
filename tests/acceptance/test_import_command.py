"""Importing as a command on running services: again, interrupted, shifted, refused, simulated."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from deploy.local.process import wait_for
from deploy.local.stack import Stack, Tenant
from services.ingestor.importers.command import Import, run
from services.ingestor.importers.resume import Mark, ResumeState
from services.ingestor.importers.simulate_command import Simulation
from services.ingestor.importers.simulate_command import run as simulate
from tests.acceptance.board import Board, wait_applied

HEAD = (
    "Call Id",
    "Agent",
    "Date",
    "Time",
    "Answered (Y/N)",
    "Speed of answer in seconds",
    "AvgTalkDuration",
)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Write thirty calls of three days, every third one missed."""
    file = tmp_path / "call_center.csv"
    with file.open("w", newline="") as text:
        rows = csv.writer(text)
        rows.writerow(HEAD)
        for n in range(30):
            answer = ("N", "", "") if n % 3 == 0 else ("Y", str(n), "00:01:00")
            rows.writerow((f"C{n}", f"A{n % 2}", f"2021-01-0{n // 10 + 1}", "23:30:00", *answer))
    return file


def job(stack: Stack, tenant: Tenant, path: Path, **changes: Any) -> Import:
    given: dict[str, Any] = {
        "format_name": "pwc-calls",
        "path": path,
        "ingestor_url": stack.ingestor_url,
        "key": tenant.write_key,
        "time_zone": "Asia/Ho_Chi_Minh",
        "resume_state": path.with_name("imports.json"),
        "batch": 7,
    }
    return Import(**(given | changes))


def test_local_times_are_of_the_zone_of_the_tenant(stack: Stack, calls: Path) -> None:
    """Half past eleven at night counts on its own day, not on the next one."""
    tenant = stack.create_tenant()
    assert run(job(stack, tenant, calls), StringIO()) == 0
    wait_applied(stack, tenant.write_key)
    with Board(stack, tenant.read_key, "2021-01-01", "2021-01-31") as board:
        days = board.series("calls_inbound_offered", "day")
    assert days == {"2021-01-01": 10, "2021-01-02": 10, "2021-01-03": 10}


def test_an_interrupted_import_goes_on_where_it_stopped(stack: Stack, calls: Path) -> None:
    """Stopped by a person after three batches, the next run sends only the rest."""
    tenant = stack.create_tenant()
    said = StringIO()
    first = job(stack, tenant, calls)
    seen: list[Mark] = []
    save = ResumeState.save

    def save_and_stop(state: ResumeState, mark: Mark) -> None:
        save(state, mark)
        seen.append(mark)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ResumeState, "save", save_and_stop)
        with pytest.raises(KeyboardInterrupt):
            run(first, said)
    assert run(first, said) == 0
    assert "going on after 21 items" in said.getvalue()
    wait_applied(stack, tenant.write_key)
    with Board(stack, tenant.read_key, "2021-01-01", "2021-01-31") as board:
        board.check_list("calls_inbound_offered", 30)
        board.check_list("calls_inbound_answered", 20)
    assert orjson.loads(first.resume_state.read_bytes()) == {}


def test_a_shift_plays_the_last_day_as_the_day_named_in_a_tenant_of_its_own(
    stack: Stack, calls: Path
) -> None:
    """The same days, later; the tenant itself stays empty; a second shift is another tenant."""
    tenant = stack.create_tenant()
    for day in (date(2026, 3, 1), date(2026, 3, 9)):
        said = StringIO()
        shift = job(stack, tenant, calls, as_of=day, admin_token=stack.admin_token)
        assert run(shift, said) == 0
        read_key = said.getvalue().split("its read key: ")[1].split()[0]
        assert read_key.split("_")[1] == f"{tenant.id}-asof-{day:%Y%m%d}"
        wait_for(partial(_is_applied, stack, read_key), 60, "the shift is not in the figures")
        with Board(stack, read_key, "2026-02-01", "2026-03-31") as board:
            days = board.series("calls_inbound_offered", "day")
        assert max(days) == day.isoformat()
        assert list(days.values()) == [10, 10, 10]
        assert run(shift, StringIO()) == 0
    wait_applied(stack, tenant.write_key)
    assert _offered(stack, tenant.read_key) == 0


def _is_applied(stack: Stack, read_key: str) -> bool:
    return _offered(stack, read_key) == 30


def _offered(stack: Stack, read_key: str) -> int:
    answer = httpx.get(
        f"{stack.query_url}/v1/kpis/company/all",
        params={"metrics": "calls_inbound_offered", "from": "2026-02-01", "to": "2026-03-31"},
        headers={"Authorization": f"Bearer {read_key}"},
        timeout=30,
    )
    if answer.status_code != httpx.codes.OK:
        return -1
    return int(answer.json()["figures"][0]["value"])


def test_refused_items_are_printed_counted_and_do_not_stop_the_rest(
    stack: Stack, tmp_path: Path
) -> None:
    """The exit code is 1; each refused line says code and pointer; good ones are in the log."""
    tenant = stack.create_tenant()
    good = {
        "specversion": "1.0",
        "id": "1",
        "source": "/crm",
        "type": "customer.created",
        "time": "2026-01-01T00:00:00Z",
        "subject": "k1",
        "data": {"created_at": "2026-01-01T00:00:00Z"},
    }
    naive = {**good, "id": "2", "data": {"created_at": "2026-01-01T00:00:00"}}
    foreign = {**good, "id": "3", "tenantid": "other"}
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\n".join(orjson.dumps(one) for one in (good, naive, foreign)) + b"\n{\n")
    said = StringIO()
    assert run(job(stack, tenant, file, format_name="jsonl"), said) == 1
    assert "refused: 2 naive_time /data/created_at" in said.getvalue()
    assert "refused: item 3 wrong_tenant /tenantid" in said.getvalue()
    assert "refused: events.jsonl:4 not_json" in said.getvalue()
    assert "1 events in the log, 3 refused" in said.getvalue()
    wait_applied(stack, tenant.write_key)
    with Board(stack, tenant.read_key, "2026-01-01", "2026-01-31") as board:
        assert board.values("customers_new") == [1]


def test_a_tenant_is_made_where_only_its_name_is_given(stack: Stack, calls: Path) -> None:
    """With the admin token a name is enough, also the second time, when the tenant exists."""
    name = f"{stack.create_tenant().id}-made"
    said = StringIO()
    named = {"key": "", "tenant": name, "admin_token": stack.admin_token}
    for _ in range(2):
        given = {"format_name": "pwc-calls", "path": calls, "ingestor_url": stack.ingestor_url}
        state = calls.with_name("imports.json")
        assert run(Import(**given, **named, resume_state=state), said) == 0  # type: ignore[arg-type]
    assert said.getvalue().count("its read key") == 1


def _ringing(events: list[dict[str, Any]]) -> set[str]:
    """Return the inbound calls that nobody has answered or given up yet."""
    calls = [one for one in events if one["type"].startswith("call.")]
    inbound = {one["subject"] for one in calls if one["data"]["direction"] == "inbound"}
    return inbound - {one["subject"] for one in calls if one["type"] != "call.started"}


def test_a_simulated_company_arrives_whole(stack: Stack, tmp_path: Path) -> None:
    """Posted and written to a file it is the same company: figures count what the file says."""
    tenant = stack.create_tenant()
    wish = {
        "seed": 7,
        "start": datetime(2026, 11, 20, 5, tzinfo=UTC),
        "employees": 12,
        "rate": 200.0,
        "duration_s": 2.0,
        "history_days": 3,
    }
    out = tmp_path / "simulated.jsonl"
    assert simulate(Simulation(**wish, out=out), StringIO()) == 0  # type: ignore[arg-type]
    said = StringIO()
    posted = Simulation(**wish, ingestor_url=stack.ingestor_url, key=tenant.write_key)  # type: ignore[arg-type]
    assert simulate(posted, said) == 0
    assert ", 0 refused" in said.getvalue()
    wait_applied(stack, tenant.write_key)
    events = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    created, deleted, restored, merged = (
        {one["subject"] for one in events if one["type"] == f"customer.{what}"}
        for what in ("created", "deleted", "restored", "merged")
    )
    with Board(stack, tenant.read_key, "2026-09-01", "2026-11-30") as board:
        board.check_list("customers_new", len(created - (deleted - restored) - merged))
        offered, missed, answered = board.values(
            "calls_inbound_offered,calls_inbound_missed,calls_inbound_answered"
        )
        assert offered == missed + answered + len(_ringing(events)) > 0
        orders, sales, revenue = board.values("orders,sales,revenue")
        assert orders > 0
        assert sales > revenue > 0
