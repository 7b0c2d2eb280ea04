"""The factors of an engine: wrong ones are refused at the start, and flows take strategies of their own purpose only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import ConfigError, StrategyNotBuilt, WrongCode
from sojourn.factors.strategy import Level, Proof, Purpose, Strategy
from sojourn.instances.instance import Instance
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sign_ins.attempt import SignInInput
from sojourn.sign_ups.attempt import SignUpInput
from sojourn.testing.clock import FakeClock

from ..engines import Started, clock, engine, mailbox, started
from ..people import ADA, events, person
from ..second_factors import StepCodes

__all__ = ["clock", "engine", "mailbox", "started"]

REVERIFY_ONLY = frozenset({Purpose.REVERIFY, Purpose.CLIENT_TRUST})


@dataclass(frozen=True, slots=True)
class Codes(StepCodes):
    """Codes with rules that a test sets."""

    purposes: frozenset[Purpose] = frozenset({Purpose.SIGN_IN})
    levels: frozenset[Level] = frozenset({Level.FIRST})

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [Strategy(name=self.name, purposes=self.purposes, levels=self.levels, is_challenged=True)]


class Enrolling(Codes):
    """Codes that users add."""

    async def begin(self, *_: object) -> Any: ...
    async def confirm(self, *_: object) -> Any: ...
    async def remove(self, *_: object) -> Any: ...

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return []


class NoFactor:
    """Has a name and nothing else."""


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        ([Codes(name="email_code")], "two factors have the strategy email_code"),
        ([Codes(name="A code")], "must be named with 1 to 64"),
        ([Codes(purposes=frozenset())], "at least one level and one purpose"),
        ([Codes(levels=frozenset())], "at least one level and one purpose"),
        ([Enrolling(), Enrolling()], "two factors enrol credentials of the kind step_code"),
        ([Codes], r"name Codes\(\) and not the class Codes"),
        ([NoFactor()], r"NoFactor has no connected\(\): derive it from sojourn.factors.factor.Factor"),
    ],
)
async def test_wrong_factors_are_refused_at_the_start(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox, factors: Any, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        await started.open(Config(data=tmp_path, factors=factors), clock, mailbox)


async def test_a_flow_takes_strategies_of_its_own_purpose_only(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox
) -> None:
    codes = Codes(name="step_code", purposes=REVERIFY_ONLY)
    engine = await started.open(Config(data=tmp_path, factors=[codes]), clock, mailbox)
    ada, caller = await person(engine), Caller(engine.instance, None)
    await engine.factors.of(Codes).enrol(ada)
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(identifier=ADA))
    facts = await engine.sign_ins.facts(engine.instance, sign_in)
    assert "step_code" not in {offer.strategy for offer in facts.factors}
    caller = replace(caller, client=issued.client)
    with pytest.raises(StrategyNotBuilt):
        await engine.sign_ins.prepare_first_factor(caller, sign_in.id, "step_code", None)
    with pytest.raises(StrategyNotBuilt):
        await engine.sign_ins.attempt_first_factor(caller, sign_in.id, Proof(strategy="step_code", code="1"))
    with pytest.raises(StrategyNotBuilt):
        await engine.sign_ins.create(caller, SignInInput(identifier=ADA, strategy="step_code"))
    with pytest.raises(StrategyNotBuilt):
        await engine.sign_ups.create(caller, SignUpInput(email_address="new@example.com", strategy="step_code"))
    with pytest.raises(StrategyNotBuilt):
        await engine.verifications.send(engine.instance, ada.identifiers[0].id, "step_code")
    assert engine.factors.find(engine.instance, "step_code", Purpose.REVERIFY).factor is engine.factors.of(Codes)
    await engine.close()


async def test_a_wrong_code_is_an_entry_of_the_audit_log(engine: Engine) -> None:  # R-LOG-01
    ada, caller = await person(engine), Caller(engine.instance, None)
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(identifier=ADA, strategy="email_code"))
    with pytest.raises(WrongCode):
        caller, wrong = replace(caller, client=issued.client), Proof(strategy="email_code", code="no code")
        await engine.sign_ins.attempt_first_factor(caller, sign_in.id, wrong)
    assert "sign_in.failed" in await events(engine, ada)


async def test_a_code_for_an_address_is_of_the_factor_that_sends_there(engine: Engine, mailbox: Mailbox) -> None:
    ada = await person(engine)
    sent = await engine.verifications.send(engine.instance, ada.identifiers[0].id)
    assert sent.strategy == engine.factors.sent_for(engine.instance, Purpose.VERIFY)


@pytest.mark.parametrize("name", ["reset_password_code", "reset_password_email_code"])
async def test_a_reset_begins_by_either_of_its_published_names(engine: Engine, name: str) -> None:
    await person(engine)
    caller = Caller(engine.instance, None)
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(identifier=ADA, strategy=name))
    assert sign_in.strategy == "reset_password_email_code"
    with pytest.raises(StrategyNotBuilt):
        caller = replace(caller, client=issued.client)
        await engine.sign_ins.prepare_first_factor(caller, sign_in.id, "reset_password_code", None)


@pytest.mark.parametrize("life", [timedelta(0), timedelta(days=-1), timedelta(days=366)])
def test_wrong_settings_of_a_factor_are_refused_by_its_constructor(life: timedelta) -> None:
    from ..examples.test_own_factor import PIN_LETTERS

    with pytest.raises(ConfigError, match=r"PinLetters\.life"):
        PIN_LETTERS(life=life)
