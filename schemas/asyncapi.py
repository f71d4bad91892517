"""The AsyncAPI 3 document: every topic, the stream and the webhooks, from the models.

`python -m schemas.docs` writes docs/asyncapi.json; a test compares it with the models.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from typing import Any, Final

from pydantic import BaseModel

from schemas.envelope import EVENT_CONTENT_TYPE
from schemas.events import EVENT_MODELS
from schemas.messages import (
    STREAM,
    AuditEntry,
    DeadLetter,
    DirectoryEntry,
    KpiChange,
    TargetCrossed,
)
from schemas.release import HERE, event_schema
from schemas.topics import TOPICS, Topic
from schemas.webhooks import ID_HEADER, MESSAGES, SIGNATURE_HEADER, TIMESTAMP_HEADER

PAGE: Final = HERE.parent / "docs" / "asyncapi.json"
_JSON: Final = "application/json"
_OF_TOPIC: Final[dict[str, type[BaseModel]]] = {
    "crm-dead-letters": DeadLetter,
    "tenant-directory": DirectoryEntry,
    "kpi-changes": KpiChange,
    "kpi-events": TargetCrossed,
    "audit": AuditEntry,
}
_KEYS: Final = {"type": "string", "minLength": 1}


class _Components:
    """Messages and schemas, gathered while channels are written."""

    def __init__(self) -> None:
        self.messages: dict[str, Any] = {}
        self.schemas: dict[str, Any] = {}

    def add(self, name: str, schema: dict[str, Any], **more: Any) -> str:
        """Add a message; what its schema defines moves to `components/schemas`."""
        for inner, definition in schema.pop("$defs", {}).items():
            self.schemas[f"{name}.{inner}"] = _moved(definition, name)
        schema.pop("$schema", None)
        self.schemas[name] = _moved(schema, name)
        payload = {"$ref": f"#/components/schemas/{name}"}
        self.messages[name] = {"name": name, "payload": payload, **more}
        return name


def document() -> dict[str, Any]:
    """Return the document.

    Shape:  channels: one a topic, the stream, the webhooks; `send` is what Salespulse says,
            `receive` what it is told.
    Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0
    """
    parts = _Components()
    channels = {_name(topic.name): _topic(topic, parts) for topic in TOPICS.values()}
    channels["stream"] = _stream(parts)
    channels["webhook"] = _webhooks(parts)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Salespulse",
            "version": "1",
            "description": "Events in, changed figures out: topics, server-sent events, webhooks. "
            "Evolution is additive: let pass members that you do not know.",
        },
        "defaultContentType": _JSON,
        "servers": {
            "kafka": {"host": "kafka:9092", "protocol": "kafka", "description": "The broker."},
            "query": {
                "host": "127.0.0.1:8082",
                "protocol": "http",
                "description": "The query service.",
            },
        },
        "channels": channels,
        "operations": _operations(channels),
        "components": {"messages": parts.messages, "schemas": parts.schemas},
    }


def _topic(topic: Topic, parts: _Components) -> dict[str, Any]:
    if topic.name == "crm-events":
        messages = [_event(name, parts) for name in EVENT_MODELS]
    else:
        model = _OF_TOPIC[topic.name]
        messages = [_model(model, parts, bindings=_keyed(topic))]
    configuration: dict[str, Any] = {"cleanup.policy": [topic.cleanup]}
    configuration["retention.ms"] = topic.retention_ms
    bindings: dict[str, Any] = {"topicConfiguration": configuration, "bindingVersion": "0.5.0"}
    if topic.partitions is not None:
        bindings["partitions"] = topic.partitions
    return {
        "address": topic.name,
        "title": topic.name,
        "description": f"{topic.what} Key: {topic.key}. Written by {', '.join(topic.producers)}.",
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": _references(messages),
        "bindings": {"kafka": bindings},
    }


def _event(name: str, parts: _Components) -> str:
    topic, model = TOPICS["crm-events"], EVENT_MODELS[name]
    return parts.add(
        name,
        event_schema(model),
        contentType=EVENT_CONTENT_TYPE,
        summary=_summary(model),
        bindings=_keyed(topic),
    )


def _model(model: type[BaseModel], parts: _Components, **more: Any) -> str:
    schema = model.model_json_schema(mode="serialization")
    return parts.add(model.__name__, schema, summary=_summary(model), **more)


def _stream(parts: _Components) -> dict[str, Any]:
    return {
        "address": "/v1/stream",
        "title": "Figures as they change, as server-sent events",
        "description": "The name of a message is that of the event. `id:` is the version; who "
        "comes back with it as Last-Event-ID is told what was missed, or `reset` and `snapshot`.",
        "servers": [{"$ref": "#/servers/query"}],
        "messages": _references(
            parts.add(
                event,
                model.model_json_schema(mode="serialization"),
                summary=_summary(model),
                title=f"event: {event}",
            )
            for event, model in STREAM.items()
        ),
        "bindings": {"http": {}},
    }


def _webhooks(parts: _Components) -> dict[str, Any]:
    headers = {
        "type": "object",
        "required": [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER],
        "properties": {
            ID_HEADER: {"type": "string", "description": "The same at every attempt."},
            TIMESTAMP_HEADER: {"type": "string", "description": "Seconds since 1970, of this try."},
            SIGNATURE_HEADER: {
                "type": "string",
                "description": "One or several of `v1,<base64 of HMAC-SHA256>`, a space between.",
            },
        },
    }
    return {
        "address": None,
        "title": "Your URL",
        "description": "POST to the URL of a webhook, signed by the form of Standard Webhooks.",
        "messages": _references(
            parts.add(
                f"webhook.{kind}",
                model.model_json_schema(mode="serialization"),
                summary=_summary(model),
                headers=headers,
            )
            for kind, model in MESSAGES.items()
        ),
    }


def _operations(channels: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, channel in channels.items():
        is_input = name == "crmEvents"
        found[("take_" if is_input else "tell_") + name] = {
            "action": "receive" if is_input else "send",
            "channel": {"$ref": f"#/channels/{name}"},
            "summary": channel["title"],
        }
    return found


def _keyed(topic: Topic) -> dict[str, Any]:
    return {"kafka": {"key": {**_KEYS, "description": topic.key}, "bindingVersion": "0.5.0"}}


def _references(names: Iterable[str]) -> dict[str, Any]:
    return {name.replace(".", "_"): {"$ref": f"#/components/messages/{name}"} for name in names}


def _summary(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "").split("\n", 1)[0]


def _name(topic: str) -> str:
    head, *rest = topic.split("-")
    return head + "".join(word.title() for word in rest)


def _moved(node: Any, name: str) -> Any:
    """Let references to `$defs` point to where those stand now."""
    if isinstance(node, list):
        return [_moved(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _moved(value, name) for key, value in node.items()}
    reference = found.get("$ref")
    if isinstance(reference, str):
        found["$ref"] = reference.replace("#/$defs/", f"#/components/schemas/{name}.")
    return found


def text() -> str:
    """Return the document as it is stored."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
