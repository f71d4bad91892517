"""When a delivery that failed is tried again, given up, or the webhook disabled. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

_STEPS_S: Final = (5, 30, 120, 300, 900, 1800, 3600)
_GONE: Final = 410
_HOUR_MS: Final = 3_600_000
_FEWEST: Final = 8
"""A webhook is not disabled for fewer failures, however long ago the first was."""


class Standing(NamedTuple):
    """How a webhook stands.

    Units:  milliseconds since 1970 UTC; 0 for never.
    """

    failing_since_ms: int = 0
    failures: int = 0
    disabled_ms: int = 0
    reason: str = ""
    digest: str = ""
    """The definition that was disabled: another one is not."""

    @classmethod
    def read(cls, raw: Mapping[bytes, bytes]) -> Standing:
        """Read what is stored."""
        text = {name.decode(): value.decode() for name, value in raw.items()}
        return cls(
            int(text.get("failing_since_ms", 0)),
            int(text.get("failures", 0)),
            int(text.get("disabled_ms", 0)),
            text.get("reason", ""),
            text.get("digest", ""),
        )

    def stored(self) -> dict[str, str | int]:
        """Return what to store."""
        return self._asdict()

    def is_disabled(self, digest: str) -> bool:
        """Say whether nothing is sent under this definition."""
        return bool(self.disabled_ms) and self.digest == digest

    def after(
        self, status: int, now_ms: int, digest: str, *, is_ok: bool, disable_hours: float
    ) -> Standing:
        """Return how it stands after an attempt.

        Laws:   one success forgives all failures; `410 Gone` disables at once.
        """
        if is_ok:
            return Standing()
        since = self.failing_since_ms or now_ms
        failed = Standing(since, self.failures + 1)
        if status == _GONE:
            return failed.disabled("the URL answers 410 Gone", now_ms, digest)
        if failed.failures >= _FEWEST and now_ms - since >= disable_hours * _HOUR_MS:
            reason = f"it has failed for {disable_hours:g} hours, {failed.failures} times"
            return failed.disabled(reason, now_ms, digest)
        return failed

    def disabled(self, reason: str, now_ms: int, digest: str) -> Standing:
        """Return it disabled."""
        return self._replace(disabled_ms=now_ms, reason=reason, digest=digest)


def wait_ms(attempt: int, chance: float, retry_after_s: float | None = None) -> int:
    """Return how long to wait after the n-th failed attempt (from 1).

    Shape:  chance in [0, 1) spreads by a quarter up and down.
    Laws:   never sooner than the subscriber's Retry-After, of which an hour is believed.
    """
    step_s = _STEPS_S[min(attempt, len(_STEPS_S)) - 1]
    spread = round(step_s * 1000 * (0.75 + chance / 2))
    return max(spread, round(min(retry_after_s or 0, 3600) * 1000))
