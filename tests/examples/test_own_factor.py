"""The PIN letters of the guide: confirmed, offered, proven, refused when wrong, and decoyed."""

import asyncio
import importlib.util
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from sojourn import Sojourn
from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import ConfigError, Json, NotFound, StrategyNotBuilt, TooManyRequests, WrongCode
from sojourn.factors.strategy import Proof
from sojourn.instances.instance import Environment
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock
from sojourn.ui import pages, plain
from sojourn.users.user import User
from sojourn.web.app import build

from ..engines import Started, clock, mailbox, started
from ..people import ADA, PASSWORD, events, person, set_up
from ..wire.browsing import Browser

__all__ = ["clock", "mailbox", "started"]

ROOT = Path(__file__).parents[2]
FILE = ROOT / "examples" / "own_factor" / "pin_letters.py"
STRANGER = "stranger@example.com"
KIND = "pin_letter"
SERVER = "http://localhost:8000"


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pin_letters", FILE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["pin_letters"] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


PIN_LETTERS: Any = _loaded().PinLetters


@pytest.fixture
async def engine(started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    opened = await started.open(Config(data=tmp_path, factors=[PIN_LETTERS()]), clock, mailbox)
    unlimited: dict[str, Json] = {name: [1000, 1] for name in ("create_sign_in", "attempts")}
    await set_up(opened, {"protection": {"rate_limits": unlimited}})
    yield opened
    await opened.close()


@pytest.fixture
async def ada(engine: Engine) -> User:
    return await person(engine)


@pytest.fixture
def browser(engine: Engine) -> Browser:
    return Browser(build(engine))


async def printed(engine: Engine, user: User) -> str:
    """The PIN of a letter that has arrived and was confirmed."""
    letter = await engine.enrollments.begin(engine.instance, user, KIND)
    pin = str(letter.shown["pin"])
    await engine.enrollments.confirm(engine.instance, user, KIND, letter.credential.id, Proof(code=pin))
    return pin


async def begun(browser: Browser, email: str = ADA) -> Any:
    return (await browser.post("/v1/client/sign_ins", {"identifier": email}))["response"]


def offered(sign_in: Any) -> list[str]:
    return [each["strategy"] for each in sign_in["supported_first_factors"]]


async def attempted(browser: Browser, sign_in: Any, pin: str) -> httpx.Response:
    form = {"strategy": "pin_letter", "code": pin}
    return await browser.send("POST", f"/v1/client/sign_ins/{sign_in['id']}/attempt_first_factor", form)


async def test_who_has_a_letter_is_offered_its_pin(engine: Engine, ada: User, browser: Browser) -> None:
    assert "pin_letter" not in offered(await begun(browser))
    await printed(engine, ada)
    assert offered(await begun(browser))[-1] == "pin_letter"


async def test_the_pin_signs_its_owner_in_once(engine: Engine, ada: User, browser: Browser) -> None:
    pin = await printed(engine, ada)
    done = (await attempted(browser, await begun(browser), pin)).json()
    assert done["response"]["status"] == "complete"
    assert done["response"]["first_factor_verification"]["strategy"] == "pin_letter"
    elsewhere = Browser(build(engine))
    again = await begun(elsewhere)
    assert "pin_letter" not in offered(again)
    assert (await attempted(elsewhere, again, pin)).status_code == 422


async def test_a_wrong_pin_is_refused_and_counted(
    engine: Engine, ada: User, browser: Browser
) -> None:  # R-LIM-03, R-FLOW-04
    pin = await printed(engine, ada)
    sign_in = await begun(browser)
    for _ in range(10):
        refused = await attempted(browser, sign_in, "000000000000")
        assert refused.json()["errors"][0]["code"] == "form_code_incorrect"
    locked = await attempted(browser, sign_in, pin)
    assert (locked.status_code, locked.json()["errors"][0]["code"]) == (403, "user_locked")
    assert "sign_in.failed" in await events(engine, ada)
    assert "user.locked" in await events(engine, ada)


async def test_a_newer_letter_or_a_month_ends_a_pin(
    engine: Engine, ada: User, browser: Browser, clock: FakeClock
) -> None:
    older, newer = await printed(engine, ada), await printed(engine, ada)
    sign_in = await begun(browser)
    assert (await attempted(browser, sign_in, older)).status_code == 422
    clock.advance(days=30)
    assert "pin_letter" not in offered(await begun(browser))
    assert (await attempted(browser, await begun(browser), newer)).status_code == 422


async def test_strict_protection_offers_it_to_everybody_and_answers_all_alike(
    engine: Engine, ada: User
) -> None:  # R-ENU-01
    await set_up(engine, {"protection": {"strict_enumeration": True}})
    await printed(engine, ada)
    await person(engine, "no-letter@example.com")
    banned = await person(engine, "banned@example.com")
    await printed(engine, banned)
    await engine.accounts.ban(engine.instance, banned.id)
    said = set[str]()
    for email in (ADA, "no-letter@example.com", "banned@example.com", STRANGER):
        browser = Browser(build(engine))
        sign_in = await begun(browser, email)
        refused = await attempted(browser, sign_in, "000000000000")
        factors = str([each["strategy"] for each in sign_in["supported_first_factors"]])
        errors = [{name: value for name, value in each.items()} for each in refused.json()["errors"]]
        said.add(f"{factors} {refused.status_code} {errors}")
    assert len(said) == 1
    assert "pin_letter" in said.pop()


async def test_production_holds_a_refused_pin_back(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox
) -> None:  # R-ENU-02
    config = Config(
        environment=Environment.PRODUCTION,
        public_url="https://auth.example.com",
        data=tmp_path,
        factors=[PIN_LETTERS()],
    )
    engine = await started.open(config, clock, mailbox)
    pauses = list[float]()

    async def noted(seconds: float) -> None:
        pauses.append(seconds)

    floor = replace(engine.sign_in_protection.floor, least=timedelta(hours=1))
    protection = replace(engine.sign_in_protection, pause=noted, floor=floor)
    engine.sign_ins = replace(engine.sign_ins, sign_in_protection=protection)
    browser = Browser(build(engine), origin="https://auth.example.com", server="https://auth.example.com")
    await attempted(browser, await begun(browser, STRANGER), "000000000000")
    await engine.close()
    assert len(pauses) == 2
    assert all(pauses)


async def test_hosted_pages_without_scripts_have_a_button_for_it(engine: Engine, ada: User) -> None:  # R-WEB-03
    pin = await printed(engine, ada)
    app = build(engine, pages=[*pages.HANDLERS, *plain.HANDLERS])  # type: ignore[list-item]
    own = {"origin": SERVER, "sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER, headers=own) as http:  # type: ignore[arg-type]
        page = (await http.get("/sign-in")).text
        assert '<button name="way" value="pin_letter" class="other">I have a letter with a PIN</button>' in page
        asked = await http.post("/sign-in", data={"form_token": _token(page), "way": "pin_letter", "identifier": ADA})
        assert "Enter your code" in asked.text
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.text))
        wrong = await http.post("/sign-in", data={**form, "code": "000000000000"})
        assert (wrong.status_code, "Incorrect" in wrong.text or "incorrect" in wrong.text) == (422, True)
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', wrong.text))
        done = await http.post("/sign-in", data={**form, "code": pin})
        assert (done.status_code, done.headers["location"]) == (303, f"{SERVER}/user")


def _token(page: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def test_a_letter_leaves_passwords_and_codes_as_they_are(engine: Engine, ada: User, browser: Browser) -> None:
    await printed(engine, ada)
    assert (await browser.sign_in(ADA, PASSWORD))["sessions"]


async def test_a_letter_signs_nobody_in_before_its_pin_is_confirmed(
    engine: Engine, ada: User, browser: Browser
) -> None:
    letter = await engine.enrollments.begin(engine.instance, ada, KIND, label="Letter of May")
    pin = str(letter.shown["pin"])
    assert pin not in repr(letter)
    sign_in = await begun(browser)
    assert "pin_letter" not in offered(sign_in)
    assert (await attempted(browser, sign_in, pin)).status_code == 422
    confirmed = await engine.enrollments.confirm(engine.instance, ada, KIND, letter.credential.id, Proof(code=pin))
    assert (confirmed.label, confirmed.verified_at) == ("Letter of May", engine.clock.now())
    done = (await attempted(browser, await begun(browser), pin)).json()
    assert done["response"]["status"] == "complete"


async def test_ten_wrong_pins_end_the_confirmations_of_a_day(
    engine: Engine, ada: User, clock: FakeClock
) -> None:  # R-LIM-03
    letter = await engine.enrollments.begin(engine.instance, ada, KIND)
    right, wrong = Proof(code=str(letter.shown["pin"])), Proof(code="000000000000")

    async def confirm(proof: Proof) -> None:
        await engine.enrollments.confirm(engine.instance, ada, KIND, letter.credential.id, proof)

    for _ in range(10):
        with pytest.raises(WrongCode):
            await confirm(wrong)
    with pytest.raises(TooManyRequests):
        await confirm(right)
    clock.advance(days=1)
    await confirm(right)


async def test_of_two_who_confirm_or_remove_at_once_one_does(engine: Engine, ada: User) -> None:  # R-OTP-03
    enrollments, letter = engine.enrollments, await engine.enrollments.begin(engine.instance, ada, KIND)
    id, proof = letter.credential.id, Proof(code=str(letter.shown["pin"]))
    confirmed = await _both(enrollments.confirm(engine.instance, ada, KIND, id, proof) for _ in range(2))
    assert sorted(confirmed) == ["Conflict", "Credential"]
    removed = await _both(enrollments.remove(engine.instance, ada, KIND, id) for _ in range(2))
    assert sorted(removed) == ["NoneType", "NotFound"]


async def _both(calls: Iterable[Awaitable[object]]) -> list[str]:
    return [type(each).__name__ for each in await asyncio.gather(*calls, return_exceptions=True)]


async def test_a_removed_pin_is_wrong(engine: Engine, ada: User, browser: Browser) -> None:
    letter = await engine.enrollments.begin(engine.instance, ada, KIND)
    proof = Proof(code=str(letter.shown["pin"]))
    await engine.enrollments.confirm(engine.instance, ada, KIND, letter.credential.id, proof)
    sign_in = await begun(browser)
    assert "pin_letter" in offered(sign_in)
    await engine.enrollments.remove(engine.instance, ada, KIND, letter.credential.id)
    assert (await attempted(browser, sign_in, str(proof.code))).status_code == 400  # abandoned: R-PWD-11
    again = await begun(browser)
    assert "pin_letter" not in offered(again)
    assert (await attempted(browser, again, str(proof.code))).status_code == 422


async def test_nobody_confirms_or_removes_the_letter_of_somebody_else(engine: Engine, ada: User) -> None:  # R-AUZ-01
    eve, letter = await person(engine, "eve@example.com"), await engine.enrollments.begin(engine.instance, ada, KIND)
    id, proof = letter.credential.id, Proof(code=str(letter.shown["pin"]))
    with pytest.raises(NotFound):
        await engine.enrollments.confirm(engine.instance, eve, KIND, id, proof)
    with pytest.raises(NotFound):
        await engine.enrollments.remove(engine.instance, eve, KIND, id)
    await engine.enrollments.confirm(engine.instance, ada, KIND, id, proof)


async def test_a_kind_that_no_factor_enrolls_is_refused(engine: Engine, ada: User) -> None:
    for kind in ("password", "email_code", "unknown"):
        with pytest.raises(StrategyNotBuilt):
            await engine.enrollments.begin(engine.instance, ada, kind)


async def test_the_constructor_says_how_long_a_pin_works(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox
) -> None:
    config = Config(data=tmp_path, factors=[PIN_LETTERS(life=timedelta(days=7))])
    engine = await started.open(config, clock, mailbox)
    ada, browser = await person(engine), Browser(build(engine))
    await printed(engine, ada)
    clock.advance(days=6)
    assert "pin_letter" in offered(await begun(browser))
    clock.advance(days=1)
    assert "pin_letter" not in offered(await begun(browser))
    await engine.close()


async def test_two_factors_of_one_name_are_refused_at_the_start(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox
) -> None:
    config = Config(data=tmp_path, factors=[PIN_LETTERS(), PIN_LETTERS()])
    with pytest.raises(ConfigError, match="pin_letter"):
        await started.open(config, clock, mailbox)


async def test_an_app_with_the_server_inside_names_its_factors(tmp_path: Path) -> None:
    app = Sojourn("http://localhost:8000/auth", tmp_path, factors=[PIN_LETTERS()])
    engine = await app.engine()
    assert len(await printed(engine, await person(engine))) == 12
    await app.close()


def test_the_guide_shows_this_file() -> None:
    guide = (ROOT / "docs" / "guide" / "own-factor.md").read_text()
    shown = re.findall(r"^```python\n(.*?)^```", guide, re.DOTALL | re.MULTILINE)
    assert FILE.read_text() in shown
