"""The plot of the scale curves, with an environment of its own."""

from pathlib import Path

LOCK = Path(__file__).with_name("requirements.lock")
