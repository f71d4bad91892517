"""Facts about dealings with customers: calls, mails, messages, notes, tasks."""

from __future__ import annotations

from schemas.facts.model import Fact, Moment, Register


class Call(Fact, tag="c", frozen=True, array_like=True):
    """A telephone call."""

    who: tuple[int, str, str | None, str | None, str | None, str | None, str] | None = None
    """(version, direction, employee id, customer id, phone, extension, name of the number or '')"""
    started: Moment | None = None
    connected: Moment | None = None
    ended: tuple[int, int, int, int] | None = None
    """(version, at_ms, day, talk seconds)"""
    agent: str | None = None
    """Derived: the employee it is counted for: named, or by the extension at that time."""
    customers: tuple[str, ...] = ()
    """Derived: customers it is with, by name or by number, sorted; as written, not survivors."""


class Email(Fact, tag="m", frozen=True, array_like=True):
    """An (e-mail, recipient); id is 'email id|recipient'."""

    who: tuple[int, str | None, str | None] | None = None
    """(version, sender id, customer id)"""
    opened: tuple[int, int] | None = None
    """(at_ms, day) of the first opening by a person"""
    clicked: tuple[int, int] | None = None
    """(at_ms, day) of the last click by a person"""


class Message(Fact, tag="s", frozen=True, array_like=True):
    """A message."""

    who: tuple[int, str, str | None, str | None, str | None] | None = None
    """(version, channel, sender id, customer id, phone)"""
    sent: Moment | None = None
    outcome: Register[bool] | None = None
    """(version, arrived?) of message.sent and message.failed"""


class Note(Fact, tag="n", frozen=True, array_like=True):
    """An internal note."""

    added: tuple[int, int, int, str | None, str | None, bool] | None = None
    """(version, at_ms, day, author id, customer id, automatic?)"""
    deleted: Register[bool] | None = None


class Task(Fact, tag="t", frozen=True, array_like=True):
    """A task or appointment."""

    created: tuple[int, int, int, str | None] | None = None
    """(version, at_ms, day, creator id)"""
    type: Register[str | None] | None = None
    title: Register[str | None] | None = None
    start: tuple[int, int] | None = None
    """(version, day; 0 = none)"""
    end: tuple[int, int, int] | None = None
    """(version, day, last ms in time); 0 = none"""
    assignees: tuple[int, tuple[str, ...]] | None = None
    """(version, ids as given)"""
    customer: Register[str | None] | None = None
    project: Register[str | None] | None = None
    status: tuple[int, str, int, int] | None = None
    """(version, status, at_ms, day)"""
    deleted: Register[bool] | None = None
