"""A token that no browser keeps: every answer that carries it says so."""

from sojourn.engine import Engine
from sojourn.errors import Json
from sojourn.ids import SessionId
from sojourn.tokens.cookie_size import LARGEST_COOKIE, largest_token
from sojourn.tokens.handshake import cookie_suffix, read_handshake
from sojourn.tokens.key_sets import KeySet

from .browsing import Browser
from .conftest import LIVE_APP
from .test_production import cookie_lines, signed_up

TEAMS: list[Json] = [f"team-{n:03d}-with-a-long-name" for n in range(140)]
HEADER = "sojourn-token-too-large"


async def test_the_answers_that_carry_it_name_its_size_and_those_that_do_not_have_no_such_header(
    engine: Engine, browser: Browser
) -> None:
    session = (await browser.sign_up())["sessions"][0]
    path = f"/v1/client/sessions/{session['id']}/tokens"
    await engine.instances.update_settings(
        engine.instance, {"sessions": {"claims": {"teams": "{{user.public_metadata.teams}}"}}}
    )
    small = await browser.send("POST", path, {})
    assert HEADER not in small.headers
    await engine.accounts.replace_metadata(engine.instance, session["user"]["id"], public={"teams": TEAMS})
    large = await browser.send("POST", path, {})
    size, most = len(large.json()["jwt"]), largest_token(engine.instance.publishable_key)
    assert (large.status_code, large.headers[HEADER]) == (200, f"bytes={size}, most={most}")
    round_trip = await browser.send("GET", "/v1/client/handshake", redirect_url="http://localhost:3000/")
    assert round_trip.headers[HEADER].endswith(f"most={most}")


async def test_a_handshake_that_is_too_large_for_its_cookie_goes_without_the_plain_session_cookie(
    live: Engine, live_browser: Browser
) -> None:
    session_id = await signed_up(live, live_browser)
    session = await live.sessions.get(live.instance, SessionId(session_id))
    await live.instances.update_settings(
        live.instance, {"sessions": {"claims": {"teams": "{{user.public_metadata.teams}}"}}}
    )
    await live.accounts.replace_metadata(live.instance, session.user_id, public={"teams": TEAMS[:20]})
    await live_browser.send("GET", "/v1/client/handshake", redirect_url=f"{LIVE_APP}/")
    handed = cookie_lines(live_browser)["__clerk_handshake"]
    name_and_value = handed.partition(";")[0]
    assert len(name_and_value) - 1 <= LARGEST_COOKIE
    keys = KeySet.from_jwks(await live.key_store.jwks(live.instance))
    lines = read_handshake(name_and_value.partition("=")[2], keys.find, live.clock.now()).lines
    names = [line.partition("=")[0] for line in lines if line.startswith("__session")]
    assert names == [f"__session_{cookie_suffix(live.instance.publishable_key)}"]
