"""The cookie of a known device: set with a finished sign-in, kept at sign-out, never asked of scripts."""

from collections.abc import Callable

from sojourn.engine import Engine
from sojourn.errors import Json
from sojourn.web.app import build

from .browsing import ADA, PASSWORD, Browser
from .conftest import LIVE_APP, LIVE_SERVER
from .test_production import cookie_lines, signed_up

NAME = "__Host-__device"
WRONG = {"identifier": "ada@example.com", "password": "not this one at all"}
RIGHT = {"identifier": "ada@example.com", "password": PASSWORD}


async def test_the_device_cookie_is_bound_to_its_host_hidden_and_lasts_a_year(
    live: Engine, live_browser: Browser
) -> None:  # R-CKI-01, R-CKI-04
    await live_browser.post("/v1/client")
    assert NAME not in cookie_lines(live_browser)
    await signed_up(live, live_browser)
    line = cookie_lines(live_browser)[NAME]
    for part in ("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/", f"; Max-Age={365 * 86400}"):
        assert part in line
    assert "Domain" not in line
    assert len(line.partition("=")[2].partition(";")[0]) <= 512


async def test_the_client_cookie_is_the_last_for_proxies_that_pass_on_one(live: Engine, live_browser: Browser) -> None:
    await signed_up(live, live_browser)
    lines = live_browser.last.headers.get_list("set-cookie")
    assert len(lines) > 2
    assert lines[-1].startswith("__Host-__client=")


async def test_a_browser_that_signed_out_and_lost_its_client_is_still_known(
    live: Engine, live_browser: Browser
) -> None:  # R-LIM-03
    limits: dict[str, Json] = {name: [10_000, 1] for name in ("create_sign_in", "attempts", "hashes")}
    await live.instances.update_settings(live.instance, {"protection": {"rate_limits": limits}})
    await signed_up(live, live_browser)
    await live_browser.delete("/v1/client")
    assert NAME not in cookie_lines(live_browser)
    live_browser.http.cookies.delete("__Host-__client")
    stranger = Browser(build(live), origin=LIVE_APP, server=LIVE_SERVER, address="198.51.100.9")
    for _ in range(11):
        assert (await stranger.refused("POST", "/v1/client/sign_ins", WRONG))[0] == 422
    assert (await stranger.refused("POST", "/v1/client/sign_ins", RIGHT))[0] == 422  # locked, and nobody is told
    doubled = {"Cookie": f"{NAME}={live_browser.http.cookies[NAME]}; {NAME}=x"}
    stranger.http.cookies.clear()
    assert (await stranger.send("POST", "/v1/client/sign_ins", RIGHT, headers=doubled)).status_code == 422
    assert (await live_browser.post("/v1/client/sign_ins", RIGHT))["response"]["status"] == "complete"
    assert NAME in cookie_lines(live_browser)


async def test_a_native_app_gets_no_cookie(browser: Browser) -> None:
    await browser.sign_up()
    browser.http.cookies.clear()
    begun = await browser.send("POST", "/v1/client/sign_ins", {"identifier": ADA, "password": PASSWORD}, _is_native="1")
    assert begun.status_code == 200
    assert "set-cookie" not in begun.headers
    assert begun.headers["authorization"]


async def test_development_servers_of_one_machine_have_device_cookies_of_their_own(
    browser: Browser, open_browser: Callable[..., Browser]
) -> None:  # R-CKI-05
    await browser.sign_up()
    names = [name for name in cookie_lines(browser) if name.startswith("__device")]
    assert len(names) == 1
    assert names[0] > "__device_"
    other = open_browser()
    other.http.cookies.set(names[0], "dvm_made-up")
    await other.sign_in()
    assert cookie_lines(other)[names[0]] != cookie_lines(browser)[names[0]]
