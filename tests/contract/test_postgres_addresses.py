"""Addresses of databases as their owners paste them: understood, or refused by the name of what is wrong."""

import pytest

from sojourn.errors import ConfigError
from sojourn.store.opening import open_store
from sojourn.store.postgres_address import PostgresAddress, without_secrets

_SECRET = "hunter2-hunter2"


def _parsed(query: str) -> PostgresAddress:
    return PostgresAddress.parse(f"postgresql://me:{_SECRET}@db.example.com:5433/shop{'?' if query else ''}{query}")


@pytest.mark.parametrize(
    "query",
    ["", "sslmode=require", "sslmode=verify-full&sslrootcert=/etc/ca.pem", "target_session_attrs=read-write",
     "host=/run/postgresql"],
)  # fmt: skip
def test_what_the_driver_understands_is_handed_on(query: str) -> None:
    written = f"postgresql://me:{_SECRET}@db.example.com:5433/shop" + (f"?{query}" if query else "")
    assert _parsed(query).url.replace("%2F", "/") == written


@pytest.mark.parametrize("query", ["channel_binding=prefer", "gssencmode=disable", "client_encoding=UTF8", "sslsni=1"])
def test_what_asks_for_nothing_more_is_left_out(query: str) -> None:
    assert _parsed(query) == _parsed("")


def test_settings_of_a_session_are_settings() -> None:
    found = _parsed("application_name=shop&options=-c%20search_path%3Dauth%20--work_mem%3D8MB")
    assert found.settings == {"application_name": "shop", "search_path": "auth", "work_mem": "8MB"}
    assert found.url == _parsed("").url


def test_the_total_wait_and_a_pooler_can_be_named() -> None:
    assert _parsed("connect_timeout=40").start_seconds == 40
    assert _parsed("connect_timeout=0").start_seconds is None
    for query in ("pgbouncer=true", "statement_cache_size=0", "prepared_statement_cache_size=0"):
        assert _parsed(query).is_pooled
    assert not _parsed("pgbouncer=false").is_pooled


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"])
def test_the_names_of_other_programs_for_the_scheme_are_taken(scheme: str) -> None:
    open_store(f"{scheme}://me@db.example.com/shop")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://me@db/shop?channel_binding=require", "channel_binding"),
        ("postgresql://me@db/shop?gssencmode=require", "gssencmode"),
        ("postgresql://me@db/shop?hostaddr=10.0.0.1", "hostaddr"),
        ("postgresql://me@db/shop?statement_timeout=5", "statement_timeout"),
        ("postgresql://me@db/shop?connect_timeout=soon", "connect_timeout"),
        ("postgresql://me@db/shop?options=search_path", "options"),
        ("postgresql://me@db/shop?client_encoding=latin1", "client_encoding"),
        ("postgresql://me@db:99999/shop", "port"),
        ("postgresql://me@db:54x/shop", "port"),
        ("postgresql://me@one:5432,two:0/shop", "port"),
        ("postgresql://me@[::1]:x/shop", "port"),
        ("postgresql://me@/shop?host=db&port=99999", "port"),
        ("postgresql://me@[::1/shop", "SOJOURN_DATABASE_URL"),
        ("mysql://me@db/shop", "postgresql://"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(url: str, named: str) -> None:
    with pytest.raises(ConfigError) as refused:
        open_store(url.replace("me@", f"me:{_SECRET}@"))
    assert named in refused.value.long_message and "\n" not in refused.value.long_message
    assert _SECRET not in refused.value.long_message  # R-LOG-02


@pytest.mark.parametrize(
    "place", ["me:{}@db/shop", "me@db/shop?password={}", "me:{}@db/shop?a=b&sslpassword={}", "me:x{}@y@db/shop"]
)
def test_an_address_is_shown_without_its_passwords(place: str) -> None:  # R-LOG-02
    shown = without_secrets("postgresql://" + place.format(_SECRET, _SECRET))
    assert _SECRET not in shown and shown.startswith("postgresql://me") and "db/shop" in shown
