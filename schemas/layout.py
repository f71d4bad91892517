"""How the tables of a generation are laid out: whoever reads them asks here whether it may. Pure.

A generation is named `<layout>_<definitions>-<build>`. Tables of other definitions can be read:
they are only older. Of another layout a reader would make other figures, so it refuses.
"""

from __future__ import annotations

import re
from typing import Final

LAYOUT: Final = 5
"""Raised whenever who reads the tables as before would read them wrongly (schemas/tables.py)."""
_UNMARKED: Final = 4
"""The layout of generations whose names did not say it yet: `<definitions>-<build>`."""
_NAME: Final = re.compile(r"(?:(\d+)_)?[0-9a-f]{8}-\d+")


def layout_of(generation: str) -> int | None:
    """Return the layout that the name of a generation says, None of a name of another form."""
    found = _NAME.fullmatch(generation)
    if found is None:
        return None
    return _UNMARKED if found[1] is None else int(found[1])


def unreadable(generation: str) -> str:
    """Return why the tables of a generation cannot be read by this version, '' if they can."""
    layout = layout_of(generation)
    if layout in (None, LAYOUT):
        return ""
    return (
        f"the tables of generation {generation} are laid out as of version {layout}, not "
        f"{LAYOUT}: 'salespulse rebuild' makes new ones"
    )
