"""Decides if Sojourn responds to a request instead of the app, with the same order of checks in every framework."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sojourn.errors import ServerUnreachable
from sojourn.integrations.auth_context import Guard
from sojourn.integrations.authenticator import NO_KEYS, Authenticator, AuthState, SignedInState
from sojourn.integrations.denials import Denial, Headers, foreign, refusal, said, unreachable
from sojourn.integrations.origins import is_own, may_be_used
from sojourn.integrations.request_head import RequestHead
from sojourn.tokens.claims import Claims


@dataclass(frozen=True, slots=True)
class Look:
    """The guard's decision about one request. `refused` is the response instead of the app's. `headers` are added to
    the app's own response; `is_private` makes that response uncacheable, unless the app sets its own Cache-Control.
    """

    claims: Claims | None
    refused: Denial | None = None
    headers: Headers = field(default_factory=Headers)
    is_private: bool = False


def looked(
    gate: Authenticator,
    asked: RequestHead,
    verdict: AuthState,
    guard: Guard,
    trusted: Collection[str],
    *,
    is_protected: bool,
) -> Look:
    refused = refused_at(gate, asked, verdict, guard, trusted, is_protected=is_protected)
    if isinstance(verdict, SignedInState):
        return Look(verdict.claims, refused, is_private=is_protected)
    return Look(None, refused, said(verdict))


def refused_at(
    gate: Authenticator,
    asked: RequestHead,
    verdict: AuthState,
    guard: Guard,
    trusted: Collection[str],
    *,
    is_protected: bool,
) -> Denial | None:
    """The denial of an unauthenticated request, then of a cross-site write (R-WEB-01); None lets the app respond."""
    if not isinstance(verdict, SignedInState):
        if (
            verdict.reason == NO_KEYS and is_protected
        ):  # a dependency is down: the request is denied, but not treated as signed out (R-REL-03)
            return unreachable(ServerUnreachable(), asked)
        refused = refusal(gate, asked, verdict, is_protected=is_protected, sign_in_url=guard.sign_in_url)
        if refused is not None:
            return refused
    return (
        foreign(gate, asked)
        if may_be_used(asked, verdict) and not is_own(asked, {*trusted, *gate.own_origins})
        else None
    )
