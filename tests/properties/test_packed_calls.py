"""Calls are written shorter than they are: nothing is lost, and what was written whole is read."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.facts import Call, pack, unpack
from schemas.sealed import Sealed, from_bytes, number_in, number_named, to_bytes, write

_NAMES = st.none() | st.text(max_size=4)
_VERSIONS = st.integers(0, 2**60)
_TIMES = st.integers(1_795_187_737_000, 1_795_187_837_000) | st.integers(-(2**43), 2**43)
_DAYS = st.sampled_from([20261120, 20261121]) | st.integers(19700101, 21001231)
_LETTERS = st.sampled_from("AZaz09-_")
_TOKENS = st.text(_LETTERS, min_size=16, max_size=16)
_SEALED = st.builds(
    "~1.{}.{}.{}".format,
    _TOKENS,
    _TOKENS | st.text(_LETTERS | st.sampled_from("+=. \u00e9"), max_size=20),
    st.text(_LETTERS, max_size=20) | st.text(max_size=20),
)
_PHONES = _NAMES | _SEALED


def _moment(*more: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    """Draw a moment; its version often is its time, as of sources that count no revisions."""
    plain = st.tuples(_TIMES, _DAYS, *more).map(lambda m: (m[0], *m))
    return st.none() | plain | st.tuples(_VERSIONS, _TIMES, _DAYS, *more)


@st.composite
def _calls(draw: st.DrawFn) -> Call:
    phone, agent, customer = draw(_PHONES), draw(_NAMES), draw(_NAMES)
    number = draw(st.text(max_size=4) | st.just((phone or "").split(".")[-2:][0]))
    who = (
        draw(_VERSIONS | _TIMES),
        draw(st.sampled_from(["inbound", "outbound", "outbound", "sideways"])),
        agent,
        customer,
        phone,
        draw(_NAMES),
        draw(st.sampled_from([number, "#" + number])),
    )
    others = st.lists(st.text(max_size=4), max_size=3).map(lambda names: tuple(sorted(names)))
    return Call(
        id=draw(st.text(max_size=6)),
        number=draw(st.integers(0, 2**31)),
        who=draw(st.sampled_from([who, who, None])),
        started=draw(_moment()),
        connected=draw(_moment()),
        ended=draw(_moment(st.integers(0, 90_000))),
        agent=draw(st.just(agent) | _NAMES),
        customers=draw(st.just(() if customer is None else (customer,)) | others),
    )


_CALLS = _calls()


@given(_CALLS)
def test_a_call_comes_back_as_it_was(call: Call) -> None:
    assert unpack(pack(call)) == call


@given(_CALLS)
def test_a_call_that_was_written_whole_is_read(call: Call) -> None:
    """Stores of a version before packed them as they are."""
    assert unpack(msgspec.msgpack.encode(call)) == call


@given(_PHONES | st.text())
def test_a_sealed_phone_comes_back_from_its_bytes(text: str | None) -> None:
    raw = to_bytes(text or "")
    assert raw is None or from_bytes(raw) == text


@given(_TOKENS, _TOKENS, st.binary(max_size=60))
def test_every_phone_that_was_sealed_has_bytes(key_id: str, token: str, content: bytes) -> None:
    """Whatever its content, none among them: its key was destroyed."""
    said = urlsafe_b64encode(content).decode().rstrip("=")
    text = write(Sealed(key_id, token, said))
    raw = to_bytes(text)
    assert raw is not None
    assert len(raw) == 24 + len(content)
    assert number_in(text) == number_named(text)


def test_bytes_are_only_of_what_they_give_back() -> None:
    """Two letters hold twelve bits, of which a byte takes eight: 'AB' would come back as 'AA'."""
    start = "~1." + "k" * 16 + "." + "t" * 16 + "."
    assert to_bytes(start + "AA") is not None
    assert to_bytes(start + "AB") is None
    assert to_bytes(start + "A") is None
    assert to_bytes(start + "A+") is None
    assert to_bytes("~1." + "k" * 16 + "..AA") is None


def test_a_usual_call_is_little_more_than_its_names_and_its_phone() -> None:
    """Neither agent, customer nor number stands there again, and times are what is expected."""
    at, end = 1_795_187_737_000, 1_795_187_737_000 + 54_000
    phone = write(Sealed("k" * 16, "t" * 16, "c" * 49 + "A"))
    call = Call(
        id="call2221",
        number=2216,
        who=(end, "outbound", "emp36", "c1107", phone, None, "#" + "t" * 16),
        started=(at, at, 20261120),
        connected=(end, at + 9000, 20261120),
        ended=(end, end, 20261120, 45),
        agent="emp36",
        customers=("c1107",),
    )
    packed = pack(call)
    assert packed.count(b"emp36") == packed.count(b"c1107") == 1
    names = sum(map(len, ("call2221", "emp36", "c1107")))
    assert len(packed) <= names + len(to_bytes(phone) or phone) + 36
    assert unpack(packed) == call
