"""The runbook names only what exists: metrics, settings, commands, exit codes."""

from __future__ import annotations

import re

import pytest

from schemas.release import HERE
from schemas.telemetry import METRICS
from services.aggregator.app import EXIT_FATAL
from services.aggregator.settings import AggregatorSettings
from services.commands.settings import CliSettings
from services.ingestor.settings import IngestorSettings
from services.notifier.settings import NotifierSettings
from services.query.settings import QuerySettings

RUNBOOK = (HERE.parent / "docs" / "runbook.md").read_text(encoding="utf-8")
COMMANDS = (HERE.parent / "services" / "cli.py").read_text(encoding="utf-8")


def test_metrics_of_the_runbook_are_declared() -> None:
    """What a person is told to watch is exported."""
    named = set(re.findall(r"\bsalespulse_[a-z_]+", RUNBOOK))
    assert named
    assert named <= METRICS.keys()


def test_settings_of_the_runbook_are_settings() -> None:
    """A limit that a row names is one that can be set."""
    named = set(re.findall(r"\bSALESPULSE_[A-Z_]+", RUNBOOK))
    assert named
    models = (AggregatorSettings, CliSettings, IngestorSettings, NotifierSettings, QuerySettings)
    assert named <= {name for model in models for name in model.names()}


def test_commands_of_the_runbook_are_commands() -> None:
    """What a person is told to type is a command of ours."""
    named = set(re.findall(r"`salespulse ([a-z-]+)", RUNBOOK))
    assert named
    assert all(f'("{name}")' in COMMANDS or f'name="{name}"' in COMMANDS for name in named), named


def test_the_exit_code_is_the_one_of_the_program() -> None:
    """A supervisor may rely on it."""
    assert f"\n{EXIT_FATAL}: it ended itself" in RUNBOOK


@pytest.mark.parametrize("heading", ["When something dies", "When the log is not what it was"])
def test_tables_are_whole(heading: str) -> None:
    """Every row of a failure table has all its columns."""
    section = RUNBOOK.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    assert len(rows) > 5
    assert len({row.count("|") for row in rows}) == 1


def test_nothing_accepted_is_ever_lost() -> None:
    """The column 'what is lost' starts with the same word in every row."""
    section = RUNBOOK.split("## When something dies\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("|")][2:]
    assert all(row[2].strip().startswith("nothing") for row in rows)
