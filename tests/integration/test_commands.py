"""The commands of `salespulse` against running services."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest

from deploy.local.process import free_port
from deploy.local.services import ROOT
from deploy.local.stack import Stack
from schemas.settings import PREFIX

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def salespulse(stack: Stack, tmp_path: Path) -> Command:
    """Give the command, told by settings where the services are."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = (
        own
        | stack.meeting.environment()
        | {
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
            f"{PREFIX}CLI_STATE_DIR": str(tmp_path),
            f"{PREFIX}CLI_INGESTOR_URL": stack.ingestor_url,
            f"{PREFIX}CLI_QUERY_URL": stack.query_url,
            f"{PREFIX}CLI_ADMIN_TOKEN": stack.admin_token,
        }
    )

    def run(
        *arguments: str, environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "services.cli", *arguments],
            env=environment | dict(environ or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.mark.long
def test_a_tenant_is_made_listed_and_filled(salespulse: Command) -> None:
    """A new tenant is in the list, takes a simulated day, and its figures are printed."""
    made = salespulse("tenant", "create", "cmd-demo", "--name", "Một công ty")
    assert made.returncode == 0, made.stderr
    assert "Một công ty" in salespulse("tenant", "list").stdout
    filled = salespulse(
        "simulate", "--tenant=cmd-demo", "--employees=4", "--rate=100", "--seconds=1"
    )
    assert filled.returncode == 0, filled.stdout + filled.stderr
    verified = salespulse("verify", "--wait", "--tenant=cmd-demo")
    assert verified.returncode == 0, verified.stdout
    shown = salespulse("figures", "--tenant=cmd-demo")
    assert shown.returncode == 0, shown.stderr
    assert "calls" in shown.stdout
    assert "as of" in shown.stdout


def test_a_key_is_made_and_revoked(salespulse: Command, stack: Stack) -> None:
    """A key of scope query opens the figures; its revocation is answered."""
    tenant = stack.create_tenant()
    made = salespulse("token", "create", tenant.id, "--scope=query", "--label=board")
    assert made.returncode == 0, made.stderr
    key_id = made.stdout.split()[2]
    assert salespulse("token", "revoke", tenant.id, key_id).returncode == 0
    unknown = salespulse("token", "revoke", "nobody-here", key_id)
    assert unknown.returncode == 2
    assert "404" in unknown.stderr


@pytest.mark.long
def test_dead_letters_are_listed_and_replayed(salespulse: Command, stack: Stack) -> None:
    """A refused event is listed with its reason, and stays refused when tried again."""
    tenant = stack.create_tenant()
    answer = httpx.post(
        f"{stack.ingestor_url}/v1/events",
        headers={
            "Authorization": f"Bearer {tenant.write_key}",
            "Content-Type": "application/cloudevents+json",
        },
        content=json.dumps({"specversion": "1.0", "id": "x1", "type": "moon.landed"}),
        timeout=30,
    )
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    listed = salespulse("dead-letters", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    letters = [json.loads(line) for line in listed.stdout.splitlines()]
    letter = next(each for each in letters if each["tenant"] == tenant.id)
    assert str(letter["offset"]) in salespulse("dead-letters", "list").stdout
    replayed = salespulse("dead-letters", "replay", f"--offset={letter['offset']}")
    assert replayed.stdout.startswith("1 read, 0 sent, 0 cannot pass, 1 still refused")


def test_figures_rebuilt_from_the_log_are_the_same(salespulse: Command, stack: Stack) -> None:
    """A rebuild switches to new tables which a recount finds right."""
    tenant = stack.create_tenant()
    assert salespulse("simulate", f"--tenant={tenant.id}", "--out=/dev/null").returncode == 0
    rebuilt = salespulse("rebuild", f"--partition={tenant.partition}")
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    assert f"partition {tenant.partition}:" in rebuilt.stdout
    assert salespulse("verify", "--wait").returncode == 0


def test_topics_are_as_the_registry_says(salespulse: Command) -> None:
    """The check is silent on a stack that made its topics, and exits 1 where they differ."""
    assert salespulse("topics", "--check", "--partitions=4").returncode == 0
    differs = salespulse("topics", "--check", "--partitions=5")
    assert differs.returncode == 1
    assert "the registry wants 5" in differs.stdout


def test_what_a_person_can_put_right_is_one_line(salespulse: Command, tmp_path: Path) -> None:
    """No traceback for a wrong format, an unknown tenant or a missing file."""
    for arguments in (
        ("import", str(tmp_path), "--format=fax"),
        ("figures", "--tenant=unknown"),
        ("dead-letters", "replay"),
    ):
        done = salespulse(*arguments)
        assert done.returncode == 2
        assert done.stderr.startswith("salespulse: ")
        assert "Traceback" not in done.stderr


def test_verify_says_where_no_broker_answers(salespulse: Command) -> None:
    """Whoever stands beside no stack is told what names one, in one line without a traceback."""
    away = f"127.0.0.1:{free_port()}"
    refused = salespulse("verify", environ={f"{PREFIX}KAFKA_BOOTSTRAP": away})
    assert refused.returncode == 1
    assert f"cannot verify: no broker answers at {away}" in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr


@pytest.mark.long
def test_people_come_by_file_and_leave_without_a_name(salespulse: Command, tmp_path: Path) -> None:
    """Files fill the organisation, wrong rows are told by line, and the log proves it all."""
    assert salespulse("tenant", "create", "cmd-people").returncode == 0
    departments, people = tmp_path / "departments.csv", tmp_path / "people.csv"
    departments.write_text("id;name;parent_id;head_id\nnorth;North;;lan\n")
    people.write_text(
        "id,name,department_id,manager_id,active\nlan,Lan,north,,\nan,,north,,maybe\n"
    )
    done = salespulse("department", "import", "cmd-people", str(departments))
    assert done.stdout == "1 departments are in the log of cmd-people\n", done.stderr
    refused = salespulse("people", "import", "cmd-people", str(people))
    assert refused.returncode == 2
    assert (
        "line 3, column active: yes or no, true or false, 1 or 0 (invalid_field)" in refused.stderr
    )
    people.write_text("id,name,department_id,manager_id,active\nlan,Lan,north,,\nan,An,north,,no\n")
    done = salespulse("people", "import", "cmd-people", str(people))
    assert done.stdout == "2 people are in the log of cmd-people\n", done.stderr
    done = salespulse("people", "grant", "cmd-people", "lan", "administer")
    assert done.stdout == "lan of cmd-people has 'administer'\n", done.stderr
    refused = salespulse("people", "revoke", "cmd-people", "lan", "fly")
    assert refused.returncode == 2
    assert refused.stderr.startswith("salespulse: /data/permission: ")
    done = salespulse("people", "pseudonymise", "cmd-people", "an")
    assert done.returncode == 0, done.stderr
    verified = salespulse("verify", "--wait", "--tenant=cmd-people")
    assert verified.returncode == 0, verified.stdout
    missing = salespulse("people", "import", "cmd-people", str(tmp_path / "nowhere.csv"))
    assert missing.returncode == 2
    assert "nowhere.csv cannot be read" in missing.stderr
