"""The log of the benchmark counted once more, by other code than the peers' and ours.

By the shortest rules that hold for this mix: nothing is read from the table of the peers, nothing
shared with the aggregator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import orjson

Counts = dict[str, int]
"""'figure|scope|whose|day or month' -> number: keys as `peers.counting.additions` writes them."""
_Data = Mapping[str, Any]
_NOBODY: Final = "-"
_UNSAID: Final = ""
"""Whose: the event does not say, so the company alone has it."""
_ENDING: Final = ("tasks_ending", "tasks_linked_ending")
_CONTRACT_ENDING: Final = ("contracts_ending", "contracts_ending_unrenewed")
_ORDER: Final = ("orders", "orders_with_customer")


@dataclass(frozen=True, slots=True)
class _Post:
    figure: str
    whose: str
    day: str
    number: int


class _Facts:
    """What each fact counts for; without `takes_back` for ever what it counted for once."""

    def __init__(self, *, takes_back: bool) -> None:
        self._takes_back = takes_back
        self._posts: dict[str, list[_Post]] = {}
        self._stages: dict[str, str] = {}
        self.departments = {_NOBODY: _NOBODY}

    def post(self, fact: str, whose: str | None, at: str, *figures: str, number: int = 1) -> None:
        """Count a fact of an employee (None: nobody) on the day of a moment, in figures."""
        owner = _NOBODY if whose is None else whose
        new = [_Post(figure, owner, at[:10], number) for figure in figures if number]
        self._posts.setdefault(fact, []).extend(new)

    def drop(self, fact: str, *figures: str) -> None:
        """Take back what a fact counts for, in some figures or in all."""
        if self._takes_back:
            kept = [post for post in self._posts[fact] if figures and post.figure not in figures]
            self._posts[fact] = kept

    def change(self, fact: str, *figures: str, **values: Any) -> None:
        """Let a fact count for somebody else, on another day or otherwise, in some figures."""
        if self._takes_back:
            self._posts[fact] = [
                replace(post, **values) if post.figure in figures else post
                for post in self._posts[fact]
            ]

    def reverse(self, fact: str, figure: str, at: str) -> None:
        """Count the opposite of what a fact counts for, on the day of a moment."""
        if self._takes_back:
            for post in [post for post in self._posts[fact] if post.figure == figure]:
                self.post(fact, post.whose, at, figure, number=-post.number)

    def enters(self, customer: str, stage: str) -> bool:
        """Say whether this counts: being told again where a customer is is taken back at once."""
        before, self._stages[customer] = self._stages.get(customer), stage
        return not self._takes_back or before != stage

    def counts(self) -> Counts:
        """Sum it up for each scope, by day and by month."""
        found: Counts = {}
        for post in (post for posts in self._posts.values() for post in posts):
            places = ["c|all"]
            if post.whose != _UNSAID:
                places += (f"e|{post.whose}", f"d|{self.departments[post.whose]}")
            for place in places:
                for point in (post.day, post.day[:7]):
                    key = f"{post.figure}|{place}|{point}"
                    found[key] = found.get(key, 0) + post.number
        return {key: number for key, number in found.items() if number}


def expected(values: Iterable[bytes], *, takes_back: bool = False) -> Counts:
    """Count what every program must count.

    Shape:  straight from the bytes. `takes_back`: as ours count, where nothing counts that was
            rejected, cancelled, deleted, reversed, merged or not delivered, and what was changed
            counts where it belongs now.
    """
    facts = _Facts(takes_back=takes_back)
    for value in values:
        event = orjson.loads(value)
        kind, _, what = event["type"].partition(".")
        if (count := _KINDS.get(kind)) is not None:
            count(facts, what, event["subject"], event["data"])
    return facts.counts()


def compared(keys: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Return what keys of counts are about, whoever's and whenever: (figure, scope)."""
    behind = (key.rsplit("|", 2)[0].rpartition("|") for key in keys)
    return frozenset((figure, scope) for figure, _, scope in behind)


def _employee(facts: _Facts, what: str, subject: str, data: _Data) -> None:
    if what == "upserted":
        facts.departments[subject] = data["department_id"]


def _call(facts: _Facts, what: str, subject: str, data: _Data) -> None:
    is_out, who = data["direction"] == "outbound", data["employee_id"]
    match what:
        case "started":
            figure = "calls_attempted" if is_out else "calls_inbound_offered"
            facts.post(subject, who, data["started_at"], figure)
        case "connected":
            figure = "calls_outbound" if is_out else "calls_inbound_answered"
            facts.post(subject, who, data["connected_at"], figure)
        case "ended":
            figure = "talk_seconds_outbound" if is_out else "talk_seconds_inbound"
            facts.post(subject, who, data["ended_at"], figure, number=data["duration_s"])


def _writing(facts: _Facts, what: str, subject: str, data: _Data) -> None:
    match what:
        case "opened":
            facts.post(subject, data["sender_id"], data["opened_at"], "emails_opened")
        case "sent":
            facts.post(subject, data["sender_id"], data["sent_at"], "messages_sent")
        case "failed":
            facts.drop(subject)
        case "added":
            facts.post(subject, data["author_id"], data["created_at"], "notes_added")


def _task(facts: _Facts, what: str, subject: str, data: _Data) -> None:
    match what:
        case "created":
            [who] = data["assignees"]
            begins, ends = ["tasks_starting"], ["tasks_ending"]
            if data.get("customer_id"):
                begins.append("tasks_linked_starting")
                ends.append("tasks_linked_ending")
            facts.post(subject, who, data["created_at"], "tasks_created")
            facts.post(subject, who, data["start"], *begins)
            facts.post(subject, who, data["end"], *ends)
        case "updated":
            facts.change(subject, *_ENDING, day=data["end"])
        case "status_changed" if data["status"] == "completed":
            facts.post(subject, data["actor_id"], data["changed_at"], "tasks_completed")
        case "deleted":
            facts.drop(subject)


def _customer(facts: _Facts, what: str, subject: str, data: _Data) -> None:
    match what:
        case "created":
            owner, at = data["owner_id"], data["created_at"]
            facts.post(subject, data["creator_id"], at, "customers_found")
            facts.post(subject, owner, at, "customers_new")
            if facts.enters(subject, data["relationship_id"]):
                facts.post(subject, owner, at, "stage_entries")
        case "status_changed" if facts.enters(subject, data["relationship_id"]):
            facts.post(subject, data["actor_id"], data["changed_at"], "stage_entries")
        case "assigned":
            facts.change(subject, "customers_new", whose=data["owner_id"])
        case "merged":
            facts.drop(subject, "customers_new", "customers_found")
        case "deleted":
            facts.change(subject, "customers_new", number=0)
        case "restored":
            facts.change(subject, "customers_new", number=1)


def _opportunity(facts: _Facts, what: str, subject: str, data: _Data) -> None:
    match what:
        case "created":
            facts.post(subject, data["owner_id"], data["created_at"], "opportunities_created")
        case "assigned":
            facts.change(subject, "opportunities_created", whose=data["owner_id"])
        case "closed":
            outcome = f"opportunities_{data['outcome']}"
            facts.post(subject, _UNSAID, data["closed_at"], "opportunities_closed", outcome)
        case "deleted":
            facts.drop(subject)


def _order(facts: _Facts, what: str, subject: str, data: _Data) -> None:
    match what:
        case "created":
            owner, total = data["owner_id"], data["total"]
            for date, behind in (("order_date", ""), ("created_at", "@created_at")):
                figures = _ORDER if data.get("customer_id") else _ORDER[:1]
                facts.post(subject, owner, data[date], *(name + behind for name in figures))
                sales = _money("sales" + behind, total)
                facts.post(subject, owner, data[date], sales, number=total["amount"])
        case "updated":
            total = data["total"]
            sales = (_money("sales", total), _money("sales@created_at", total))
            facts.change(subject, *sales, number=total["amount"])
        case "approved":
            facts.post(subject, data["actor_id"], data["approved_at"], "orders_processed")
        case "approval_revoked":
            facts.drop(subject, "orders_processed")
        case "rejected":
            facts.drop(subject)
            facts.post(subject, data.get("actor_id"), data["rejected_at"], "orders_processed")
        case "cancelled" | "deleted":
            facts.drop(subject)


def _payment(facts: _Facts, what: str, subject: str, data: _Data) -> None:
    match what:
        case "received":
            amount, at = data["amount"], data["paid_at"]
            facts.post(subject, _UNSAID, at, "payments")
            collections = _money("collections", amount)
            facts.post(subject, _UNSAID, at, collections, number=amount["amount"])
        case "reversed":
            at = data["reversed_at"]
            facts.reverse(subject, "collections|currency:VND", at)
            facts.post(subject, _UNSAID, at, "payments_reversed")


def _contract(facts: _Facts, what: str, subject: str, data: _Data) -> None:
    match what:
        case "created":
            owner, at, value = data["owner_id"], data["created_at"], data["value"]
            facts.post(subject, owner, at, "contracts")
            facts.post(subject, owner, at, _money("contract_value", value), number=value["amount"])
            facts.post(subject, owner, data["effective_to"], *_CONTRACT_ENDING)
        case "renewed":
            facts.post(subject, data["owner_id"], data["renewed_at"], "contracts_renewed")
            facts.post(subject, data["owner_id"], data["effective_to"], *_CONTRACT_ENDING)
            facts.drop(data["previous_contract_id"], "contracts_ending_unrenewed")
        case "updated":
            facts.change(subject, *_CONTRACT_ENDING, day=data["effective_to"])
        case "cancelled" | "deleted":
            facts.drop(subject)


def _stock(facts: _Facts, what: str, subject: str, data: _Data) -> None:
    if what == "voided":
        facts.drop(subject)
        return
    figure, who = ("stock_out" if what == "issued" else "stock_in"), data.get("employee_id")
    facts.post(subject, who, data["voucher_date"], figure)
    for line in data["lines"]:
        pieces, amount = round(line["quantity"] * 1000), line["amount"]
        facts.post(subject, who, data["voucher_date"], f"{figure}_units", number=pieces)
        value = _money(f"{figure}_value", amount)
        facts.post(subject, who, data["voucher_date"], value, number=amount["amount"])


def _money(figure: str, amount: Mapping[str, Any]) -> str:
    return f"{figure}|currency:{amount['currency']}"


_KINDS: Final[Mapping[str, Callable[[_Facts, str, str, _Data], None]]] = MappingProxyType(
    {
        "employee": _employee,
        "call": _call,
        "email": _writing,
        "message": _writing,
        "note": _writing,
        "task": _task,
        "customer": _customer,
        "opportunity": _opportunity,
        "order": _order,
        "payment": _payment,
        "contract": _contract,
        "stock": _stock,
    }
)
"""First part of an event's type -> what it counts for."""
