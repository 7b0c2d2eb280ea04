"""Tickets as a factor: a server has named the user, so the proof also identifies them (R-OTP-02, R-AUZ-06)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.errors import FieldError
from sojourn.factors.factor import Attempt, Challenge, EnvironmentPart, Factor, Proven, Terms
from sojourn.factors.hash_pool import Slot
from sojourn.factors.offer import Offer, Person
from sojourn.factors.strategy import TICKET, Guess, Proof, Strategy
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.secret import Secret
from sojourn.sign_ins.ticket import TicketStatus
from sojourn.store.interface import Groups, Store

_STRATEGY = Strategy(name=TICKET, field="ticket", guess=Guess.NONE, identifies=True)


@dataclass(frozen=True, slots=True)
class TicketFactor(Factor):
    store: Store
    clock: Clock

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [_STRATEGY]

    def environment(self, instance: Instance) -> EnvironmentPart:
        return {"user_settings": {"attributes": {"ticket": {"enabled": True}}}}

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        return []

    async def challenge(self, attempt: Attempt) -> Challenge | None:
        return None

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        """Raises: FieldError for one that is used, revoked, over or unknown; when consumed, for one that was just used."""
        instance, now = attempt.instance, self.clock.now()
        ticket = await self.store.tickets.find_by_secret(instance.id, Secret(proof.ticket or "").stored_form())
        if ticket is None or ticket.status_at(now) is not TicketStatus.PENDING:
            raise FieldError(
                "This sign-in link has been used, revoked or has expired. Ask for a new one.", param="ticket"
            )

        async def accept(tx: Groups) -> None:
            if await tx.tickets.finish(instance.id, ticket.id, TicketStatus.ACCEPTED, now) is None:
                raise FieldError("This sign-in link has just been used.", param="ticket")

        return Proven(user_id=ticket.user_id, consume=accept, terms=Terms(ticket.actor, ticket.session_max))
