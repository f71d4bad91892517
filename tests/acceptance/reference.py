"""Where the data sets and their reference figures are, and how they are read."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SALESPULSE_TEST_DATA") or HERE.parent / "shared" / "data")


def need(data_set: str, witness: str = "figures.json") -> Path:
    """Return the folder of a data set, or say that what needs it was not run."""
    folder = DATA / data_set
    if not (folder / witness).is_file():
        reason = f"not run: no {data_set} in $SALESPULSE_TEST_DATA or ../shared/data"
        pytest.skip(reason, allow_module_level=True)
    return folder


def figures(folder: Path) -> dict[str, Any]:
    """Return the reference figures that stand in figures.json, by id."""
    listed = json.loads((folder / "figures.json").read_text())["figures"]
    return {one["id"]: one.get("value") for one in listed}


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a reference table."""
    with (folder / f"fig_{name}.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
