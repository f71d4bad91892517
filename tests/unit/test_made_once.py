"""What is made once is there whole, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local.once import made_once


def test_it_is_made_once_by_whoever_comes_first(tmp_path: Path) -> None:
    """Two that want it at once get the same, made by one of them."""
    made: list[Path] = []

    def make(place: Path) -> None:
        made.append(place)
        (place / "jar").write_text("whole")

    with ThreadPoolExecutor(4) as pool:
        places = list(pool.map(lambda _: made_once(tmp_path / "home" / "lib", make), range(4)))
    assert set(places) == {tmp_path / "home" / "lib"}
    assert len(made) == 1
    assert (places[0] / "jar").read_text() == "whole"


def test_nothing_is_left_of_what_failed(tmp_path: Path) -> None:
    """The next run makes it anew."""

    def fail(place: Path) -> None:
        (place / "jar").write_text("half")
        raise OSError("no network")

    with pytest.raises(OSError, match="no network"):
        made_once(tmp_path / "lib", fail)
    assert [each.name for each in tmp_path.iterdir() if each.is_dir()] == []
    assert made_once(tmp_path / "lib", lambda place: (place / "jar").touch()).is_dir()
