"""What axe-core finds on a page, as far as it is serious."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_SERIOUS = frozenset({"serious", "critical"})


def serious(page: Page) -> list[str]:
    """Return the serious findings, each with its rule and the first element that breaks it."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['html'][:120]}"
        for one in found
        if one["impact"] in _SERIOUS
    ]
