"""A signed-in person changes their names and metadata, ends sessions and deletes the account."""

import pytest

from sojourn.engine import Engine
from sojourn.errors import (
    FeatureOff,
    FieldEmpty,
    FieldError,
    FieldUnknown,
    Forbidden,
    IdentifierTaken,
    NotFound,
    ReverificationRequired,
)
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device, Session
from sojourn.sign_ins.attempt import SignInInput
from sojourn.store.interface import EventFilter, Page
from sojourn.testing.clock import FakeClock
from sojourn.users.accounts import UserChanges
from sojourn.users.profile import ProfileChanges
from sojourn.users.user import User

from ..people import OTHER_PASSWORD, PASSWORD, acting, ada, is_live, now_of, person, set_up, signed_in
from ..pictures import picture

WORK = "ada+clerk_test@work.example.com"
TEST_CODE = "424242"


async def impersonated(engine: Engine, user: User) -> Session:
    _, secret = await engine.tickets.create_actor_token(engine.instance, user.id, {"sub": "user_support"})
    caller = Caller(engine.instance, None, Device())
    sign_in, _ = await engine.sign_ins.create(caller, SignInInput(strategy="ticket", ticket=secret.reveal()))
    assert sign_in.created_session_id
    return await engine.sessions.get(engine.instance, sign_in.created_session_id)


async def test_a_person_changes_their_names_and_clears_one(engine: Engine):
    session, user = await ada(engine, first_name="Ada", last_name="Byron")
    changed = await engine.profile.update(
        engine.instance, session, user, ProfileChanges(first_name="  Augusta ", last_name="")
    )
    assert (changed.first_name, changed.last_name) == ("Augusta", None)


def test_a_person_can_set_nothing_that_grants_anything():  # R-INP-04
    settable = set(ProfileChanges.__dataclass_fields__)
    assert settable.isdisjoint({"id", "banned", "locked", "public_metadata", "private_metadata", "external_id"})
    assert settable.isdisjoint({"created_at", "password", "delete_self_enabled", "create_organizations_limit"})


@pytest.mark.parametrize("name", ["a\u202eb", "a\u200bb", "a\x07b"])
async def test_names_with_invisible_or_turning_characters_are_refused(engine: Engine, name: str):  # R-INP-01
    session, user = await ada(engine)
    with pytest.raises(FieldError) as refused:
        await engine.profile.update(engine.instance, session, user, ProfileChanges(first_name=name))
    assert refused.value.param == "first_name"


async def test_a_field_that_the_application_does_not_use_is_unknown(engine: Engine):  # R-INP-04
    session, user = await ada(engine)
    with pytest.raises(FieldUnknown):
        await engine.profile.update(engine.instance, session, user, ProfileChanges(username="ada_l"))
    instance = await set_up(engine, {"sign_up": {"username": "required"}})
    changed = await engine.profile.update(instance, session, user, ProfileChanges(username="Ada_L"))
    assert (changed.username, changed.username_key) == ("Ada_L", "ada_l")
    with pytest.raises(FieldEmpty):
        await engine.profile.update(instance, session, changed, ProfileChanges(username=""))


async def test_somebody_elses_user_name_is_refused(engine: Engine):  # R-INP-01
    await person(engine, "grace@example.com", username="grace_h")
    session, user = await ada(engine)
    instance = await set_up(engine, {"sign_up": {"username": "optional"}})
    with pytest.raises(IdentifierTaken) as refused:
        await engine.profile.update(instance, session, user, ProfileChanges(username="GRACE_H"))
    assert refused.value.param == "username"


async def test_a_person_merges_only_their_unsafe_metadata(engine: Engine):  # R-INP-04
    session, user = await ada(engine)
    changed = await engine.profile.update_metadata(engine.instance, session, user, {"theme": {"dark": True}})
    assert (changed.unsafe_metadata, changed.public_metadata) == ({"theme": {"dark": True}}, {})


async def test_a_person_ends_their_other_sessions_but_nobody_elses(engine: Engine):  # R-SES-04
    await person(engine, "grace@example.com")
    graces = await signed_in(engine, "grace@example.com")
    session, user = await ada(engine)
    other = await signed_in(engine)
    await engine.profile.end_session(await acting(engine, session), session, user, other.id)
    assert not await is_live(engine, other)
    with pytest.raises(NotFound):
        await engine.profile.end_session(await acting(engine, session), session, user, graces.id)
    assert await is_live(engine, graces)


async def test_a_person_deletes_themselves_where_that_is_allowed(engine: Engine):
    session, user = await ada(engine)
    await engine.accounts.update(engine.instance, user.id, UserChanges(delete_self_enabled=False))
    with pytest.raises(FeatureOff):
        await engine.profile.delete_self(await acting(engine, session), session, await now_of(engine, session))
    await engine.accounts.update(engine.instance, user.id, UserChanges(delete_self_enabled=True))
    await engine.profile.delete_self(await acting(engine, session), session, await now_of(engine, session))
    with pytest.raises(NotFound):
        await now_of(engine, session)


async def test_sensitive_changes_need_a_proof_within_ten_minutes(engine: Engine, clock: FakeClock):  # R-SES-12
    session, _ = await ada(engine)
    other = await signed_in(engine)
    user = await now_of(engine, session)
    clock.advance(minutes=11)
    profile, instance, caller = engine.profile, engine.instance, await acting(engine, session)
    for attempt in (
        profile.add_email(instance, session, user, WORK),
        profile.remove_email(await acting(engine, session), session, user, user.email_addresses[0].id),
        profile.end_session(caller, session, user, other.id),
        profile.delete_self(caller, session, user),
    ):
        with pytest.raises(ReverificationRequired):
            await attempt
    assert await now_of(engine, session) == user


async def test_an_impersonator_changes_no_credential_and_no_address(engine: Engine):  # R-AUZ-06
    user = await person(engine)
    session = await impersonated(engine, user)
    user = await now_of(engine, session)
    profile, instance, caller = engine.profile, engine.instance, await acting(engine, session)
    assert session.actor == {"sub": "user_support"}
    for attempt in (
        profile.change_password(await acting(engine, session), session, user, current=PASSWORD, new=OTHER_PASSWORD),
        profile.remove_password(await acting(engine, session), session, user, PASSWORD),
        profile.add_email(instance, session, user, WORK),
        profile.prepare_email(instance, session, user, user.email_addresses[0].id, "email_code"),
        profile.attempt_email(await acting(engine, session), session, user, user.email_addresses[0].id, TEST_CODE),
        profile.remove_email(await acting(engine, session), session, user, user.email_addresses[0].id),
        profile.delete_self(caller, session, user),
    ):
        with pytest.raises(Forbidden):
            await attempt
    await profile.update(instance, session, user, ProfileChanges(first_name="Ada"))
    await profile.set_image(instance, session, user, picture())
    entries = await engine.store.events.list(instance.id, Page(100), EventFilter(user_id=user.id))
    assert [each.actor for each in entries if each.kind == "user.updated"] == ["user_support"] * 2
