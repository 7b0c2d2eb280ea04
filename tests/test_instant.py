"""Lengths of time and moments, as people write them."""

from datetime import timedelta

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import ConfigError, FieldError
from sojourn.instant import Instant, read_length, read_moment

from .engines import clock, engine, mailbox, started

__all__ = ["clock", "engine", "mailbox", "started"]

NOW = Instant.from_seconds(1_800_000_000)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30d", 30 * 86400), ("12h", 43200), ("15m", 900), ("45s", 45), ("1h30m", 5400), ("2W", 14 * 86400), (" 7d ", 7 * 86400),
     ("P30D", 30 * 86400), ("PT12H", 43200), ("PT15M", 900), ("P1DT2H3M4S", 93784), ("P2W", 14 * 86400), ("pt0s", 0)],
)  # fmt: skip
def test_a_length_of_time_is_read_in_both_ways_of_writing_it(text: str, seconds: int) -> None:  # ISO 8601
    assert read_length(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "30", "d", "P", "PT", "P1M", "P1Y", "1.5h", "-1d", "30 d", "12h ago", "P1DT", "9" * 40 + "d", "999999999w"],
)
def test_what_is_no_length_is_refused_and_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r"length of time|longer than"):
        read_length(text)


def test_a_moment_is_iso_8601_or_how_long_ago_it_was() -> None:
    assert read_moment("12h", NOW) == NOW.before(timedelta(hours=12))
    assert read_moment("2027-01-15T08:00:00Z", NOW) == read_moment("2027-01-15T10:00+02:00", NOW) == NOW
    assert read_moment("2027-01-15T08:00", NOW) == NOW
    with pytest.raises(ValueError, match="12h"):
        read_moment("last Tuesday", NOW)


async def test_settings_take_lengths_of_time_as_text(engine: Engine) -> None:
    patch = {
        "sessions": {"lifetime_seconds": "30d", "inactivity_seconds": "PT12H", "token_seconds": 60},
        "protection": {"lockout_seconds": "15m", "rate_limits": {"codes": [5, "1h"]}},
    }
    saved = (await engine.instances.update_settings(engine.instance, patch)).settings
    assert (saved.sessions.lifetime_seconds, saved.sessions.inactivity_seconds) == (30 * 86400, 43200)
    assert (saved.protection.lockout_seconds, saved.protection.rate_limits) == (900, {"codes": [5, 3600]})
    for wrong in ("soon", "500d", "P1M"):
        with pytest.raises(FieldError, match="lifetime_seconds"):
            await engine.instances.update_settings(engine.instance, {"sessions": {"lifetime_seconds": wrong}})


def test_the_configuration_takes_them_too() -> None:
    assert Config.load(variables={"SOJOURN_SIGN_IN_FLOOR_MS": "1s"}).sign_in_floor_ms == 1000
    assert Config.load(variables={"SOJOURN_SIGN_IN_FLOOR_MS": "250"}).sign_in_floor_ms == 250
    with pytest.raises(ConfigError, match="SIGN_IN_FLOOR_MS"):
        Config.load(variables={"SOJOURN_SIGN_IN_FLOOR_MS": "soon"})
