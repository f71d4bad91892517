"""Random histories, folded and recounted, and random questions with the recount's answers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import orjson

from schemas.calendar import format_time
from schemas.envelope import LogEvent
from services.verify.recount import Recount
from services.verify.reports.ask import Answer, ask
from services.verify.reports.questions import Question
from tests.properties.cohort_dice import CohortDice
from tests.properties.cohort_questions import Asking
from tests.properties.cohort_world import CohortWorld

NIGHTLY = os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1"
HISTORIES = 300 if NIGHTLY else 70
QUESTIONS = 100 if NIGHTLY else 44
"""To each history: some 3,000 pairs for every change, 30,000 at night."""
_EVENTS = 200
Q = TypeVar("Q", bound=Question)


def records(tenant: str, events: Sequence[LogEvent]) -> Iterator[tuple[str, str]]:
    """Yield (key, value) of events as the log of a tenant holds them."""
    for each in events:
        head = {"specversion": "1.0", "id": each.id, "source": each.source, "type": each.type}
        body = {"time": format_time(each.time_ms), "subject": each.subject, "data": each.data}
        yield tenant, orjson.dumps(head | {"tenantid": tenant} | body).decode()


class Asked:
    """What the fold made of random histories, and what the recount answers about them."""

    def __init__(self, spill: Path, histories: int = HISTORIES, questions: int = QUESTIONS) -> None:
        drawn = {f"t{seed}": CohortDice(seed).history(_EVENTS) for seed in range(histories)}
        self.worlds = {name: CohortWorld(events) for name, events in drawn.items()}
        self.recount = Recount(spill)
        lines = [line for name, events in drawn.items() for line in records(name, events)]
        self.recount.load([(offset, 1, *line) for offset, line in enumerate(lines)])
        self.recount.derive()
        asked = [
            question
            for seed, name in enumerate(drawn)
            for question in Asking(10_000 + seed, name).questions(questions)
        ]
        self.pairs = list(zip(asked, ask(self.recount, asked), strict=True))

    def about(self, kind: type[Q]) -> Iterator[tuple[CohortWorld, Q, Answer]]:
        """Yield the questions of one kind with what the recount answers."""
        for question, answer in self.pairs:
            if isinstance(question, kind):
                yield self.worlds[question.tenant], question, answer
