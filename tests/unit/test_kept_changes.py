"""How much of the change stream is kept: so many commits, and no more bytes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregator.committer import Kept


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ([10, 10, 10, 10], [4, 4, 4, 4]),  # 40 bytes: commits alone count
        ([10] * 6, [4] * 6),
        ([60, 60, 10, 10], [4, 1, 2, 3]),
        ([60, 60, 1, 1, 1, 1, 1], [4, 1, 2, 3, 4, 4, 4]),
        ([500, 10, 10], [4, 1, 2]),  # one that is too large by itself is kept while it is the last
        ([500, 500], [4, 1]),
    ],
)
def test_what_is_kept(sizes: Sequence[int], kept: Sequence[int]) -> None:
    """Four commits and a hundred bytes."""
    bound = Kept(4, 100)
    assert [bound.after(size) for size in sizes] == list(kept)


@given(st.lists(st.integers(1, 80), min_size=1, max_size=60))
def test_what_is_kept_is_within_both_bounds(sizes: list[int]) -> None:
    """Cut to the answer after each commit, a stream never holds more, but for one commit alone."""
    bound, stream = Kept(8, 200), list[int]()
    for size in sizes:
        keep = bound.after(size)
        stream = [*stream, size][-keep:]
        assert len(stream) <= 8
        assert sum(stream) <= 200 or len(stream) == 1
