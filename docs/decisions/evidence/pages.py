# ruff: noqa: INP001 - scripts, not a package
"""What a page costs to load: `python docs/decisions/evidence/pages.py [library.js ...]`.

Prints for each page how many modules it imports, and their bytes as they are and compressed; the
same of the files of libraries that are named.
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

WEB = Path(__file__).parents[3] / "services" / "query" / "web"
_ENTRY = re.compile(r'<script type="module" src="/assets/([\w.]+)"')
_IMPORT = re.compile(r'from "\./([\w.]+)"')


def modules(entry: str) -> set[str]:
    """Return the modules that one leads to, itself included."""
    found, waiting = set[str](), [entry]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _IMPORT.findall((WEB / "assets" / name).read_text())
    return found


def weight(paths: list[Path]) -> str:
    """Return how many bytes some files have, each compressed for itself."""
    whole = [path.read_bytes() for path in paths]
    small = sum(len(gzip.compress(content)) for content in whole)
    return f"{sum(map(len, whole)) / 1024:7.0f} KiB, {small / 1024:6.0f} KiB compressed"


def main() -> None:
    """Weigh the pages, then what is named."""
    for page in sorted(WEB.glob("*.html")):
        (entry,) = _ENTRY.findall(page.read_text())
        names = sorted(modules(entry))
        files = [WEB / "assets" / name for name in names]
        sys.stdout.write(f"{page.name:16} {len(names):3} modules {weight(files)}\n")
    for path in map(Path, sys.argv[1:]):
        sys.stdout.write(f"{path.name:16}   1 file    {weight([path])}\n")


if __name__ == "__main__":
    main()
