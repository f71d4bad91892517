"""What the files of the pages must keep, checked without a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "services" / "query" / "web"
FILES = sorted(path for path in WEB.rglob("*") if path.suffix in {".html", ".css", ".js"})
PAIRS = [
    ("text", "ground"),
    ("text", "surface"),
    ("muted", "ground"),
    ("muted", "surface"),
    ("faded", "surface"),
    ("faded", "ground"),
    ("accent", "surface"),
    ("good", "surface"),
    ("bad", "surface"),
    ("warn-ink", "warn"),
]


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _themes() -> dict[str, dict[str, str]]:
    css = (WEB / "assets" / "tokens.css").read_text()
    blocks = re.findall(r"color-scheme: (\w+);([^}]*)}", css)
    return {
        f"{name}-{number}": dict(re.findall(r"--([\w-]+): (#\w{6});", block))
        for number, (name, block) in enumerate(blocks)
    }


@pytest.mark.parametrize("theme", _themes())
def test_contrast_is_readable(theme: str) -> None:
    """Text of every theme, greyed text included, has a contrast of at least 4.5 to 1 (AA)."""
    tokens = _themes()[theme]
    weak = {pair: round(_contrast(*map(tokens.__getitem__, pair)), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


def test_dark_is_one_theme() -> None:
    """The dark theme chosen by the address and the one chosen by the system are the same."""
    themes = _themes()
    assert len(themes) == 3
    assert themes["dark-1"] == themes["dark-2"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_inline_and_nothing_foreign(path: Path) -> None:
    """No page has inline script or style, and none loads anything from elsewhere."""
    text = path.read_text()
    foreign = set(re.findall(r"https?://[^\s\"'`]+", text))
    assert foreign <= {"http://www.w3.org/2000/svg", "http://127.0.0.1:PORT"}
    if path.suffix == ".html":
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)
    if path.suffix == ".js":
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_named_exists(path: Path) -> None:
    """Every module, style and picture that a file names is there."""
    text = path.read_text()
    named = re.findall(r"[\"']/assets/([\w.]+)[\"']", text)
    named += re.findall(r"from \"\./([\w.]+)\"", text)
    assert [name for name in named if not (WEB / "assets" / name).exists()] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_colours_come_from_the_tokens(path: Path) -> None:
    """Colours are written in tokens.css and nowhere else."""
    if path.suffix == ".css" and path.name != "tokens.css":
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", path.read_text()) == []
