"""`salespulse topics`: create the topics of the registry on a broker, or say where they differ."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from schemas.brokers import Brokers
from schemas.topics import TOPICS, Topic

EMBEDDED_PARTITIONS = 4
_REPLICAS_WANTED = 3
_ALREADY_EXISTS = 36
_SETTLE_SECONDS = 20.0
_SETTLE_STEP_SECONDS = 0.1


class TopicsError(RuntimeError):
    """The broker refused to create a topic; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was created, and in what the broker differs from the registry."""

    created: tuple[str, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the registry is laid out on this cluster."""

    prefix: str = ""
    partitions: int | None = None
    replicas: int | None = None

    def partitions_of(self, topic: Topic) -> int:
        """Return the number of partitions of a topic."""
        if topic.partitions == 1:
            return 1
        log = TOPICS["crm-events"].partitions or 1
        return self.partitions or topic.partitions or log


def config_of(topic: Topic, replicas: int) -> dict[str, str]:
    """Return the topic's configuration on a cluster with so many replicas."""
    config = {"cleanup.policy": topic.cleanup, "retention.ms": str(topic.retention_ms)}
    if replicas >= _REPLICAS_WANTED:
        config["min.insync.replicas"] = "2"
    return config


async def ensure(brokers: Brokers, plan: Plan, *, check_only: bool = False) -> Outcome:
    """Create what is missing and compare what is there.

    Errors: TopicsError where the broker refuses; KafkaConnectionError where none answers.
    Laws:   idempotent; never changes or deletes a topic that exists.
    """
    admin = AIOKafkaAdminClient(**brokers.client())
    try:
        await admin.start()
        replicas = plan.replicas or min(
            _REPLICAS_WANTED, len((await admin.describe_cluster())["brokers"])
        )
        present = set(await admin.list_topics())
        missing = [topic for topic in TOPICS.values() if plan.prefix + topic.name not in present]
        differences = [
            line
            for topic in TOPICS.values()
            if topic not in missing
            for line in await _compare(admin, topic, plan, replicas)
        ]
        if check_only:
            differences += [f"{plan.prefix}{topic.name}: missing" for topic in missing]
            return Outcome((), tuple(differences))
        await _create(admin, missing, plan, replicas)
        created = tuple(plan.prefix + topic.name for topic in missing)
        return Outcome(created, tuple(differences))
    finally:
        await admin.close()


async def _create(
    admin: AIOKafkaAdminClient, missing: list[Topic], plan: Plan, replicas: int
) -> None:
    if not missing:
        return
    answer = await admin.create_topics(
        [
            NewTopic(
                plan.prefix + topic.name,
                plan.partitions_of(topic),
                replicas,
                topic_configs=config_of(topic, replicas),
            )
            for topic in missing
        ]
    )
    for name, code, *rest in answer.topic_errors:
        if code not in (0, _ALREADY_EXISTS):
            detail = rest[0] if rest and rest[0] else for_code(code).__name__
            raise TopicsError(f"{name}: {detail}")
    await _settle(admin, {plan.prefix + topic.name for topic in missing})


async def _settle(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """Wait until every new partition has a leader: a producer need not retry then."""
    for _ in range(math.ceil(_SETTLE_SECONDS / _SETTLE_STEP_SECONDS)):
        described = await admin.describe_topics(sorted(names))
        led = {
            topic["topic"]
            for topic in described
            if topic["partitions"] and all(p["leader"] >= 0 for p in topic["partitions"])
        }
        if led >= names:
            return
        await asyncio.sleep(_SETTLE_STEP_SECONDS)
    raise TopicsError(f"no leader for {', '.join(sorted(names))} after {_SETTLE_SECONDS:g} s")


async def _compare(
    admin: AIOKafkaAdminClient, topic: Topic, plan: Plan, replicas: int
) -> list[str]:
    name = plan.prefix + topic.name
    described = (await admin.describe_topics([name]))[0]
    partitions = len(described["partitions"])
    differences = []
    if partitions != plan.partitions_of(topic):
        wanted = plan.partitions_of(topic)
        differences.append(f"{name}: {partitions} partitions, the registry wants {wanted}")
    config = await _config(admin, name)
    differences += [
        f"{name}: {key} is {config.get(key)}, the registry wants {value}"
        for key, value in config_of(topic, replicas).items()
        if config.get(key) != value
    ]
    return differences


async def _config(admin: AIOKafkaAdminClient, name: str) -> Mapping[str, str]:
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    return {
        entry[0]: entry[1]
        for answer in answers
        for resource in answer.resources
        for entry in resource[4]
    }
