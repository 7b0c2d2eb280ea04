"""The step of a sign-in as pages without scripts show it: a code to type, a link to open, and the other ways."""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.factors.strategy import Level, Strategy
from sojourn.sign_ins.sign_in import SignIn, SignInStatus, challenge_of
from sojourn.ui.forms import labelled
from sojourn.web.frontend_api.context import ClientContext

_LEVELS = {SignInStatus.NEEDS_FIRST_FACTOR: Level.FIRST, SignInStatus.NEEDS_SECOND_FACTOR: Level.SECOND}
_SHOWN = ("code", "state")


@dataclass(frozen=True, slots=True)
class ShownStep:
    """`chosen` is the strategy that the page asks for, None where a person chooses among `others` first."""

    attempt: SignIn
    level: Level
    chosen: Strategy | None
    others: Sequence[Strategy]

    @property
    def said(self) -> str:
        more = "One more step: " if self.level is Level.SECOND else ""
        if self.chosen is None:
            return f"{more or 'Next: '}choose how to prove that it is you."
        if self.chosen.field == "state":
            return "A link is on its way to you. Open it in this browser."
        return "A code is on its way to you." if self.chosen.is_challenged else f"{more}enter your code.".capitalize()


async def step_of(context: ClientContext, attempt: SignIn, wanted: str) -> ShownStep | None:
    """The step with the strategy that is wanted, was sent, or can be typed at once.

    None if it is no step of a factor, or has no form that works without scripts.
    """
    level = _LEVELS.get(attempt.status_at(context.now))
    if level is None:
        return None
    facts = await context.engine.sign_ins.facts(context.instance, attempt)
    offers = facts.factors if level is Level.FIRST else facts.second_factors or ()
    offered = {offer.strategy for offer in offers}
    shown = [strategy for strategy in labelled(context, level) if strategy.field in _SHOWN and not strategy.identifies]
    ways = [strategy for strategy in shown if strategy.name in offered]
    by_name = {strategy.name: strategy for strategy in shown}
    at_once = next((strategy for strategy in ways if not strategy.is_challenged), None)
    chosen = by_name.get(wanted) or by_name.get(challenge_of(attempt, level)[0] or "") or at_once
    if chosen is None and not ways:
        return None
    return ShownStep(attempt, level, chosen, [way for way in ways if way != chosen])
