"""The journal: what the embedded broker forgets, on disk, in the order it was sent.

One file per topic and partition. Every flush is one block, fsynced before anyone is told
'accepted'; so only the last block of a file can be torn by a crash, and nobody was told that it
was taken. The n-th record of a file is the record at offset n of its partition.
"""

from __future__ import annotations

import os
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_HEADER = struct.Struct("<4sIII")
"""magic, payload length, number of records, CRC-32 of (the two numbers, payload)"""
_RECORD = struct.Struct("<qII")
"""timestamp in ms, key length, value length"""
_MAGIC = b"SPJ1"


class Record(NamedTuple):
    """One record of a topic. Units: at_ms in milliseconds since 1970 UTC."""

    key: bytes
    value: bytes
    at_ms: int


class JournalError(RuntimeError):
    """The journal is damaged in its middle, or in use; the text says where."""


def encode_block(records: Iterable[Record]) -> bytes:
    """Write one block.

    Laws:   decode_payload(payload of encode_block(x)) == x.
    """
    parts: list[bytes] = []
    count = 0
    for key, value, at_ms in records:
        parts += (_RECORD.pack(at_ms, len(key), len(value)), key, value)
        count += 1
    payload = b"".join(parts)
    return _HEADER.pack(_MAGIC, len(payload), count, _checksum(count, payload)) + payload


def decode_payload(payload: bytes) -> Iterator[Record]:
    """Read the records of one block."""
    position = 0
    while position < len(payload):
        at_ms, key_size, value_size = _RECORD.unpack_from(payload, position)
        start = position + _RECORD.size
        middle = start + key_size
        position = middle + value_size
        yield Record(payload[start:middle], payload[middle:position], at_ms)


def _checksum(count: int, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(struct.pack("<II", len(payload), count)))


class Block(NamedTuple):
    """Where a block lies. Units: first = number of its first record; start, size in bytes."""

    first: int
    start: int
    size: int
    records: int


def scan(file: BinaryIO) -> tuple[list[Block], int]:
    """Find the blocks of a journal file.

    Shape:  file -> (blocks, length of the sound part). The rest is a torn last block.
    Errors: JournalError if something sound could follow the damage: that is no torn write.
    """
    file.seek(0, os.SEEK_END)
    end = file.tell()
    file.seek(0)
    blocks: list[Block] = []
    start = first = 0
    while start < end:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            break
        magic, size, count, checksum = _HEADER.unpack(header)
        if magic != _MAGIC:
            if any(header) or any(iter(lambda: file.read(1 << 16).strip(b"\0"), b"")):
                raise JournalError(f"no block starts at byte {start}")
            break
        payload = file.read(size)
        following = start + _HEADER.size + size
        if len(payload) < size or _checksum(count, payload) != checksum:
            if following < end:
                raise JournalError(f"the block at byte {start} is damaged and is not the last")
            break
        blocks.append(Block(first, start, size, count))
        first += count
        start = following
    return blocks, start


class Journal:
    """The journal of one partition. Not to be shared by two processes.

    Laws:   after `append` returns, its records survive a crash; if it raises, none is there.
    """

    def __init__(self, path: Path) -> None:
        created = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = path.open("ab+", buffering=0)
        if created:
            _sync_folder(path.parent)
        try:
            self._blocks, self._end = scan(self._file)
        except JournalError as error:
            self._file.close()
            raise JournalError(f"{path}: {error}") from None
        self._file.truncate(self._end)
        self.count = sum(block.records for block in self._blocks)

    def append(self, records: list[Record]) -> None:
        """Add records in one block and force it to the disk."""
        block = encode_block(records)
        try:
            view = memoryview(block)
            while view:
                view = view[self._file.write(view) :]
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(self._end)
            raise
        size = len(block) - _HEADER.size
        self._blocks.append(Block(self.count, self._end, size, len(records)))
        self._end += len(block)
        self.count += len(records)

    def read(self, first: int = 0) -> Iterator[Record]:
        """Read the records from number `first` on."""
        at = bisect_right(self._blocks, first, key=lambda block: block.first) - 1
        with self.path.open("rb") as file:
            for block in self._blocks[max(at, 0) :]:
                file.seek(block.start + _HEADER.size)
                records = decode_payload(file.read(block.size))
                for number, record in enumerate(records, block.first):
                    if number >= first:
                        yield record

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
