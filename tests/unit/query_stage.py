"""A scene without a store: hand-made readings of cells written in the test, and change records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from schemas.calendar import NOW, parse_time
from schemas.changes import CellChange, ChangeRecord, Version, grouped
from schemas.facts import Department, Employee, Term, pack
from schemas.kpis import CATALOGUE
from schemas.tables import COMPANY_ID, Scope, TenantKeys
from services.query.basis import Basis, Command, Settings
from services.query.evaluation.scripts import CELLS
from services.query.freshness import freshness
from services.query.organisation import Organisation
from services.query.places import Pairs
from services.query.reader import Reading
from services.query.stream.cast import Subscription
from services.query.stream.scene import Scene
from services.query.words import Words

NOON = parse_time("2026-11-22T05:00:00Z")
TODAY = 20261122
FEEDS = frozenset({"contracts", "inventory", "messages", "notes", "payments", "products", "tasks"})
Place = tuple[Scope, str]
AN: Place = ("employee", "an")
SALES: Place = ("department", "sales")
COMPANY: Place = ("company", COMPANY_ID)


def basis(
    *terms: Term,
    now_ms: int = NOON,
    pairs: Iterable[str] = ("sales:an", "far:zoe"),
    settings: Settings | None = None,
    people: Iterable[str] = ("an",),
) -> Basis:
    """Return a company of two departments whose people, terms and settings are given."""
    org = [
        pack(Department("sales", 1, profile=(1, "Sales", None, None, True))),
        pack(Department("hanoi", 2, profile=(1, "Hanoi", "sales", None, True))),
        *(
            pack(Employee(name, 10 + number, places=((20260101, 1, "sales", None),)))
            for number, name in enumerate(people)
        ),
    ]
    words = frozenset(pack(term) for term in terms)
    return Basis(
        "g1",
        TenantKeys(3, "g1", "acme"),
        settings or Settings("Acme", "Asia/Ho_Chi_Minh", "VND", FEEDS),
        frozenset(org),
        Organisation(org),
        0,
        now_ms,
        words,
        Words(words),
        Pairs(pair.encode() for pair in pairs),
    )


class Stage:
    """Cells, and a scene that has read them; `asked` are the answers of scripts, in order.

    Shape:  cells are (scope, id, day) -> field -> value.
    """

    def __init__(self, place: Place, *metrics: str, on: Basis, sub: bool = False) -> None:
        self.basis = on
        self.scene = Scene(Subscription("acme", *place, metrics, metrics, sub))
        self.cells: dict[str, dict[str, int]] = {}
        self.offset = 7

    def put(self, field: str, value: int, *places: Place, day: int = TODAY) -> list[CellChange]:
        """Add to a cell of each place; return how that reads in a change record."""
        found: list[CellChange] = []
        for scope, scope_id in places:
            hash_of = self.cells.setdefault(self.basis.keys.cells(scope, scope_id, day), {})
            previous = hash_of.get(field, 0)
            hash_of[field] = previous + value
            found.append(
                {
                    "field": field, "scope": scope, "id": scope_id, "day": day,
                    "value": hash_of[field], "previous": previous,
                    "cause": "e1", "restated": False,
                }
            )  # fmt: skip
        return found

    def gauge(self, field: str, value: int, *places: Place) -> list[CellChange]:
        """Add to a cell as of now."""
        return self.put(field, value, *places, day=NOW)

    def load(self, *asked: Any, due_ms: int | None = None) -> None:
        """Let the scene read everything."""
        self.scene.load(self._reading([None, due_ms], self.scene.plan(self.basis)[2:], asked))
        self.scene.remember_shown()

    def again(self, *asked: Any, due_ms: int | None = None) -> list[dict[str, Any]]:
        """Let the scene read again what it has to ask for; return what that changes."""
        commands = self.scene.plan_again(self.basis)[1:]
        changed = self.scene.take_again(self._reading([due_ms], commands, asked))
        return self.scene.changes(changed).cells

    def take(self, cells: list[CellChange]) -> list[dict[str, Any]]:
        """Let the scene take a change record; return what that changes."""
        self.offset += 1
        record: ChangeRecord = {
            "generation": "g1",
            "offset": self.offset,
            "at_ms": NOON,
            "log_ms": NOON,
            "tenants": {"acme": {"groups": grouped(cells), "occurrences": [], "events": 1}},
        }
        return self.scene.changes(self.scene.take(record)[0]).cells

    def _reading(
        self, head: list[Any], commands: Sequence[Command], asked: Sequence[Any]
    ) -> Reading:
        scripts = iter(asked)
        replies = [
            self._cells(command[-1]) if command[1] == CELLS else next(scripts)
            for command in commands
        ]
        fresh = freshness(Version("g1", self.offset), NOON, None, NOON)
        return Reading(self.basis, fresh, head + replies)

    def _cells(self, request: bytes) -> list[list[list[bytes]]]:
        """Give every cell of the hashes asked for, wanted or not."""
        return [[self._hash(key) for key in group["keys"]] for group in orjson.loads(request)]

    def _hash(self, key: str) -> list[bytes]:
        cells = self.cells.get(key, {})
        return [part for field, value in cells.items() for part in (field.encode(), b"%d" % value)]


def figures(scene: Scene) -> dict[str, Any]:
    """Return metric -> figure of the scope, without what is always the same."""
    return {
        row.pop("metric"): {name: row[name] for name in row if name not in {"unit", "day"}}
        for row in scene.snapshot()["figures"]
    }


STREAMED = tuple(kpi.name for kpi in CATALOGUE.values() if kpi.streamed)
