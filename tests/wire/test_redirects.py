"""Where browsers may be sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.ids import InstanceId
from sojourn.instances.instance import Environment, Instance, publishable_key
from sojourn.instances.settings import Settings
from sojourn.instant import Instant
from sojourn.origin import origin_of
from sojourn.web.redirects import checked_redirect, is_allowed_origin

_NOW = Instant(1_700_000_000_000)


def instance(environment: Environment = Environment.PRODUCTION, *, origins: tuple[str, ...] = ()) -> Instance:
    url = "https://auth.example.com" if environment is Environment.PRODUCTION else "http://localhost:8000"
    settings = Settings(allowed_origins=list(origins))
    key = publishable_key(environment, "auth.example.com")
    return Instance(InstanceId("ins_1"), environment, key, url, settings, _NOW, _NOW)


LIVE = instance(origins=("https://app.example.com",))
DEV = instance(Environment.DEVELOPMENT)


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("https://app.example.com/page?a=1#b", "https://app.example.com/page?a=1#b"),
        ("https://app.example.com", "https://app.example.com/"),
        ("HTTPS://APP.example.com:443/x", "https://app.example.com/x"),
        ("/sign-in", "https://auth.example.com/sign-in"),
        ("https://app.example.com/ü", "https://app.example.com/%C3%BC"),
    ],
)
def test_a_page_of_an_allowed_origin_is_sent_to_in_its_normal_spelling(asked: str, sent: str) -> None:  # R-WEB-05
    assert checked_redirect(LIVE, asked) == sent


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example",
        "https://app.example.com.evil.example/",
        "https://app.example.com@evil.example/",
        "https://evil.example\\@app.example.com/",
        "https://app.example.com:8443/",
        "http://app.example.com/",
        "http://localhost:3000/",
        "//evil.example/",
        "/\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://app.example.com/\r\nSet-Cookie: a=b",
        "\thttps://app.example.com/",
        "https://[::1",
        "https://app.example.com:99999/",
        "https://app.example.com/" + "a" * 2048,
        "",
    ],
)
def test_any_other_target_is_refused(asked: str) -> None:  # R-WEB-05, R-WEB-09
    assert checked_redirect(LIVE, asked) is None


@pytest.mark.parametrize("asked", ["http://localhost:3000/a", "http://127.0.0.1:5173/", "http://[::1]:3000/"])
def test_in_development_any_page_of_this_machine_is_allowed(asked: str) -> None:  # R-WEB-05
    assert checked_redirect(DEV, asked) == asked


def test_in_development_other_machines_are_refused() -> None:  # R-WEB-05
    assert checked_redirect(DEV, "https://evil.example/") is None
    assert checked_redirect(DEV, "http://localhost.evil.example/") is None


def test_a_custom_scheme_is_allowed_only_when_listed_in_full() -> None:  # R-WEB-05
    assert checked_redirect(LIVE, "myapp://callback", listed={"myapp://callback"}) == "myapp://callback"
    assert checked_redirect(LIVE, "myapp://callback/x", listed={"myapp://callback"}) is None


@pytest.mark.parametrize("origin", ["null", None, "https://app.example.com/path", "https://app.example.com.evil", "*"])
def test_an_origin_is_compared_whole(origin: str | None) -> None:  # R-WEB-04
    assert not is_allowed_origin(LIVE, origin)


@given(st.text(max_size=80))
def test_what_is_allowed_always_leads_to_an_allowed_origin(text: str) -> None:  # R-WEB-05
    for asked in (text, "https://app.example.com" + text, "https://" + text + "app.example.com/"):
        target = checked_redirect(LIVE, asked)
        assert target is None or origin_of(target) in {"https://app.example.com", "https://auth.example.com"}
        assert target is None or target.isascii()
