"""The structural diff: which change of an event breaks whom, and who is upgraded first."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from schemas.compatibility import Change, diff
from schemas.events import EVENT_MODELS
from schemas.release import event_schema
from schemas.topics import TOPICS

TOPIC = TOPICS["crm-events"]
CALL = event_schema(EVENT_MODELS["call.ended"])
ORDER = event_schema(EVENT_MODELS["order.created"])
PAYMENT = event_schema(EVENT_MODELS["payment.received"])
KEY = event_schema(EVENT_MODELS["apikey.created"])
Edit = Callable[[dict[str, Any]], Any]


def after(schema: dict[str, Any], edit: Edit) -> tuple[Change, ...]:
    """Plant one edit of `data` (or of `$defs`) and return what the diff says."""
    changed = copy.deepcopy(schema)
    edit(changed)
    return diff(schema, changed)


def fields(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of `data`."""
    found: dict[str, Any] = schema["properties"]["data"]["properties"]
    return found


BREAKING: dict[str, tuple[dict[str, Any], Edit, str, str, str]] = {
    "a field is removed": (
        ORDER,
        lambda s: fields(s).pop("owner_id"),
        "/data/owner_id",
        "field removed",
        "consumers",
    ),
    "a required field is added": (
        ORDER,
        lambda s: (
            fields(s).update(channel={"type": "string"}),
            s["properties"]["data"]["required"].append("channel"),
        ),
        "/data/channel",
        "new required field",
        "producers",
    ),
    "an optional field becomes required": (
        ORDER,
        lambda s: s["properties"]["data"]["required"].append("owner_id"),
        "/data/owner_id",
        "required now",
        "producers",
    ),
    "null is no longer allowed": (
        ORDER,
        lambda s: fields(s)["owner_id"]["anyOf"].pop(),
        "/data/owner_id",
        "null is no longer allowed",
        "producers",
    ),
    "a value of an enumeration is removed": (
        CALL,
        lambda s: fields(s)["direction"]["enum"].remove("inbound"),
        "/data/direction",
        "value 'inbound' removed",
        "producers",
    ),
    "a value inside a list is removed": (
        KEY,
        lambda s: fields(s)["scopes"]["items"]["enum"].remove("query"),
        "/data/scopes/*",
        "value 'query' removed",
        "producers",
    ),
    "free text becomes an enumeration": (
        PAYMENT,
        lambda s: s["$defs"]["Money"]["properties"]["currency"].update(enum=["VND"]),
        "/data/amount/currency",
        "only ['VND'] are allowed now",
        "producers",
    ),
    "an upper limit is lowered": (
        CALL,
        lambda s: fields(s)["duration_s"].update(maximum=3600),
        "/data/duration_s",
        "maximum was 172800, is 3600",
        "producers",
    ),
    "a lower limit is raised": (
        CALL,
        lambda s: fields(s)["duration_s"].update(minimum=1),
        "/data/duration_s",
        "minimum was 0, is 1",
        "producers",
    ),
    "a pattern is added": (
        ORDER,
        lambda s: s["properties"]["source"].update(pattern="^crm"),
        "/source",
        "pattern was None, is '^crm'",
        "producers",
    ),
    "unknown fields become forbidden": (
        ORDER,
        lambda s: s["properties"]["data"].update(additionalProperties=False),
        "/data",
        "unknown fields are treated differently",
        "producers",
    ),
    "a keyword that cannot be judged appears": (
        ORDER,
        lambda s: fields(s)["order_date"].update({"not": {"const": "2026-01-01"}}),
        "/data/order_date",
        "'not' differs, and cannot be judged",
        "producers",
    ),
    "absent means something else": (
        KEY,
        lambda s: fields(s)["label"].update(default="none"),
        "/data/label",
        "an absent field meant '' and means 'none': stored records change meaning",
        "producers",
    ),
}

HARMLESS: dict[str, tuple[dict[str, Any], Edit, str, str, str]] = {
    "an optional field is added": (
        ORDER,
        lambda s: fields(s).update(channel={"type": "string"}),
        "/data/channel",
        "optional field added",
        "anybody",
    ),
    "a required field becomes optional": (
        ORDER,
        lambda s: s["properties"]["data"]["required"].remove("created_at"),
        "/data/created_at",
        "no longer required",
        "consumers",
    ),
    "null becomes allowed": (
        ORDER,
        lambda s: fields(s).update(
            order_date={"anyOf": [fields(s)["order_date"], {"type": "null"}]}
        ),
        "/data/order_date",
        "null is allowed now",
        "consumers",
    ),
    "a value is added to an enumeration": (
        CALL,
        lambda s: fields(s)["direction"]["enum"].append("internal"),
        "/data/direction",
        "value 'internal' added",
        "consumers",
    ),
    "an enumeration becomes free text": (
        CALL,
        lambda s: fields(s)["direction"].pop("enum"),
        "/data/direction",
        "was one of ['inbound', 'outbound'], is free now",
        "consumers",
    ),
    "a limit is widened": (
        CALL,
        lambda s: fields(s)["duration_s"].pop("maximum"),
        "/data/duration_s",
        "maximum was 172800, is None",
        "consumers",
    ),
    "a format is dropped": (
        CALL,
        lambda s: fields(s)["ended_at"].pop("format"),
        "/data/ended_at",
        "format was 'date-time', is None",
        "consumers",
    ),
}


@pytest.mark.parametrize("case", BREAKING)
def test_a_planted_breaking_change_is_caught(case: str) -> None:
    """One planted change is found alone, at its place, as breaking, with whom to upgrade first."""
    schema, edit, pointer, what, first = BREAKING[case]
    (change,) = after(schema, edit)
    assert change == Change(pointer, what, is_breaking=True, first=first)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", HARMLESS)
def test_a_harmless_change_passes(case: str) -> None:
    """An additive change is found alone, at its place, as harmless, with whom to upgrade first."""
    schema, edit, pointer, what, first = HARMLESS[case]
    (change,) = after(schema, edit)
    assert change == Change(pointer, what, is_breaking=False, first=first)  # type: ignore[arg-type]


def test_a_changed_type_is_narrowed_and_widened() -> None:
    """Text where a number stood: the number is refused (breaking), the text is new (harmless)."""
    changes = after(CALL, lambda s: fields(s).update(duration_s={"type": "string"}))
    assert [(change.what, change.is_breaking) for change in changes] == [
        ("integer is no longer allowed", True),
        ("string is allowed now", False),
    ]


@pytest.mark.parametrize("event_type", EVENT_MODELS)
def test_nothing_changed_is_no_change(event_type: str) -> None:
    """A schema does not differ from itself."""
    schema = event_schema(EVENT_MODELS[event_type])
    assert diff(schema, copy.deepcopy(schema)) == ()


def test_prose_is_no_change() -> None:
    """A title or a description may be improved without a release."""
    assert after(ORDER, lambda s: s.update(title="An order", description="Better")) == ()


def test_the_sentence_names_whom_to_upgrade_first() -> None:
    """Producers and consumers are those of the topic; an optional field needs no order."""
    removed = after(ORDER, BREAKING["a field is removed"][1])[0]
    assert removed.sentence(TOPIC) == (
        "breaking: /data/owner_id: field removed; upgrade first: aggregator, verify"
    )
    added = after(ORDER, HARMLESS["an optional field is added"][1])[0]
    assert added.sentence(TOPIC) == (
        "harmless: /data/channel: optional field added; upgrade first: in any order"
    )
    required = after(ORDER, BREAKING["a required field is added"][1])[0]
    assert required.whom(TOPIC) == ("ingestor",)
