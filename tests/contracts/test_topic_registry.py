"""The topic registry answers a newcomer's questions for every topic."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from schemas.topics import TOPICS, Topic

SERVICES = {"ingestor", "aggregator", "query"}


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_a_topic_is_complete(topic: Topic) -> None:
    """A topic has an owner, a key, an explanation, producers and consumers."""
    assert topic.owner in SERVICES
    assert topic.owner in topic.producers
    assert topic.producers
    assert topic.consumers
    assert topic.key
    assert topic.what.endswith(".")


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_a_topic_name_has_no_dots(topic: Topic) -> None:
    """A name is lower case with hyphens: dots and underscores collide in metrics of Kafka."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", topic.name)
    assert TOPICS[topic.name] is topic


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_a_topic_is_kept_for_ever_or_for_days(topic: Topic) -> None:
    """Retention is for ever or at least a day; a compacted topic is kept for ever."""
    assert topic.retention_ms == -1 or topic.retention_ms >= 86_400_000
    assert topic.cleanup != "compact" or topic.retention_ms == -1


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_dead_letters_are_named_or_explicitly_none(topic: Topic) -> None:
    """A dead-letter topic is registered itself, is not its own, and has none of its own."""
    if topic.dead_letters is not None:
        target = TOPICS[topic.dead_letters]
        assert target.dead_letters is None
        assert target is not topic


def test_nothing_about_a_topic_is_left_to_a_default() -> None:
    """The registry has no defaults, so nobody adds a topic without deciding each property."""
    with pytest.raises(TypeError, match="missing"):
        Topic(name="x")  # type: ignore[call-arg]
    assert all(field.kw_only for field in fields(Topic))


def test_the_log_is_the_truth() -> None:
    """`crm-events` is never compacted and never expires, and what it cannot fold is kept."""
    log = TOPICS["crm-events"]
    assert (log.cleanup, log.retention_ms, log.partitions) == ("delete", -1, 64)
    assert log.dead_letters == "crm-dead-letters"


def test_changes_follow_the_partitions_of_the_log() -> None:
    """`kpi-changes` has as many partitions as the log, the directory has one."""
    assert TOPICS["kpi-changes"].partitions is None
    assert TOPICS["tenant-directory"].partitions == 1
