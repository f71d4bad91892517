"""What the peers count of an event, and how they say what they found.

Imports nothing but the standard library: a peer may run in an environment of its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

WARM_UP = 10
"""One part of so many of the log is read before the clock starts."""
FIGURES: Final = Path(__file__).with_name("figures.json")
"""Event type -> rules, for every peer in whatever language.

Of a rule: `if` (field, value) where it holds for some events only; `whose` the field that names
the employee (null: the event does not say, so the company alone has it); `adds` figures of the
catalogue, each with the field whose first ten characters are the day, and what is added: one, or
the number in `value` times `times`, or an amount of money, which has its currency behind the
figure as in the store. `a.0` is the first of the list `a`.
"""
NOBODY: Final = "-"
_Path = tuple[str | int, ...]


class _Addition(NamedTuple):
    figure: str
    day: str
    value: _Path
    times: int


class _Rule(NamedTuple):
    field: str
    wanted: str
    whose: _Path
    additions: tuple[_Addition, ...]


def _path(text: str | None) -> _Path:
    steps = (text or "").split(".") if text else ()
    return tuple(int(step) if step.isdigit() else step for step in steps)


def _rule(written: Mapping[str, Any]) -> _Rule:
    field, wanted = written.get("if", ("", ""))
    additions = tuple(
        _Addition(one["figure"], one["day"], _path(one.get("value")), one.get("times", 1))
        for one in written["adds"]
    )
    return _Rule(field, wanted, _path(written["whose"]), additions)


_RULES: Final = {
    event_type: tuple(map(_rule, rules))
    for event_type, rules in json.loads(FIGURES.read_text()).items()
}


def additions(
    event: Mapping[str, Any], department_of: Callable[[str], str]
) -> Iterator[tuple[str, int]]:
    """Yield what an event adds to which counts: (key, number), the number never 0.

    Shape:  a key is 'figure|scope|whose|day or month', scope e (employee), d (department) or c
            (company). The department is asked for once a rule.
    """
    data = event["data"]
    for rule in _RULES.get(event["type"], ()):
        if rule.field and data[rule.field] != rule.wanted:
            continue
        owners = ["c|all"]
        if rule.whose:
            whose = _found(data, rule.whose) or NOBODY
            department = NOBODY if whose == NOBODY else department_of(whose)
            owners += (f"e|{whose}", f"d|{department}")
        for figure, field, path, times in rule.additions:
            name, number = figure, 1
            if path:
                value = _found(data, path)
                if isinstance(value, dict):
                    name, number = f"{figure}|currency:{value['currency']}", value["amount"]
                else:
                    number = round(value * times)
            if number:
                day = data[field][:10]
                for owner in owners:
                    yield f"{name}|{owner}|{day}", number
                    yield f"{name}|{owner}|{day[:7]}", number


def _found(data: Any, path: _Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except KeyError:
            return None
    return data


class Clock:
    """Measures the events behind the warm-up."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.done = 0
        self._began = self._ended = self._left_out = 0.0
        self._first = 0

    def tick(self, events: int = 1) -> bool:
        """Note that events were counted; say whether these were the last ones."""
        if not self._began and self.done >= self.count // WARM_UP:
            self._began, self._first = time.perf_counter(), self.done
        self.done += events
        if self.done < self.count:
            return False
        self.stop()
        return True

    def stop(self) -> None:
        """Stop the clock; again, where what was counted is committed later than it was counted."""
        self._ended = time.perf_counter()

    def leave_out(self, seconds: float) -> None:
        """Leave out time that went by between two stops and has nothing to do with counting."""
        self._left_out += seconds

    def tell(self, counts: Mapping[str, int]) -> None:
        """Print what was measured, as one line of JSON."""
        seconds = self._ended - self._began - self._left_out
        body = {"events": self.done - self._first, "seconds": seconds, "counts": counts}
        print(json.dumps(body))  # noqa: T201
