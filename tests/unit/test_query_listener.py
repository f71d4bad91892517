"""A listener that does not read costs a bounded queue, and is told that it lost something."""

from __future__ import annotations

from services.query.stream.listener import Listener


async def test_a_slow_listener_is_bounded() -> None:
    """Beyond the limit frames are dropped, and the connection knows."""
    listener = Listener(limit=3)
    for number in range(3):
        listener.put(b"%d" % number)
    assert not listener.has_lost
    listener.put(b"3")
    assert listener.has_lost
    assert listener.take() == b"3"


async def test_frames_come_in_order_and_once() -> None:
    """What is queued is taken as one chunk, and then there is nothing to wait for."""
    listener = Listener(limit=9)
    listener.put(b"a")
    listener.put(b"b")
    await listener.wait()
    assert listener.take() == b"ab"
    assert listener.take() == b""


async def test_a_closed_listener_does_not_wait() -> None:
    """After the end waiting returns at once."""
    listener = Listener(limit=9)
    listener.close()
    await listener.wait()
    assert listener.is_closed
