"""What the audit trail holds and what it never holds, and that no answer waits for it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
import pytest

from schemas.access import Ask, Board
from schemas.audit import ACTIONS, ADMINISTRATOR, Actor, AuditRecord, decode_audit, encode_audit
from schemas.brokers import Brokers
from schemas.configuration import DOCUMENTS
from schemas.envelope import parse_event
from schemas.events import RESERVED_TYPES
from services.ingestor.audit import AUDITED, Sender, administrator, audit_of
from services.query.access import Caller
from services.query.audit import writer as writing
from services.query.audit.notes import MINUTE_MS, Notes
from services.query.audit.trail import AuditTrail, whole
from services.query.audit.writer import AuditWriter

NOON = 1_795_323_600_000
PERSON = Caller("acme", 0, "", "person", "an")
WALL = Caller("acme", 0, "k1", "kiosk", board=Board("company", "all", False, frozenset()))
SALES = Ask("figures", "figure", "department", "sales", metrics=frozenset({"orders"}))


class Desk:
    """Notes into a list, at a time that the test sets."""

    def __init__(self) -> None:
        self.records: list[AuditRecord] = []
        self.now_ms = NOON
        self.notes = Notes(self.records.append, lambda: self.now_ms)

    def close_minute(self) -> None:
        """Let more than a minute pass."""
        self.now_ms += MINUTE_MS + 1
        self.notes.close(self.now_ms - MINUTE_MS)


def record(number: int, tenant: str = "acme", **more: Any) -> AuditRecord:
    told = {"action": "look", "actor": Actor("person", "an"), "subject": "figures", **more}
    return AuditRecord(id=f"r{number}", at_ms=NOON + number, tenant=tenant, **told)


def event(kind: str, subject: str, data: dict[str, Any]) -> bytes:
    made = parse_event(
        {
            "specversion": "1.0",
            "id": "e1",
            "source": "crm",
            "type": kind,
            "time": "2026-11-22T10:00:00Z",
            "subject": subject,
            "tenantid": "acme",
            "data": data,
        },
        "acme",
    )
    assert isinstance(made, bytes), made
    return made


@pytest.mark.parametrize("action", ACTIONS)
def test_a_record_is_read_as_it_was_written(action: Any) -> None:
    """Every member comes back, of every action."""
    details = {"form": "figure", "granted": True}
    made = record(1, action=action, details=details, scope="employee", scope_id="bo", times=3)
    assert decode_audit(encode_audit(made)) == made


def test_details_are_a_closed_set() -> None:
    """What nobody foresaw cannot get into a record, nor an action that there is not."""
    with pytest.raises(ValueError, match="phone"):
        record(1, details={"phone": "0901234567"})
    with pytest.raises(ValueError, match="theft"):
        record(1, action="theft")


def test_all_that_only_the_administration_writes_is_noted() -> None:
    """Every reserved type is a change that the trail names, and so is all that is configured."""
    assert RESERVED_TYPES | {"target.set", "setting.changed"} | DOCUMENTS.keys() <= AUDITED


def test_a_value_that_was_written_down_is_noted_without_it() -> None:
    """Whose, of which figure and period, and by whom; neither the value nor its grade."""
    data = {
        "metric": "mood",
        "scope": "employee",
        "scope_id": "an",
        "period": "2026-11",
        "value": 31337,
        "grade": "so-so",
        "recorded_by": "hue",
    }
    made = audit_of(event("value.recorded", "v1", data), Sender(Actor("machine", "k1")), NOON)
    assert made is not None
    assert (made.action, made.subject, made.scope, made.scope_id) == (
        *("setting", "value"),
        *("employee", "an"),
    )
    assert made.details == {
        "by": "hue", "change": "recorded", "event": "e1", "metric": "mood", "period": "2026-11",
    }  # fmt: skip
    assert b"31337" not in encode_audit(made)
    assert b"so-so" not in encode_audit(made)


@pytest.mark.parametrize(
    ("kind", "name", "data"),
    [
        ("formula.defined", "made", {"label_en": "x", "unit": "count", "expression": "2 * orders"}),
        ("formula.removed", "made", {"removed_by": "hue"}),
        ("rollout.changed", "orders", {"department_id": "sales", "valid_from": "2026-11-01"}),
        ("rollout.ended", "orders", {"changed_by": "hue"}),
        ("calendar.defined", "company", {"versions": [{"week": {}}]}),
        ("calendar.removed", "company", {"removed_by": "hue"}),
        ("alert.deleted", "many", {"deleted_by": "hue"}),
    ],
)
def test_what_is_configured_is_noted_by_its_name(
    kind: str, name: str, data: dict[str, Any]
) -> None:
    """Which document, and whether it was set or taken away; not what stands in it."""
    made = audit_of(event(kind, name, data), administrator(""), NOON)
    assert made is not None
    what, _, change = kind.partition(".")
    found = (made.action, made.subject, made.scope, made.scope_id)
    assert found == ("setting", what, what, name)
    by = {"by": "hue"} if "hue" in data.values() else {}
    assert made.details == {"change": change, "event": "e1", **by}


def test_a_key_is_noted_without_what_opens_it() -> None:
    """Of a new key its id, scopes and giver stand there; neither digest nor board nor network."""
    data = {"digest": "ab" * 32, "scopes": ["query"], "label": "hall", "created_by": "hue"}
    made = audit_of(event("apikey.created", "k9", data), administrator("10.0.0.7"), NOON)
    assert made is not None
    assert (made.action, made.scope_id, made.actor) == ("key", "k9", ADMINISTRATOR)
    scopes = {"change": "created", "scopes": "query", "by": "hue", "event": "e1"}
    assert made.details == scopes
    assert made.address == "10.0.0.7"
    assert b"abab" not in encode_audit(made)


def test_settings_are_noted_by_name() -> None:
    """Which settings were changed, not to what."""
    data = {"time_zone": "Asia/Tokyo", "name": "Secret Holdings"}
    made = audit_of(event("setting.changed", "company", data), administrator(""), NOON)
    assert made is not None
    assert made.details == {"change": "name,time_zone", "event": "e1"}


def test_an_event_sent_twice_is_noted_once() -> None:
    """The record of an event has an id of its own, whoever sends it again and whenever."""
    granted = {"permission": "view_all", "granted": True}
    value = event("permission.changed", "an", granted)
    first = audit_of(value, administrator(""), NOON)
    again = audit_of(value, Sender(Actor("machine", "k1")), NOON + 1)
    assert first is not None
    assert again is not None
    trail = AuditTrail(Brokers("127.0.0.1:1"), "", 10)
    trail.take(encode_audit(first))
    trail.take(encode_audit(again))
    assert [whole(one) for one in trail.find("acme", NOON, NOON + 1)] == [first]


def test_other_events_are_not_noted() -> None:
    """What happens every day is in the log, not in the trail."""
    called = {"employee_id": "an", "direction": "outbound", "ended_at": "2026-11-22T10:00:00Z"}
    value = event("call.ended", "c1", {**called, "duration_s": 5})
    assert audit_of(value, administrator(""), NOON) is None


def test_a_person_is_noted_at_once_and_repeats_are_summed_up() -> None:
    """One look is there at once; the same again in its minute is one more record."""
    desk = Desk()
    for _ in range(5):
        desk.notes.seen(PERSON, SALES, "g.7")
    desk.notes.seen(PERSON, Ask("figures", "figure", "employee", "an"), "g.7")
    assert [(made.scope_id, made.times) for made in desk.records] == [("sales", 1), ("an", 1)]
    desk.close_minute()
    assert [(made.scope_id, made.times) for made in desk.records[2:]] == [("sales", 4)]
    desk.notes.seen(PERSON, SALES, "g.8")
    assert desk.records[-1].times == 1
    assert len({made.id for made in desk.records}) == len(desk.records)


def test_a_screen_on_the_wall_does_not_flood_the_trail() -> None:
    """A kiosk that asks every second for many figures leaves two records of a minute."""
    desk = Desk()
    for number in range(60):
        desk.notes.seen(WALL, Ask("figures", "figure", "employee", f"e{number % 7}"), "g.7")
    desk.close_minute()
    assert [made.times for made in desk.records] == [1, 59]
    assert {made.actor for made in desk.records} == {Actor("kiosk", "k1")}
    assert desk.records[-1].scope_id == ""


def test_every_export_and_refusal_is_told() -> None:
    """Exports stand for themselves however often; refusals say why, also of what has no figure."""
    desk = Desk()
    desk.notes.seen(PERSON, Ask("figures", "export"), "g.7")
    desk.notes.seen(PERSON, Ask("figures", "export"), "g.7")
    desk.notes.refused(PERSON, Ask("catalogue"), "no_feature")
    assert [made.action for made in desk.records] == ["export", "export", "refused"]
    assert desk.records[-1].details["code"] == "no_feature"


def test_names_alone_are_not_noted() -> None:
    """Who opens a page reads the catalogue and the names: no figure, no record."""
    desk = Desk()
    desk.notes.seen(PERSON, Ask("catalogue"), "g.7")
    desk.notes.seen(PERSON, Ask("organisation"), "g.7")
    assert desk.records == []


async def test_what_is_summed_up_is_written_at_the_end() -> None:
    """A service that stops leaves no sum behind."""
    desk = Desk()
    for _ in range(3):
        desk.notes.seen(WALL, SALES, "g.7")
    await desk.notes.stop()
    assert sum(made.times for made in desk.records) == 3


def test_the_trail_keeps_the_newest_of_each_tenant() -> None:
    """Memory is bounded by tenant, `since` says what is left, and nobody sees another's."""
    trail = AuditTrail(Brokers("127.0.0.1:1"), "", 3)
    for number in range(5):
        trail.take(encode_audit(record(number)))
    trail.take(encode_audit(record(9, tenant="other")))
    found = trail.find("acme", NOON, NOON + 100)
    assert [one.id for one in found] == ["r4", "r3", "r2"]
    assert trail.since("acme") == "2026-11-22T05:00:00.002Z"
    assert trail.since("nobody") is None
    assert trail.state() == "reading"


def test_the_trail_is_asked_by_time_actor_and_action() -> None:
    """Both ends of the time are in; an actor is an employee or a key."""
    trail = AuditTrail(Brokers("127.0.0.1:1"), "", 10)
    trail.take(encode_audit(record(1)))
    trail.take(encode_audit(record(2, action="export")))
    trail.take(encode_audit(record(3, actor=Actor("machine", "k1"))))
    assert [one.id for one in trail.find("acme", NOON + 1, NOON + 2)] == ["r2", "r1"]
    assert [one.id for one in trail.find("acme", NOON, NOON + 9, "k1")] == ["r3"]
    assert [one.id for one in trail.find("acme", NOON, NOON + 9, "", {"export"})] == ["r2"]


async def test_what_kafka_does_not_take_is_counted_and_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without Kafka nobody waits; what does not fit, or is left at the end, is lost and told."""
    monkeypatch.setattr(writing, "MOST_WAITING", 10)
    monkeypatch.setattr(writing, "_LAST_WORDS_S", 0.05)
    counts: Counter[str] = Counter()

    def counted(outcome: str, count: int) -> None:
        counts[outcome] += count

    writer = AuditWriter(Brokers("127.0.0.1:1"), "", counted, is_embedded=True)
    writer.start()
    for number in range(15):
        writer.put(record(number))
    assert counts == {"lost": 5}
    await writer.stop()
    assert counts == {"lost": 15}
    writer.put(record(99, scope_id="\ud800"))
    assert counts == {"lost": 16}
    assert "audit records are lost" in caplog.text


def test_a_record_of_somebody_else_is_refused_by_the_reader() -> None:
    """What is no audit record raises what the follower passes over."""
    trail = AuditTrail(Brokers("127.0.0.1:1"), "", 10)
    for value in (b"{", b"{}", orjson.dumps({"tenant": "acme"})):
        with pytest.raises((ValueError, KeyError, TypeError)):
            trail.take(value)
