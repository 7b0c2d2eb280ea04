"""What every store promises about tickets, nonces, and what an owner lists."""

from dataclasses import replace
from datetime import timedelta

from sojourn.ids import InstanceId, new_id
from sojourn.ids import instance_id as new_instance_id
from sojourn.sign_ins.ticket import Ticket, TicketKind, TicketStatus
from sojourn.store.interface import Page, Record, Store
from sojourn.store.opening import open_store
from sojourn.users.user import User

from .values import LATER, NOW, a_ticket, a_user, digest, race


async def _stored_user(store: Store, instance_id: InstanceId) -> User:
    user = a_user(instance_id)
    await store.users.create(user)
    return user


async def test_a_ticket_comes_back_as_it_was_given(store: Store, instance_id: InstanceId) -> None:
    user = await _stored_user(store, instance_id)
    plain = a_ticket(user)
    of_actor = a_ticket(user, kind=TicketKind.ACTOR, actor={"sub": "admin"}, session_max=timedelta(minutes=30))
    for ticket in (plain, of_actor):
        await store.tickets.create(ticket)
        assert await store.tickets.find(instance_id, ticket.kind, ticket.id) == ticket
        assert await store.tickets.find_by_secret(instance_id, ticket.secret_hash) == ticket
    assert await store.tickets.find(instance_id, TicketKind.ACTOR, plain.id) is None
    assert await store.tickets.find(new_instance_id(), plain.kind, plain.id) is None  # R-AUZ-02
    assert await store.tickets.find_by_secret(new_instance_id(), plain.secret_hash) is None


async def test_of_fifty_who_bring_a_ticket_one_is_let_in(
    nodes: list[Store], instance_id: InstanceId, database_url: str
) -> None:  # R-OTP-02, R-REL-02, R-SES-10
    ticket = a_ticket(await _stored_user(nodes[0], instance_id))
    await nodes[0].tickets.create(ticket)

    async def accept(node: Store) -> Ticket | None:
        return await node.tickets.finish(instance_id, ticket.id, TicketStatus.ACCEPTED, LATER)

    accepted = [each for each in await race(nodes, accept) if each is not None]
    assert accepted == [replace(ticket, status=TicketStatus.ACCEPTED, updated_at=LATER)]
    restarted = open_store(database_url)
    assert await accept(restarted) is None
    await restarted.close()


async def test_a_late_revoked_or_foreign_ticket_lets_nobody_in(store: Store, instance_id: InstanceId) -> None:
    user = await _stored_user(store, instance_id)
    late, revoked, foreign = a_ticket(user, expire_at=NOW), a_ticket(user), a_ticket(user, expire_at=LATER)
    for ticket in (late, revoked):
        await store.tickets.create(ticket)
    await store.tickets.revoke_of_user(instance_id, user.id, NOW)
    await store.tickets.create(foreign)
    accepted = TicketStatus.ACCEPTED
    assert await store.tickets.finish(instance_id, late.id, accepted, NOW) is None
    assert await store.tickets.finish(instance_id, revoked.id, accepted, NOW) is None
    assert await store.tickets.finish(new_instance_id(), foreign.id, accepted, NOW) is None
    assert await store.tickets.find(instance_id, foreign.kind, foreign.id) == foreign


async def test_of_fifty_who_bring_a_nonce_one_gets_the_directives(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-ID-05, R-REL-02
    nonce = digest()
    await nodes[0].tickets.add_nonce(instance_id, nonce, ["a=1; Path=/", "b=ü"], LATER)
    got = await race(nodes, lambda node: node.tickets.take_nonce(instance_id, nonce, NOW))
    assert [each for each in got if each is not None] == [["a=1; Path=/", "b=ü"]]


async def test_a_late_or_foreign_nonce_gives_nothing(store: Store, instance_id: InstanceId) -> None:  # R-ID-05
    nonce = digest()
    await store.tickets.add_nonce(instance_id, nonce, ["a"], LATER)
    assert await store.tickets.take_nonce(new_instance_id(), nonce, NOW) is None
    assert await store.tickets.take_nonce(instance_id, digest(), NOW) is None
    assert await store.tickets.take_nonce(instance_id, nonce, LATER) is None
    assert await store.tickets.take_nonce(instance_id, nonce, NOW) == ["a"]


# -- what an owner lists


def _record(instance_id: InstanceId, key: str) -> Record:
    return Record(new_id("jtmp_"), instance_id, "jwt_template", key, {"claims": {"a": [1]}}, NOW, NOW)


async def test_records_are_kept_by_kind_and_key(store: Store, instance_id: InstanceId) -> None:
    old, new = _record(instance_id, "old"), replace(_record(instance_id, "new"), created_at=LATER)
    blocked = replace(_record(instance_id, "old"), kind="blocklist_identifier")
    for record in (old, new, blocked):
        assert await store.records.create(record)
    assert await store.records.list(instance_id, "jwt_template", Page()) == [new, old]
    assert await store.records.list(instance_id, "jwt_template", Page(1, 1)) == [old]
    assert await store.records.count(instance_id, "jwt_template") == 2
    assert await store.records.find(instance_id, "jwt_template", old.id) == old
    assert await store.records.find(instance_id, "redirect_url", old.id) is None
    assert await store.records.find_by_key(instance_id, "blocklist_identifier", "old") == blocked
    changed = replace(old, key="other", body={}, updated_at=LATER)
    assert await store.records.replace(changed)
    assert await store.records.find(instance_id, "jwt_template", old.id) == changed
    assert await store.records.delete(instance_id, "jwt_template", old.id)
    assert not await store.records.delete(instance_id, "jwt_template", old.id)
    assert not await store.records.replace(old)


async def test_records_of_other_instances_are_out_of_reach(store: Store, instance_id: InstanceId) -> None:  # R-AUZ-02
    record, other = _record(instance_id, "mine"), new_instance_id()
    await store.records.create(record)
    assert await store.records.create(_record(other, "mine"))
    assert await store.records.find(other, "jwt_template", record.id) is None
    assert not await store.records.replace(replace(record, instance_id=other))
    assert not await store.records.delete(other, "jwt_template", record.id)
    assert await store.records.list(instance_id, "jwt_template", Page()) == [record]
    assert await store.records.count(instance_id, "jwt_template") == 1


async def test_of_fifty_records_with_one_key_one_is_kept(nodes: list[Store], instance_id: InstanceId) -> None:
    made = await race(nodes, lambda node: node.records.create(_record(instance_id, "name")))  # R-REL-02
    assert made.count(True) == 1
    assert len(await nodes[0].records.list(instance_id, "jwt_template", Page())) == 1


async def test_a_taken_key_does_not_end_the_transaction(store: Store, instance_id: InstanceId) -> None:
    await store.records.create(_record(instance_id, "taken"))
    async with store.transaction() as tx:
        other = _record(instance_id, "other")
        assert not await tx.records.create(_record(instance_id, "taken"))
        assert await tx.records.create(other)
        assert not await tx.records.replace(replace(other, key="taken"))
    assert await store.records.find(instance_id, "jwt_template", other.id) == other
