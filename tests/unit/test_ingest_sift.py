"""Good events and bad ones are told apart, each bad one with its code, and none is lost."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import RESERVED_TYPES
from schemas.rejection import CODES, Rejection
from services.ingestor.dead_letters import Replay, encode_dead_letter
from services.ingestor.directory import Tenant, decode_tenant, default_partition, encode_tenant
from services.ingestor.keys import bearer, digest_of, new_key
from services.ingestor.problems import Problem
from services.ingestor.sift import KEY_TYPES, Sifted, check
from tests.ingest_rig import event

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def nested(depth: int) -> Any:
    value: Any = 0
    for level in range(depth):
        value = [1, value] if level % 2 else {"a": 1, "b": value}
    return value


@given(st.lists(JSON | st.builds(event, st.just("acme"), st.integers(0, 9)), max_size=8))
def test_every_event_is_accounted_for(items: list[Any]) -> None:
    """Each event of a request is accepted, or refused with a known code; the counts agree."""
    sifted = Sifted()
    for index, item in enumerate(items):
        sifted.add(index, item, "acme", None)
    assert len(sifted.accepted) + len(sifted.refused) == len(items)
    assert sum(sifted.outcomes.values()) == len(items)
    assert all(refused.why.code in CODES - {"bug"} for refused in sifted.refused)
    assert all(items[refused.place] is refused.item for refused in sifted.refused)


@given(JSON, st.dictionaries(st.sampled_from(list(event("acme", 1))), JSON))
def test_any_change_of_an_event_is_a_value(item: Any, changes: dict[str, Any]) -> None:
    """However an event is spoilt, checking it gives a record or a rejection, never a bug."""
    for spoilt in (item, event("acme", 1) | changes):
        checked = check(spoilt, "acme", 65_536)
        assert not isinstance(checked, Rejection) or checked.code != "bug"


@pytest.mark.parametrize("kind", sorted(RESERVED_TYPES))
def test_reserved_types_are_not_written_with_a_key(kind: str) -> None:
    """An ingest key may not write keys, rights and locks; the administrator may not write keys."""
    checked = check(event("acme", 1, type=kind), "acme", None)
    assert isinstance(checked, Rejection)
    assert checked.code == "forbidden_type"
    by_admin = check(event("acme", 1, type=kind), "acme", None, KEY_TYPES)
    is_forbidden = isinstance(by_admin, Rejection) and by_admin.code == "forbidden_type"
    assert is_forbidden == (kind.startswith("apikey.") or kind.endswith(".erased"))


@pytest.mark.parametrize("kind", [["order.created"], {"a": 1}, None, 7])
def test_type_of_another_kind_is_refused(kind: Any) -> None:
    """A `type` that is no string, hashable or not, is no CloudEvent."""
    checked = check(event("acme", 1, type=kind), "acme", None)
    assert isinstance(checked, Rejection)
    assert checked.code == "not_cloudevent"


def test_large_event_is_refused_and_kept() -> None:
    """An event above the size limit is refused; its dead letter has it whole."""
    large = event("acme", 1, note="x" * 70_000)
    sifted = Sifted()
    sifted.add(0, large, "acme", 65_536)
    (refused,) = sifted.refused
    assert refused.why.code == "too_large"
    letter = orjson.loads(encode_dead_letter(refused, "acme", 5).value)
    assert orjson.loads(letter["raw"]) == large


def test_huge_event_is_kept_in_part() -> None:
    """What no broker would take as one record is cut, and says so; replaying leaves it out."""
    sifted = Sifted()
    sifted.add(0, event("acme", 1, note="\u1ec7" * 900_000), "acme", 65_536)
    record = encode_dead_letter(sifted.refused[0], "acme", 5)
    assert len(record.value) < 1_000_000
    letter = orjson.loads(record.value)
    assert letter["raw_truncated"] is True
    replay = Replay()
    replay.add(letter, 65_536)
    assert (replay.passed, replay.skipped) == ([], 1)


@pytest.mark.parametrize("depth", [260, 900])
def test_deep_event_is_refused_and_kept(depth: int) -> None:
    """An event nested deeper than the encoder goes is refused; its dead letter has it whole."""
    deep = event("acme", 1, data=nested(depth))
    sifted = Sifted()
    sifted.add(0, deep, "acme", 100)
    letter = orjson.loads(encode_dead_letter(sifted.refused[0], "acme", 5).value)
    assert letter["raw"].count("[") + letter["raw"].count("{") == depth + 1
    assert type(orjson.loads(letter["raw"])["data"]) is type(deep["data"])


def test_replay_takes_what_passes_today() -> None:
    """A letter is checked as if it came now: good ones pass, bad ones keep being refused."""
    replay = Replay()
    for number, (code, item) in enumerate(
        [
            ("unknown_type", event("acme", 1)),
            ("naive_time", event("acme", 2, time="2026-11-22T10:00:00")),
            ("forbidden_type", event("acme", 3, type="apikey.created")),
            ("duplicate_id", event("acme", 4)),
        ]
    ):
        letter = {"code": code, "raw": orjson.dumps(item).decode(), "tenant": "acme"}
        replay.add(letter | {"offset": number}, 65_536)
    assert [tenant for tenant, _ in replay.passed] == ["acme"]
    assert replay.refused == {"naive_time": 1, "forbidden_type": 1}
    assert replay.skipped == 1


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True), st.integers(1, 64))
def test_default_partition_is_stable(tenant: str, partitions: int) -> None:
    """A tenant's partition is a function of its id and lies in the topic."""
    partition = default_partition(tenant, partitions)
    assert 0 <= partition < partitions
    assert partition == default_partition(tenant, partitions)


def test_default_partition_is_permanent() -> None:
    """The hash never changes: a second creation elsewhere must choose the same partition."""
    assert [default_partition(name, 64) for name in ("acme", "globex", "demo")] == [1, 26, 32]


def test_directory_record_is_read_as_written() -> None:
    """A tenant survives its record."""
    tenant = Tenant("acme", 3, "Acme", "2026-11-22T03:00:00.000Z")
    assert decode_tenant(encode_tenant(tenant)) == tenant


def test_key_is_bound_to_its_tenant() -> None:
    """A key names its tenant, is never the same twice, and only its digest is kept."""
    first, second = new_key("acme-1"), new_key("acme-1")
    assert first.text.startswith(f"sp_acme-1_{first.id}_")
    assert first.text != second.text
    assert first.digest == digest_of(first.text)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic abc", "sp_acme_1_2"])
def test_missing_bearer_is_unauthorized(header: str | None) -> None:
    """Without a bearer token there is nobody asking."""
    with pytest.raises(Problem) as caught:
        bearer(header)
    assert caught.value.status == 401
