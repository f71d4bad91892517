"""The generated pages say what the data says today."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas import docs
from schemas.events import EVENT_MODELS
from schemas.kpis import CATALOGUE
from schemas.release import HERE

DOCS = HERE.parent / "docs"


@pytest.mark.parametrize("name", ["asyncapi.json", "catalogue.md", "events.md"])
def test_a_page_is_fresh(name: str) -> None:
    """A stored page equals what the command writes; if not: `python -m schemas.docs`."""
    assert (DOCS / name).read_text(encoding="utf-8") == docs.pages()[name], f"run: {docs.COMMAND}"


def test_pages_are_complete() -> None:
    """Every event type and every KPI has its place."""
    pages = docs.pages()
    assert all(f"\n## {name}\n" in pages["events.md"] for name in EVENT_MODELS)
    assert all(f"\n| `{name}` |" in pages["catalogue.md"] for name in CATALOGUE)


def test_the_command_writes_the_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command writes each page into the folder given and names it."""
    assert docs.main([str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == docs.pages().keys()
    assert capsys.readouterr().out.count("wrote ") == 3
