"""The mess about dealings: calls, mails, messages, notes, tasks."""

from __future__ import annotations

from tests.integration.verify_dice import PEOPLE, Data, Dice, Kind, Said

_STATUSES = ["open", "in_progress", "awaiting_confirmation", "completed", "completed", "cancelled"]


class Dealings:
    """Events about dealings with customers."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self.kinds: list[Kind] = [
            self._call_started,
            self._call_connected,
            self._call_ended,
            self._email_opened,
            self._email_clicked,
            self._message_sent,
            self._message_failed,
            self._note,
            self._task_created,
            self._task_created,
            self._task_updated,
            self._task_status,
        ]
        self.rare: list[Kind] = [self._note_deleted, self._task_deleted]

    def _call(self) -> Data:
        """Return whose call it is: by names, or by number and extension alone."""
        dice = self._dice
        named = {"employee_id": dice.person} if dice.random.random() < 0.5 else {}
        if dice.random.random() < 0.5:
            named["customer_id"] = dice.customer
        return {"direction": dice.pick(("inbound", "outbound", "outbound"))} | dice.some(
            named
            | {
                "phone": dice.phone,
                "extension": dice.extension,
                "started_at": dice.instant,
            }
        )

    def _call_started(self) -> Said:
        data = self._call() | {"started_at": self._dice.instant()}
        return "call.started", self._dice.subject("k", 20), data

    def _call_connected(self) -> Said:
        data = self._call() | {"connected_at": self._dice.instant()}
        return "call.connected", self._dice.subject("k", 20), data

    def _call_ended(self) -> Said:
        dice = self._dice
        duration = dice.pick((0, 1, 60, 86_400))
        data = self._call() | {"ended_at": dice.instant(), "duration_s": duration}
        data |= dice.some({"connected_at": dice.instant})
        return "call.ended", dice.subject("k", 20), data

    def _email(self, moment: str) -> Data:
        dice = self._dice
        data = {"recipient": dice.pick("ab|"), moment: dice.instant()}
        data |= dice.some({"sender_id": dice.person, "customer_id": dice.customer})
        data["machine"] = dice.random.random() < 0.3
        return data

    def _email_opened(self) -> Said:
        return "email.opened", self._dice.subject("m", 8), self._email("opened_at")

    def _email_clicked(self) -> Said:
        return "email.clicked", self._dice.subject("m", 8), self._email("clicked_at")

    def _message_sent(self) -> Said:
        dice = self._dice
        data = {"channel": dice.pick(["sms", "zns"]), "sent_at": dice.instant()}
        data |= dice.some(
            {"sender_id": dice.person, "customer_id": dice.customer, "phone": dice.one_of("12")}
        )
        if dice.random.random() < 0.5:
            data["status"] = dice.pick(["success", "failed"])
        return "message.sent", dice.subject("s", 12), data

    def _message_failed(self) -> Said:
        dice = self._dice
        return "message.failed", dice.subject("s", 12), {"failed_at": dice.instant()}

    def _note(self) -> Said:
        dice = self._dice
        data = {"created_at": dice.instant(), "automatic": dice.random.random() < 0.2}
        data |= dice.some({"author_id": dice.person, "customer_id": dice.customer})
        return "note.added", dice.subject("n", 12), data

    def _note_deleted(self) -> Said:
        return "note.deleted", self._dice.subject("n", 12), {}

    def _plan(self) -> Data:
        dice = self._dice
        data = dice.some(
            {
                "type": dice.one_of(["appointment", "x,y"]),
                "title": dice.one_of(["", "B"]),
                "start": dice.pick([dice.date, dice.instant]),
                "end": dice.pick([dice.date, dice.instant]),
                "assignees": dice.one_of(
                    [[], ["bình", "an"], ["an", "an"], PEOPLE, ["nobody knows", "c|d"]]
                ),
                "customer_id": dice.customer,
                "project_id": dice.one_of(["one", "t,w:o"]),
            }
        )
        start, end = data.get("start"), data.get("end")
        if start and end and (len(start) == 10) == (len(end) == 10) and end < start:
            data |= {"start": end, "end": start}
        return data

    def _task_created(self) -> Said:
        dice = self._dice
        data = {"created_at": dice.instant()} | dice.some({"creator_id": dice.person})
        return "task.created", dice.subject("t", 20), data | self._plan()

    def _task_updated(self) -> Said:
        return "task.updated", self._dice.subject("t", 20), self._plan()

    def _task_status(self) -> Said:
        dice = self._dice
        data = {"status": dice.pick(_STATUSES), "changed_at": dice.instant()}
        return "task.status_changed", dice.subject("t", 20), data

    def _task_deleted(self) -> Said:
        return "task.deleted", self._dice.subject("t", 20), {}
