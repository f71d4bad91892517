"""What a rights check costs: a question of each kind, in a company of some size."""

from __future__ import annotations

import random
import time
from typing import NamedTuple

from schemas.access import Ask, Board, Viewer, decide
from schemas.facts import Department, Employee
from schemas.tables import Scope
from schemas.tree import Tree, tree_of

_EMPLOYEES = 2_000
_DEPARTMENTS = 200
_ROUNDS = 5


class Cost(NamedTuple):
    """Units: microseconds a check, one number a round; milliseconds for the tree of a version."""

    rounds_us: list[float]
    tree_ms: float


def run(checks: int = 20_000, seed: int = 6) -> Cost:
    """Measure decisions on a tree that is known, and what a changed tree costs."""
    chance = random.Random(seed)
    tree = _company(chance)
    began = time.perf_counter()
    tree.subordinates("e0")  # the first question of a version walks the whole tree
    tree_ms = (time.perf_counter() - began) * 1e3
    questions = [(_viewer(chance), _ask(chance)) for _ in range(checks)]
    rounds = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        for viewer, ask in questions:
            decide(viewer, ask, tree)
        rounds.append((time.perf_counter() - began) * 1e6 / checks)
    return Cost(rounds, tree_ms)


def _company(chance: random.Random) -> Tree:
    departments = [
        Department(
            f"d{n}",
            n,
            profile=(1, "", f"d{(n - 1) // 4}" if n else None, f"e{n}", True),
        )
        for n in range(_DEPARTMENTS)
    ]
    employees = [
        Employee(
            f"e{n}",
            n,
            places=((20260101, 1, f"d{chance.randrange(_DEPARTMENTS)}", f"e{n // 2}"),),
        )
        for n in range(_EMPLOYEES)
    ]
    return tree_of([*departments, *employees])


def _viewer(chance: random.Random) -> Viewer:
    kind = chance.randrange(10)
    if kind == 0:
        return Viewer("machine")
    if kind == 1:
        board = Board("department", "d1", False, frozenset({"orders", "revenue"}))
        return Viewer("kiosk", board=board)
    grants = {"kpi", chance.choice(("employee_kpi", "department_kpi", "telesales", "view_all"))}
    return Viewer("person", f"e{chance.randrange(_EMPLOYEES)}", frozenset(grants))


def _ask(chance: random.Random) -> Ask:
    scope: Scope = chance.choice(("employee", "department", "company"))
    names = {"employee": f"e{chance.randrange(_EMPLOYEES)}", "company": "all"}
    name = names.get(scope, f"d{chance.randrange(_DEPARTMENTS)}")
    form = chance.choice(("figure", "rows", "list", "stream"))
    metrics = frozenset({"orders"})
    return Ask("figures", form, scope, name, chance.random() < 0.5, metrics=metrics)  # type: ignore[arg-type]
