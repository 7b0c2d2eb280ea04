"""What is refused before any handler runs, each check on its own."""

import pytest

from sojourn.config import Config
from sojourn.errors import CookiesWithheld, Malformed, OriginRefused
from sojourn.instances.instance import Environment
from sojourn.web.client_ip import canonical, client_address, limit_key
from sojourn.web.cookies import CookieRules, DoubledCookie
from sojourn.web.errors import BodyTooLarge, HeadersTooLarge, HostUnknown, MethodNotAllowed
from sojourn.web.guard import check_headers, check_host, check_origin, effective_method, page_elsewhere
from sojourn.web.http_request import HttpRequest
from sojourn.web.operation import MAX_BODY

from .browsing import Browser
from .test_redirects import instance

PLAIN = CookieRules(secure=False)
SECURE = CookieRules(secure=True, domain="example.com")
LIVE = instance(origins=("https://app.example.com",))
DEV = instance(Environment.DEVELOPMENT)
LIVE_CONFIG = Config(
    environment=Environment.PRODUCTION, public_url="https://auth.example.com", allowed_hosts=("clerk.example.com",)
)


def incoming(
    method: str = "POST",
    path: str = "/v1/client/sign_ins",
    *,
    query: str = "",
    peer: str = "198.51.100.9",
    **headers: str,
) -> HttpRequest:
    """A request; header names are given with underscores."""
    pairs = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": "",
        "query_string": query.encode(),
        "headers": pairs,
        "client": (peer, 1234),
    }
    return HttpRequest(scope, path)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "host",
    ["auth.example.com", "AUTH.example.com", "auth.example.com:443", "clerk.example.com", "clerk.example.com:443"],
)
def test_a_configured_host_is_answered_however_it_is_spelled(host: str) -> None:  # R-WEB-06, RFC 3986 section 6.2
    assert check_host(incoming(host=host), LIVE_CONFIG) == host.lower().removesuffix(":443")


@pytest.mark.parametrize(
    "host", ["evil.example", "auth.example.com.evil.example", "localhost", "", "auth.example.com@evil.example", "[::1"]
)
def test_any_other_host_is_refused(host: str) -> None:  # R-WEB-06
    with pytest.raises(HostUnknown):
        check_host(incoming(host=host), LIVE_CONFIG)


@pytest.mark.parametrize(
    "referer", ["http://[", "http://a]b/", "//[", "http://[::1", "http://x:99999999/", "about:blank"]
)
async def test_a_referer_that_is_no_address_is_no_origin(browser: Browser, referer: str) -> None:  # R-WEB-01
    await browser.sign_up()
    read = await browser.send("GET", "/v1/client", headers={"Referer": referer, "Sec-Fetch-Site": "none"})
    assert read.status_code == 200 and read.json()["response"]["sessions"]
    del browser.http.headers["origin"]
    written = await browser.send("POST", "/v1/client/sign_ins", headers={"Referer": referer})
    assert (written.status_code, written.json()["errors"][0]["code"]) == (403, "origin_invalid")


def test_two_host_headers_are_refused() -> None:  # R-WEB-06
    doubled = incoming(host="auth.example.com")
    doubled.repeated.add(b"host")
    with pytest.raises(HostUnknown):
        check_host(doubled, LIVE_CONFIG)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:9999", "sojourn.localhost:8000"])
def test_in_development_this_machine_answers_to_its_own_names(host: str) -> None:  # R-WEB-06
    assert check_host(incoming(host=host), Config()) == host


@pytest.mark.parametrize("length", ["65537", "99999999999999999999999", "-1", "1e3", "0x10"])
def test_a_body_that_says_it_is_too_large_is_refused_unread(length: str) -> None:  # R-LIM-07
    with pytest.raises(BodyTooLarge):
        incoming(content_length=length).bound_body(MAX_BODY)


def test_headers_over_16_kib_are_refused() -> None:  # R-LIM-07
    with pytest.raises(HeadersTooLarge):
        check_headers(incoming(cookie="a=" + "b" * 16384))


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE", "delete"])
def test_a_post_may_mean_another_write(verb: str) -> None:  # R-WEB-02
    assert effective_method(incoming(query=f"_method={verb}")) == verb.upper()


@pytest.mark.parametrize(
    ("method", "verb"), [("GET", "DELETE"), ("HEAD", "POST"), ("POST", "GET"), ("POST", "CONNECT")]
)
def test_no_other_method_is_overridden(method: str, verb: str) -> None:  # R-WEB-02
    with pytest.raises(MethodNotAllowed):
        effective_method(incoming(method, query=f"_method={verb}"))


def test_a_method_named_twice_is_refused() -> None:  # R-INP-06
    with pytest.raises(Malformed):
        effective_method(incoming(query="_method=PATCH&_method=DELETE"))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin", "cookie": "__client=x"},
        {"sec_fetch_site": "same-site", "origin": "http://localhost:3000", "cookie": "__client=x"},
        {"origin": "http://localhost:3000", "cookie": "__client=x"},
        {"referer": "http://localhost:3000/page", "cookie": "__client=x"},
        {"origin": "http://127.0.0.1:5173"},
        {"sec_fetch_site": "same-site", "origin": "http://127.0.0.1:5173"},
        {},
    ],
)
def test_writes_of_the_own_app_pass(headers: dict[str, str]) -> None:  # R-WEB-01
    check_origin(incoming(**headers), DEV, PLAIN)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site", "origin": "http://localhost:3000", "cookie": "__client=x"},
        {"sec_fetch_site": "none", "cookie": "__client=x"},
        {"sec_fetch_site": "same-site", "cookie": "__client=x"},
        {"sec_fetch_site": "same-site", "origin": "https://evil.example", "cookie": "__client=x"},
        {"sec_fetch_site": "cross-site", "origin": "https://evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "null", "cookie": "__client=x"},
        {"referer": "https://evil.example/http://localhost:3000"},
        {"referer": "not a url", "cookie": "__client=x"},
        {"cookie": "__client=x"},
        {"cookie": "a=b; __client=x"},
    ],
)
def test_writes_that_another_site_causes_are_refused(headers: dict[str, str]) -> None:  # R-WEB-01
    with pytest.raises(OriginRefused):
        check_origin(incoming(**headers), DEV, PLAIN)


def test_a_page_of_another_site_is_told_why_it_cannot_sign_in() -> None:  # R-CKI-02
    headers = {"origin": "http://127.0.0.1:3000", "sec_fetch_site": "cross-site"}
    with pytest.raises(CookiesWithheld) as refused:
        check_origin(incoming(**headers), DEV, PLAIN)
    assert "http://127.0.0.1:3000" in refused.value.long_message
    assert DEV.public_url in refused.value.long_message
    for named in ("__clerk_db_jwt=dvb_1", "__dev_session=dvb_1", "_is_native=1"):
        check_origin(incoming(query=named, **headers), DEV, PLAIN)
    check_origin(incoming(path="/v1/dev_browser", **headers), DEV, PLAIN)


def test_in_production_only_listed_origins_write() -> None:  # R-WEB-01, R-WEB-04
    check_origin(incoming(origin="https://app.example.com", cookie="__Host-__client=x"), LIVE, SECURE)
    check_origin(incoming(origin="https://auth.example.com", cookie="__Host-__client=x"), LIVE, SECURE)
    for origin in ("http://localhost:3000", "https://other.example.com", "http://app.example.com"):
        with pytest.raises(OriginRefused):
            check_origin(incoming(origin=origin), LIVE, SECURE)


def test_a_prefixed_cookie_sent_twice_is_believed_in_neither_form() -> None:  # R-CKI-05
    with pytest.raises(DoubledCookie):
        SECURE.presented(incoming(cookie="__Host-__client=a; __Host-__client=b").cookies)


def test_a_prefixless_shadow_is_not_looked_at() -> None:  # R-CKI-05
    found = SECURE.presented(incoming(cookie="__client=shadow; __Host-__client=real").cookies)
    assert [each.reveal() for each in found] == ["real"]


def test_an_oversized_cookie_is_treated_as_absent() -> None:  # R-ID-06, R-CKI-01
    assert PLAIN.presented(incoming(cookie="__client=" + "x" * 513).cookies) == []


def test_forwarded_addresses_are_ignored_unless_the_peer_is_trusted() -> None:  # R-WEB-07
    spoofed = incoming(x_forwarded_for="203.0.113.1", x_real_ip="203.0.113.2", forwarded="for=203.0.113.3")
    assert client_address(spoofed, ()) == "198.51.100.9"


def test_behind_trusted_proxies_the_first_untrusted_hop_counts() -> None:  # R-WEB-07
    trusted = Config.load({"trusted_proxies": "10.0.0.0/8, fd00::/8"}, {}).trusted_proxies
    request = incoming(peer="10.0.0.1", x_forwarded_for="203.0.113.1, 192.0.2.44, 10.0.0.7")
    assert client_address(request, trusted) == "192.0.2.44"
    garbage = incoming(peer="10.0.0.1", x_forwarded_for="203.0.113.1, not an address")
    assert client_address(garbage, trusted) == "10.0.0.1"


def test_all_spellings_of_an_address_count_as_one() -> None:  # R-LIM-02
    assert canonical("::ffff:192.0.2.1") == canonical("192.0.2.1") == "192.0.2.1"
    assert limit_key(canonical("2001:DB8:0:1::1")) == limit_key(canonical("2001:db8:0:1:ffff::2"))
    assert limit_key(canonical("2001:db8:0:2::1")) != limit_key(canonical("2001:db8:0:1::1"))


LOCAL_CONFIG = Config(public_url="http://localhost:8000/auth")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "app.localhost:8000"])
def test_in_development_a_page_asked_for_by_another_name_of_this_machine_is_where_its_cookies_work(host: str) -> None:
    page = incoming("GET", "/sign-in/a b", query="redirect_url=%2Fx", host=host, accept="text/html,*/*")
    assert page_elsewhere(page, LOCAL_CONFIG) == "http://localhost:8000/auth/sign-in/a%20b?redirect_url=%2Fx"


@pytest.mark.parametrize(
    ("method", "path", "host", "accept"),
    [
        ("GET", "/sign-in", "localhost:8000", "text/html"),
        ("POST", "/sign-in", "127.0.0.1:8000", "text/html"),
        ("GET", "/v1/client", "127.0.0.1:8000", "*/*"),
        ("GET", "/v1/client/handshake", "127.0.0.1:8000", "text/html"),
        ("GET", "/sign-in", "127.0.0.1:9000", "text/html"),
        ("GET", "/sign-in", "evil.example:8000", "text/html"),
        ("GET", "/sign-in", "127.0.0.1:port", "text/html"),
        ("GET", "/sign-in", "", "text/html"),
    ],
)
def test_calls_and_other_places_are_answered_as_they_are(method: str, path: str, host: str, accept: str) -> None:
    assert page_elsewhere(incoming(method, path, host=host, accept=accept), LOCAL_CONFIG) is None


def test_in_production_no_page_is_led_elsewhere() -> None:
    page = incoming("GET", "/sign-in", host="127.0.0.1", accept="text/html")
    assert page_elsewhere(page, LIVE_CONFIG) is None
