"""The Redis key grammar: every name can be written, read back, and never meets another."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kpis import CATALOGUE
from schemas.tables import (
    FACTS_PER_BUCKET,
    HASH_BUCKETS,
    NAME_BUCKETS,
    NOBODY,
    SCOPE_LETTERS,
    GenerationKeys,
    PartitionKeys,
    Scope,
    TenantKeys,
    decode,
    dimension,
    encode,
    field,
    pair,
    parse_dimension,
    parse_field,
    parse_pair,
    parse_visit,
    visit,
    visit_day,
)

texts = st.text(st.characters(codec="utf-8"), max_size=40)
dimensions = st.dictionaries(
    st.sampled_from(["currency", "source", "stage", "product", "industry"]), texts
)
scopes: st.SearchStrategy[Scope] = st.sampled_from(["employee", "department", "company"])
days = st.sampled_from([0, 20261120, 20261121])
KEYS = TenantKeys(3, "g1a2", "acme")


@given(texts)
def test_an_id_comes_back(name: str) -> None:
    """Any id is written without a sign of the grammar, and reads back."""
    written = encode(name)
    assert not set(written) & set(":,|{}")
    assert decode(written) == name


@given(texts, texts)
def test_different_ids_are_written_differently(one: str, other: str) -> None:
    """Two ids never share a key."""
    assert (encode(one) == encode(other)) == (one == other)


@given(dimensions)
def test_a_dimension_comes_back(values: dict[str, str]) -> None:
    """Names and values of a dimension read back, whatever signs a value has."""
    assert parse_dimension(dimension(**values)) == values


@given(dimensions)
def test_a_dimension_is_written_in_one_way(values: dict[str, str]) -> None:
    """The order in which values are given does not matter."""
    assert dimension(**dict(reversed(values.items()))) == dimension(**values)


def test_what_is_read_from_a_dimension_is_ours() -> None:
    """Changing what was read does not change what the next reader reads."""
    parse_dimension("source:web")["source"] = "other"
    assert parse_dimension("source:web") == {"source": "web"}


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ({}, ""),
        ({"source": ""}, "source:"),
        ({"source": "web", "currency": "VND"}, "currency:VND,source:web"),
        ({"source": "a,b:c|d"}, "source:a%2Cb%3Ac%7Cd"),
        ({"industry": "du lịch"}, "industry:du l%E1%BB%8Bch"),
    ],
)
def test_dimensions_as_they_stand_in_redis(values: dict[str, str], written: str) -> None:
    """The written form is a permanent name."""
    assert dimension(**values) == written


@given(st.sampled_from(sorted(CATALOGUE)), dimensions)
def test_a_field_comes_back(metric: str, values: dict[str, str]) -> None:
    """The field of a cell reads back into its KPI and its dimension."""
    text = dimension(**values)
    assert parse_field(field(metric, text)) == (metric, text)


@given(texts, texts)
def test_a_pair_comes_back(department: str, employee: str) -> None:
    """A department and an employee read back from their pair."""
    assert parse_pair(pair(department, employee)) == (department, employee)


def test_nobody_is_a_hyphen() -> None:
    """Nobody in no department is '-:-'."""
    assert pair(NOBODY, NOBODY) == "-:-"


KEY_MAKERS: dict[str, Callable[[TenantKeys, str, str, int], str]] = {
    "cells": lambda keys, _, b, day: keys.cells("employee", b, day),
    "month": lambda keys, _, b, day: keys.month("employee", b, day // 100),
    "posting": lambda keys, a, b, day: keys.posting("orders", a, b, day),
    "days": lambda keys, a, b, _: keys.days(a, b),
}


@pytest.mark.parametrize("maker", KEY_MAKERS)
@given(texts, texts, days)
def test_a_key_has_one_hash_tag(maker: str, one: str, other: str, day: int) -> None:
    """No id can smuggle in a second tag or leave the slot of its partition."""
    key = KEY_MAKERS[maker](TenantKeys(7, "gen", one), one, other, day)
    assert re.findall(r"\{[^}]*\}", key) == ["{p7}"]
    assert key.startswith("sp:{p7}:gen:")


@given(*[st.tuples(texts, texts, days)] * 2)
def test_two_postings_never_share_a_key(
    one: tuple[str, str, int], other: tuple[str, str, int]
) -> None:
    """Another department, employee or day is another list."""
    assert (KEYS.posting("orders", *one) == KEYS.posting("orders", *other)) == (one == other)


@given(*[st.tuples(scopes, texts, days)] * 2)
def test_two_scopes_never_share_cells(
    one: tuple[Scope, str, int], other: tuple[Scope, str, int]
) -> None:
    """An employee and a department of the same name have cells of their own."""
    assert (KEYS.cells(*one) == KEYS.cells(*other)) == (one == other)


@given(texts, texts)
def test_two_tenants_never_share_a_key(one: str, other: str) -> None:
    """The prefix of a tenant is its own, and is not the beginning of another's."""
    first, second = TenantKeys(3, "g", one).prefix, TenantKeys(3, "g", other).prefix
    assert first.startswith(second) == (one == other)


def test_keys_as_they_stand_in_redis() -> None:
    """The grammar at the top of the module, spelled out: these names are permanent."""
    assert PartitionKeys(3).served == "sp:{p3}:served"
    assert PartitionKeys(3).heartbeat == "sp:{p3}:heartbeat"
    assert PartitionKeys(3).relay == "sp:{p3}:relay"
    generation = GenerationKeys(3, "g1a2")
    assert generation.fence == "sp:{p3}:g1a2:fence"
    assert generation.changes == "sp:{p3}:g1a2:changes"
    assert generation.tenants == "sp:{p3}:g1a2:tenants"
    start = "sp:{p3}:g1a2:acme:"
    assert KEYS.cells("department", "north", 20261120) == start + "d:d:north:20261120"
    assert KEYS.cells("company", "all", 0) == start + "g:c:all"
    assert KEYS.month("employee", "nv:1", 202611) == start + "m:e:nv%3A1:202611"
    assert KEYS.posting("orders", "north", "-", 0) == start + "i:orders:north:-:0"
    assert KEYS.days("north", "-") == start + "days:north:-"
    assert KEYS.related(132) == (start + "r:2", "132")
    assert KEYS.related_apart(132) == start + "rs:132"
    assert (KEYS.meta, KEYS.keys, KEYS.recent) == (start + "meta", start + "keys", start + "recent")
    assert (KEYS.pairs, KEYS.org, KEYS.quality) == (
        start + "pairs",
        start + "org",
        start + "quality",
    )


@given(st.integers(20260101, 20260131), st.integers(1, 10**9), st.none() | texts)
def test_a_visit_is_a_number_behind_two_digits_of_its_day(
    day: int, customer: int, value: str | None
) -> None:
    """A number as the store writes one, so that it keeps it as one; a value stands behind ':'."""
    plain, _, said = visit(day, customer, value).partition(":")
    assert str(int(plain)) == plain
    assert (plain[:2], plain[2:]) == (visit_day(day), str(customer))
    assert decode(said) == (value or "")
    assert parse_visit(visit(day, customer, value)) == (day % 100, customer, value)


@given(st.integers(0, 10**9))
def test_a_fact_has_one_place(number: int) -> None:
    """The bucket holds 64 neighbours, the field is the number itself."""
    key, name = KEYS.facts(number)
    assert key.endswith(f":f:{number // FACTS_PER_BUCKET}")
    assert name == str(number)


@given(st.sampled_from("ucmpoed"), texts)
def test_a_number_is_found_by_kind_and_id(tag: str, entity: str) -> None:
    """The bucket is one of a fixed many, the field keeps the whole name."""
    key, name = KEYS.number(tag, entity)
    assert name == tag + entity
    assert 0 <= int(key.rpartition(":")[2], 16) < NAME_BUCKETS


@given(st.binary(min_size=16, max_size=16))
def test_a_seen_event_is_found_by_its_hash(event_hash: bytes) -> None:
    """The bucket follows from the hash, the field is the hash."""
    key, name = KEYS.seen(event_hash)
    assert name == event_hash
    assert 0 <= int(key.rpartition(":")[2], 16) < HASH_BUCKETS


def test_buckets_are_permanent() -> None:
    """The bucket of a name may never move, or facts are lost: these values are pinned."""
    assert KEYS.number("c", "call-1")[0].endswith(":n:1727")
    assert KEYS.seen(bytes.fromhex("00012345ff"))[0].endswith(":s:2345")


def test_scopes_have_letters_of_their_own() -> None:
    """Three scopes, three letters."""
    assert len(set(SCOPE_LETTERS.values())) == len(SCOPE_LETTERS) == 3
