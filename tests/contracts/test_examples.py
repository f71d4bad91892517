"""The examples are the contract in files: each is judged by today's models, none is forgotten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.envelope import parse_event, read_event
from schemas.events import EVENT_MODELS
from schemas.rejection import CODES, Rejection
from schemas.release import HERE

EXAMPLES = HERE / "examples"
TENANT = "hoa-sen-travel"
VALID = sorted(EXAMPLES.glob("*/valid-*.json"))
INVALID = sorted(EXAMPLES.glob("*/invalid-*.json"))
JUDGED_ELSEWHERE = frozenset(
    {"not_json", "forbidden_type", "too_large", "duplicate_id", "erased", "bug"}
)


def name(path: Path) -> str:
    """Name an example in a test report: 'order.created/valid-full'."""
    return f"{path.parent.name}/{path.stem}"


def load(path: Path) -> Any:
    """Read an example."""
    return json.loads(path.read_bytes())


def canonical(event: Any) -> bytes:
    """Parse an event that must be valid."""
    record = parse_event(event, event["tenantid"])
    assert not isinstance(record, Rejection), record
    return record


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_example_is_accepted_and_its_canonical_form_is_a_fixed_point(path: Path) -> None:
    """A valid example becomes a record which parses to the very same bytes."""
    record = canonical(load(path))
    assert parse_event(orjson.loads(record), TENANT) == record


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_example_keeps_its_meaning(path: Path) -> None:
    """Every field that was sent stands in the record, and no field that was not."""
    sent = load(path)
    event = read_event(canonical(sent))
    assert event.data.keys() == sent["data"].keys()
    assert (event.id, event.type, event.subject) == (sent["id"], sent["type"], sent["subject"])


@pytest.mark.parametrize("path", VALID, ids=name)
def test_unknown_fields_are_kept_out(path: Path) -> None:
    """Fields nobody knows, in the envelope, in data and in money, change not one byte."""
    sent = load(path)
    more = {**sent, "traceparent": "00-0", "data": {**sent["data"], "crm_colour": {"r": 1.5}}}
    for key in ("total", "value"):
        if isinstance(more["data"].get(key), dict):
            more["data"][key] = {**more["data"][key], "rate": 0.1}
    assert canonical(more) == canonical(sent)


@pytest.mark.parametrize("path", INVALID, ids=name)
def test_an_invalid_example_fails_with_its_code_and_pointer(path: Path) -> None:
    """An invalid example is refused with exactly the code and the pointer that it names."""
    example = load(path)
    outcome = parse_event(example["event"], TENANT)
    assert isinstance(outcome, Rejection)
    assert (outcome.code, outcome.pointer) == (example["why"], example["pointer"])
    assert outcome.detail


@pytest.mark.parametrize("event_type", EVENT_MODELS)
def test_every_type_has_examples(event_type: str) -> None:
    """A type has a minimal and a full valid example, and three invalid ones."""
    stems = {path.stem for path in (EXAMPLES / event_type).iterdir()}
    assert {"valid-minimal", "valid-full"} <= stems
    assert sum(stem.startswith("invalid-") for stem in stems) >= 3


@pytest.mark.parametrize("event_type", EVENT_MODELS)
def test_the_full_example_shows_every_field(event_type: str) -> None:
    """Fields of the model and of its full example are the same."""
    data = load(EXAMPLES / event_type / "valid-full.json")["data"]
    assert data.keys() == EVENT_MODELS[event_type].model_fields.keys()


@pytest.mark.parametrize("event_type", EVENT_MODELS)
def test_the_minimal_example_shows_what_is_required(event_type: str) -> None:
    """No field of the minimal example can be left out."""
    event = load(EXAMPLES / event_type / "valid-minimal.json")
    for field in event["data"]:
        less = {key: value for key, value in event["data"].items() if key != field}
        assert isinstance(parse_event({**event, "data": less}, TENANT), Rejection), field


def test_no_orphan_file() -> None:
    """Whatever lies in the folder is an example of a known type, under its own type."""
    files = [path for path in EXAMPLES.rglob("*") if path.is_file()]
    assert sorted(files) == sorted([*VALID, *INVALID])
    for path in files:
        content = load(path)
        event = content["event"] if path.stem.startswith("invalid-") else content
        assert event["type"] == path.parent.name, path
    assert {path.parent.name for path in files} == set(EVENT_MODELS)


def test_example_ids_are_unique() -> None:
    """No two valid examples of a source share an id, so all may be sent to one tenant."""
    keys = [(event["source"], event["id"]) for event in map(load, VALID)]
    assert len(keys) == len(set(keys))


def test_every_code_the_door_can_give_is_shown() -> None:
    """Each rejection code of `parse_event` has an example; unknown_type has no type to stand in."""
    shown = {load(path)["why"] for path in INVALID}
    assert shown == CODES - JUDGED_ELSEWHERE - {"unknown_type"}
