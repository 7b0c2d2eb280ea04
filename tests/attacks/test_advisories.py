"""Classes of faults that advisories of 2026 were published for in products like this one, each tried here (R-ADV-01).

Roles, clones, provider tokens and previews are tried with the parts that will have them.
"""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import (
    Conflict,
    FieldError,
    Json,
    SojournError,
    TokenRefused,
    UnknownIdentifier,
    VerificationExpired,
    WrongStep,
)
from sojourn.instances.settings import Settings
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device, Session
from sojourn.sign_ins.attempt import SignInInput
from sojourn.sign_ins.sign_in import SignInStatus
from sojourn.sign_ups.attempt import SignUpInput
from sojourn.testing.clock import FakeClock
from sojourn.users.user import IdentifierKind
from tests.cli.running import call
from tests.engines import Started, engine, mailbox, started
from tests.people import ADA, OTHER_PASSWORD, PASSWORD, events, person, signed_in

__all__ = ["engine", "mailbox", "started"]

APP = "https://app.example.com"


@pytest.fixture
async def other(started: Started, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Engine]:
    """Another application with keys of its own."""
    folder = tmp_path / "other"
    folder.mkdir()
    opened = await started.open(Config(data=folder, public_url="http://localhost:9000"), clock, Mailbox())
    yield opened
    await opened.close()


async def _token(engine: Engine, session: Session, origin: str = APP) -> str:
    user = await engine.accounts.get(engine.instance, session.user_id)
    return await engine.tokens.for_session(engine.instance, session, user, origin=origin)


# -- a refresh or token made with another application's key, another session, another party


async def test_a_refresh_takes_only_its_own_applications_session_and_party(engine: Engine, other: Engine) -> None:
    # R-ADV-01
    await person(engine)
    await person(other)
    mine, again, theirs = await signed_in(engine), await signed_in(engine), await signed_in(other)
    refreshing, secret = engine.refreshing, engine.refreshing.secret(mine)
    good = await _token(engine, mine)
    await refreshing.check(engine.instance, mine, secret, good, origin=APP)
    wrong = {
        "another application's token": (secret, await _token(other, theirs), APP),
        "another session's token": (secret, await _token(engine, again), APP),
        "another session's secret": (refreshing.secret(again), good, APP),
        "another party": (secret, good, "https://evil.example.net"),
    }
    for what, (presented, token, origin) in wrong.items():
        with pytest.raises(TokenRefused):
            await refreshing.check(engine.instance, mine, presented, token, origin=origin)
            pytest.fail(what)


# -- a type swapped by an update that forgot to validate


def _fields(kind: type[msgspec.Struct], before: str = "") -> Iterator[tuple[str, object]]:
    """Every setting by its dotted path, with its default."""
    for field in msgspec.structs.fields(kind):
        default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()  # type: ignore[operator]
        if isinstance(default, msgspec.Struct):
            yield from _fields(type(default), f"{before}{field.name}.")
        else:
            yield f"{before}{field.name}", default


SETTINGS = dict(_fields(Settings))


def _patch(path: str, value: Json) -> dict[str, Json]:
    *groups, name = path.split(".")
    patch: dict[str, Json] = {name: value}
    for group in reversed(groups):
        patch = {group: patch}
    return patch


def _of_another_type(default: object) -> Json:
    if isinstance(default, dict):
        return [1]
    return {"$gt": ""} if isinstance(default, str | list) or default is None else "no such value"


@pytest.mark.parametrize("path", sorted(SETTINGS))
async def test_no_update_swaps_the_type_of_a_setting(engine: Engine, path: str) -> None:  # R-ADV-01, R-INP-04
    with pytest.raises(FieldError):
        await engine.instances.update_settings(engine.instance, _patch(path, _of_another_type(SETTINGS[path])))
    stored = await engine.store.instances.find(engine.instance.id)
    assert stored is not None
    assert stored.settings == engine.instance.settings


# -- script in a stored address


SCRIPTS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>",
    "vbscript:x",
)


@pytest.mark.parametrize("path", [path for path in SETTINGS if path.endswith("_url")])
async def test_no_setting_that_is_an_address_takes_a_script(engine: Engine, path: str) -> None:  # R-ADV-01, R-WEB-05
    for script in SCRIPTS:
        with pytest.raises(FieldError):
            await engine.instances.update_settings(engine.instance, _patch(path, script))


async def test_no_listed_address_takes_a_script(engine: Engine) -> None:  # R-ADV-01, R-WEB-05
    for script in SCRIPTS:
        with pytest.raises(FieldError):
            await engine.redirect_urls.add(engine.instance, script)
        with pytest.raises(FieldError):
            await engine.instances.update_settings(engine.instance, {"allowed_origins": [script]})


# -- a password reset accepted in another status than its own


@pytest.mark.parametrize("status", [each for each in SignInStatus if each is not SignInStatus.NEEDS_NEW_PASSWORD])
async def test_a_password_is_reset_in_no_other_status_than_its_own(engine: Engine, status: SignInStatus) -> None:
    # R-ADV-01, R-FLOW-03
    user = await person(engine)
    caller = Caller(engine.instance, None, Device())
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(identifier=ADA))
    caller = replace(caller, client=issued.client)
    if status is not sign_in.status:
        await engine.store.sign_ins.move(sign_in, replace(sign_in, status=status))
    with pytest.raises((WrongStep, Conflict, VerificationExpired)):
        await engine.sign_ins.reset_password(caller, sign_in.id, OTHER_PASSWORD)
    unchanged = await engine.accounts.get(engine.instance, user.id)
    assert unchanged.password == user.password
    assert "password.changed" not in await events(engine, user)


# -- an account made in advance for somebody else's address


async def test_an_account_made_in_advance_never_opens_for_its_maker_once_the_owner_comes(engine: Engine) -> None:
    """Somebody adds an address that is not theirs to their own account; its owner signs up with it later."""
    # R-ADV-01, R-OAU-05
    maker = await person(engine, "maker@example.com")
    await engine.addresses.create(engine.instance, maker.id, IdentifierKind.EMAIL_ADDRESS, "ada+clerk_test@example.com")
    caller = Caller(engine.instance, None, Device())
    with pytest.raises(UnknownIdentifier):
        await engine.sign_ins.create(caller, SignInInput(identifier="ada+clerk_test@example.com", password=PASSWORD))

    given = SignUpInput(email_address="ada+clerk_test@example.com", password=OTHER_PASSWORD)
    sign_up, issued = await engine.sign_ups.create(caller, given)
    owner_here = replace(caller, client=issued.client)
    await engine.sign_ups.prepare_verification(owner_here, sign_up.id, "email_code")
    done, _ = await engine.sign_ups.attempt_verification(owner_here, sign_up.id, "email_code", "424242")
    assert done.created_user_id is not None
    assert done.created_user_id != maker.id
    with pytest.raises(SojournError):  # the maker's password opens nothing under this address
        await engine.sign_ins.create(caller, SignInInput(identifier="ada+clerk_test@example.com", password=PASSWORD))
    session = await signed_in(engine, "ada+clerk_test@example.com", OTHER_PASSWORD)
    assert session.user_id == done.created_user_id


# -- an export of settings that holds a secret


def test_shown_settings_hold_no_secret(tmp_path: Path) -> None:
    # R-ADV-01, R-LOG-02
    planted = {
        "SOJOURN_SMTP_PASSWORD": "a-planted-mail-password",
        "SOJOURN_PASSWORD_PEPPERS": "cGxhbnRlZC1wZXBwZXItcGxhbnRlZC1wZXBwZXItMDE",
    }
    call("users", "list", data=tmp_path, **planted)
    secret_key = json.loads((tmp_path / "keys.json").read_text())["secret_key"]
    root_key = next(value for name, value in json.loads((tmp_path / "keys.json").read_text()).items() if "root" in name)
    for words in (("settings", "show", "--json"), ("settings", "show"), ("doctor",)):
        done = call(*words, data=tmp_path, **planted)
        for secret in (*planted.values(), secret_key, root_key):
            assert secret not in done.stdout + done.stderr, words
