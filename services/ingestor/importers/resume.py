"""Remember how much of an import was acknowledged, so that it can go on where it stopped.

An import that finished is forgotten: doing it again sends everything again, and changes nothing,
because its event ids are the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import orjson

DEFAULT_PATH = Path(".salespulse") / "imports.json"


class Mark(NamedTuple):
    """How far an import came.

    Units:  acknowledged counts items in the order of the import; refused those not taken.
    """

    acknowledged: int = 0
    refused: int = 0


class ResumeState:
    """The marks of unfinished imports in one file, by what is imported and where to."""

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._key = path, key

    def load(self) -> Mark:
        """Return the mark of this import; the start if there is none or the file is damaged."""
        entry = self._read().get(self._key)
        if isinstance(entry, list) and len(entry) == 2 and all(type(n) is int for n in entry):
            return Mark(*entry)
        return Mark()

    def save(self, mark: Mark) -> None:
        """Write the mark; a crash leaves the old file or the new one."""
        self._write({**self._read(), self._key: list(mark)})

    def forget(self) -> None:
        """Remove the mark of this import."""
        marks = self._read()
        if marks.pop(self._key, None) is not None:
            self._write(marks)

    def _read(self) -> dict[str, object]:
        try:
            marks = orjson.loads(self._path.read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return {}
        return marks if isinstance(marks, dict) else {}

    def _write(self, marks: dict[str, object]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(self._path.name + ".new")
        draft.write_bytes(orjson.dumps(marks))
        draft.replace(self._path)
