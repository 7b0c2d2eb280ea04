"""Values that hurt are saved, and whoever sets one is told why."""

from typing import Any

import msgspec
import pytest

from sojourn.instances.settings import Settings
from sojourn.instances.settings_input import patched
from sojourn.instances.settings_warnings import cautions


def warned(**sessions: Any) -> list[str]:
    before = Settings()
    return [each.partition(":")[0] for each in cautions(before, patched(before, {"sessions": sessions}))]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("token_seconds", 5), ("token_seconds", 3600), ("token_algorithm", "EdDSA"), ("lifetime_seconds", 300),
        ("inactivity_seconds", 90), ("inactivity_seconds", 400 * 86400), ("sessions_per_user", 1),
    ],
)  # fmt: skip
def test_a_value_that_hurts_is_named(name: str, value: object) -> None:
    assert f"sessions.{name}" in warned(**{name: value})


def test_the_defaults_and_usual_values_hurt_nobody() -> None:
    assert not warned()
    assert not warned(token_seconds=30, lifetime_seconds=30 * 86400, inactivity_seconds=3600, sessions_per_user=2)


def test_what_hurt_before_is_not_told_again() -> None:
    short = patched(Settings(), {"sessions": {"token_seconds": 5}})
    changed = patched(short, {"sessions": {"lifetime_seconds": 86400 * 2}})
    assert not list(cautions(short, changed))
    assert msgspec.to_builtins(changed)["sessions"]["token_seconds"] == 5
