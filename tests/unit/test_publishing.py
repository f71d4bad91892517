"""Where a key goes: as any other client of Kafka would send it."""

from __future__ import annotations

from aiokafka.partitioner import DefaultPartitioner, murmur2
from hypothesis import given
from hypothesis import strategies as st

from services.aggregator import publishing


@given(key=st.binary(max_size=80))
def test_the_hash_is_that_of_the_default_partitioner(key: bytes) -> None:
    """Word by word as byte by byte, whatever is left over at the end."""
    assert publishing.murmur2(key) == murmur2(key) & 0xFFFFFFFF


@given(key=st.binary(max_size=80), count=st.integers(1, 50))
def test_a_key_goes_where_kafkas_clients_send_it(key: bytes, count: int) -> None:
    """Any other program that writes to the topic finds the same partition for a key."""
    partitions = list(range(count))
    chosen = DefaultPartitioner()(key, partitions, partitions)
    assert publishing.partition_of(key, count) == chosen
