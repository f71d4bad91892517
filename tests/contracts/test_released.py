"""Released schemas never change, and old and new understand each other in both directions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest
from jsonschema import Draft202012Validator

from schemas import envelope
from schemas import release as releasing
from schemas.envelope import parse_event
from schemas.events import EVENT_MODELS
from schemas.events.base import EventData, Text
from schemas.rejection import Rejection
from schemas.release import (
    COMMAND,
    HERE,
    Outcome,
    event_schema,
    release,
    released,
    unreleased,
)

ROOT = HERE / "released"
EXAMPLES = HERE / "examples"
STORED = released(ROOT)
OLD_RECORDS = sorted(ROOT.glob("*/examples/*.json"))


def latest(event_type: str) -> dict[str, Any]:
    """Return the newest released schema of a type."""
    return STORED[event_type][max(STORED[event_type])]


class VisitLogged(EventData):
    """An event that exists in tests only."""

    event_type: ClassVar[str] = "visit.logged"

    text: Text


class VisitLoggedLoudly(VisitLogged):
    """The same with one more optional field."""

    loud: bool | None = None


class VisitLoggedWith(VisitLogged):
    """The same with one more required field: breaking."""

    customer_id: str


@pytest.fixture
def one_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of examples with one valid example of a visit, and make visits known."""
    monkeypatch.setattr(envelope, "EVENT_MODELS", {"visit.logged": VisitLogged})
    folder = tmp_path / "examples" / "visit.logged"
    folder.mkdir(parents=True)
    sent = json.loads((EXAMPLES / "order.approved" / "valid-minimal.json").read_bytes())
    visit = {**sent, "type": "visit.logged", "data": {"text": "called back"}}
    (folder / "valid-minimal.json").write_text(json.dumps(visit))
    return folder.parent


def test_every_event_is_released_as_it_stands() -> None:
    """A model added or changed without a release fails, and the message says what to run."""
    assert not unreleased(EVENT_MODELS, ROOT)


@pytest.mark.parametrize("path", OLD_RECORDS, ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_what_was_written_yesterday_is_read_today(path: Path) -> None:
    """Every stored record of every released version passes today's models, byte for byte."""
    records = json.loads(path.read_bytes())
    assert records
    for record in records:
        assert parse_event(record, record["tenantid"]) == orjson.dumps(record)


@pytest.mark.parametrize("path", OLD_RECORDS, ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_a_released_schema_accepts_its_own_records(path: Path) -> None:
    """The records stored with a release are valid by the schema of that release."""
    schema = STORED[path.stem][int(path.parts[-3])]
    Draft202012Validator.check_schema(schema)
    for record in json.loads(path.read_bytes()):
        Draft202012Validator(schema).validate(record)


@pytest.mark.parametrize("event_type", EVENT_MODELS)
def test_new_fields_stand_behind_the_old_ones(event_type: str) -> None:
    """The fields of an earlier release keep their order in later ones: old bytes stay equal."""
    orders = [
        [*schema["properties"]["data"]["properties"]] for schema in STORED[event_type].values()
    ]
    now = [*EVENT_MODELS[event_type].model_fields]
    for order in orders:
        assert [name for name in now if name in order] == order


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/valid-*.json")), ids=str)
def test_what_is_written_today_is_read_by_the_released_schema(path: Path) -> None:
    """The canonical form of every valid example is valid by the newest released schema."""
    event = json.loads(path.read_bytes())
    record = parse_event(event, event["tenantid"])
    assert not isinstance(record, Rejection)
    Draft202012Validator(latest(event["type"])).validate(orjson.loads(record))


def test_no_release_without_its_records_and_no_stranger() -> None:
    """Each released schema has stored records, each stored file belongs to a known event type."""
    schemas = {path.relative_to(ROOT) for path in ROOT.glob("*/*.json")}
    records = {path.relative_to(ROOT) for path in OLD_RECORDS}
    assert {Path(p.parts[0], p.name) for p in records} == schemas
    assert {path.stem for path in schemas} == set(EVENT_MODELS)
    assert {p for p in ROOT.rglob("*") if p.is_file()} == {ROOT / p for p in schemas | records}


def test_an_event_without_its_stored_schema_fails_with_the_command(tmp_path: Path) -> None:
    """A new event type that nobody released is reported with the command that releases it."""
    release(EVENT_MODELS, tmp_path, EXAMPLES)
    problems = unreleased({**EVENT_MODELS, "visit.logged": VisitLogged}, tmp_path)
    assert problems == (f"visit.logged is not released as it stands; run: {COMMAND}",)


def test_a_release_is_repeatable(tmp_path: Path) -> None:
    """Releasing into nothing gives exactly the schemas that are stored; again writes nothing."""
    first = release(EVENT_MODELS, tmp_path, EXAMPLES)
    assert len(first.written) == 2 * len(EVENT_MODELS)
    assert not first.refused
    assert release(EVENT_MODELS, tmp_path, EXAMPLES) == Outcome()
    assert {k: v[1] for k, v in released(tmp_path).items()} == {
        name: event_schema(model) for name, model in EVENT_MODELS.items()
    }


def test_a_released_file_is_never_overwritten(tmp_path: Path, one_example: Path) -> None:
    """A changed event does not replace its release: it is refused, then goes into the next one."""
    release({"visit.logged": VisitLogged}, tmp_path, one_example)
    before = (tmp_path / "1" / "visit.logged.json").read_bytes()
    changed = {"visit.logged": VisitLoggedLoudly}

    refused = release(changed, tmp_path, one_example)
    assert refused == Outcome(refused=(f"visit.logged is released as 1; run: {COMMAND} 2",))

    accepted = release(changed, tmp_path, one_example, 2)
    assert [path.relative_to(tmp_path).as_posix() for path in accepted.written] == [
        "2/visit.logged.json",
        "2/examples/visit.logged.json",
    ]
    assert accepted.notes == (
        "visit.logged harmless: /data/loud: optional field added; upgrade first: in any order",
    )
    assert (tmp_path / "1" / "visit.logged.json").read_bytes() == before
    assert not unreleased(changed, tmp_path)


def test_a_breaking_change_is_refused_in_every_version(tmp_path: Path, one_example: Path) -> None:
    """A new required field is refused even as the next version, and names whom to upgrade first."""
    release({"visit.logged": VisitLogged}, tmp_path, one_example)
    for version in (None, 2):
        outcome = release({"visit.logged": VisitLoggedWith}, tmp_path, one_example, version)
        assert outcome.written == ()
        assert outcome.refused == (
            "visit.logged breaking: /data/customer_id: new required field; upgrade first: ingestor",
        )


def test_a_removed_event_is_refused(tmp_path: Path, one_example: Path) -> None:
    """An event type that stands in old logs cannot lose its model."""
    release({"visit.logged": VisitLogged}, tmp_path, one_example)
    assert release({}, tmp_path, one_example).refused == (
        "visit.logged was released and has no model",
    )


def test_versions_are_not_skipped(tmp_path: Path, one_example: Path) -> None:
    """The version after 1 is 2, not 7."""
    release({"visit.logged": VisitLogged}, tmp_path, one_example)
    outcome = release({"visit.logged": VisitLoggedLoudly}, tmp_path, one_example, 7)
    assert outcome.refused == ("version 7 is neither 1 nor 2",)


def test_an_example_that_is_not_valid_is_refused(tmp_path: Path, one_example: Path) -> None:
    """A release never stores a record that today's models would refuse."""
    path = one_example / "visit.logged" / "valid-minimal.json"
    path.write_text(path.read_text().replace("called back", "x" * 300))
    outcome = release({"visit.logged": VisitLogged}, tmp_path / "released", one_example)
    assert outcome.refused == (
        "visit.logged/valid-minimal.json is not valid: invalid_field at /data/text",
    )
    assert not list((tmp_path / "released").iterdir())


def test_an_event_without_an_example_is_refused(tmp_path: Path) -> None:
    """A release without records could not be tested against tomorrow's models."""
    outcome = release({"visit.logged": VisitLogged}, tmp_path / "released", tmp_path)
    assert outcome.refused == ("visit.logged has no example: add visit.logged/valid-minimal.json",)


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    """Without anything new the command says so; a wrong argument is answered with the usage."""
    assert releasing.main([]) == 0
    assert "every event is released as it stands" in capsys.readouterr().out
    assert releasing.main(["two"]) == 2
    assert capsys.readouterr().err == f"usage: {COMMAND} [VERSION]\n"
    newest = max(version for one in STORED.values() for version in one)
    assert releasing.main(["99"]) == 1
    said = f"refused: version 99 is neither {newest} nor {newest + 1}"
    assert said in capsys.readouterr().err
