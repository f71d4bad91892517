"""Ages counted over sealed birthdays: which scores of a list lie in a band. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.ages import BASE, Ages
from schemas.kpis.clock import Window
from services.query.problems import Problem

_BORN: Final = "persons_born"


class Unreadable(NamedTuple):
    """The table of birthdays cannot be had at the moment."""


def scores_in(scored: str, window: Window, ages: Ages | Unreadable | None) -> tuple[Window, ...]:
    """Return the ranges of scores that a window means; of all lists but one it is the only one.

    Shape:  `ages` is None where the tenant has no keys: no birthday is sealed then.
    Errors: Problem `keys_down` where ages are asked for and cannot be told.
    """
    if scored != _BORN or window.high < 1:
        return (window,)
    if isinstance(ages, Unreadable):
        raise Problem(503, "keys_down", "ages cannot be told: no keys at the moment", retry_after=2)
    plain = Window(window.low, min(window.high, BASE - 1))
    return (plain,) if ages is None else (plain, Window(*ages.window(*window)))
