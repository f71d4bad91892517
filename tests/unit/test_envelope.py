"""The door: what is not a CloudEvent is answered with a code and a place, never an exception."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import LogEvent, parse_event, read_event
from schemas.events import EVENT_MODELS, RESERVED_TYPES
from schemas.rejection import CODES, Rejection

TENANT = "acme"
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ids = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=128).filter(
    lambda text: text != "-"
)


def event(**changes: Any) -> dict[str, Any]:
    """Return a small valid event; a change to None drops the attribute."""
    whole = {
        "specversion": "1.0",
        "id": "e1",
        "source": "crm",
        "type": "order.approved",
        "time": "2026-11-20T09:15:30.120999+07:00",
        "subject": "o1",
        "tenantid": TENANT,
        "data": {"approved_at": "2026-11-20T09:15:30+07:00"},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def refused(item: Any) -> Rejection:
    """Parse what must be refused."""
    outcome = parse_event(item, TENANT)
    assert isinstance(outcome, Rejection), outcome
    return outcome


ENVELOPE = [
    ({"specversion": "0.3"}, "not_cloudevent", "/specversion"),
    ({"specversion": None}, "not_cloudevent", "/specversion"),
    ({"id": None}, "not_cloudevent", "/id"),
    ({"id": ""}, "not_cloudevent", "/id"),
    ({"id": 7}, "not_cloudevent", "/id"),
    ({"id": "x" * 129}, "not_cloudevent", "/id"),
    ({"subject": "a\nb"}, "not_cloudevent", "/subject"),
    ({"subject": "-"}, "not_cloudevent", "/subject"),
    ({"source": ""}, "not_cloudevent", "/source"),
    ({"type": None}, "not_cloudevent", "/type"),
    ({"type": ["order.approved"]}, "not_cloudevent", "/type"),
    ({"time": None}, "not_cloudevent", "/time"),
    ({"time": "2026-11-20T09:15:30"}, "naive_time", "/time"),
    ({"time": "2026-11-20"}, "naive_time", "/time"),
    ({"time": "noon"}, "invalid_field", "/time"),
    ({"time": 1763604930}, "invalid_field", "/time"),
    ({"time": "2026-13-20T09:15:30Z"}, "not_cloudevent", "/time"),
    ({"time": "1970-01-01T00:00:00Z"}, "time_out_of_range", "/time"),
    ({"time": "1989-12-31T23:59:59.999Z"}, "time_out_of_range", "/time"),
    ({"time": "9999-12-31T23:59:59-12:00"}, "time_out_of_range", "/time"),
    ({"tenantid": "other"}, "wrong_tenant", "/tenantid"),
    ({"tenantid": None}, "not_cloudevent", "/tenantid"),
    ({"type": "order.teleported"}, "unknown_type", "/type"),
    ({"type": ""}, "unknown_type", "/type"),
    ({"data": None}, "missing_field", "/data"),
    ({"data": "{}"}, "missing_field", "/data"),
]


@pytest.mark.parametrize(("changes", "code", "pointer"), ENVELOPE)
def test_a_broken_envelope_names_code_and_place(
    changes: dict[str, Any], code: str, pointer: str
) -> None:
    """Each attribute that is missing or wrong has its own answer."""
    outcome = refused(event(**changes))
    assert (outcome.code, outcome.pointer) == (code, pointer)


@pytest.mark.parametrize("item", [None, 1, "event", [], [event()], True])
def test_an_event_is_an_object(item: Any) -> None:
    """Any other JSON value is not a CloudEvent."""
    assert refused(item) == Rejection("not_cloudevent", "an event is a JSON object")


@given(json_values)
def test_no_json_raises(item: Any) -> None:
    """Whatever JSON comes in, the answer is a rejection with a known code."""
    assert refused(item).code in CODES


@given(st.sampled_from(sorted(EVENT_MODELS)), st.dictionaries(st.text(), json_values, max_size=3))
def test_no_data_raises(event_type: str, data: dict[str, Any]) -> None:
    """Whatever stands in `data`, the answer is a rejection below /data, or a fixed point."""
    outcome = parse_event(event(type=event_type, data=data), TENANT)
    if isinstance(outcome, Rejection):
        assert outcome.code in CODES
        assert outcome.pointer.startswith("/data")
    else:
        assert parse_event(orjson.loads(outcome), TENANT) == outcome


@given(
    st.sampled_from(sorted(EVENT_MODELS)).flatmap(
        lambda name: st.tuples(
            st.just(name),
            st.dictionaries(st.sampled_from(sorted(EVENT_MODELS[name].model_fields)), json_values),
        )
    )
)
def test_no_value_of_a_known_field_raises(drawn: tuple[str, dict[str, Any]]) -> None:
    """Any JSON value in any known field is accepted or refused, never an exception."""
    event_type, data = drawn
    outcome = parse_event(event(type=event_type, data=data), TENANT)
    assert isinstance(outcome, bytes) or outcome.code in CODES


def test_equal_content_has_equal_bytes() -> None:
    """Order of keys, notation of a time, digits below a millisecond and unknown fields vanish."""
    one = event()
    other = dict(reversed(event(time="2026-11-20 02:15:30.120Z", extra=[1]).items()))
    other["data"] = {"colour": "red", "approved_at": "2026-11-20t02:15:30.0000z"}
    assert parse_event(one, TENANT) == parse_event(other, TENANT)


def test_absent_and_null_are_different() -> None:
    """An absent field stays as it was, a null clears it: the log keeps the difference."""
    absent = parse_event(event(type="customer.updated", data={}), TENANT)
    null = parse_event(event(type="customer.updated", data={"industry": None}), TENANT)
    assert isinstance(absent, bytes)
    assert isinstance(null, bytes)
    assert read_event(absent).data == {}
    assert read_event(null).data == {"industry": None}


@given(ids, ids, ids, ids)
def test_any_printable_id_comes_back(event_id: str, source: str, subject: str, tenant: str) -> None:
    """Ids of any script survive the log."""
    sent = event(id=event_id, source=source, subject=subject, tenantid=tenant)
    record = parse_event(sent, tenant)
    assert isinstance(record, bytes)
    read = read_event(record)
    assert (read.id, read.source, read.subject, read.tenant) == (event_id, source, subject, tenant)


def test_a_record_is_read_as_it_was_written() -> None:
    """The record has its time in milliseconds and its data as canonical JSON."""
    record = parse_event(event(), TENANT)
    assert isinstance(record, bytes)
    assert read_event(record) == LogEvent(
        "e1",
        "crm",
        "order.approved",
        1795140930120,
        "o1",
        TENANT,
        {"approved_at": "2026-11-20T02:15:30.000Z"},
    )


@given(st.tuples(st.integers(0, 2_000_000), st.integers(0, 4_102_444_799_999)), st.data())
def test_versions_order_by_revision_then_time(one: tuple[int, int], data: st.DataObject) -> None:
    """A version compares like (revision, time), and fits into 63 bits."""
    other = data.draw(
        st.tuples(st.integers(0, 2_000_000) | st.just(one[0]), st.integers(0, 4_102_444_799_999))
    )

    def version(revision: int, time_ms: int) -> int:
        return LogEvent("e", "s", "t", time_ms, "x", "t", {"revision": revision}).version

    assert (version(*one) < version(*other)) == (one < other)
    assert version(*one) < 2**63


@pytest.mark.parametrize("data", [{}, {"revision": None}, {"revision": 0}])
def test_without_a_revision_the_time_is_the_version(data: dict[str, Any]) -> None:
    """No revision, null and 0 are the same."""
    assert LogEvent("e", "s", "t", 1700, "x", "t", data).version == 1700


@pytest.mark.parametrize("time_zone", ["Asia", "a\x00b", "x" * 5000])
def test_a_strange_zone_is_only_an_unknown_zone(time_zone: str) -> None:
    """A folder, a NUL and an endless name are refused like any unknown zone."""
    outcome = refused(event(type="setting.changed", data={"time_zone": time_zone}))
    assert (outcome.code, outcome.pointer) == ("unknown_time_zone", "/data/time_zone")


def test_reserved_types_are_types() -> None:
    """What only the administration writes is part of the vocabulary."""
    assert set(EVENT_MODELS) >= RESERVED_TYPES


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "x" * 100_000},
        {"id": "x" * 100_000},
        {"type": "setting.changed", "data": {"time_zone": "x" * 100_000}},
        {"type": "setting.changed", "data": {"currency": "x" * 100_000}},
    ],
)
def test_an_answer_stays_short(changes: dict[str, Any]) -> None:
    """A rejection never sends a long value back."""
    assert len(refused(event(**changes)).detail) < 200
