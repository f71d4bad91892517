"""What a mess is thrown with: few ids, few instants, many collisions, nulls everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

Data = dict[str, Any]
Said = tuple[str, str, Data]
"""(event type, subject, data)"""
Kind = Callable[[], Said]

PEOPLE = ["an", "bình", "c|d", "e:f,g"]
PLACES = ["north", "south:1", "west%"]
CUSTOMERS = [f"kh{n}" for n in range(16)]
REGIONS = ["VN", "VN", "US", "GB"]
PHONES = [
    *("0912345678", "+84 912 345 678", "0912.345.678", "0084912345678", "2025550123"),
    *("+1 202-555-0123", "020 7946 0018", "+442079460018", "12345678", "1", "not a phone"),
    *("", " "),
]
"""A few numbers as people write them; what some of them say depends on the region."""
EXTENSIONS = ["17", "17", "1:8", "20", ""]
ZONES = ["Asia/Ho_Chi_Minh", "America/Vancouver", "Europe/London", "Pacific/Kiritimati"]


class Dice:
    """Random values that collide; the same seed gives the same values.

    `few`: how many ids of a kind there are at most, for a small and crowded world.
    """

    def __init__(self, seed: int, few: int = 1_000) -> None:
        self.random = Random(seed)
        self._few = few

    def pick(self, values: Sequence[Any]) -> Any:
        """Return one of the values."""
        return self.random.choice(values)

    def one_of(self, values: Sequence[Any]) -> Callable[[], Any]:
        """Return a maker of one of the values."""
        return lambda: self.pick(values)

    def instant(self) -> str:
        """Return one of few instants around a change of month and of the clocks."""
        day, hour = self.random.randrange(28, 33), self.pick((0, 7, 16, 17, 23))
        month, day = (10, day) if day < 32 else (11, 1)
        return f"2026-{month}-{day:02d}T{hour:02d}:{self.pick(('00:00', '59:59.999'))}Z"

    def date(self) -> str:
        """Return one of few dates."""
        return self.pick(("2026-10-29", "2026-10-30", "2026-10-31", "2026-11-01"))

    def money(self) -> Data:
        """Return an amount: none, negative, huge, in one of two currencies."""
        amount = self.pick((0, 100, 250, -100, 10**15))
        return {"amount": amount, "currency": self.pick(("VND", "VND", "USD"))}

    def some(self, fields: dict[str, Callable[[], Any]]) -> Data:
        """Return some of the fields, some of them null."""
        chosen: Data = {}
        for name, make in fields.items():
            luck = self.random.random()
            if luck < 0.6:
                chosen[name] = make()
            elif luck < 0.75:
                chosen[name] = None
        return chosen

    def person(self) -> str:
        """Return an employee, maybe one nobody knows."""
        return self.pick([*PEOPLE, "nobody knows"])

    def customer(self) -> str:
        """Return a customer."""
        return self.pick(CUSTOMERS[: self._few])

    def subject(self, letter: str, most: int) -> str:
        """Return one of few ids."""
        return f"{letter}{self.random.randrange(min(most, self._few))}"

    def phone(self) -> str:
        """Return a phone as somebody wrote it, maybe none at all."""
        return self.pick(PHONES)

    def phones(self, most: int = len(PHONES)) -> list[str]:
        """Return up to three of the first few phones, the same one twice."""
        return self.random.choices(PHONES[:most], k=self.pick((0, 1, 1, 2, 3)))

    def extension(self) -> str:
        """Return one of few extensions."""
        return self.pick(EXTENSIONS)

    def seldom(self) -> str:
        """Return an instant far from the others, mostly in the future."""
        return self.pick(("2026-09-01T01:00:00Z", "2027-02-01T01:00:00Z", "2030-01-01T00:00:00Z"))

    def lines(self, *, priced: bool, currency: str = "VND") -> list[Data]:
        """Return lines of goods, the same product twice, some for nothing."""
        lines = []
        for _ in range(self.pick((0, 1, 2, 3))):
            line: Data = {
                "product_id": self.pick(("p 1", "p:2")),
                "quantity": self.pick((0, 1, 2.5, 0.001, 10**9)),
            }
            if priced or self.random.random() < 0.7:
                line["amount"] = {"amount": self.pick((0, 50, 100)), "currency": currency}
            lines.append(line)
        return lines
