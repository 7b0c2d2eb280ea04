"""Sessions through the admin API: lists, filters and counts, and their ends: one, a user's, by filter, everybody's."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sojourn.console.roles import Role
from sojourn.sessions.session import Device, Session
from sojourn.store.interface import EventFilter, Page
from sojourn.testing.clock import FakeClock
from sojourn.users.accounts import NewUser
from sojourn.users.user import User

from ..contract.values import a_client, a_session
from .administration import Administering, Administration


@pytest.fixture
async def support(administration: Administration) -> Administering:
    return await administration.join(Role.SUPPORT)


async def person(administration: Administration, name: str) -> User:
    engine = administration.dashboard.application
    new = NewUser(email_addresses=[f"{name}@example.com"], first_name=name, skip_password_requirement=True)
    return await engine.accounts.create(engine.instance, new)


async def signed_in(administration: Administration, user: User, count: int = 1, **given: Any) -> list[Session]:
    """Sessions of the user that begin now, a browser each."""
    engine = administration.dashboard.application
    now = engine.clock.now()
    made: list[Session] = []
    async with engine.store.transaction() as tx:
        for _ in range(count):
            client = a_client(engine.instance.id)
            times = {"created_at": now, "last_active_at": now, "expire_at": now + timedelta(days=7)}
            session = a_session(user, client, **{**times, "strategy": "password", **given})
            await tx.clients.create(client)
            await tx.sessions.create(session)
            made.append(session)
    return made


async def listed(caller: Administering, **given: Any) -> list[str]:
    return [each["id"] for each in (await caller.get("/sessions", **given))["data"]]


async def test_live_and_ended_sessions_are_listed_with_what_is_known_of_them(
    administration: Administration, support: Administering, clock: FakeClock
) -> None:
    ada = await person(administration, "Ada")
    device = Device("203.0.113.7", "agent", "Firefox", "140", "Macintosh", city="Berlin", country="DE")
    (first,) = await signed_in(administration, ada, device=device)
    clock.advance(minutes=5)
    (second,) = await signed_in(administration, ada, strategy="email_code", device=replace(device, country="FR"))
    assert await listed(support) == [second.id, first.id]
    shown = await support.get(f"/sessions/{first.id}")
    assert shown["user"]["email_address"] == "Ada@example.com" and shown["is_live"]
    assert (shown["browser_name"], shown["country"], shown["strategy"]) == ("Firefox", "DE", "password")
    assert shown["ends_at"] == first.abandon_at.millis
    ended = await support.post(f"/sessions/{first.id}/end", {})
    assert (ended["status"], ended["end_cause"], ended["ended_by"]) == ("revoked", "revoked", f"admin:{support.id}")
    assert ended["end_told"] and ended["ended_at"] == clock.now().millis
    assert await listed(support, state="active") == [second.id]
    assert await listed(support, state="ended", sort="ended") == [first.id]
    assert await listed(support, cause="revoked", country="de", ip_prefix="203.0.113.0/24") == [first.id]
    assert await listed(support, person="ada", strategy="email_code", device="firefox") == [second.id]
    assert await listed(support, person="nobody") == []
    assert await support.get("/sessions/count", person="ada") == {"total_count": 2, "is_exact": True}
    clock.advance(days=1)
    support = await administration.sign_in("support@console.example", support.id)
    assert await listed(support, cause="inactive") == [second.id]
    assert (await support.get(f"/sessions/{second.id}"))["end_rule"] == "sessions.inactivity_seconds=86400"


async def test_pages_follow_each_other_while_others_sign_in(
    administration: Administration, support: Administering, clock: FakeClock
) -> None:
    ada = await person(administration, "Ada")
    begun = [session.id for session in await signed_in(administration, ada, 5)]
    page = await support.get("/sessions", limit=2)
    found = [each["id"] for each in page["data"]]
    clock.advance(minutes=1)
    await signed_in(administration, ada, 2)
    while page["next_cursor"] is not None:
        page = await support.get("/sessions", limit=2, cursor=page["next_cursor"])
        found += [each["id"] for each in page["data"]]
    assert sorted(found) == sorted(begun)


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=ä", "sort=name", "limit=0", "ip_prefix=x", "state=live", "cause=none"]
)
async def test_a_list_that_makes_no_sense_is_refused(support: Administering, query: str) -> None:
    name, _, value = query.partition("=")
    refused = await support.send("GET", "/sessions", None, **{name: value})
    assert refused.status_code == 422, refused.text


async def test_all_sessions_of_a_user_end_and_no_others(administration: Administration, support: Administering) -> None:
    ada, bob = await person(administration, "Ada"), await person(administration, "Bob")
    await signed_in(administration, ada, 3)
    others = {session.id for session in await signed_in(administration, bob, 2)}
    ended = await support.post(f"/users/{ada.id}/sessions/end", {})
    now = administration.dashboard.application.clock.now()
    assert ended == {"ended": 3, "last_token_dies_at": now.millis + 60_000}
    assert {*await listed(support, state="active")} == others


async def test_a_filter_is_previewed_exactly_and_ended_with_one_entry_of_the_audit_log(
    administration: Administration, support: Administering, clock: FakeClock
) -> None:
    ada, engine = await person(administration, "Ada"), administration.dashboard.application
    german = {session.id for session in await signed_in(administration, ada, 3, device=Device(country="DE"))}
    french = {session.id for session in await signed_in(administration, ada, 2, device=Device(country="FR"))}
    clock.advance(minutes=1)
    preview = await support.post("/session_batches", {"country": "DE", "dry_run": True})
    assert (preview["status"], preview["total"], preview["id"]) == ("preview", 3, None)
    assert preview["last_token_dies_at"] == clock.now().millis + 60_000
    batch = await support.post("/session_batches", {"country": "DE"})
    assert (batch["status"], batch["total"], batch["done"], batch["filters"]) == ("finished", 3, 3, {"country": "DE"})
    assert await support.get(f"/session_batches/{batch['id']}") == batch
    assert (await support.get("/session_batches"))["data"] == [batch]
    assert {*await listed(support, batch_id=batch["id"])} == german
    assert {*await listed(support, state="active")} == french
    entries = await engine.store.events.list(engine.instance.id, Page(9), EventFilter(kinds=["session.", "sessions."]))
    (entry,) = [each for each in entries if each.kind.startswith(("sessions.", "session.revoked"))]
    assert (entry.kind, entry.target, entry.actor) == ("sessions.ended", batch["id"], f"admin:{support.id}")
    assert entry.details == {"sessions": 3, "filters": ["country"]}


async def test_everybody_is_signed_out_only_if_that_is_said(
    administration: Administration, support: Administering
) -> None:
    ada = await person(administration, "Ada")
    await signed_in(administration, ada, 2)
    for meant in ({}, {"everybody": True, "country": "DE"}):
        assert (await support.send("POST", "/session_batches", meant)).status_code == 422
    batch = await support.post("/session_batches", {"everybody": True})
    assert (batch["done"], batch["cause"]) == (2, "all_revoked")
    assert await listed(support, state="active") == []


async def test_a_large_batch_survives_a_stop_in_the_middle_and_spares_who_signs_in_meanwhile(
    administration: Administration, support: Administering, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sojourn.sessions.batches._SMALL", 0)
    monkeypatch.setattr("sojourn.sessions.batches._ENDED_AT_ONCE", 2)
    ada, engine = await person(administration, "Ada"), administration.dashboard.application
    await signed_in(administration, ada, 7)
    begun = await support.post("/session_batches", {"user_id": ada.id})
    assert (begun["status"], begun["done"]) == ("running", 0)
    clock.advance(seconds=1)
    (later,) = await signed_in(administration, ada)
    batch = await engine.session_batches.get(engine.instance, begun["id"])
    async with engine.store.transaction() as tx:  # as by a process that was stopped after its first step
        await tx.session_batches.step(batch, clock.now(), None, max_rows=2)
    assert (await support.get(f"/session_batches/{batch.id}"))["done"] == 2
    await asyncio.gather(engine.session_batches.continue_all(), engine.session_batches.continue_all())
    done = await support.get(f"/session_batches/{batch.id}")
    assert (done["status"], done["done"], done["total"]) == ("finished", 7, 7)
    assert await listed(support, state="active") == [later.id]
    entries = await engine.store.events.list(engine.instance.id, Page(9), EventFilter(kinds=["sessions.ended"]))
    assert len(entries) == 1
