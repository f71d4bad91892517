"""Facts: what is packed is unpacked, whatever it holds."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.facts import (
    KINDS,
    TAGS,
    Amount,
    AnyFact,
    Call,
    Contact,
    Contract,
    Customer,
    Department,
    Email,
    Employee,
    Extension,
    Fact,
    Goods,
    Message,
    Note,
    Opportunity,
    Order,
    Payment,
    PhoneNumber,
    Target,
    Task,
    Term,
    Voucher,
    head_of_customer,
    pack,
    unpack,
)

texts = st.text(max_size=20)
numbers = st.integers(0, 2**53)


def like(hint: Any) -> st.SearchStrategy[Any]:
    """Return any value of an annotation of a fact's field."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.one_of(*map(like, inner))
    if origin is tuple and inner[-1] is Ellipsis:
        return st.lists(like(inner[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(like, inner))
    if origin is dict:
        return st.dictionaries(like(inner[0]), like(inner[1]), max_size=3)
    plain = {
        int: numbers,
        str: texts,
        bool: st.booleans(),
        NoneType: st.none(),
        Amount: st.builds(Amount, amount=numbers, currency=texts),
        Goods: st.builds(Goods, texts, numbers, numbers, texts),
    }
    return plain.get(hint, texts | st.lists(texts, max_size=2))


def facts_of(kind: type[Fact]) -> st.SearchStrategy[Any]:
    """Return facts of a kind with anything in their registers."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: like(hints[name]) for name in kind.__struct_fields__})


facts = st.one_of(*map(facts_of, KINDS))


def everything() -> dict[type, AnyFact]:
    """Return one fact of each kind with every register set."""
    amount = Amount(12_500_000, "VND")
    lines = (Goods("x", 1500, 12_500_000, "VND"),)
    return {
        type(fact): fact
        for fact in (
            Customer(
                "u1",
                1,
                created=(1, 2, 20261120, "nv-1"),
                known=True,
                deleted=(3, True),
                owners=((1, 2, 20261120, None),),
                stages=((1, 2, 20261120, "lead", None),),
                profile={"source_ids": (1, ["web"])},
                merged=(4, "u2"),
                absorbed=("u3",),
                contacted=20261120,
                bought=((20261120, 2),),
                calls=((2, 5, 20261120, "nv-1", True, 90),),
                appointments=((11, 5, 20261120, True),),
                orders=((5, 5, 20261120, 20261121, 2, 700, "VND", (("VND", 5),)),),
                payments=((12, "VND", 5),),
                opportunities=((4, 5, 20261120, "y", None),),
                erased=9,
            ),
            Contact("w1", 8, known=True, deleted=(1, True), profile={"name": (1, "Hoa")}),
            Message(
                "s1",
                9,
                who=(1, "sms", "nv-1", None, "+84"),
                sent=(1, 2, 20261120),
                outcome=(1, False),
            ),
            Note("n1", 10, added=(1, 2, 20261120, "nv-1", "u1", False), deleted=(2, True)),
            Task(
                "t1",
                11,
                created=(1, 2, 20261120, "nv-1"),
                type=(1, "appointment"),
                title=(1, None),
                start=(1, 20261120),
                end=(1, 20261121, 3),
                assignees=(1, ("nv-1", "nv-2")),
                customer=(1, "u1"),
                project=(1, None),
                status=(1, "completed", 2, 20261121),
                deleted=(2, True),
            ),
            Payment(
                "y1",
                12,
                received=(1, 2, 20261120, amount),
                order=(1, "o1"),
                customer=(1, None),
                reversed=(1, 2, 20261121, None),
            ),
            Contract(
                "k1",
                13,
                created=(1, 2, 20261120),
                renewed=(1, 2, 20261120, "k0"),
                owner=(1, "nv-1"),
                customer=(1, "u1"),
                start=(1, 20261120),
                end=(1, 0),
                value=(1, amount),
                draft=(1, False),
                cancelled=(1, 2),
                deleted=(1, True),
                renewals=((20261201, 1),),
            ),
            Voucher(
                "v1", 14, paper=(1, "out", 20261120, "sale", None, None, lines), voided=(1, True)
            ),
            Term(
                "source:web",
                15,
                profile=(1, "Web", ("inbound",), 0, True),
                definition=(1, "text"),
            ),
            Target(
                "revenue|employee|nv-1|2026-11",
                16,
                aim=(1, amount, 40, (50, 100), None),
            ),
            Call(
                "c1",
                2,
                who=(1, "outbound", "nv-1", None, "+84", "1", ""),
                started=(1, 2, 3),
                connected=(1, 2, 3),
                ended=(1, 2, 3, 4),
                agent="nv-1",
                customers=("u1", "u2"),
            ),
            Email(
                "m1|lan@example.com",
                3,
                who=(1, "nv-1", None),
                opened=(1, 20261120),
                clicked=(2, 20261120),
            ),
            Opportunity(
                "p1",
                4,
                created=(1, None, None),
                closed=(1, 2, 3, "won"),
                owner=(1, None),
                customer=(1, "u1"),
                product=(1, "x"),
                campaign=(1, "y"),
                value=(1, amount),
                deleted=(1, True),
            ),
            Order(
                "o1",
                5,
                created=(1, 2, 3),
                order_day=(1, 20261120),
                owner=(1, "nv-1"),
                customer=(1, None),
                total=(1, amount),
                approval=(1, "approved", 2, 20261120, None),
                cancelled=(1, 2),
                deleted=(1, True),
                lines=(1, lines),
                discount=(1, amount),
                vat=(1, amount),
                shipping=(1, amount),
                returns={"r1": (1, 2, 20261120, lines)},
                paid=((20261120, "VND", 5),),
            ),
            Employee(
                "e1",
                6,
                profile=(1, "Hoa", True, None),
                places=((20261120, 1, "north", None),),
                extensions=((1, 2, 20261120, "101"),),
                permissions={"kpi": (1, True)},
                pseudonymised=7,
                others=((20261120, ("south",)),),
            ),
            Department("d1", 7, profile=(1, "North", None, None, True)),
            PhoneNumber("+84912345678", 17, holders=(("u1", 2),)),
            Extension("101", 18, holders=((2, 0, "nv-1", True),)),
        )
    }


@pytest.mark.parametrize("kind", KINDS, ids=KINDS.get)
def test_a_full_fact_comes_back(kind: type[AnyFact]) -> None:
    """Every register of every kind survives Redis."""
    fact = everything()[kind]
    again = unpack(pack(fact))
    assert again == fact
    assert type(again) is kind
    unset = kind("x", 1)
    for name in kind.__struct_fields__[2:]:
        assert getattr(fact, name) != getattr(unset, name), f"the test sets no {name}"


@given(facts)
def test_any_fact_comes_back(fact: AnyFact) -> None:
    """Whatever the registers hold, packing twice gives the same bytes; a head says the same."""
    packed = pack(fact)
    assert unpack(packed) == fact
    assert pack(unpack(packed)) == packed
    if isinstance(fact, Customer):
        head = head_of_customer(packed)
        assert (head.id, head.number, head.created) == (fact.id, fact.number, fact.created)
        assert (head.merged, head.absorbed) == (fact.merged, fact.absorbed)


@pytest.mark.parametrize("kind", KINDS, ids=KINDS.get)
def test_yesterdays_shorter_fact_is_read(kind: type[AnyFact]) -> None:
    """A fact written before its last fields existed has their defaults."""
    packed = msgspec.msgpack.encode([TAGS[kind], "x", 9])
    assert unpack(packed) == kind("x", 9)


@pytest.mark.parametrize("value", [b"", b"\xc0", msgspec.msgpack.encode(["?", "x", 1])])
def test_foreign_bytes_are_an_error(value: bytes) -> None:
    """Bytes that `pack` did not write are never read as a fact."""
    with pytest.raises(msgspec.DecodeError):
        unpack(value)


def test_positions_are_permanent() -> None:
    """The fields of each kind, in their places: new ones are appended, none moves."""
    assert {KINDS[kind]: kind.__struct_fields__[2:] for kind in KINDS} == {
        "customer": (
            "created",
            "known",
            "deleted",
            "owners",
            "stages",
            "profile",
            "merged",
            "absorbed",
            "contacted",
            "bought",
            "calls",
            "appointments",
            "orders",
            "payments",
            "opportunities",
            "erased",
        ),
        "contact": ("known", "deleted", "profile"),
        "call": ("who", "started", "connected", "ended", "agent", "customers"),
        "email": ("who", "opened", "clicked"),
        "message": ("who", "sent", "outcome"),
        "note": ("added", "deleted"),
        "task": (
            "created",
            "type",
            "title",
            "start",
            "end",
            "assignees",
            "customer",
            "project",
            "status",
            "deleted",
        ),
        "opportunity": (
            "created",
            "closed",
            "owner",
            "customer",
            "product",
            "campaign",
            "value",
            "deleted",
        ),
        "order": (
            "created",
            "order_day",
            "owner",
            "customer",
            "total",
            "approval",
            "cancelled",
            "deleted",
            "lines",
            "discount",
            "vat",
            "shipping",
            "returns",
            "paid",
        ),
        "payment": ("received", "order", "customer", "reversed"),
        "contract": (
            "created",
            "renewed",
            "owner",
            "customer",
            "start",
            "end",
            "value",
            "draft",
            "cancelled",
            "deleted",
            "renewals",
        ),
        "voucher": ("paper", "voided"),
        "employee": (
            *("profile", "places", "extensions", "permissions", "pseudonymised"),
            "others",
        ),
        "department": ("profile",),
        "term": ("profile", "definition"),
        "target": ("aim",),
        "phone number": ("holders",),
        "extension": ("holders",),
    }
    assert "".join(TAGS.values()) == "uwcmsntpoykvedxghl"
