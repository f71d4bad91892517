"""The journal's file: what is written is read, a torn end is cut, a damaged middle is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingestor.journal import (
    Journal,
    JournalError,
    Record,
    decode_payload,
    encode_block,
)

RECORDS = st.lists(
    st.builds(Record, st.binary(max_size=20), st.binary(max_size=80), st.integers(0, 2**60)),
    min_size=1,
    max_size=5,
)
HEADER_SIZE = 16


def numbered(start: int, count: int) -> list[Record]:
    return [Record(b"acme", b"value %d" % n, n) for n in range(start, start + count)]


@given(RECORDS)
def test_block_is_read_as_written(records: list[Record]) -> None:
    """A block gives back exactly the records it was made of."""
    assert list(decode_payload(encode_block(records)[HEADER_SIZE:])) == records


@given(st.lists(RECORDS, max_size=6), st.integers(0, 30))
def test_records_are_numbered_over_blocks(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[list[Record]], first: int
) -> None:
    """Reading from a number gives the records from there on, after closing and opening again."""
    path = tmp_path_factory.mktemp("journal") / "0.journal"
    journal = Journal(path)
    for block in blocks:
        journal.append(block)
    journal.close()
    journal = Journal(path)
    written = [record for block in blocks for record in block]
    assert journal.count == len(written)
    assert list(journal.read(first)) == written[first:]
    journal.close()


def test_torn_last_block_is_cut_at_every_byte(tmp_path: Path) -> None:
    """Wherever a crash cut the last block, the blocks before it stay and writing goes on."""
    path = tmp_path / "0.journal"
    journal = Journal(path)
    journal.append(numbered(0, 3))
    sound = path.stat().st_size
    journal.append(numbered(3, 2))
    journal.close()
    whole = path.read_bytes()
    for length in range(sound, len(whole)):
        path.write_bytes(whole[:length])
        journal = Journal(path)
        assert journal.count == 3
        journal.append(numbered(3, 1))
        assert list(journal.read()) == numbered(0, 4)
        journal.close()


@pytest.mark.parametrize("tail", [b"\0" * 4096, b"SPJ1" + b"\xff" * 40])
def test_unwritten_tail_is_cut(tmp_path: Path, tail: bytes) -> None:
    """A file that grew before its bytes reached the disk is cut back to what is sound."""
    path = tmp_path / "0.journal"
    path.write_bytes(encode_block(numbered(0, 3)) + tail)
    journal = Journal(path)
    assert list(journal.read()) == numbered(0, 3)
    journal.close()


def test_damage_in_the_middle_is_refused(tmp_path: Path) -> None:
    """A block damaged before the last one is no torn write: nothing is cut, the start fails."""
    path = tmp_path / "0.journal"
    whole = bytearray(encode_block(numbered(0, 3)) + encode_block(numbered(3, 3)))
    whole[HEADER_SIZE + 5] ^= 1
    path.write_bytes(whole)
    with pytest.raises(JournalError, match="byte 0 is damaged"):
        Journal(path)
    assert path.read_bytes() == whole


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """When the disk refuses a block, the file ends where it ended before."""
    path = tmp_path / "0.journal"
    journal = Journal(path)
    journal.append(numbered(0, 2))

    class FullDisk:
        def __init__(self, file: object) -> None:
            self.file = file

        def write(self, view: memoryview) -> int:
            self.file.write(view[:7])  # type: ignore[attr-defined]
            raise OSError(28, "No space left on device")

        def __getattr__(self, name: str) -> object:
            return getattr(self.file, name)

    sound = journal._file
    journal._file = FullDisk(sound)  # type: ignore[assignment]
    with pytest.raises(OSError, match="No space"):
        journal.append(numbered(2, 2))
    journal._file = sound
    journal.append(numbered(2, 1))
    assert list(journal.read()) == numbered(0, 3)
    journal.close()
