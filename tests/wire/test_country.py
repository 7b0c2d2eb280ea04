"""The country of a session is that which a trusted proxy names, and nobody else (R-WEB-07)."""

from ipaddress import ip_network

import pytest

from sojourn.web.client_ip import client_country
from sojourn.web.http_request import HttpRequest


def _asked(peer: str, country: bytes) -> HttpRequest:
    scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"cf-ipcountry", country)], "client": (peer, 5000),
    }  # fmt: skip
    return HttpRequest(scope, "/")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("peer", "sent", "header", "expected"),
    [
        ("10.0.0.1", b"de", "CF-IPCountry", "DE"),
        ("10.0.0.1", b"XX", "CF-IPCountry", None),
        ("10.0.0.1", b"<b>", "CF-IPCountry", None),
        ("10.0.0.1", b"DE", "", None),
        ("10.0.0.1", b"DE", "X-Other", None),
        ("203.0.113.9", b"DE", "CF-IPCountry", None),
    ],
)
def test_the_country_is_believed_from_a_trusted_proxy_only(
    peer: str, sent: bytes, header: str, expected: str | None
) -> None:
    assert client_country(_asked(peer, sent), header, [ip_network("10.0.0.0/8")]) == expected
