"""Configuration documents: what people configure whole, and the newest of which holds.

Boards, rules, webhooks and the like have no figures, so they need no fold of their own: the last
event about '<kind>:<subject>' in the log says what it is. Their JSON stands beside the figures, in
the hash `config` of the tenant, and is read at the same version (docs/rules.md, section 1).
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Document(NamedTuple):
    """What an event type does to a document of a kind: sets it whole, or removes it."""

    kind: str
    removes: bool = False


DOCUMENTS: Final[dict[str, Document]] = {
    "board.defined": Document("board"),
    "board.deleted": Document("board", removes=True),
    "formula.defined": Document("formula"),
    "formula.removed": Document("formula", removes=True),
    "value.recorded": Document("value"),
    "value.removed": Document("value", removes=True),
    "rollout.changed": Document("rollout"),
    "rollout.ended": Document("rollout", removes=True),
    "calendar.defined": Document("calendar"),
    "calendar.removed": Document("calendar", removes=True),
    "webhook.defined": Document("webhook"),
    "webhook.deleted": Document("webhook", removes=True),
    "webhook.test_ordered": Document("webhook-test"),
    "webhook.replay_ordered": Document("webhook-replay"),
    "alert.defined": Document("alert"),
    "alert.deleted": Document("alert", removes=True),
    "alert.acknowledged": Document("alert-acknowledgement"),
    "alert.test_ordered": Document("alert-test"),
}
"""Event type -> what it does. The fold, the recount and the query service read only this."""


def document_name(kind: str, subject: str) -> str:
    """Write the field of a document: 'board:north-wall'."""
    return f"{kind}:{subject}"
