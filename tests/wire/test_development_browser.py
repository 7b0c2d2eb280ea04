"""In development every browser has a name, which apps' scripts and servers ask for, and which opens nothing."""

from collections.abc import Callable

from sojourn.engine import Engine
from sojourn.secret import Secret
from sojourn.tokens.handshake import cookie_suffix

from .browsing import ADA, Browser


async def test_the_environment_names_a_browser_once(engine: Engine, browser: Browser) -> None:
    names = ("__clerk_db_jwt", f"__clerk_db_jwt_{cookie_suffix(engine.instance.publishable_key)}")
    await browser.patch("/v1/environment")
    first = {name: browser.http.cookies[name] for name in names}
    assert len({*first.values()}) == 1
    lines = browser.last.headers.get_list("set-cookie")
    assert len(lines) == 2 and not any("HttpOnly" in line for line in lines)  # scripts read it
    await browser.patch("/v1/environment")
    assert "set-cookie" not in browser.last.headers
    del browser.http.cookies[names[1]]  # another server of this machine has taken the plain name
    await browser.patch("/v1/environment")
    assert [line.partition("=")[0] for line in browser.last.headers.get_list("set-cookie")] == [names[1]]


async def test_a_browsers_name_stands_for_nobody_before_and_after_a_sign_up(  # R-FLOW-01
    open_browser: Callable[..., Browser],
) -> None:
    browser, attacker = open_browser(), open_browser()
    await browser.patch("/v1/environment")
    name = browser.http.cookies["__clerk_db_jwt"]
    await browser.sign_up(ADA)
    assert len((await browser.get("/v1/client"))["response"]["sessions"]) == 1
    seen = await attacker.get("/v1/client", __clerk_db_jwt=name)
    assert not (seen["response"] or {}).get("sessions")


async def test_an_app_that_keeps_one_of_its_own_and_a_native_app_get_none(
    browser: Browser, live_browser: Browser
) -> None:
    own = (await browser.post("/v1/dev_browser"))["id"]
    await browser.patch("/v1/environment", __clerk_db_jwt=own)
    assert "set-cookie" not in browser.last.headers
    await browser.patch("/v1/environment", _is_native="1")
    assert "set-cookie" not in browser.last.headers
    await live_browser.patch("/v1/environment")
    assert "set-cookie" not in live_browser.last.headers


async def test_naming_a_browser_writes_nothing(browser: Browser, engine: Engine) -> None:  # R-SES-13
    named = (await browser.post("/v1/dev_browser"))["id"]
    await browser.patch("/v1/environment")
    for token in (named, browser.http.cookies["__clerk_db_jwt"]):
        assert await engine.store.clients.find_dev_browser(engine.instance.id, Secret(token).stored_form()) is None
    assert await engine.store.clients.count(engine.instance.id) == 0
