"""Random questions to the four cohort reports, about histories of cohort_dice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from services.verify.reports.questions import (
    Journey,
    Lifecycle,
    Performance,
    Question,
    Telesales,
)
from tests.properties.cohort_dice import (
    CAMPAIGNS,
    DEPARTMENTS,
    GROUPS,
    PEOPLE,
    SOURCES,
    STAGES,
    CohortDice,
)

_SUBJECTS: tuple[Literal["customer", "opportunity"], ...] = ("customer", "opportunity")
_STATUSES: tuple[Literal["all", "purchased", "in_progress", "not_purchased"], ...] = (
    *("all", "all", "purchased"),
    *("in_progress", "not_purchased"),
)


class Asking:
    """A generator of questions about one tenant; the same seed gives the same questions."""

    def __init__(self, seed: int, tenant: str) -> None:
        self._dice = CohortDice(seed)
        self._tenant = tenant

    def questions(self, count: int) -> Iterator[Question]:
        """Yield so many questions, of each report in turn."""
        makers = (self.telesales, self.lifecycle, self.performance, self.journey)
        for number in range(count):
            yield makers[number % len(makers)]()

    def telesales(self) -> Telesales:
        """Return a question to the telesales report."""
        (created_from, created_to), (called_from, called_to) = self._window(), self._window()
        return Telesales(
            **self._whose(),
            subject=self._dice.pick(_SUBJECTS),
            created_from=created_from,
            created_to=created_to,
            called_from=called_from,
            called_to=called_to,
            any_agent=self._dice.pick((False, False, True)),
            source=self._maybe((*SOURCES, "-")),
            group_id=self._maybe((*GROUPS, "-")),
            campaign=self._maybe(CAMPAIGNS),
        )

    def lifecycle(self) -> Lifecycle:
        """Return a question to the lifecycle report."""
        stage = self._maybe(STAGES, 0.5)
        return Lifecycle(
            **self._whose(),
            today=self._dice.day(),
            days=self._dice.pick((4, 7, 14, 84)),
            target="order" if stage is None else "stage",
            stage=stage,
            source=self._maybe((*SOURCES, "-")),
            relationship=self._maybe((*STAGES, "-")),
        )

    def performance(self) -> Performance:
        """Return a question to the sales performance report."""
        (created_from, created_to), (ordered_from, ordered_to) = self._window(), self._window()
        fewest, most = sorted(self._dice.pick((0, 0, 1, 2)) for _ in range(2))
        return Performance(
            **self._whose(),
            created_from=created_from,
            created_to=created_to,
            ordered_from=ordered_from,
            ordered_to=ordered_to,
            relationship=self._maybe((*STAGES, "-")),
            status=self._dice.pick(_STATUSES),
            min_purchases=self._maybe((fewest,), 0.3),
            max_purchases=self._maybe((most,), 0.3),
        )

    def journey(self) -> Journey:
        """Return a question to the journey report."""
        first, last = self._window()
        owned = self._dice.pick((False, True))
        return Journey(**self._whose(), first_day=first, last_day=last, owned=owned)

    def _whose(self) -> dict[str, Any]:
        """Return all, an employee, or a department with or without those below."""
        whose: dict[str, Any] = {"tenant": self._tenant}
        match self._dice.pick(("all", "employee", "department")):
            case "employee":
                return whose | {"employee": self._dice.pick(PEOPLE)}
            case "department":
                sub = self._dice.pick((False, True))
                return whose | {"department": self._dice.pick(DEPARTMENTS), "sub": sub}
            case _:
                return whose

    def _window(self) -> tuple[int, int]:
        first, last = sorted((self._dice.day(), self._dice.day()))
        return first, last

    def _maybe(self, values: tuple[Any, ...], chance: float = 0.15) -> Any:
        return self._dice.pick(values) if self._dice.random.random() < chance else None
