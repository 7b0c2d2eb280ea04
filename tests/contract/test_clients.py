"""What every store promises about clients and development browsers."""

from dataclasses import replace
from datetime import timedelta

from sojourn.ids import ClientId, InstanceId, SessionId, SignInId, SignUpId
from sojourn.ids import instance_id as new_instance_id
from sojourn.sessions.session import SessionStatus
from sojourn.store.interface import ClientFacts, DevBrowser, Page, Store

from .values import LATER, NOW, a_client, a_full_user, a_session, a_user, digest, race

GRACE = timedelta(seconds=10)


async def test_a_client_comes_back_as_it_was_given(store: Store, instance_id: InstanceId) -> None:
    client = a_client(
        instance_id, previous_secret_hash=digest(), previous_secret_until=LATER,
        last_active_session_id=SessionId("sess_1"), sign_in_id=SignInId("sia_1"), sign_up_id=SignUpId("sua_1"),
        last_authentication_strategy="password", generation=3, earlier_secrets={digest().hex(): LATER.millis},
    )  # fmt: skip
    await store.clients.create(client)
    assert await store.clients.find(instance_id, client.id) == client
    assert await store.clients.find_by_secret(instance_id, client.secret_hash) == client
    assert await store.clients.list(instance_id, Page()) == [client]
    assert await store.clients.count(instance_id) == 1


async def test_clients_are_found_in_their_own_instance_only(store: Store, instance_id: InstanceId) -> None:  # R-AUZ-02
    client, other = a_client(instance_id), new_instance_id()
    await store.clients.create(client)
    assert await store.clients.find(other, client.id) is None
    assert await store.clients.find_by_secret(other, client.secret_hash) is None
    assert await store.clients.list(other, Page()) == []
    assert await store.clients.count(other) == 0
    assert not await store.clients.delete(replace(client, instance_id=other))


async def test_a_client_is_read_with_its_live_sessions_and_their_users(  # R-AUZ-02
    store: Store, instance_id: InstanceId
) -> None:
    client = a_client(instance_id, previous_secret_hash=digest(), previous_secret_until=LATER)
    await store.clients.create(client)
    assert await store.clients.facts(instance_id, client.secret_hash) == ClientFacts(client, (), {})

    ada, grace = a_full_user(instance_id), a_user(instance_id)
    assert len(ada.identifiers) > 1
    await store.users.create(ada)
    await store.users.create(grace)
    young, old = a_session(ada, client, created_at=LATER), a_session(ada, client, status=SessionStatus.PENDING)
    beside = a_session(grace, client, created_at=LATER)
    over = [a_session(grace, client, status=status) for status in list(SessionStatus)[2:]]
    for session in (young, beside, old, *over, a_session(ada, a_client(instance_id))):
        await store.sessions.create(session)
    facts = await store.clients.facts(instance_id, client.secret_hash)
    assert facts is not None
    assert facts.sessions[0] == old
    assert sorted(facts.sessions[1:], key=lambda each: each.id) == sorted([young, beside], key=lambda each: each.id)
    assert facts.users == {ada.id: ada, grace.id: grace}
    assert facts.client == client

    assert await store.clients.facts(new_instance_id(), client.secret_hash) is None
    assert client.previous_secret_hash
    assert await store.clients.facts(instance_id, client.previous_secret_hash) is None


async def test_of_fifty_tabs_one_rotates_the_secret(nodes: list[Store], instance_id: InstanceId) -> None:  # R-SES-08
    client = a_client(instance_id)
    await nodes[0].clients.create(client)

    async def rotate(node: Store) -> bytes | None:
        new = digest()
        return new if await node.clients.rotate_secret(client, new, NOW, grace=GRACE) else None

    (new,) = [each for each in await race(nodes, rotate) if each is not None]
    rotated = replace(
        client,
        secret_hash=new,
        previous_secret_hash=client.secret_hash,
        previous_secret_until=NOW + GRACE,
        generation=1,
    )
    assert await nodes[1].clients.find_by_secret(instance_id, new) == rotated
    assert await nodes[1].clients.find_by_secret(instance_id, client.secret_hash) == rotated


async def test_every_secret_of_the_last_seconds_is_remembered_and_no_other(  # R-SES-08
    store: Store, instance_id: InstanceId
) -> None:
    client = a_client(instance_id)
    await store.clients.create(client)
    replaced: dict[str, int] = {}
    for second in range(30):
        now = NOW + timedelta(seconds=second)
        found = await store.clients.find(instance_id, client.id)
        assert found is not None
        assert await store.clients.rotate_secret(found, digest(), now, grace=GRACE)
        client = await store.clients.find(instance_id, client.id) or found
        assert client.earlier_secrets == {hashed: until for hashed, until in replaced.items() if until > now.millis}
        replaced[found.secret_hash.hex()] = (now + GRACE).millis
    late = NOW + timedelta(minutes=5)
    assert await store.clients.rotate_secret(client, digest(), late, grace=GRACE)
    forgotten = await store.clients.find(instance_id, client.id)
    assert forgotten is not None
    assert forgotten.earlier_secrets == {}


async def test_a_secret_that_was_replaced_changes_nothing(store: Store, instance_id: InstanceId) -> None:  # R-FLOW-01
    before = a_client(instance_id)
    await store.clients.create(before)
    assert await store.clients.rotate_secret(before, digest(), NOW, grace=GRACE)
    after = await store.clients.find(instance_id, before.id)
    assert not await store.clients.rotate_secret(before, digest(), LATER, grace=GRACE)
    assert not await store.clients.set_attempts(before, LATER, sign_in_id=SignInId("sia_1"), sign_up_id=None)
    assert not await store.clients.set_last_active_session(before, SessionId("sess_1"), LATER)
    assert not await store.clients.delete(before)
    assert await store.clients.find(instance_id, before.id) == after


async def test_what_happens_on_a_client_is_noted(store: Store, instance_id: InstanceId) -> None:
    client = a_client(instance_id)
    await store.clients.create(client)
    assert await store.clients.set_attempts(client, LATER, sign_in_id=SignInId("sia_1"), sign_up_id=None)
    trying = replace(client, sign_in_id=SignInId("sia_1"), updated_at=LATER)
    assert await store.clients.find(instance_id, client.id) == trying
    await store.clients.begin_session(client.instance_id, client.id, SessionId("sess_1"), LATER, strategy="email_code")
    expected = replace(
        client, last_active_session_id=SessionId("sess_1"), updated_at=LATER, signed_in_changed_at=LATER,
        last_authentication_strategy="email_code",
    )  # fmt: skip
    assert await store.clients.find(instance_id, client.id) == expected
    assert await store.clients.set_last_active_session(client, SessionId("sess_2"), LATER)
    await store.clients.note_signed_in_change(client.instance_id, client.id, LATER)
    expected = replace(expected, last_active_session_id=SessionId("sess_2"))
    assert await store.clients.find(instance_id, client.id) == expected


async def test_a_deleted_client_takes_its_development_browsers_along(store: Store, instance_id: InstanceId) -> None:
    client = a_client(instance_id)
    browser = DevBrowser(digest(), instance_id, client.id, NOW, 0)
    await store.clients.create(client)
    await store.clients.create_dev_browser(browser)
    assert await store.clients.delete(client)
    assert not await store.clients.delete(client)
    assert await store.clients.find_by_secret(instance_id, client.secret_hash) is None
    assert await store.clients.find_dev_browser(instance_id, browser.token_hash) is None


async def test_a_development_browser_stays_what_it_was_made(store: Store, instance_id: InstanceId) -> None:  # R-FLOW-01
    browser = DevBrowser(digest(), instance_id, ClientId("client_1"), NOW, 2, LATER)
    assert await store.clients.create_dev_browser(browser)
    assert not await store.clients.create_dev_browser(replace(browser, client_id=ClientId("client_2")))
    assert await store.clients.find_dev_browser(instance_id, browser.token_hash) == browser
    assert await store.clients.find_dev_browser(new_instance_id(), browser.token_hash) is None


async def test_browsers_in_which_nobody_ever_signed_in_are_forgotten(
    store: Store, instance_id: InstanceId
) -> None:  # R-SES-13
    never = [a_client(instance_id) for _ in range(3)]
    once = a_client(instance_id, last_authentication_strategy="password")
    of_now = a_client(instance_id, updated_at=LATER)
    for each in (*never, once, of_now):
        await store.clients.create(each)
    user = a_user(instance_id, "ada@example.com")
    await store.users.create(user)
    await store.sessions.create(a_session(user, never[0]))  # it begins at this moment
    assert await store.purge_unused_clients(NOW.before(timedelta(milliseconds=1)), max_rows=10) == 0
    assert await store.purge_unused_clients(NOW, max_rows=1) == 1
    assert await store.purge_unused_clients(NOW, max_rows=10) == 1
    for kept in (never[0], once, of_now):
        assert await store.clients.find(instance_id, kept.id) == kept
