"""'No call for 20 minutes in working hours', told by the notifier's own parts on a real store."""

from __future__ import annotations

from typing import Any

from deploy.local.store import EmbeddedStore
from schemas.tables import NoticeKeys
from services.notifier.tenants import Documents
from tests.changes.floor import Floor, moment

SHIFTS = [{"from": "08:00", "to": "12:00"}, {"from": "13:30", "to": "17:30"}]
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), SHIFTS)
CALENDAR = {"versions": [{"week": WEEK, "days_off": ["2026-11-20"]}]}
RULE: dict[str, Any] = {
    "name": "Silence",
    "rule": "silence",
    "metric": "calls_attempted",
    "scope": "department",
    "scope_id": "sales",
    "warn": 20,
    "critical": 40,
    "defined_at": "2026-11-01T00:00:00Z",
}
DOCUMENTS: Documents = {
    "alert": {"quiet": RULE},
    "calendar": {"department:sales": CALENDAR},
}
CALLS = {"19 08:10", "19 08:25", "19 11:50"}
RESTARTS = {"19 08:30", "19 10:00", "19 15:00"}
"""Silent since five minutes, and twice while the worst was told already."""
TOLD = [
    ("19 08:50", "warn"),  # whoever began at 08:30 has seen no call since then
    ("19 09:10", "critical"),
    ("19 11:50", "ok"),
    ("19 13:40", "warn"),  # ten minutes before lunch, ten after it
    ("19 14:00", "critical"),
    ("19 17:30", "ok"),  # nobody works any more, nor on the day off and the weekend
    ("23 08:20", "warn"),
    ("23 08:40", "critical"),
]


async def test_silence_is_told_by_the_minute_in_working_hours_only(store: EmbeddedStore) -> None:
    """From Thursday to Monday with lunch, nights, a day off and restarts: each level once."""
    floor = Floor(store, DOCUMENTS)
    await floor.begin()
    while (now := moment(floor.clock.now_ms())) != "23 09:00":
        if now in RESTARTS:
            await floor.deliveries.close()
            await floor.begin()
        if now in CALLS:
            floor.call()
        await floor.watching.look()
        await floor.clock.wind_on(60)
    passed = await floor.redis.xrange(NoticeKeys(floor.tenant.name).history("quiet"))
    history = [(moment(int(f[b"at_ms"])), f[b"level"].decode()) for _, f in passed]
    assert history == TOLD
    told = await floor.told()
    assert [one["state"] for one in told] == [level for _, level in TOLD]
    assert [one["value"] for one in told] == [20, 40, 0, 20, 40, None, 20, 40]
    await floor.close()
