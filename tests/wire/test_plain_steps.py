"""Steps of a sign-in on the pages without scripts: codes that are typed or sent, links, and what these pages cannot show."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import Json
from sojourn.factors.factor import Factor
from sojourn.factors.strategy import Level, Strategy
from sojourn.instances.instance import Instance
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock
from sojourn.ui.routes import PAGES
from sojourn.users.user import User
from sojourn.web.app import build

from ..engines import Started
from ..people import ADA, PASSWORD, person, set_up
from ..returning_factors import LETTER, LinkLetters
from ..second_factors import SENT, SentCodes, StepCodes
from .browsing import SERVER

OWN = {"origin": SERVER, "sec-fetch-site": "same-origin"}
SECOND = frozenset({Level.SECOND})


@dataclass(frozen=True, slots=True)
class TextMessages(SentCodes):
    """Codes that are sent, with a button."""

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [Strategy(name=self.name, levels=SECOND, is_challenged=True, label="Send me a text message")]


@dataclass(frozen=True, slots=True)
class Fingers(StepCodes):
    """A second factor that needs scripts: it has no button."""

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [Strategy(name=self.name, levels=SECOND)]


class Pages:
    """A browser without JavaScript; each page's hidden fields go with the next form."""

    def __init__(self, engine: Engine) -> None:
        app = build(engine, pages=PAGES)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER, headers=OWN)  # type: ignore[arg-type]
        self.page: httpx.Response

    async def open(self, path: str) -> str:
        self.page = await self.http.get(path)
        return self.page.text

    async def submit(self, path: str = "/sign-in", **typed: str) -> str:
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page.text)
        form = {name: unescape(value) for name, value in hidden}
        self.page = await self.http.post(path, data={**form, **typed})
        return self.page.text

    async def by_password(self) -> str:
        await self.open("/sign-in")
        return await self.submit(identifier=ADA, password=PASSWORD)

    @property
    def is_done(self) -> bool:
        return (self.page.status_code, self.page.headers.get("location")) == (303, f"{SERVER}/user")


@pytest.fixture
async def engine(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox, factors: list[Factor]
) -> AsyncIterator[Engine]:
    opened = await started.open(Config(data=tmp_path, factors=factors), clock, mailbox)
    unlimited: dict[str, Json] = {name: [1000, 1] for name in ("create_sign_in", "create_sign_up", "attempts", "codes")}
    await set_up(opened, {"protection": {"rate_limits": unlimited}})
    yield opened
    await opened.close()


@pytest.fixture
async def ada(engine: Engine) -> User:
    user = await person(engine)
    for factor in engine.factors.factors:
        if isinstance(factor, (StepCodes, SentCodes)):
            await factor.enrol(user)
    return user


@pytest.fixture
async def pages(engine: Engine, ada: User) -> AsyncIterator[Pages]:
    browser = Pages(engine)
    yield browser
    await browser.http.aclose()


def link(engine: Engine) -> str:
    return "/continue?" + urlencode({"state": engine.factors.of(LinkLetters).sent[-1], "from": "a letter"})


@pytest.mark.parametrize("factors", [[StepCodes()]])
async def test_a_second_factor_that_is_typed_has_its_field(pages: Pages) -> None:  # R-FLOW-02
    page = await pages.by_password()
    assert "One more step: enter your code." in page
    refused = await pages.submit(code="wrong")
    assert (pages.page.status_code, 'name="code"' in refused) == (422, True)
    await pages.submit(code="1")
    assert pages.is_done


@pytest.mark.parametrize("factors", [[StepCodes(), TextMessages()]])
async def test_a_second_factor_that_is_sent_has_a_button_beside_it(pages: Pages) -> None:
    page = await pages.by_password()
    assert 'value="sent_code" class="other" formnovalidate>Send me a text message</button>' in page
    asked = await pages.submit(way="sent_code")
    assert "A code is on its way to you." in asked
    assert "Send a new code" in asked
    assert "A code of steps" in asked
    await pages.submit(code="wrong")
    assert pages.page.status_code == 422
    assert "A code is on its way" in await pages.submit(way="code")
    back = await pages.submit(way="step_code")
    assert "One more step: enter your code." in back
    await pages.submit(way="sent_code")
    await pages.submit(code=SENT)
    assert pages.is_done


@pytest.mark.parametrize("factors", [[TextMessages()]])
async def test_where_all_is_sent_a_person_chooses_first(pages: Pages) -> None:
    page = await pages.by_password()
    assert "One more step: choose how to prove that it is you." in page
    assert 'name="code"' not in page
    await pages.submit(way="sent_code")
    await pages.submit(code=SENT)
    assert pages.is_done


@pytest.mark.parametrize("factors", [[Fingers()]])
async def test_a_second_factor_that_needs_scripts_is_said_to(pages: Pages) -> None:
    page = await pages.by_password()
    assert "asks for a second factor that this page cannot show" in page
    assert 'name="code"' not in page
    assert "Sign in</button>" in page


@pytest.mark.parametrize("factors", [[Fingers(), StepCodes(name="totp")]])
async def test_beside_one_that_needs_scripts_the_others_are_asked_for(pages: Pages) -> None:
    assert "One more step: enter your code." in await pages.by_password()
    await pages.submit(code="1")
    assert pages.is_done


@pytest.mark.parametrize("factors", [[LinkLetters()]])
async def test_a_link_signs_in_where_it_was_asked_for_and_only_after_a_click(
    engine: Engine, pages: Pages
) -> None:  # R-OTP-02, R-FLOW-07
    await pages.open("/sign-in")
    page = await pages.submit(way=LETTER, identifier=ADA, password="")
    assert "A link is on its way to you. Open it in this browser." in page
    assert 'name="code"' not in page
    older = link(engine)
    assert "Send a new link" in page
    await pages.submit(way="code")
    scanner = Pages(engine)
    for browser in (scanner, pages):
        assert "Continue only if you have just asked for this" in await browser.open(link(engine))
    said = await scanner.submit("/continue")
    assert (scanner.page.status_code, "in which you began" in said) == (404, True)
    await scanner.http.aclose()
    await pages.open(older)
    await pages.submit("/continue")
    assert pages.page.status_code == 410
    await pages.open(link(engine))
    await pages.submit("/continue")
    assert pages.is_done
    assert "__client" in pages.http.cookies
    await pages.open(link(engine))
    await pages.submit("/continue")
    assert pages.page.status_code >= 400
    assert "location" not in pages.page.headers


@pytest.mark.parametrize("factors", [[LinkLetters(level=Level.SECOND)]])
async def test_a_link_can_be_the_second_factor(engine: Engine, pages: Pages) -> None:
    assert "Send me a letter with a link" in await pages.by_password()
    assert "Open it in this browser" in await pages.submit(way=LETTER)
    await pages.open(link(engine))
    await pages.submit("/continue")
    assert pages.is_done


@pytest.mark.parametrize("factors", [[LinkLetters(), StepCodes()]])
async def test_a_link_leads_to_the_second_factor(engine: Engine, pages: Pages) -> None:  # R-FLOW-02
    await pages.open("/sign-in")
    await pages.submit(way=LETTER, identifier=ADA, password="")
    await pages.open(link(engine))
    assert "One more step: enter your code." in await pages.submit("/continue")
    await pages.submit(code="1")
    assert pages.is_done


@pytest.mark.parametrize("factors", [[LinkLetters()]])
async def test_a_link_is_not_followed_without_the_form_of_its_page(engine: Engine, pages: Pages) -> None:  # R-WEB-03
    await pages.open("/sign-in")
    await pages.submit(way=LETTER, identifier=ADA, password="")
    await pages.open(link(engine))
    refused = await pages.http.post("/continue", data={"query": link(engine).partition("?")[2], "form_token": "1.x"})
    assert refused.status_code == 403
    await pages.submit("/continue")
    assert pages.is_done


@pytest.mark.parametrize("factors", [[LinkLetters()]])
@pytest.mark.parametrize("query", ["", "state=", "state=sign_in.ver_1.x", "state=" + "x" * 300, "code=1&state=%00"])
async def test_a_link_that_is_none_leads_nowhere(pages: Pages, query: str) -> None:
    page = await pages.open(f"/continue?{query}")
    assert pages.page.status_code == 200
    assert ("<button>Continue" in page) is bool(query)
    await pages.submit("/continue", query=query)
    assert pages.page.status_code == 410


@pytest.mark.parametrize("factors", [[LinkLetters()]])
async def test_a_link_completes_a_sign_up(engine: Engine, pages: Pages) -> None:  # R-OTP-02
    await pages.open("/sign-up")
    await pages.submit("/sign-up", email_address="new@example.com", password=PASSWORD)
    found = re.search(r'name="sign_up" value="(\w+)"', pages.page.text)
    assert found is not None
    prepared = f"/v1/client/sign_ups/{found[1]}/prepare_verification"
    sent = await pages.http.post(prepared, data={"strategy": LETTER}, params={"__clerk_api_version": "2026-05-12"})
    assert sent.status_code == 200
    verification = sent.json()["response"]["verifications"]["email_address"]
    assert (verification["strategy"], verification["supported_strategies"]) == (LETTER, ["email_code", LETTER])
    await pages.open(link(engine))
    await pages.submit("/continue")
    assert pages.is_done
