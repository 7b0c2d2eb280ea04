"""Credentials that come and go are told to their user and to the audit log, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import Conflict, FieldError, NotFound, WrongCode
from sojourn.factors.credential import Credential
from sojourn.factors.enrollment import Confirmation, Enrollable, Enrollment
from sojourn.factors.factor import Attempt, Factor, FactorTools, Proven
from sojourn.factors.hash_pool import Slot
from sojourn.factors.offer import Offer, Person
from sojourn.factors.strategy import Proof, Strategy
from sojourn.instances.instance import Instance
from sojourn.messages.mailbox import Mailbox
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.sessions.end_cause import EndCause
from sojourn.sign_ins.attempt import SignInInput
from sojourn.store.interface import EventFilter, Groups, Page
from sojourn.testing.clock import FakeClock
from sojourn.users.user import User

from ..people import ADA, events, is_live, notices, person, signed_in

KIND = "spare_key"


@dataclass(frozen=True, slots=True)
class SpareKeys(Factor, Enrollable):
    """One key for each user, which is in force at once where `is_verified`."""

    is_verified: bool = False
    tools: FactorTools | None = None

    def connected(self, tools: FactorTools) -> "SpareKeys":
        return replace(self, tools=tools)

    def credential_kinds(self) -> Collection[str]:
        return [KIND]

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [Strategy(name=KIND)]

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        return []

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        raise WrongCode()

    async def begin(self, user: User, label: str | None = None) -> Enrollment:
        assert self.tools is not None
        key = self.tools.credentials.made(user, KIND, {}, label=label, is_verified=self.is_verified)

        async def record(tx: Groups) -> Sequence[Credential]:
            earlier = await tx.credentials.delete_kind(user.instance_id, user.id, KIND)
            if not await tx.credentials.create(key):
                raise Conflict()
            return earlier

        return Enrollment(key, record)

    async def confirm(self, user: User, credential: Credential, proof: Proof) -> Confirmation:
        tools = self.tools
        if tools is None or proof.code != "right":
            raise WrongCode()

        async def record(tx: Groups) -> Credential:
            confirmed = await tx.credentials.verify(user.instance_id, credential.id, tools.clock.now())
            if confirmed is None:
                raise Conflict()
            return confirmed

        return Confirmation(record)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Config:
    return Config(data=tmp_path, database_url=database_url, root_keys=(Secret.random(),), factors=[SpareKeys()])


@pytest.fixture
async def engine(config: Config, mailbox: Mailbox) -> AsyncIterator[Engine]:
    opened = await Engine.open(config, clock=FakeClock(), mailer=mailbox)
    yield opened
    await opened.close()


async def told(engine: Engine, mailbox: Mailbox) -> list[tuple[str, str]]:
    return [notice for notice in await notices(engine, mailbox) if notice[0].startswith("credential_")]


async def changes(engine: Engine, user: User) -> list[str]:
    return sorted(kind for kind in await events(engine, user) if kind.startswith("credential."))


async def confirmed(engine: Engine, user: User) -> Credential:
    begun = await engine.enrollments.begin(engine.instance, user, KIND)
    proof = Proof(code="right")
    return await engine.enrollments.confirm(engine.instance, user, KIND, begun.credential.id, proof)


async def test_a_confirmed_credential_is_told_to_its_user_and_recorded(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-LOG-01, R-LOG-04
    ada = await person(engine)
    begun = await engine.enrollments.begin(engine.instance, ada, KIND, label="<b>Cellar</b>")
    with pytest.raises(WrongCode):
        await engine.enrollments.confirm(engine.instance, ada, KIND, begun.credential.id, Proof(code="wrong"))
    assert (await told(engine, mailbox), await changes(engine, ada)) == ([], [])
    key = await engine.enrollments.confirm(engine.instance, ada, KIND, begun.credential.id, Proof(code="right"))
    assert await told(engine, mailbox) == [("credential_added", ADA)]
    assert "spare key" in mailbox.last().text
    assert "Cellar" not in mailbox.last().text  # R-INP-03
    created = EventFilter(kinds=["credential.created"])
    [event] = await engine.store.events.list(engine.instance.id, Page(10), created)
    assert (event.actor, event.user_id, event.target, event.details) == (ada.id, ada.id, key.id, {"kind": KIND})


async def test_a_removed_credential_ends_other_access_and_is_told(engine: Engine, mailbox: Mailbox) -> None:  # R-PWD-11
    ada = await person(engine)
    here, elsewhere = await signed_in(engine), await signed_in(engine)
    _, ticket = await engine.tickets.create_sign_in_token(engine.instance, ada.id)
    key = await confirmed(engine, ada)
    assert await is_live(engine, elsewhere)
    await engine.enrollments.remove(engine.instance, ada, KIND, key.id, keep=here.id)
    assert [await is_live(engine, session) for session in (here, elsewhere)] == [True, False]
    ended = await engine.sessions.get(engine.instance, elsewhere.id)
    assert (ended.end_cause, ended.ended_by) == (EndCause.CREDENTIAL_REMOVED, ada.id)
    with pytest.raises(FieldError):
        given = SignInInput(strategy="ticket", ticket=ticket.reveal())
        await engine.sign_ins.create(Caller(engine.instance, None), given)
    assert await told(engine, mailbox) == [("credential_added", ADA), ("credential_removed", ADA)]
    assert await changes(engine, ada) == ["credential.created", "credential.deleted"]


async def test_one_that_was_never_confirmed_goes_without_a_word(engine: Engine, mailbox: Mailbox) -> None:
    ada = await person(engine)
    here = await signed_in(engine)
    begun = await engine.enrollments.begin(engine.instance, ada, KIND)
    await engine.enrollments.begin(engine.instance, ada, KIND)
    with pytest.raises(NotFound):
        await engine.enrollments.remove(engine.instance, ada, KIND, begun.credential.id)
    assert (await told(engine, mailbox), await changes(engine, ada)) == ([], [])
    assert await is_live(engine, here)


async def test_a_new_credential_in_the_place_of_a_usable_one_is_a_loss(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-PWD-11
    ada = await person(engine)
    here, elsewhere = await signed_in(engine), await signed_in(engine)
    await confirmed(engine, ada)
    await engine.enrollments.begin(engine.instance, ada, KIND, keep=here.id)
    assert [await is_live(engine, session) for session in (here, elsewhere)] == [True, False]
    assert await told(engine, mailbox) == [("credential_added", ADA), ("credential_removed", ADA)]


async def test_one_that_is_in_force_at_once_is_told_at_once(config: Config, mailbox: Mailbox) -> None:
    at_once = replace(config, factors=[SpareKeys(is_verified=True)])
    engine = await Engine.open(at_once, clock=FakeClock(), mailer=mailbox)
    ada = await person(engine)
    await engine.enrollments.begin(engine.instance, ada, KIND, actor="backend_api")
    assert await told(engine, mailbox) == [("credential_added", ADA)]
    assert await changes(engine, ada) == ["credential.created"]
    await engine.close()


async def test_of_ten_who_confirm_or_remove_at_once_one_is_recorded(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-LIM-06
    ada, enrollments = await person(engine), engine.enrollments
    id = (await enrollments.begin(engine.instance, ada, KIND)).credential.id
    confirming = [enrollments.confirm(engine.instance, ada, KIND, id, Proof(code="right")) for _ in range(10)]
    answers = await asyncio.gather(*confirming, return_exceptions=True)
    assert sum(isinstance(answer, Credential) for answer in answers) == 1
    removing = [enrollments.remove(engine.instance, ada, KIND, id) for _ in range(10)]
    answers = await asyncio.gather(*removing, return_exceptions=True)
    assert sum(answer is None for answer in answers) == 1
    assert await changes(engine, ada) == ["credential.created", "credential.deleted"]
    assert sorted(await told(engine, mailbox)) == [("credential_added", ADA), ("credential_removed", ADA)]


async def test_a_change_that_cannot_be_recorded_is_not_made(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await person(engine)
    key = await confirmed(engine, ada)

    async def refuse(*_: object, **__: object) -> None:
        raise Conflict()

    monkeypatch.setattr(type(engine.audit), "record", refuse)
    with pytest.raises(Conflict):
        await engine.enrollments.remove(engine.instance, ada, KIND, key.id)
    assert await engine.store.credentials.find(engine.instance.id, key.id) == key  # R-LOG-01
