"""Open alerts on streams: looked for while somebody shows them, told when they are others.

Alerts change without a commit, by the clock and by the notifier, which tells nobody: so this looks
once a second, which is one small read where nothing is open. Who may see what is decided anew
whenever a commit or a heartbeat comes while something is.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from schemas.access import Viewer
from services.query.alerts.opened import OpenAlert, open_alerts
from services.query.alerts.sight import AlertSight, shown
from services.query.basis import Basis
from services.query.stream.audience import AWAY
from services.query.stream.frames import frame
from services.query.stream.listener import Listener
from services.query.stream.ticker import Ticker

log = logging.getLogger(__name__)
_LOOK_S: Final = 1.0
Kept = Mapping[bytes, bytes]
SightOf = Callable[[Basis], AlertSight]


class Alerted:
    """A stream that shows alerts: which of them, to whom.

    Shape:  `told` is the last frame, '' before the first: whoever lost what was queued is sent
            it again.
    Laws:   both are found anew whenever people or documents are others.
    """

    def __init__(self, sight: SightOf, viewer: Callable[[Basis], Viewer]) -> None:
        self._sight, self._viewer = sight, viewer
        self.told = b""
        self._listener: Listener | None = None
        self._known: tuple[frozenset[bytes], str] | None = None
        self._found: tuple[AlertSight, Viewer]

    def on(self, basis: Basis) -> tuple[AlertSight, Viewer]:
        """Return which alerts are shown to whom on a basis."""
        known = (basis.packed_org, basis.configuration.count)
        if known != self._known:
            self._found = self._sight(basis), self._viewer(basis)
            self._known = known
        return self._found

    def listen(self, listener: Listener) -> bytes:
        """Say where frames go from now on; return what is told first."""
        self._listener = listener
        return self.told

    def tell(self, frames: bytes) -> None:
        """Take a frame: it is sent where it is another than the last."""
        if frames == self.told:
            return
        self.told = frames
        if self._listener is not None:
            self._listener.put(frames)


class AlertWatch:
    """Looks after the open alerts of a tenant.

    Laws:   never two looks at a time, never within a second of the one before; while the store
            does not answer, what was told stands.
    """

    def __init__(
        self,
        look_up: Callable[[], Awaitable[Kept]],
        read: Callable[[], Awaitable[Basis]],
        now_ms: Callable[[], int],
    ) -> None:
        self._look_up, self._read = look_up, read
        self._streams: set[Alerted] = set()
        self._kept: Kept | None = None
        """What everybody was told of."""
        self._alerts: list[OpenAlert] = []
        self._basis: Basis | None = None
        self._is_moved = False
        self._ticker = Ticker(self._look, now_ms, _LOOK_S)

    @property
    def is_idle(self) -> bool:
        """Whether nobody shows alerts."""
        return not self._streams

    def moved(self) -> None:
        """Hear that people, rights or documents may be others: what is open is decided anew."""
        self._is_moved = True

    async def join(self, stream: Alerted) -> None:
        """Take in a stream, and tell it what is open: where that cannot be read, when it can."""
        is_first = not self._streams
        self._streams.add(stream)
        with suppress(*AWAY):
            if self._basis is None or (self._is_moved and self._alerts):
                await self._refresh(await self._look_up())
        if self._basis is not None:
            stream.tell(self._frame(*stream.on(self._basis), self._basis))
        if is_first:
            self._ticker.soon()

    def leave(self, stream: Alerted) -> None:
        """Let go of a stream; with the last one the looking ends."""
        self._streams.discard(stream)
        if self.is_idle:
            self._ticker.stop()

    async def _look(self) -> bool:
        """Look, and look again after a pause: that is what the answer 'no' asks for."""
        try:
            await self._look_once()
        except AWAY:
            pass  # what was told stands
        except Exception:
            log.exception("open alerts cannot be told")  # and it is tried again
        return False

    async def _look_once(self) -> None:
        kept = await self._look_up()
        if kept == self._kept and not (self._is_moved and kept):
            return
        is_moved, self._is_moved = self._is_moved, False
        try:
            basis = await self._refresh(kept)
        except AWAY:
            self._is_moved = is_moved
            raise
        self._tell_all(basis)
        self._kept = kept

    async def _refresh(self, kept: Kept) -> Basis:
        basis = await self._read()
        self._basis, self._alerts = basis, open_alerts(basis, kept)
        return basis

    def _tell_all(self, basis: Basis) -> None:
        made: dict[tuple[AlertSight, Viewer], bytes] = {}
        for stream in list(self._streams):
            who = stream.on(basis)
            if who not in made:
                made[who] = self._frame(*who, basis)
            stream.tell(made[who])

    def _frame(self, sight: AlertSight, viewer: Viewer, basis: Basis) -> bytes:
        return frame("alerts", shown(sight, viewer, basis, self._alerts))
