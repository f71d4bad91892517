"""Internal notes in customer profiles."""

from __future__ import annotations

from typing import ClassVar

from pydantic import StrictBool

from schemas.events.base import EventData, Id, Timestamp


class NoteAdded(EventData):
    """Somebody wrote a note about a customer. Subject: note id.

    Laws:   `automatic` marks a line of a system log, which never counts (D-36).
    """

    event_type: ClassVar[str] = "note.added"

    created_at: Timestamp
    author_id: Id | None = None
    customer_id: Id | None = None
    automatic: StrictBool = False


class NoteDeleted(EventData):
    """A note was deleted: a note once counted stays counted (D-36). Subject: note id."""

    event_type: ClassVar[str] = "note.deleted"

    deleted_at: Timestamp | None = None
