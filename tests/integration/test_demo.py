"""`make demo CHECK=1`: the whole of it without a person."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.demo import STATE
from deploy.local.services import ROOT
from schemas.settings import PREFIX


@pytest.mark.once
def test_the_demo_shows_moving_figures_that_equal_a_recount(tmp_path: Path) -> None:
    """Company, live events, recount, summary; exit code 0."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.demo", "--check"],
        cwd=tmp_path,
        env=own | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no difference" in done.stdout
    assert "equal a recount of the log" in done.stdout
    assert not (tmp_path / ".salespulse" / "demo" / "running.json").exists()


def test_the_readme_says_where_the_commands_find_the_demo() -> None:
    """Its commands look into the folder of `salespulse up`, unless they are told of the demo's."""
    said = (ROOT / "README.md").read_text()
    assert f"export SALESPULSE_CLI_STATE_DIR={STATE}\n" in said


def test_a_data_set_needs_its_format() -> None:
    """Naming only half of it is refused before anything starts."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.demo", "--data", "x"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "DATA=path FORMAT=maven-crm" in done.stderr
