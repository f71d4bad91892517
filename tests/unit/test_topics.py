"""The topics as a program sees them: looked up by name, never changed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from schemas.topics import TOPICS


def test_topics_are_looked_up_by_name() -> None:
    """Six topics, under permanent names."""
    of_figures = {"kpi-changes", "kpi-events"}
    assert set(TOPICS) == of_figures | {
        "crm-events", "crm-dead-letters", "tenant-directory", "audit",
    }  # fmt: skip


def test_the_registry_cannot_be_changed() -> None:
    """Neither a topic nor the registry can be changed by a program."""
    with pytest.raises(FrozenInstanceError):
        TOPICS["crm-events"].retention_ms = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        TOPICS["crm-events"] = TOPICS["kpi-changes"]  # type: ignore[index]


def test_only_one_service_writes_the_log() -> None:
    """The ingestor is the only writer of the log and of the directory."""
    for name in ("crm-events", "tenant-directory"):
        assert TOPICS[name].producers == ("ingestor",)
