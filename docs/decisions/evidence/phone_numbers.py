# ruff: noqa: INP001 - scripts, not a package
"""Cost and agreement of telephone numbers: `python docs/decisions/evidence/phone_numbers.py`.

Prints what reading a number costs, the first time and again, and how many of the numbers that
people type in several forms become one: read by the library, and by stripping all but digits.
"""

from __future__ import annotations

import re
import sys
import time
from random import Random

from schemas.phones import DEFAULT_REGION, phone_number
from services.ingestor.importers.demo.names import phone, typed

NUMBERS = 20_000


def microseconds(texts: list[str]) -> float:
    """Return what reading one of some texts costs."""
    start = time.perf_counter()
    for text in texts:
        phone_number(text, DEFAULT_REGION)
    return (time.perf_counter() - start) / len(texts) * 1e6


def main() -> None:
    """Measure over made-up numbers, each typed twice."""
    rng = Random(1)  # noqa: S311 - made-up numbers
    numbers = [phone(rng) for _ in range(NUMBERS)]
    pairs = [(typed(rng, number), typed(rng, number)) for number in numbers]
    texts = [text for pair in pairs for text in pair]
    first, again = microseconds(texts), microseconds(texts)
    read = sum(len({phone_number(text, DEFAULT_REGION) for text in pair}) == 1 for pair in pairs)
    bare = sum(len({re.sub(r"\D", "", text) for text in pair}) == 1 for pair in pairs)
    sys.stdout.write(f"read: {first:.0f} us the first time, {again:.1f} us again\n")
    shares = f"{read / NUMBERS:.1%} by the library, {bare / NUMBERS:.1%} by their digits"
    sys.stdout.write(f"one number: {shares}\n")


if __name__ == "__main__":
    main()
