"""The README's table of settings says what the models say."""

from __future__ import annotations

from schemas.settings import SERVICES
from tests.unit.settings_table import MODELS, README, refreshed


def test_the_readme_has_every_setting() -> None:
    """A setting that was added, changed or removed is so in the README too."""
    readme = README.read_text()
    assert readme == refreshed(readme), "run: make settings"


def test_every_program_with_settings_is_in_the_table() -> None:
    """No model is forgotten; 'test' has names but no model, it is no part of what runs."""
    assert {model.service for model in MODELS} == set(SERVICES) - {"test"}


def test_every_setting_is_described() -> None:
    """A sentence says what each is for."""
    for model in MODELS:
        for name, field in model.model_fields.items():
            assert field.description, f"{model.service} {name}"
            assert field.description.endswith("."), f"{model.service} {name}"
