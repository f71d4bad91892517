"""Whether figures of a feed can be told. Pure."""

from __future__ import annotations

from collections.abc import Collection


def is_fed(feed: str, feeds: Collection[str], modules_off: Collection[str]) -> bool:
    """Say whether figures of a feed can be told: it was sent, and its module is on.

    Shape:  `feed` is '' for what needs none; `feeds` are those of which something was sent.
    Source: G15.
    """
    return not feed or (feed in feeds and feed not in modules_off)
