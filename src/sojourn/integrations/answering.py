"""Whether a request is answered in the app's place: the one order of questions, for every kind of app."""

from collections.abc import Collection

from sojourn.errors import ServerUnreachable
from sojourn.integrations.asked import Asked
from sojourn.integrations.gate import NO_KEYS, Gate, SignedIn, Verdict
from sojourn.integrations.origins import is_own, may_be_used
from sojourn.integrations.refusals import Refusal, foreign, refusal, unreachable
from sojourn.integrations.visit import Guard


def refused_at(
    gate: Gate, asked: Asked, verdict: Verdict, guard: Guard, trusted: Collection[str], *, is_protected: bool
) -> Refusal | None:
    """Strangers first, then writes that a page elsewhere made the browser send (R-WEB-01); None lets the app answer."""
    if not isinstance(verdict, SignedIn):
        if verdict.reason == NO_KEYS and is_protected:  # a dependency that is down: not allowed, and not "signed out" (R-REL-03)
            return unreachable(ServerUnreachable(), asked)
        refused = refusal(gate, asked, verdict, is_protected=is_protected, sign_in_url=guard.sign_in_url)
        if refused is not None:
            return refused
    return foreign(asked) if may_be_used(asked, verdict) and not is_own(asked, trusted) else None
