"""Each way in which a session ends is told apart, in words, with who or what ended it (R-LOG-01, R-SES-01)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sojourn.ids import SessionId
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device, Session
from sojourn.sign_ins.attempt import SignInInput
from sojourn.store.interface import SessionSearch
from sojourn.testing.clock import FakeClock
from sojourn.users.new_user import UserChanges
from sojourn.users.user import IdentifierKind

from ..admin_api.administration import Administration
from ..people import ADA, OTHER_PASSWORD, acting, now_of, person, set_up, signed_in
from .asking import SUPPORT, Asking, causes

BOB = "bob@example.com"
End = Callable[[Asking, Session], Awaitable[object]]


async def expire(asking: Asking, session: Session) -> object:
    clock = asking.engine.clock
    assert isinstance(clock, FakeClock)
    return clock.advance(hours=3)


async def sign_out_here(asking: Asking, session: Session) -> object:
    return await asking.engine.sessions.end(await acting(asking.engine, session), session.id)


async def sign_out_of_all(asking: Asking, session: Session) -> object:
    return await asking.engine.sessions.end_all(await acting(asking.engine, session))


async def sign_out_elsewhere(asking: Asking, session: Session) -> str:
    engine = asking.engine
    user = await now_of(engine, session)
    other = await signed_in(engine)
    await engine.profile.end_session(await acting(engine, other), other, user, session.id)
    return other.id


async def revoke_by_administrator(asking: Asking, session: Session) -> str:
    actor = f"admin:{asking.by.id}"
    await asking.engine.sessions.revoke(asking.engine.instance, session.id, actor=actor)
    return asking.by.id


async def revoke_by_secret_key(asking: Asking, session: Session) -> str:
    engine = asking.engine
    secret = await engine.instances.new_secret_key(engine.instance)
    headers = {"Authorization": f"Bearer {secret.reveal()}"}
    path = f"http://localhost:8000/v1/sessions/{session.id}/revoke"
    async with asking.server() as http:
        answer = await http.post(path, headers=headers)
    assert answer.status_code == 200, answer.text
    ended = await engine.sessions.get(engine.instance, session.id)
    return ended.ended_by or ""


async def replace_by_the_limit(asking: Asking, session: Session) -> object:
    await set_up(asking.engine, {"sessions": {"sessions_per_user": 1}})
    return await signed_in(asking.engine)


async def replace_in_the_browser(asking: Asking, session: Session, email: str = BOB) -> object:
    engine = asking.engine
    client = (await acting(engine, session)).client
    user = await engine.store.users.find_by_identifier(engine.instance.id, IdentifierKind.EMAIL_ADDRESS, email)
    assert client is not None and user is not None
    async with engine.store.transaction() as tx:
        await engine.sessions.start(tx, engine.instance, client, user, Device(), "ticket")
    return user.id


async def sign_in_again(asking: Asking, session: Session) -> object:
    return await replace_in_the_browser(asking, session, ADA)


async def ban(asking: Asking, session: Session) -> object:
    return await asking.engine.accounts.ban(asking.engine.instance, session.user_id, actor=f"admin:{asking.by.id}")


async def lock(asking: Asking, session: Session) -> object:
    return await asking.engine.accounts.lock(asking.engine.instance, session.user_id, actor=f"admin:{asking.by.id}")


async def delete(asking: Asking, session: Session) -> object:
    return await asking.engine.accounts.delete(asking.engine.instance, session.user_id, actor="operator")


async def change_the_password(asking: Asking, session: Session) -> object:
    changes = UserChanges(password=OTHER_PASSWORD, sign_out_of_other_sessions=True)
    return await asking.engine.accounts.update(asking.engine.instance, session.user_id, changes, actor=session.user_id)


TOLD: list[tuple[End, str, str]] = [
    (expire, "expired", "It reached its maximum lifetime."),
    (sign_out_here, "signed_out", "The user signed out."),
    (sign_out_of_all, "signed_out_of_all", "The user signed out of all accounts in this browser."),
    (sign_out_elsewhere, "signed_out_elsewhere",
     "The user ended the session from another device, in session {by} (an unknown browser)."),
    (sign_in_again, "signed_in_again", "The user signed in again in the same browser."),
    (replace_in_the_browser, "single_session", "A newer sign-in in the same browser took its place (single-session mode)."),
    (replace_by_the_limit, "session_limit",
     "A newer session of the user took its place: one user may have only so many."),
    (revoke_by_administrator, "revoked", f"Administrator {SUPPORT} ({{by}}) revoked the session."),
    (revoke_by_secret_key, "revoked", "Secret key {by} revoked the session."),
    (ban, "user_banned", f"Administrator {SUPPORT} ({{admin}}) banned the user."),
    (lock, "user_locked", f"Administrator {SUPPORT} ({{admin}}) locked the user."),
    (change_the_password, "password_changed", "The user changed the password."),
]  # fmt: skip


@pytest.mark.parametrize(("end", "cause", "sentence"), TOLD, ids=[cause for _, cause, _ in TOLD])
async def test_an_end_is_told_with_its_cause_and_who_or_what_it_was(
    administration: Administration, clock: FakeClock, end: End, cause: str, sentence: str
) -> None:
    asking = await Asking.of(administration)
    engine = asking.engine
    await set_up(engine, {"sessions": {"lifetime_seconds": 7200, "inactivity_seconds": 7200}})
    await person(engine)
    await person(engine, BOB)
    session = await signed_in(engine)
    clock.advance(minutes=1)
    by = await end(asking, session)
    if cause == "expired":  # the administrator has been idle for as long
        asking.by = await administration.sign_in(SUPPORT, asking.by.id)
    told = await asking.story(session)
    expected = sentence.format(by=by, admin=asking.by.id)
    assert (told["state"], causes(told)) == ("signed_out", [cause])
    assert told["headline"].startswith("The user is signed out of this session since 2026-02-02 ")
    assert told["headline"].endswith(f" UTC. {expected}")
    assert (told["session"]["end_cause"], told["session"]["told"], told["session"]["is_live"]) == (
        cause,
        expected,
        False,
    )
    begun, *_, ended = told["timeline"]
    assert (begun["kind"], begun["title"]) == ("started", "Signed in with password.")
    assert (ended["kind"], ended["title"], ended["at"]) == ("ended", expected, told["session"]["ended_at"])


async def test_inactivity_is_told_with_its_length(administration: Administration, clock: FakeClock) -> None:
    asking = await Asking.of(administration)
    await set_up(asking.engine, {"sessions": {"inactivity_seconds": 5400}})
    await person(asking.engine)
    session = await signed_in(asking.engine)
    clock.advance(hours=2)
    asking.by = await administration.sign_in(SUPPORT, asking.by.id)
    told = await asking.story(session)
    assert causes(told) == ["inactive"]
    assert told["session"]["told"] == "It was inactive for 1 hour 30 minutes."
    assert told["session"]["ended_at"] == session.abandon_at.millis
    assert told["session"]["end_rule"] == "sessions.inactivity_seconds=5400"
    assert "The setting in force was sessions.inactivity_seconds=5400." in told["timeline"][-1]["detail"]


async def test_a_session_that_a_batch_ended_names_the_batch(administration: Administration) -> None:
    asking = await Asking.of(administration)
    user = await person(asking.engine)
    session = await signed_in(asking.engine)
    batch = await asking.engine.session_batches.begin(
        asking.engine.instance, SessionSearch(user_ids=(user.id,)), actor=f"admin:{asking.by.id}"
    )
    told = await asking.story(session)
    assert told["session"]["told"] == f"Administrator {SUPPORT} ({asking.by.id}) revoked the session."
    assert told["session"]["batch_id"] == batch.id
    assert {"kind": "session_batch", "id": batch.id} in told["timeline"][-1]["links"]


async def test_acting_as_a_user_is_told_with_who_acted(administration: Administration, clock: FakeClock) -> None:
    # R-AUZ-06
    asking = await Asking.of(administration)
    engine = asking.engine
    user = await person(engine)
    actor = await person(engine, BOB)
    _, secret = await engine.tickets.create_actor_token(engine.instance, user.id, {"sub": actor.id})
    done, _ = await engine.sign_ins.create(
        Caller(engine.instance, None, Device()), SignInInput(strategy="ticket", ticket=secret.reveal())
    )
    session = await engine.sessions.get(engine.instance, SessionId(done.created_session_id or ""))
    told = await asking.story(session)
    assert told["timeline"][0]["title"] == f"User {actor.id} began to act as the user."
    clock.advance(days=8)
    asking.by = await administration.sign_in(SUPPORT, asking.by.id)
    ended = await asking.story(session)
    assert causes(ended) == ["impersonation_over"]
    assert ended["session"]["told"] == f"The time for acting as this user was over. User {actor.id} acted as the user."


async def test_a_live_session_is_told_with_what_is_in_force_and_when_it_ends(
    administration: Administration, clock: FakeClock
) -> None:
    asking = await Asking.of(administration)
    engine = asking.engine
    await person(engine)
    session = await signed_in(engine)
    clock.advance(minutes=5)
    await engine.instances.update_settings(
        engine.instance, {"sessions": {"inactivity_seconds": 1800}}, actor=f"admin:{asking.by.id}"
    )
    told = await asking.story(session)
    assert (told["state"], told["headline"]) == (
        "signed_in",
        "The user is signed in. The session is live. Without further use it ends on 2026-02-03 02:40:00 UTC.",
    )
    facts = {fact["name"]: fact for fact in told["facts"]}
    assert (facts["inactivity timeout"]["text"], facts["inactivity timeout"]["why"]) == (
        "1 day",
        "sessions.inactivity_seconds when the session began; new sessions get 30 minutes now",
    )
    kinds = [entry["kind"] for entry in told["timeline"]]
    assert kinds == ["started", "settings", "planned", "planned"]
    changed = told["timeline"][1]
    assert changed["title"].startswith("Settings changed: sessions")
    assert changed["detail"].startswith(f"Administrator {SUPPORT} ({asking.by.id})")
    assert told["timeline"][2]["at"] == session.abandon_at.millis


async def test_a_user_is_told_with_all_sessions(administration: Administration) -> None:
    asking = await Asking.of(administration)
    engine = asking.engine
    user = await person(engine)
    never = await asking.about(ADA)
    assert (never["state"], causes(never)) == ("signed_out", ["no_session"])
    first, second = await signed_in(engine), await signed_in(engine)
    for subject in (ADA, user.id):
        told = await asking.about(subject)
        assert (told["state"], told["headline"]) == ("signed_in", "The user is signed in, with 2 live sessions.")
        assert {each["id"] for each in told["sessions"]} == {first.id, second.id}
    assert await asking.by.get(f"/users/{user.id}/story") == told
    await ban(asking, first)
    banned: dict[str, Any] = await asking.about(ADA)
    assert (banned["state"], causes(banned)) == ("signed_out", ["user_banned"])
    assert f"Administrator {SUPPORT} ({asking.by.id}) banned the user on" in banned["headline"]


async def test_a_session_whose_user_was_deleted_is_told_from_the_audit_log(administration: Administration) -> None:
    # R-LOG-01
    asking = await Asking.of(administration)
    await person(asking.engine)
    session = await signed_in(asking.engine)
    await delete(asking, session)
    told = await asking.story(session)
    assert (told["state"], causes(told), told["session"]) == ("signed_out", ["user_deleted"], None)
    assert told["headline"].endswith(" UTC. The command line deleted the user.")
    titles = [entry["title"] for entry in told["timeline"]]
    assert f"The command line deleted {session.user_id}." in titles


async def test_an_unknown_id_is_not_found_and_told_when_pasted(administration: Administration) -> None:
    asking = await Asking.of(administration)
    assert await asking.by.refused("GET", "/sessions/sess_none/story") == (404, "resource_not_found")
    assert await asking.by.refused("GET", "/users/user_none/story") == (404, "resource_not_found")
    assert causes(await asking.about("sess_none")) == ["session_unknown"]
    assert causes(await asking.about("user_none")) == ["user_unknown"]
    assert causes(await asking.about("eve@example.com")) == ["user_unknown"]
