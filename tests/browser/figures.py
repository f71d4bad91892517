"""Every number that a page shows, read off the page, and the same numbers as the API tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from playwright.sync_api import Page

_SHOWN = """() => {
  const found = [];
  for (const place of document.querySelectorAll('main [data-value]')) {
    const row = place.closest('tr');
    const table = place.closest('table');
    const cell = place.closest('td, th');
    const head = table?.querySelectorAll('thead tr:last-child th')[cell?.cellIndex];
    const block = place.closest('[data-block]')?.dataset.block ?? '';
    found.push([
      block,
      row ? (row.dataset.id ?? 'total') : 'total',
      place.dataset.column ?? head?.dataset.column ?? place.dataset.total ?? '',
      place.classList.contains('in') ? 'entries' : place.classList.contains('out') ? 'exits' : '',
      JSON.parse(place.dataset.value),
      place.querySelector('.number, a')?.textContent ?? place.textContent,
      place.querySelector('a')?.dataset.list ?? null,
    ]);
  }
  return found;
}"""


class Place(NamedTuple):
    """Where a number stands: block, row, column, and which of several in a cell."""

    block: str
    row: str
    column: str
    part: str = ""


class Shown(NamedTuple):
    """What stands there."""

    value: Any
    text: str
    list: str | None


def shown(page: Page) -> dict[Place, Shown]:
    """Return every number of a page; two at one place are an error."""
    found: dict[Place, Shown] = {}
    for block, row, column, part, value, text, link in page.evaluate(_SHOWN):
        place = Place(block, row, column, part)
        assert place not in found, place
        found[place] = Shown(value, text, link)
    return found


def told_by_blocks(report: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the cells of a report of a department or an employee."""
    for block in report["blocks"]:
        name = block["block"]
        if block["rows_by"] == "order":
            yield Place(name, "total", "orders"), block["total"]["cells"][0]
            continue
        for row in [*block["rows"], {**block["total"], "id": "total"}]:
            key = row.get("id") or row.get("day") or f"value:{_word(row.get('value'))}"
            for column, cell in zip(block["columns"], row["cells"], strict=True):
                yield Place(name, key, column["name"]), cell


def told_by_table(report: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the cells of a report that is one table of people."""
    for row in [*report["rows"], {**report["total"], "id": "total"}]:
        for column, cell in zip(report["columns"], row["cells"], strict=True):
            yield Place("", row["id"], column["name"]), cell


def _word(value: str | None) -> str:
    return "null" if value is None else value


def digits(text: str) -> str:
    """Return the digits of a written number."""
    return re.sub(r"\D", "", text)


def agree(found: Shown, cell: dict[str, Any], unit: str) -> bool:
    """Say whether a number on the page is a cell of the API: value, text and list."""
    value = cell["value"]
    if found.value != value or found.list != cell.get("facts"):
        return False
    if value is None:
        return "0" not in found.text or found.text.startswith(">")
    if unit in {"count", "money"}:
        return digits(found.text) == str(abs(round(value)))
    return found.text != ""
