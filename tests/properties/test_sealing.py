"""Laws of sealing: deterministic, undone by its keys, without effect where nothing is personal."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from schemas.ages import FIRST, LAST, Ages, is_keyed
from schemas.envelope import parse_event, read_event
from schemas.sealed import is_sealed, parse
from schemas.sealing import (
    KEY_BYTES,
    PERSONAL,
    Root,
    forged,
    open_text,
    seal,
    unseal,
    wishes,
)
from services.aggregator.core.fold.numbers import with_numbers

ROOT = Root(bytes(range(KEY_BYTES)))
CIPHER = AESSIV(bytes(KEY_BYTES))
EXAMPLES = Path("schemas/examples")
_WORDS = st.text(max_size=40)
_PHONES = st.sampled_from(["0912 345 678", "+84912345678", "0084.912.345.678", "no phone", " ", ""])
_DAYS = st.dates(FIRST, LAST)


def records() -> list[dict[str, Any]]:
    """Return the canonical record of every good example."""
    items = [orjson.loads(path.read_bytes()) for path in sorted(EXAMPLES.glob("*/valid-*.json"))]
    parsed = [parse_event(item, item["tenantid"]) for item in items]
    return [orjson.loads(value) for value in parsed if isinstance(value, bytes)]


RECORDS = records()


@st.composite
def personal(draw: st.DrawFn) -> dict[str, Any]:
    """Return a record with anything in its personal fields."""
    chosen = [record for record in RECORDS if record["type"] in PERSONAL]
    record = draw(st.sampled_from(chosen))
    data = dict(record["data"])
    for field in PERSONAL[record["type"]]:
        kinds = {
            "phones": st.lists(_PHONES | _WORDS, max_size=4),
            "phone": _PHONES | _WORDS,
            "birthday": _DAYS.map(date.isoformat),
        }
        data[field.name] = draw(st.none() | kinds.get(field.form, _WORDS))
    return {**record, "data": data}


def sealed_of(record: dict[str, Any], region: str = "VN") -> dict[str, Any]:
    """Return a record sealed with one key for all."""
    asked = wishes(record, ROOT, region)
    return seal(record, asked, {wish.key_id: CIPHER for wish in asked})


def ciphers_of(record: dict[str, Any]) -> dict[str, AESSIV | None]:
    """Return the ciphers that open a record."""
    return {wish.key_id: CIPHER for wish in wishes(record, ROOT, "VN")}


@given(personal())
def test_unsealing_undoes_sealing(record: dict[str, Any]) -> None:
    """Whatever a personal field says, it is the same after it was sealed and opened again."""
    if not forged(record):
        assert unseal(sealed_of(record), ciphers_of(record)) == record


@given(personal())
def test_sealing_is_deterministic_and_idempotent(record: dict[str, Any]) -> None:
    """The same record has the same bytes whenever it is sealed; what is sealed stays as it is."""
    once = sealed_of(record)
    assert orjson.dumps(once) == orjson.dumps(sealed_of(record))
    assert sealed_of(once) == once


@given(personal())
def test_no_personal_text_is_left(record: dict[str, Any]) -> None:
    """After sealing every personal field is sealed, blank or absent."""
    data = sealed_of(record)["data"]
    for field in PERSONAL[record["type"]]:
        value = data.get(field.name)
        for text in value if isinstance(value, list) else (value,):
            assert text is None or not text.strip() or is_sealed(text)


def test_records_without_personal_fields_are_unchanged() -> None:
    """Of the types that name no person nothing is sealed."""
    others = [record for record in RECORDS if record["type"] not in PERSONAL]
    assert others
    assert all(sealed_of(record) == record for record in others)


@given(personal())
def test_a_destroyed_key_leaves_no_content(record: dict[str, Any]) -> None:
    """Under a destroyed key nothing can be read, and numbers still have their hash."""
    asked = wishes(record, ROOT, "VN")
    gone = seal(record, asked, dict.fromkeys((wish.key_id for wish in asked), None))
    whole = sealed_of(record)
    for wish in asked:
        found = gone["data"][wish.field]
        text = found if wish.at < 0 else found[wish.at]
        kept = whole["data"][wish.field]
        kept = kept if wish.at < 0 else kept[wish.at]
        assert (parse(text) or ())[:2] == (parse(kept) or ())[:2]
        assert open_text(parse(text), CIPHER) is None  # type: ignore[arg-type]
    if asked:
        assert unseal(gone, ciphers_of(record)) is None


@given(st.sampled_from(["0912 345 678", "+84 912 345 678", "0084912345678"]), st.text(max_size=9))
def test_however_it_is_written_a_number_has_one_hash(written: str, other: str) -> None:
    """The fold matches numbers by their hash as it does by E.164: all forms of one are one."""
    found = {
        with_numbers(read_event(orjson.dumps(sealed_of(call(text)))), "VN").data["number"]
        for text in (written, "0912345678")
    }
    assert len(found) == 1
    assert found.pop().startswith("#")
    sealed = with_numbers(read_event(orjson.dumps(sealed_of(call(other)))), "VN").data["number"]
    plain = with_numbers(read_event(orjson.dumps(call(other))), "VN").data["number"]
    assert bool(sealed) == bool(plain)


def call(phone: str) -> dict[str, Any]:
    """Return the record of a call with a number."""
    record = next(record for record in RECORDS if record["type"] == "call.started")
    return {**record, "data": {**record["data"], "phone": phone}}


@given(_DAYS, _DAYS, _DAYS)
def test_ages_keep_the_order_of_birthdays(born: date, low: date, high: date) -> None:
    """A birthday lies in a window of days exactly if its keyed score lies in that of scores."""
    ages = ROOT.ages
    first, last = ages.window(int(low.strftime("%Y%m%d")), int(high.strftime("%Y%m%d")))
    score = ages.score(born.isoformat())
    assert (first <= score <= last) == (low <= born <= high)
    assert is_keyed(score)
    if born < LAST:
        assert score < ages.score((born + timedelta(1)).isoformat())


def test_another_tenant_has_other_names_for_all() -> None:
    """Hash, key id and score of one tenant say nothing about those of another."""
    other = Root(bytes(KEY_BYTES))
    assert ROOT.number("+84912345678") != other.number("+84912345678")
    assert ROOT.key_id("customer", "c1") != other.key_id("customer", "c1")
    assert ROOT.key_id("customer", "c1") != ROOT.key_id("contact", "c1")
    assert Ages(b"a").score("1990-05-17") != Ages(b"b").score("1990-05-17")
