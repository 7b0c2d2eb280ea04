"""Which domain the cookies are set for that an app's server reads (wire protocol section 2.2)."""

import pytest

from sojourn.instances.cookie_domain import shared_domain


@pytest.mark.parametrize(
    ("public_url", "origins", "domain"),
    [
        ("https://auth.example.com", ("https://www.example.com",), "example.com"),
        ("https://auth.example.com:8443", ("https://www.example.com:3000",), "example.com"),
        ("https://auth.example.com", ("https://example.com",), "example.com"),
        ("https://auth.example.com", ("https://app.auth.example.com",), "auth.example.com"),
        ("https://auth.eu.example.com", ("https://app.eu.example.com", "https://www.example.com"), "example.com"),
        ("https://auth.example.com", ("https://www.example.com", "https://www.other.com"), "example.com"),
    ],
)
def test_server_and_apps_of_one_site_share_the_narrowest_domain(
    public_url: str, origins: tuple[str, ...], domain: str
) -> None:
    assert shared_domain(public_url, origins) == domain


@pytest.mark.parametrize(
    ("public_url", "origins"),
    [
        ("https://auth.example.com", ()),
        ("https://www.example.com/auth", ("https://www.example.com",)),
        ("https://auth.example.com", ("https://www.other.com",)),
        ("https://auth.example.com", ("https://com", "https://notexample.com")),
        ("https://10.0.0.1", ("https://10.0.0.2",)),
        ("https://[2001:db8::1]", ("https://[2001:db8::2]",)),
        ("http://localhost:8000", ("http://localhost:3000",)),
    ],
)
def test_strangers_addresses_and_the_host_itself_share_none(public_url: str, origins: tuple[str, ...]) -> None:
    assert shared_domain(public_url, origins) == ""
