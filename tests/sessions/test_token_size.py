"""Session tokens that would not fit into a browser's cookie: refused when claims are saved, told of when they are minted."""

import pytest

from sojourn.engine import Engine
from sojourn.errors import FieldError, Json, Overloaded
from sojourn.store.interface import Page
from sojourn.tokens.cookie_size import LARGEST_COOKIE, largest_token, too_large
from sojourn.users.user import User

from ..people import person, set_up, signed_in

TEAMS: dict[str, Json] = {"teams": "{{user.public_metadata.teams}}"}


def teams(number: int) -> dict[str, Json]:
    return {"teams": [f"team-{n:03d}-with-a-long-name" for n in range(number)]}


async def saved(engine: Engine, claims: dict[str, Json]) -> None:
    await set_up(engine, {"sessions": {"claims": claims}})


async def minted(engine: Engine, user: User) -> str:
    session = await engine.sessions.create_for(engine.instance, user)
    now_is = await engine.accounts.get(engine.instance, user.id)
    return await engine.tokens.for_session(engine.instance, session, now_is, origin="http://localhost:3000")


async def told(engine: Engine) -> list[Json]:
    entries = await engine.store.events.list(engine.instance.id, Page(500))
    return [entry.details["bytes"] for entry in entries if entry.kind == "session.token_too_large"]


def test_a_cookie_is_counted_with_its_name() -> None:  # RFC 6265 section 6.1
    key = "pk_test_c29qb3Vybi5sb2NhbGhvc3Q6ODAwMCQ"
    most = largest_token(key)
    assert LARGEST_COOKIE - most == len("__session_") + 8
    assert too_large(most, key) is None and "4,096" in (too_large(most + 1, key) or "")


async def test_claims_with_which_somebodys_token_is_too_large_are_not_saved(engine: Engine) -> None:
    await person(engine, "small@example.com", public_metadata=teams(1))
    await person(engine, public_metadata=teams(140))
    with pytest.raises(FieldError) as refused:
        await saved(engine, TEAMS)
    assert refused.value.param == "sessions.claims" and "4,096" in refused.value.long_message
    assert (await engine.instances.current()).settings.sessions.claims == {}


async def test_what_is_saved_fits_and_what_is_minted_then_is_as_large_as_was_reckoned(engine: Engine) -> None:
    user = await person(engine, public_metadata=teams(60))
    await saved(engine, TEAMS)
    token = await minted(engine, user)
    assert 2000 < len(token) <= largest_token(engine.instance.publishable_key)
    assert await told(engine) == []


async def test_claims_that_are_too_large_for_everybody_are_refused_before_there_is_a_user(engine: Engine) -> None:
    with pytest.raises(FieldError):
        await saved(engine, {f"claim_{n}": "x" * 60 for n in range(40)})
    with pytest.raises(FieldError):  # short to write, and long once it is rendered
        await saved(engine, {f"c{n}": "{{user}}" for n in range(12)})


async def test_the_larger_signature_is_reckoned_with(engine: Engine) -> None:
    await set_up(engine, {"sessions": {"token_algorithm": "EdDSA"}})
    await person(engine, public_metadata={"pad": "x" * 2500})
    await saved(engine, {"pad": "{{user.public_metadata.pad}}"})
    with pytest.raises(FieldError):
        await set_up(engine, {"sessions": {"token_algorithm": "RS256"}})


async def test_somebody_who_has_grown_since_still_gets_a_token_and_the_operator_is_told_once(engine: Engine) -> None:
    user = await person(engine, public_metadata=teams(1))
    await saved(engine, TEAMS)
    await engine.accounts.replace_metadata(engine.instance, user.id, public=teams(140))
    session = await signed_in(engine)
    now_is = await engine.accounts.get(engine.instance, user.id)
    sizes = {
        len(await engine.tokens.for_session(engine.instance, session, now_is, origin="http://localhost:3000"))
        for _ in range(3)
    }
    assert all(size > LARGEST_COOKIE for size in sizes)
    assert await told(engine) == [max(sizes)]


async def test_a_log_that_cannot_be_written_signs_nobody_out(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    user = await person(engine, public_metadata=teams(1))
    await saved(engine, TEAMS)
    user = await engine.accounts.replace_metadata(engine.instance, user.id, public=teams(140))
    session = await signed_in(engine)
    monkeypatch.setattr(type(engine.audit), "record", _full_disk)
    token = await engine.tokens.for_session(engine.instance, session, user, origin=None)
    assert len(token) > LARGEST_COOKIE


async def _full_disk(*_: object, **__: object) -> None:
    raise Overloaded()


async def test_other_settings_are_saved_beside_claims_of_an_older_release(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    old: dict[str, Json] = {"name": "{{user.frist_name}}"}
    with monkeypatch.context() as older:
        older.setattr("sojourn.instances.instances.check_template", lambda *_, **__: None)  # pyright: ignore
        await saved(engine, old)
    await set_up(engine, {"application_name": "Violet"})
    assert engine.instance.settings.sessions.claims == old
    with pytest.raises(FieldError, match="first_name"):
        await saved(engine, {**old, "more": 1})
