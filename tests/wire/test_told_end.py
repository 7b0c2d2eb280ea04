"""At the sign-in page a person learns why their session ended; a stranger learns nothing."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.sessions.end_cause import EndCause
from sojourn.testing.clock import FakeClock
from sojourn.ui import pages, plain
from sojourn.ui.ended import SENTENCES
from sojourn.users.new_user import UserChanges
from sojourn.users.user import IdentifierKind
from sojourn.web.app import build

from ..people import ADA, OTHER_PASSWORD, PASSWORD, person, signed_in
from .browsing import SERVER

OWN = {"origin": SERVER, "sec-fetch-site": "same-origin"}


@pytest.fixture
async def http(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    """The browser in which Ada is signed in."""
    await person(engine)
    app = build(engine, pages=[*pages.HANDLERS, *plain.HANDLERS])  # type: ignore[list-item]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER, headers=OWN) as opened:  # type: ignore[arg-type]
        found = re.search(r'name="form_token" value="([^"]+)"', (await opened.get("/sign-in")).text)
        assert found is not None
        form = {"identifier": ADA, "password": PASSWORD, "form_token": found[1]}
        assert (await opened.post("/sign-in", data=form)).status_code == 303
        yield opened


async def told(http: httpx.AsyncClient) -> str | None:
    """What the page says of an ended session."""
    page = await http.get("/sign-in")
    assert page.status_code == 200
    found = re.search(r'<p class="ended" role="status">([^<]+)</p>', page.text)
    return found[1] if found else None


async def ada_id(engine: Engine) -> str:
    user = await engine.store.users.find_by_identifier(engine.instance.id, IdentifierKind.EMAIL_ADDRESS, ADA)
    assert user is not None
    return user.id


async def change_the_password(engine: Engine) -> object:
    changes = UserChanges(password=OTHER_PASSWORD, sign_out_of_other_sessions=True)
    return await engine.accounts.update(engine.instance, await ada_id(engine), changes)


async def ban(engine: Engine) -> object:
    return await engine.accounts.ban(engine.instance, await ada_id(engine))


async def revoke_all(engine: Engine) -> object:
    return await engine.sessions.revoke_all(engine.instance, actor="operator")


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (change_the_password, "Your session ended because your password was changed on February 2."),
        (ban, "An administrator ended your session on February 2."),
        (revoke_all, "An administrator ended your session on February 2."),
    ],
)
async def test_the_browser_that_held_the_session_is_told_why_it_ended(
    engine: Engine, http: httpx.AsyncClient, end: Callable[[Engine], Awaitable[object]], sentence: str
) -> None:
    assert await told(http) is None
    await end(engine)
    assert await told(http) == sentence


async def test_a_timeout_is_told_before_it_is_written(http: httpx.AsyncClient, clock: FakeClock) -> None:  # R-SES-01
    clock.advance(days=2)
    assert await told(http) == "You were signed out on February 3, because you had not been active for a while."


@pytest.mark.parametrize("cause", EndCause)
def test_each_cause_is_told_or_was_the_person_s_own_doing(cause: EndCause) -> None:
    own = {"signed_out", "signed_out_of_all", "signed_in_again", "single_session", "user_deleted"}
    assert (cause in SENTENCES) is (cause not in own)


async def test_after_a_month_nothing_is_told(engine: Engine, http: httpx.AsyncClient, clock: FakeClock) -> None:
    await ban(engine)
    clock.advance(days=31)
    assert await told(http) is None


async def test_what_the_person_did_here_is_not_told(engine: Engine, http: httpx.AsyncClient) -> None:
    found = re.search(r'name="form_token" value="([^"]+)"', (await http.get("/sign-out")).text)
    assert found is not None
    assert (await http.post("/sign-out", data={"form_token": found[1]})).status_code == 303
    assert await told(http) is None


async def test_another_browser_is_told_nothing(engine: Engine, http: httpx.AsyncClient) -> None:  # R-ENU-01
    await signed_in(engine)
    await ban(engine)
    http.cookies.clear()
    assert await told(http) is None
    http.cookies.set("__client", "client_guessed.guessed")
    assert await told(http) is None
