"""How many histories are drawn: a hundred for each law on every change, a thousand nightly.

Also: the questions to the cohort reports that several tests look at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.properties.cohort_asked import Asked

_NIGHTLY = os.environ.get("SALESPULSE_TEST_NIGHTLY") == "1"

settings.register_profile(
    "salespulse",
    max_examples=1000 if _NIGHTLY else 100,
    deadline=None,  # machines differ
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("salespulse")


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Fold, recount and ask once for all tests of the cohort reports."""
    made = Asked(tmp_path_factory.mktemp("cohorts"))
    yield made
    made.recount.close()
