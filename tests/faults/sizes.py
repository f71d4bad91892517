"""How large the fault runs are: small for every change, large at night."""

from __future__ import annotations

import os

NIGHTLY = os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1"
KILLED_EVENTS, KILLED_BATCH = (200_000, 500) if NIGHTLY else (8_000, 200)
EVENTS = 40_000 if NIGHTLY else 2_500
PATIENCE_S = 180.0
"""How long a wait may take on a busy machine before it counts as never."""
