"""Nobody learns from the cost or the length of an answer whether an account exists, or in what state it is."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import bcrypt
import pytest

from sojourn.engine import Engine
from sojourn.errors import SojournError
from sojourn.factors.password_hashing import PasswordHashing, argon2id
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ins.attempt import SignInInput, SignIns
from sojourn.sign_ins.floor import Floor
from sojourn.sign_ups.attempt import SignUpInput
from sojourn.users.password_lockout import MAX_FAILURES

from ..people import ADA, OTHER_PASSWORD, PASSWORD, person, set_up

BCRYPT = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
SALTED = "salt$" + hashlib.sha256(b"salt" + PASSWORD.encode()).hexdigest()
STRANGER = "stranger@example.com"
KNOWN = ("no password", "locked", "banned", "disabled", "compromised", "bcrypt", "sha256", "as it should be")


@pytest.fixture
def computed(engine: Engine) -> list[bytes]:
    """The salt of every argon2id computation at the current cost, as it happens."""
    salts: list[bytes] = []

    def recording(text: bytes, salt: bytes) -> bytes:
        salts.append(salt)
        return argon2id(text, salt)

    engine.hash_pool.hashing = PasswordHashing(compute=recording)
    return salts


async def in_state(engine: Engine, state: str) -> None:
    """Make Ada what the state says, or leave her unknown."""
    given = {"bcrypt": ("bcrypt", BCRYPT), "sha256": ("sha256_salted", SALTED)}
    if state in given:
        hasher, digest = given[state]
        await person(engine, password=None, password_digest=digest, password_hasher=hasher)
    elif state != "unknown":
        user = await person(engine, password=None if state == "no password" else PASSWORD)
        if state == "locked":
            await engine.accounts.lock(engine.instance, user.id)
        if state == "banned":
            await engine.accounts.ban(engine.instance, user.id)
        if state == "compromised":
            await engine.accounts.set_password_compromised(engine.instance, user.id)
        if state == "disabled":
            for _ in range(MAX_FAILURES):
                await engine.store.users.spend_password_try(engine.instance.id, user.id, limit=MAX_FAILURES)


async def refused(engine: Engine, sign_ins: SignIns, password: str) -> str:
    caller = Caller(engine.instance, None, Device())
    with pytest.raises(SojournError) as refusal:
        await sign_ins.create(caller, SignInInput(identifier=ADA, password=password))
    return refusal.value.code


@pytest.mark.parametrize(
    ("state", "is_strict"), [("unknown", True), *((state, strict) for state in KNOWN for strict in (True, False))]
)
async def test_a_refused_password_costs_one_argon2id_whoever_it_is(
    engine: Engine, computed: list[bytes], state: str, is_strict: bool
) -> None:  # R-ENU-02
    await set_up(engine, {"protection": {"strict_enumeration": is_strict}})
    await in_state(engine, state)
    right_but_refused = state in ("locked", "banned", "disabled", "compromised")
    computed.clear()
    await refused(engine, engine.sign_ins, PASSWORD if right_but_refused else OTHER_PASSWORD)
    assert len(computed) == 1
    computed.clear()
    await refused(engine, engine.sign_ins, "another wrong one entirely")
    assert len(computed) == 1


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def patient(engine: Engine, pauses: list[float]) -> Engine:
    """The engine with a floor of an hour, and pauses that are noted instead of waited for."""

    async def noted(seconds: float) -> None:
        pauses.append(seconds)

    floor = Floor(engine.store, engine.hash_costs, timedelta(hours=1))
    sign_in_protection = replace(engine.sign_in_protection, floor=floor, pause=noted)
    engine.sign_ins = replace(engine.sign_ins, sign_in_protection=sign_in_protection)
    engine.sign_ups = replace(engine.sign_ups, sign_in_protection=sign_in_protection)
    return engine


@pytest.mark.parametrize("state", ["unknown", *KNOWN])
async def test_a_refusal_waits_for_the_floor(patient: Engine, pauses: list[float], state: str) -> None:  # R-ENU-02
    await set_up(patient, {"protection": {"strict_enumeration": True}})
    await in_state(patient, state)
    code = await refused(patient, patient.sign_ins, OTHER_PASSWORD)
    assert code == "form_password_or_identifier_incorrect"
    assert len(pauses) == 1
    assert 0 < pauses[0] < 3600


@pytest.mark.parametrize("email", [ADA, STRANGER])
async def test_what_is_answered_alike_to_everybody_waits_too(
    patient: Engine, pauses: list[float], email: str
) -> None:  # R-ENU-02
    await set_up(patient, {"protection": {"strict_enumeration": True}})
    await person(patient)
    caller = Caller(patient.instance, None, Device())
    sign_in, issued = await patient.sign_ins.create(caller, SignInInput(identifier=email))
    known = Caller(patient.instance, issued.client, Device())
    await patient.sign_ins.prepare_first_factor(known, sign_in.id, "email_code", None)
    sign_up, issued = await patient.sign_ups.create(caller, SignUpInput(email_address=email, password=PASSWORD))
    known = Caller(patient.instance, issued.client, Device())
    await patient.sign_ups.prepare_verification(known, sign_up.id, "email_code")
    assert len(pauses) == 4
    assert all(0 < each < 3600 for each in pauses)


async def test_a_proven_sign_in_does_not_wait(patient: Engine, pauses: list[float]) -> None:
    await set_up(patient, {"protection": {"strict_enumeration": True}})
    await person(patient)
    caller = Caller(patient.instance, None, Device())
    await patient.sign_ins.create(caller, SignInInput(identifier=ADA, password=PASSWORD))
    assert pauses == []


async def test_a_refused_sign_in_leaves_no_browser_behind(engine: Engine) -> None:
    await person(engine)
    await refused(engine, engine.sign_ins, OTHER_PASSWORD)
    assert await engine.store.clients.count(engine.instance.id) == 0
