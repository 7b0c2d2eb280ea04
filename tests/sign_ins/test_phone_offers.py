"""An offer names what it goes to, an address or a number, and the prepare operation takes the id of either."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.factors.factor import Attempt, Challenge, FactorTools
from sojourn.factors.offer import Offer, Person
from sojourn.factors.strategy import Strategy
from sojourn.instances.instance import Instance
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock
from sojourn.users.user import IdentifierKind
from sojourn.web.app import build

from ..engines import Started
from ..people import ADA, person
from ..second_factors import SENT, SentCodes
from ..wire.browsing import Browser

NUMBERS = ("+15005550006", "+15005550007")


@dataclass(frozen=True, slots=True)
class PhoneCodes(SentCodes):
    """Codes to the numbers of a user; it notes which number was chosen."""

    chosen: list[str | None] = field(default_factory=list[str | None])

    def connected(self, tools: FactorTools) -> "PhoneCodes":
        return replace(self, tools=tools)

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [Strategy(name="phone_code", is_challenged=True)]

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        return [Offer("phone_code", each.id, each.kind, each.value) for each in person.user.phone_numbers]

    async def challenge(self, attempt: Attempt) -> Challenge | None:
        self.chosen.append(attempt.chosen)
        return await SentCodes.challenge(self, attempt)


@pytest.fixture
async def engine(started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    opened = await started.open(Config(data=tmp_path, factors=[PhoneCodes(name="phone_code")]), clock, mailbox)
    yield opened
    await opened.close()


async def test_a_code_goes_to_the_chosen_number(engine: Engine) -> None:  # R-FLOW-02
    user, browser = await person(engine), Browser(build(engine))
    for number in NUMBERS:
        await engine.addresses.create(engine.instance, user.id, IdentifierKind.PHONE_NUMBER, number, verified=True)
    sign_in: Any = (await browser.post("/v1/client/sign_ins", {"identifier": ADA}))["response"]
    offered = [each for each in sign_in["supported_first_factors"] if each["strategy"] == "phone_code"]
    assert [each["safe_identifier"] for each in offered] == list(NUMBERS)
    assert all("email_address_id" not in each for each in offered)

    at, second = f"/v1/client/sign_ins/{sign_in['id']}", offered[1]["phone_number_id"]
    await browser.post(f"{at}/prepare_first_factor", {"strategy": "phone_code", "phone_number_id": second})
    assert engine.factors.of(PhoneCodes).chosen == [second]
    done = await browser.post(f"{at}/attempt_first_factor", {"strategy": "phone_code", "code": SENT})
    assert done["response"]["status"] == "complete"
