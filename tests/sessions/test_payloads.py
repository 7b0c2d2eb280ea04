"""Custom claims before they are saved: what tokens would hold, how large they would be, and when they take effect."""

from datetime import timedelta

import pytest

from sojourn.engine import Engine
from sojourn.errors import FieldError, Json, NotFound
from sojourn.sessions.minting import CLAIMS_VERSION_2
from sojourn.testing.clock import FakeClock
from sojourn.tokens.cookie_size import largest_token
from sojourn.tokens.jws import verify

from ..people import ada, person, set_up

PLAN: dict[str, Json] = {"plan": "{{user.public_metadata.plan || 'free'}}", "team": "{{session.public_data.team}}"}


async def test_a_preview_shows_what_the_next_token_of_a_user_holds(engine: Engine) -> None:
    session, user = await ada(engine, public_metadata={"plan": "pro"})
    await engine.sessions.set_data(engine.instance, session.id, public={"team": "blue"}, private=None)
    found = await engine.payloads.preview(engine.instance, PLAN, user_id=user.id)
    assert found.chosen is not None and found.meter is not None
    assert (found.chosen.before, found.chosen.after) == ({}, {"plan": "pro", "team": "blue"})
    await set_up(engine, {"sessions": {"claims": PLAN}})
    kept = await engine.sessions.get(engine.instance, session.id)
    token = await engine.tokens.for_session(
        engine.instance, kept, user, origin=engine.instance.public_url, api_version=CLAIMS_VERSION_2
    )
    key = await engine.key_store.signing_key(engine.instance)
    minted = verify(token, lambda kid: key.verification_key).claims
    assert {**found.chosen.token, "jti": minted["jti"]} == minted
    assert found.chosen.size == len(token)


async def test_before_and_after_are_shown_for_ten_real_users(engine: Engine) -> None:
    for number in range(12):
        await person(engine, f"p{number}@example.com", password=None, public_metadata={"plan": f"plan {number}"})
    await set_up(engine, {"sessions": {"claims": {"plan": "old"}}})
    found = await engine.payloads.preview(engine.instance, PLAN)
    assert len(found.users) == 10 and found.chosen is None
    assert all(each.before == {"plan": "old"} for each in found.users)
    assert {each.after["plan"] for each in found.users} <= {f"plan {number}" for number in range(12)}  # type: ignore[index, call-overload]


async def test_problems_are_told_with_their_place_and_nothing_is_rendered(engine: Engine) -> None:
    found = await engine.payloads.preview(engine.instance, {"a": {"b": ["{{user.nme}}"]}, "sub": "x"})
    assert [(each.path, each.start, each.end) for each in found.problems] == [(("sub",), 0, 0), (("a", "b", 0), 0, 12)]
    assert found.meter is None and not found.users


async def test_the_meter_names_the_largest_token_and_what_takes_its_bytes(engine: Engine) -> None:
    large = await person(engine, "large@example.com", password=None, public_metadata={"teams": ["x" * 100] * 40})
    claims: dict[str, Json] = {"teams": "{{user.public_metadata.teams}}", "id": "{{user.id}}"}
    meter = await engine.payloads.meter(engine.instance, claims)
    assert (meter.largest_user, meter.is_too_large, meter.most) == (
        large.id, True, largest_token(engine.instance.publishable_key)
    )  # fmt: skip
    assert meter.fixed < meter.largest
    assert meter.claims["teams"] > 4000 * 4 / 3 > meter.claims["id"] > 0
    with pytest.raises(FieldError, match="The largest is teams, with 5,"):
        await set_up(engine, {"sessions": {"claims": claims}})


async def test_a_template_is_previewed_with_its_own_claims_and_life(engine: Engine) -> None:
    _, user = await ada(engine, public_metadata={"plan": "pro"})
    found = await engine.payloads.preview_template(
        engine.instance,
        {"org_id": "{{user.id}}", "aud": "api"},
        before={"aud": "old"},
        lifetime=timedelta(hours=1),
        user_id=user.id,
    )
    assert found.chosen is not None and found.meter is None
    assert (found.chosen.before, found.chosen.after) == ({"aud": "old"}, {"org_id": user.id, "aud": "api"})
    assert found.chosen.token["exp"] - found.chosen.token["iat"] == 3600  # type: ignore[operator]


async def test_a_preview_for_nobody_is_not_found(engine: Engine) -> None:
    for id in ("user_none", "'", ""):
        with pytest.raises(NotFound):
            await engine.payloads.preview(engine.instance, {}, user_id=id)


async def test_old_tokens_are_gone_after_the_longest_life_that_they_may_have(engine: Engine, clock: FakeClock) -> None:
    assert (await engine.payloads.rollout(engine.instance)).old_until is None
    await set_up(engine, {"sessions": {"token_seconds": 120}})
    clock.advance(minutes=10)
    await set_up(engine, {"sessions": {"claims": {"plan": "pro"}}})
    changed = clock.now()
    clock.advance(seconds=5)
    await set_up(engine, {"sessions": {"token_seconds": 30}})
    found = await engine.payloads.rollout(engine.instance)
    assert (found.changed_at, found.new_from) == (changed, changed + timedelta(seconds=1))
    assert found.old_until == changed + timedelta(seconds=121)
