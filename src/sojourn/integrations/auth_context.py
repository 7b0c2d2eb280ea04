"""The authentication context of a request for app code: session, user, and checks of requirements."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.backend.user import User
from sojourn.errors import ConfigError, NotFound, ServerUnreachable
from sojourn.integrations.authenticator import Authenticator, SignedOutState
from sojourn.integrations.denials import Denial, Denied, Headers, lacking, refusal
from sojourn.integrations.request_head import RequestHead
from sojourn.integrations.requirement import Requirement
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.tokens.claims import Claims

_log = logging.getLogger("sojourn.integrations")

ANYBODY = Requirement()
"""A session and its user."""

MISSING = (
    "No Sojourn middleware has seen this request: it is missing, or comes after what asks for the session. Put it first "
    '(SojournMiddleware, SojournFlask, SojournQuart, SojournPlugin), with public=["(.*)"] if it shall guard nothing itself.'
)


@dataclass(frozen=True, slots=True)
class Guard:
    """The part of a middleware that decorators and dependencies use."""

    sojourn: SojournClient
    sign_in_url: str = ""

    def __deepcopy__(self, _: object) -> "Guard":
        """Returns itself: Hypercorn's proxy middleware deep-copies the scope, and locks cannot be copied."""
        return self


class AuthContext:
    """The authentication of one request. `session` holds the claims, None for signed-out visitors of public pages."""

    __slots__ = ("asked", "guard", "is_over", "said", "session")

    def __init__(self, guard: Guard, session: Claims | None, asked: Callable[[], RequestHead]) -> None:
        self.guard = guard
        self.session = session
        self.asked = asked
        self.is_over = False
        """True if the view has ended the session and the response must clear its cookies."""
        self.said: Headers = []
        """Response headers for a signed-out request."""

    @property
    def gate(self) -> Authenticator:
        """Raises: ServerUnreachable if the server inside was closed in the meantime."""
        gate = self.guard.sojourn.known_gate
        if gate is None:
            raise ServerUnreachable()
        return gate

    async def user(self) -> User | None:
        """The signed-in user, loaded from the server; None for unauthenticated requests.

        Raises: Denied if the user was deleted in the meantime, which the middleware turns into 401; BadSecretKey,
        ServerUnreachable.
        """
        try:
            return await self.guard.sojourn.user(self.session.user_id) if self.session else None
        except NotFound as error:
            raise Denied(self._stranger("user-gone")) from error

    def user_now(self) -> User | None:
        """`user` for sync code."""
        try:
            return self.guard.sojourn.user_now(self.session.user_id) if self.session else None
        except NotFound as error:
            raise Denied(self._stranger("user-gone")) from error

    def has(self, wanted: Mapping[str, Any]) -> bool:
        """True if the session meets `wanted`. An undefined variable or an invalid requirement is never met (R-AUZ-03)."""
        if self.session is None:
            return False
        try:
            return Requirement(**wanted).lack(self.session, self.guard.sojourn.clock.now()) is None
        except ConfigError:
            _log.error("template.requirement_unreadable names=%s: the content is not shown", ",".join(wanted))
            return False

    def refusal(self, requirement: Requirement = ANYBODY) -> Denial | None:
        """The response instead of the view's, None if the view may run: the guard, repeated at the handler (R-WEB-08)."""
        if self.session is None:
            return self._stranger("signed-out")
        lack = requirement.lack(self.session, self.guard.sojourn.clock.now())
        return None if lack is None else lacking(self.gate, lack, self.asked())

    def _stranger(self, reason: str) -> Denial:
        refused = refusal(
            self.gate, self.asked(), SignedOutState(reason), is_protected=True, sign_in_url=self.guard.sign_in_url
        )
        assert refused is not None
        return refused
