"""A seeded mess: every event type, few ids, few instants, many collisions, any order.

What a well-behaved source never sends: equal versions with other values, updates before creation,
nulls, back-dated moves, unknown people, deleted customers that are updated, customers merged in
circles, payments before their order, the same assignee twice, changing time zones, locked days.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.integration.verify_dice import Dice
from tests.integration.verify_mess_dealings import Dealings
from tests.integration.verify_mess_money import Moneys
from tests.integration.verify_mess_people import People
from tests.integration.verify_mess_sales import Sales

Event = dict[str, Any]
_MEETING = 14


class Mess:
    """A generator of events; the same seed gives the same events.

    `crowded`: few ids, and few kinds of events, which then meet the more often.
    """

    def __init__(self, seed: int, *, crowded: bool = False) -> None:
        self._dice = Dice(seed, few=4) if crowded else Dice(seed)
        parts = (
            People(self._dice),
            Dealings(self._dice),
            Sales(self._dice),
            Moneys(self._dice),
        )
        self._kinds = [kind for part in parts for kind in part.kinds]
        self._rare = [kind for part in parts for kind in part.rare]
        if crowded:
            self._kinds = self._dice.random.sample(self._kinds + self._rare, _MEETING)

    def events(self, count: int) -> Iterator[Event]:
        """Yield so many events, some of them twice, some with the id of another."""
        sent: list[Event] = []
        random = self._dice.random
        for number in range(count):
            if sent and random.random() < 0.03:
                again = dict(random.choice(sent))
                if random.random() < 0.4:
                    again["time"] = self._dice.instant()
                yield again
                continue
            kinds = self._rare if random.random() < 0.12 else self._kinds
            kind, subject, data = random.choice(kinds)()
            if random.random() < 0.1:
                data["revision"] = random.randrange(3)
            event = {
                "specversion": "1.0",
                "id": f"mess-{number}",
                "source": "mess",
                "type": kind,
                "time": self._dice.instant(),
                "subject": subject,
                "data": data,
            }
            sent.append(event)
            yield event
