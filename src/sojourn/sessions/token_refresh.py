"""Lets an app's server get a new token for a page without redirecting the browser (wire protocol 7.5).

The refresh secret is derived from the session, so nothing is stored. It is useless without an expired token of the same
session and ends with the session, because liveness is checked each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sojourn.errors import Json, TokenRefused
from sojourn.instances.instance import Instance
from sojourn.instances.key_store import KeyStore
from sojourn.instant import Clock
from sojourn.secret import Secret
from sojourn.sessions.session import Session
from sojourn.tokens.jws import VerificationKey, encoded, verify
from sojourn.tokens.signing_keys import SESSION_CATEGORY

_PREFIX = "rfs_"


@dataclass(frozen=True, slots=True)
class Refreshing:
    """`key` comes from the root key, so a dump of the database yields no refresh secret (R-ID-02)."""

    clock: Clock
    key_store: KeyStore
    key: bytes

    def secret(self, session: Session) -> Secret:
        """The value of the HttpOnly cookie `__refresh_…`."""
        since = (
            f":{session.generation}" if session.generation else ""
        )  # an earlier secret becomes invalid when the session is stepped up
        return Secret(_PREFIX + encoded(Secret(f"{session.id}:{session.client_id}{since}").keyed_form(self.key)))

    async def check(
        self, instance: Instance, session: Session, presented: Secret, expired_token: str, *, origin: str
    ) -> None:
        """Check that the caller may have a token for the session on a page of `origin`. Raises: TokenRefused."""
        if not self.secret(session).same_as(presented):
            raise TokenRefused("token-invalid", "The refresh token is not of this session.")
        claims = await self.read(instance, expired_token)
        if claims.get("sid") != session.id or claims.get("sub") != session.user_id:
            raise TokenRefused("token-invalid", "The expired token is not of this session.")
        if claims.get("azp") not in (None, origin):
            raise TokenRefused("token-invalid-authorized-parties", "The expired token was made for another page.")

    async def read(self, instance: Instance, token: str) -> Mapping[str, Json]:
        """The claims of a session token signed here, however old. Raises: TokenRefused."""
        ring, now = await self.key_store.ring(instance), self.clock.now()
        keys = {key.kid: key for key in ring.published(now)}

        def find(kid: str, /) -> VerificationKey | None:
            found = keys.get(kid)
            return None if found is None else found.verification_key

        jws = verify(token, find)
        if jws.header.category not in (SESSION_CATEGORY, None) or "sid" not in jws.claims:
            raise TokenRefused("token-invalid", "This is not a session token.")
        return jws.claims
