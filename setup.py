"""Builds the wheel; with SALESPULSE_COMPILE=1 the pure core in it is compiled (decision 0042).

    SALESPULSE_COMPILE=1 pip wheel --no-deps --no-build-isolation .

The same Python files are in the wheel either way: where nothing was compiled, they run.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from setuptools import setup  # type: ignore[import-untyped]

COMPILED = ("services/aggregator/core/**/*.py",)
"""What a worker spends most of its time in, and what is plain typed Python."""


def extensions() -> list[Any]:
    """Return the extension modules of the core, none where nobody asked for them."""
    if os.environ.get("SALESPULSE_COMPILE") != "1":
        return []
    from mypyc.build import mypycify  # noqa: PLC0415 - only where something is compiled

    root = Path(__file__).parent
    files = [path for pattern in COMPILED for path in root.glob(pattern)]
    found: list[Any] = mypycify(sorted(str(path.relative_to(root)) for path in files))
    return found


setup(ext_modules=extensions())
