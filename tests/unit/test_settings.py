"""Settings: from an injected mapping, with errors that name the variable."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, SecretStr, ValidationError

from schemas.settings import SERVICES, SettingsError, SharedSettings


class QuerySettings(SharedSettings):
    """Settings of a service, in tests."""

    service: ClassVar[str] = "query"

    port: int = Field(8081, ge=1, le=65535)
    api_secret: SecretStr = SecretStr("")


def error_of(environ: dict[str, str]) -> str:
    """Return what the person reads."""
    with pytest.raises(SettingsError) as caught:
        QuerySettings.load(environ)
    return str(caught.value)


def test_without_an_environment_the_defaults_hold() -> None:
    """An empty mapping gives the defaults."""
    settings = QuerySettings.load({})
    assert (settings.kafka_bootstrap, settings.port) == ("127.0.0.1:9092", 8081)


def test_shared_names_have_no_service_and_own_names_have() -> None:
    """The names of a service are its own under its name, and the shared ones."""
    names = QuerySettings.names()
    assert names["SALESPULSE_KAFKA_BOOTSTRAP"] == "kafka_bootstrap"
    assert names["SALESPULSE_QUERY_PORT"] == "port"
    assert len(names) == len(QuerySettings.model_fields)


def test_values_are_read_and_typed() -> None:
    """Text becomes numbers and booleans."""
    settings = QuerySettings.load(
        {"SALESPULSE_QUERY_PORT": "9000", "SALESPULSE_EMBEDDED_BROKER": "true"}
    )
    assert (settings.port, settings.embedded_broker) == (9000, True)


@given(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1).filter(
        lambda name: (
            f"SALESPULSE_{name}" not in QuerySettings.names()
            and not name.startswith(tuple(f"{s.upper()}_" for s in SERVICES if s != "query"))
        )
    )
)
def test_a_name_nobody_knows_is_an_error(name: str) -> None:
    """A typo never means the default: the error names it and the service."""
    assert (
        error_of({f"SALESPULSE_{name}": "1"})
        == f"SALESPULSE_{name} is not a setting of salespulse query"
    )


@pytest.mark.parametrize("service", [s for s in SERVICES if s != "query"])
def test_settings_of_another_service_are_left_to_it(service: str) -> None:
    """One environment serves all services: what belongs to another is not ours to judge."""
    QuerySettings.load({f"SALESPULSE_{service.upper()}_ANYTHING": "1", "HOME": "/", "PATH": ""})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SALESPULSE_QUERY_PORT", "0", "Input should be greater than or equal to 1"),
        ("SALESPULSE_QUERY_PORT", "http", "Input should be a valid integer"),
        ("SALESPULSE_LOG_LEVEL", "LOUD", "String should match pattern"),
        ("SALESPULSE_TOPIC_PREFIX", "a.b", "String should match pattern"),
        ("SALESPULSE_EMBEDDED_BROKER", "perhaps", "Input should be a valid boolean"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str, said: str) -> None:
    """The error starts with the name in the environment, and says what is wrong."""
    assert error_of({name: value}).startswith(f"{name}: {said}")


def test_a_secret_is_never_shown() -> None:
    """Neither the settings nor an error print a secret."""
    environ = {
        "SALESPULSE_REDIS_URL": "redis://:hunter2@h/0",
        "SALESPULSE_QUERY_API_SECRET": "hunter2",
    }
    assert "hunter2" not in repr(QuerySettings.load(environ))
    assert "hunter2" not in error_of({**environ, "SALESPULSE_QUERY_PORT": "hunter2"})


def test_settings_cannot_be_changed() -> None:
    """Settings are read once and are frozen."""
    settings = QuerySettings.load({})
    with pytest.raises(ValidationError):
        settings.port = 1


def test_every_shared_setting_is_described() -> None:
    """The README's table is made from descriptions, so each setting has one."""
    assert all(field.description for field in SharedSettings.model_fields.values())
