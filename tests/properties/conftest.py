"""How many histories are drawn: a hundred for each law on every change, a thousand nightly."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_NIGHTLY = os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1"

settings.register_profile(
    "salespulse",
    max_examples=1000 if _NIGHTLY else 100,
    deadline=None,  # machines differ
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("salespulse")
