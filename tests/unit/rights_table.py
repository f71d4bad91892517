"""The cases of `rights_table.yaml`, read: what a manager wrote down, as questions and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import yaml

from schemas.access import Ask, Board, Decision, Form, Kind, Subject, Viewer
from schemas.facts import Department, Employee
from schemas.tables import Scope
from schemas.tree import Tree, tree_of

_BEFORE, _SINCE = 20260101, 20260501
_DAYS = {"before": _BEFORE, "now": _SINCE}
_CASE = re.compile(r"^(?P<viewer>.+?) \| (?P<asked>.+?) -> (?P<answer>.+)$")
_CUSTOMER = re.compile(r"^customer (?P<form>\w+) owned by (?P<owner>\w+)$")
_ASKED = re.compile(
    r"^(?P<subject>\w+) (?P<form>\w+) (?P<scope>\w+) (?P<id>\S+)(?P<sub> with sub)?"
    r"(?: in (?P<departments>\S+))?(?: metrics (?P<metrics>\S+))?(?P<cohort> by owner of now)?$"
)
_ANSWER = re.compile(
    r"^(?:no: (?P<code>\w+)|yes(?:: (?P<people>[-\w, ]+?))?"
    r"(?: of (?P<within>\S+))?(?P<phones> \[phones\])?(?P<unnamed> \[unnamed\])?)$"
)


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table."""

    row: str
    text: str
    viewer: Viewer
    ask: Ask
    expected: Decision


def read() -> tuple[Tree, list[Case]]:
    """Return the company and the cases."""
    page = yaml.safe_load(Path(__file__).with_name("rights_table.yaml").read_text())
    company = page["company"]
    viewers = {name: _viewer(name, told) for name, told in page["viewers"].items()}
    cases = [_case(row, text, viewers) for row, texts in page["cases"].items() for text in texts]
    return tree_of([*_departments(company), *_employees(company)]), cases


def _departments(company: dict[str, Any]) -> Iterator[Department]:
    for number, (name, told) in enumerate(company["departments"].items()):
        profile = (1, name, told.get("parent"), told.get("head"), True)
        yield Department(name, number, profile=profile)


def _employees(company: dict[str, Any]) -> Iterator[Employee]:
    for number, (name, told) in enumerate(company["employees"].items()):
        manager = told.get("manager")
        places = [(_SINCE, 2, told.get("department"), manager)]
        if "before" in told:
            places.insert(0, (_BEFORE, 1, told["before"], manager))
        profile = (1, name, told.get("active", True), None)
        others = told.get("others", {})
        yield Employee(
            name,
            number,
            profile=profile,
            places=tuple(places),
            others=tuple((_DAYS[when], tuple(found)) for when, found in others.items()),
        )


def _viewer(name: str, told: dict[str, Any]) -> Viewer:
    kind = cast(Kind, next((k for k in ("kiosk", "machine") if name.startswith(k)), "person"))
    board = told.get("board")
    return Viewer(
        kind,
        told.get("employee", ""),
        frozenset(told.get("grants", ())),
        _board(board) if isinstance(board, dict) else None,
    )


def _board(told: dict[str, Any]) -> Board:
    return Board(
        told["scope"], told["id"], False, frozenset(told["metrics"]), told.get("names", True)
    )


def _case(row: str, text: str, viewers: dict[str, Viewer]) -> Case:
    found = _CASE.match(text)
    assert found, text
    return Case(row, text, viewers[found["viewer"]], _ask(found["asked"]), _answer(found["answer"]))


def _ask(text: str) -> Ask:
    customer = _CUSTOMER.match(text)
    if customer:
        owner = None if customer["owner"] == "nobody" else customer["owner"]
        return Ask("customer", cast(Form, customer["form"]), owner=owner)
    found = _ASKED.match(text)
    assert found, text
    ask = Ask(
        cast(Subject, found["subject"]),
        cast(Form, found["form"]),
        cast(Scope, found["scope"]),
        found["id"],
        bool(found["sub"]),
        metrics=frozenset((found["metrics"] or "").split(",")) - {""},
        is_cohort=bool(found["cohort"]),
    )
    if found["departments"]:
        return replace(ask, departments=frozenset(found["departments"].split(",")))
    return ask


def _answer(text: str) -> Decision:
    found = _ANSWER.match(text)
    assert found, text
    if found["code"]:
        return Decision(False, found["code"])
    names = found["people"]
    people = None if names is None else frozenset(names.split(", ")) - {"nobody"}
    within = frozenset(found["within"].split(",")) if found["within"] else None
    how = {"has_phones": bool(found["phones"]), "is_unnamed": bool(found["unnamed"])}
    return Decision(True, people=people, within=within, **how)
