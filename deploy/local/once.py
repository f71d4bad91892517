"""Something that is made once and then used by every run: fetched jars, compiled programs.

Used by everything that runs locally. Imports nothing of ours.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def made_once(place: Path, make: Callable[[Path], None]) -> Path:
    """Return a folder, made where it is not there yet.

    Shape:  `make` fills an empty folder beside it, which gets its name when it is complete; two
            runs at once make it once.
    Errors: what `make` raises; nothing is left then.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with (place.parent / f".{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            begun = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}-"))
            try:
                make(begun)
                begun.rename(place)
            except BaseException:
                shutil.rmtree(begun)
                raise
    return place
