"""What a user object says of second factors is asked of the factors."""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.factors.factor import Factor
from sojourn.instances.jwt_templates import NewJwtTemplate
from sojourn.messages.mailbox import Mailbox
from sojourn.store.interface import CredentialStore
from sojourn.testing.clock import FakeClock
from sojourn.web.app import build

from ..backend_api.calling import Caller
from ..engines import Started
from ..people import ADA, PASSWORD, person, set_up
from ..second_factors import StepCodes
from ..wire.browsing import Browser

FLAGS = ("two_factor_enabled", "totp_enabled", "backup_code_enabled")


async def opened(started: Started, folder: Path, clock: FakeClock, mailbox: Mailbox, *factors: Factor) -> Engine:
    return await started.open(Config(data=folder, factors=factors), clock, mailbox)


@pytest.fixture
async def engine(started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    factors = (StepCodes(name="totp"), StepCodes(name="backup_code"))
    engine = await opened(started, tmp_path, clock, mailbox, *factors)
    yield engine
    await engine.close()


def flags(user: Any) -> tuple[bool, ...]:
    return tuple(user[name] for name in FLAGS)


async def backend(engine: Engine) -> Caller:
    return Caller(build(engine), (await engine.instances.new_secret_key(engine.instance)).reveal())


async def test_a_user_object_says_which_second_factors_its_user_has(engine: Engine) -> None:  # R-FLOW-04
    ada, bob, eve = [await person(engine, f"{name}@example.com") for name in ("ada", "bob", "eve")]
    totp, backup = engine.factors.factors[-2:]
    assert isinstance(totp, StepCodes) and isinstance(backup, StepCodes)
    await totp.enrol(ada)
    await totp.enrol(bob)
    await backup.enrol(bob)
    api = await backend(engine)
    listed = {user["id"]: flags(user) for user in (await api.http.get("/v1/users")).json()}
    assert listed == {ada.id: (True, True, False), bob.id: (True, True, True), eve.id: (False, False, False)}
    assert flags((await api.http.get(f"/v1/users/{bob.id}")).json()) == (True, True, True)
    await api.http.aclose()


async def test_a_browser_is_told_of_its_user(engine: Engine) -> None:
    ada, browser = await person(engine), Browser(build(engine))
    client = await browser.sign_in(ADA, PASSWORD)
    assert flags(client["sessions"][0]["user"]) == (False, False, False)
    totp = engine.factors.factors[-2]
    assert isinstance(totp, StepCodes)
    await totp.enrol(ada)
    seen: Any = await browser.get("/v1/client")
    assert flags(seen["response"]["sessions"][0]["user"]) == (True, True, False)
    me: Any = await browser.get("/v1/me")
    assert flags(me["response"]) == (True, True, False)


async def claims_of(engine: Engine, browser: Browser, session: Any, *, template: str = "") -> Any:
    minted = await browser.post(f"/v1/client/sessions/{session['id']}/tokens{template}")
    return msgspec.json.decode(urlsafe_b64decode(minted["jwt"].split(".")[1] + "=="))


@pytest.mark.parametrize("code", ["{{user.two_factor_enabled}}", "{{ user.username || user.two_factor_enabled }}"])
async def test_a_claim_follows_from_the_factors(engine: Engine, code: str) -> None:  # R-FLOW-04
    await set_up(engine, {"sessions": {"claims": {"secured": {"by": [code]}}}})
    await engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="other", claims={"secured": code}))
    ada, browser = await person(engine), Browser(build(engine))
    session = (await browser.sign_in(ADA, PASSWORD))["sessions"][0]
    assert (await claims_of(engine, browser, session))["secured"] == {"by": [False]}
    assert (await claims_of(engine, browser, session, template="/other"))["secured"] is False
    totp = engine.factors.factors[-2]
    assert isinstance(totp, StepCodes)
    await totp.enrol(ada)
    assert (await claims_of(engine, browser, session))["secured"] == {"by": [True]}
    assert (await claims_of(engine, browser, session, template="/other"))["secured"] is True


async def test_claims_that_say_nothing_of_factors_read_no_credentials(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up(engine, {"sessions": {"claims": {"name": "{{user.username}} two_factor_enabled"}}})
    await person(engine)
    browser = Browser(build(engine))
    session = (await browser.sign_in(ADA, PASSWORD))["sessions"][0]

    async def unread(*_: object) -> None:
        raise AssertionError("credentials were read")

    monkeypatch.setattr(type(engine.store.credentials), "of_users", unread)
    minted = await browser.send("POST", f"/v1/client/sessions/{session['id']}/tokens")
    assert minted.status_code == 200


async def test_without_a_factor_of_the_second_level_no_credentials_are_read(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox
) -> None:
    engine = await opened(started, tmp_path, clock, mailbox)
    ada = await person(engine)

    class Unread:
        @property
        def credentials(self) -> CredentialStore:
            raise AssertionError("credentials were read")

    found = await engine.factors.second_factors(Unread(), engine.instance, [ada], clock.now())  # type: ignore[arg-type]
    assert found == {}
    await engine.close()
