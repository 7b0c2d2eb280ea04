"""The context of a request of the Frontend API or a hosted page, sent by a browser or native app."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from urllib.parse import quote, urlencode

from litestar import Response
from litestar.di import NamedDependency

from sojourn.engine import Engine
from sojourn.errors import NotAuthenticated, SecretReplaced, SojournError
from sojourn.ids import UserId
from sojourn.instances.instance import Instance
from sojourn.origin import origin_of
from sojourn.resources import Resource
from sojourn.resources.clients import client_resource
from sojourn.resources.sessions import session_resource
from sojourn.resources.sign_ins import sign_in_resource
from sojourn.resources.sign_ups import sign_up_resource
from sojourn.secret import Secret
from sojourn.sessions.activity import Seen
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.client import Client, ClientView
from sojourn.sessions.session import Session
from sojourn.sign_ins.attempt import SignInFacts
from sojourn.users.user import User
from sojourn.web.client_ip import client_country
from sojourn.web.cookies import CookieRules, DoubledCookie, signed_in_value
from sojourn.web.errors import AskAgain, as_refusal, status_of
from sojourn.web.frontend_api.caller import Identified, caller_of, identify
from sojourn.web.guard import CLIENT_NAMED, SAFE
from sojourn.web.http_request import HttpRequest
from sojourn.web.operation import Operation
from sojourn.web.request_context import RequestContext

_ASKED_AGAIN = "_again"
_CLIENT_BESIDE = frozenset({400, 403, 404, 409, 410, 413, 415, 422})


class ClientContext(RequestContext):
    """A request of a browser or a native app; `address` is its IP address."""

    __slots__ = ("_identified", "address", "rules")

    def __init__(
        self,
        engine: Engine,
        request: HttpRequest,
        instance: Instance,
        operation: Operation,
        *,
        rules: CookieRules,
        address: str | None,
    ) -> None:
        super().__init__(engine, request, instance, operation)
        self.rules = rules
        self.address = address
        self._identified: Identified | None = None

    # -- who asks

    @property
    def stated_version(self) -> str | None:
        return self.request.query.get("__clerk_api_version")

    @property
    def origin(self) -> str | None:
        """The origin of the requesting page, for the `azp` claim. Browsers omit `Origin` in same-origin reads."""
        stated = self.request.header(b"origin")
        if stated is not None and stated != "null":
            return stated
        referring = self.request.referring_origin
        if referring is not None and referring != "null":
            return referring
        if self.request.header(b"sec-fetch-site") == "same-origin":
            return origin_of(self.instance.public_url)
        return None

    @property
    def seen(self) -> Seen:
        """Where the request came from, for the summary of its session."""
        return Seen(self.address, self.request.header(b"user-agent") or "")

    async def identified(self, *, lenient: bool = False, minting: bool = False) -> Identified:
        """The caller, loaded once. Raises: UnknownDevBrowser, DoubledCookie, SecretReplaced (unless minting)."""
        if self._identified is None:
            self._identified = await identify(
                self.engine, self.request, self.instance, self.presented(), lenient=lenient
            )
        held = self._identified.held
        if held is not None and not held.is_current and not minting:
            raise SecretReplaced()
        return self._identified

    async def secret_hash(self) -> bytes:
        """The hash of the secret for minting; a plain cookie needs no look-up first. Raises: NotAuthenticated."""
        secret = self.lone_secret()
        if secret is not None:
            return secret.stored_form()
        held = (await self.identified(minting=True)).held
        if held is None:
            raise NotAuthenticated()
        return held.secret_hash

    def presented(self) -> list[Secret]:
        """The secrets in the client cookie. Doubled cookies are expired. Raises: DoubledCookie."""
        try:
            return self.rules.presented(self.request.cookies)
        except DoubledCookie:
            self.cookies.extend(self.rules.client_gone())
            raise

    def lone_secret(self) -> Secret | None:
        """The only secret, if nothing else in the request can identify a client; such a request needs no look-up first.

        Raises: DoubledCookie.
        """
        if not self.request.query.keys().isdisjoint(CLIENT_NAMED):
            return None
        presented = self.presented()
        return presented[0] if len(presented) == 1 else None

    async def caller(self) -> Caller:
        """Raises: UnknownDevBrowser, DoubledCookie."""
        mark = self.rules.presented_mark(self.request.cookies)
        caller = caller_of(await self.identified(), self.request, self.instance, self.address, mark)
        config = self.engine.config
        country = client_country(self.request, config.country_header, config.trusted_proxies)
        return caller if country is None else replace(caller, device=replace(caller.device, country=country))

    async def signed_in(self) -> Caller:
        """The caller, which must be a known client. Raises: NotAuthenticated."""
        caller = await self.caller()
        if caller.client is None:
            raise NotAuthenticated()
        return caller

    async def acting(self) -> tuple[Caller, Session, User]:
        """The caller with the acting session: the one in the query, or else the last active one (R-SES-11).

        A replaced secret cannot act (R-FLOW-01). Raises: NotAuthenticated, SecretReplaced (the browser retries), SessionEnded.
        """
        try:
            caller = await self.signed_in()
        except SecretReplaced as error:
            if self._is_asked_first:
                raise
            raise NotAuthenticated() from error
        named = self.request.query.get("_clerk_session_id") or None
        session, user = await self.engine.sessions.acting(caller, named)
        return caller, session, user

    # -- what is answered

    def refusal(self, error: Exception) -> Exception:
        """The error response for the browser: a read with a replaced secret is retried once (R-SES-08)."""
        if isinstance(error, SecretReplaced) and self._is_asked_first:
            # without a path, because a reverse proxy may have changed it; but the SDKs' own proxy rewrites a Location
            # below this server to itself
            is_behind_sdk = self.request.header(b"clerk-proxy-url") is not None
            path = quote(self.request.path) if is_behind_sdk else ""
            return AskAgain(f"{path}?{urlencode({**self.request.query, _ASKED_AGAIN: '1'})}")
        return error

    async def client_beside(self, error: Exception) -> Resource | None:
        """The client for an error response, from which SDKs update their state, because another tab may have changed
        it. None without a current secret, and for errors that mean signed out, wait, or failure.
        """
        refusal = as_refusal(error)
        if refusal is None or self.request.method in SAFE or status_of(refusal) not in _CLIENT_BESIDE:
            return None
        try:
            secret_hash = await self.secret_hash()
            known = await self.engine.clients.view_by(self.instance, secret_hash)
            return None if known is None else (await self.shown(*known))[1]
        except SojournError:
            return None

    @property
    def _is_asked_first(self) -> bool:
        """True for a read that the browser can retry."""
        return self.request.method in SAFE and _ASKED_AGAIN not in self.request.query

    async def enveloped(
        self,
        response: object,
        issued: Issued | None = None,
        *,
        sign_in: Resource | None = None,
        sign_up: Resource | None = None,
        user: User | None = None,
    ) -> Response[bytes]:
        """`response` with the whole client, and the cookies for the client's new state. `sign_in` and `sign_up` are
        shown as the client's current attempt even if finished, because a component reads the finished attempt there
        while it activates the session. `user` avoids a second read.
        """
        client = issued.client if issued else (await self.identified()).client
        try:
            view, shown = await self.client(client, sign_in=sign_in, sign_up=sign_up, user=user)
        except (
            SecretReplaced
        ):  # replaced by another tab, whose response has the client; without a client here, SDKs keep that one
            return self.json({"response": response, "client": None})
        if issued is not None:
            await self.hand_over(issued, view)
        self.note_state(view)
        return self.json({"response": response, "client": shown})

    async def client(
        self,
        client: Client | None,
        *,
        sign_in: Resource | None = None,
        sign_up: Resource | None = None,
        user: User | None = None,
    ) -> tuple[ClientView | None, Resource | None]:
        """The client as it is now, each live session with its user and a fresh token. Raises: SecretReplaced."""
        if client is None:
            return None, None
        view = await self.engine.clients.view(client)
        users = {} if user is None else {user.id: user}
        others = list({session.user_id for session in view.sessions} - users.keys())
        users |= await self.engine.accounts.find_many(self.instance, others)
        return await self.shown(view, users, sign_in=sign_in, sign_up=sign_up)

    async def shown(
        self,
        view: ClientView,
        users: Mapping[UserId, User],
        *,
        sign_in: Resource | None = None,
        sign_up: Resource | None = None,
    ) -> tuple[ClientView, Resource]:
        """As `client`, from rows that are already loaded. A fresh token counts as activity of the current session, not
        of the client's other sessions.
        """
        if view.last_active_session is not None:
            self.engine.activity.note(view.last_active_session, self.now)
        client = view.client
        live = [session for session in view.sessions if session.user_id in users and not users[session.user_id].banned]
        view = ClientView(client, tuple(live))
        second = await self.second_factors(*(users[session.user_id] for session in live))
        sessions = [await self._session(session, users[session.user_id], second) for session in live]
        if sign_in is None and client.sign_in_id is not None:
            sign_in = await self._current_sign_in(client)
        if sign_up is None and client.sign_up_id is not None:
            sign_up = await self._current_sign_up(client)
        return view, client_resource(view, sessions, sign_in=sign_in, sign_up=sign_up)

    async def second_factors(self, *users: User) -> Mapping[UserId, Collection[str]]:
        """The second-factor strategies of each user; reads nothing if no factor has that level."""
        return await self.engine.enrollments.second_factors(self.instance, users, self.now)

    def sign_in(self, facts: SignInFacts) -> Resource:
        """A sign-in with the factors that it offers next."""
        return sign_in_resource(
            facts.sign_in,
            self.instance,
            self.now,
            user=facts.user,
            current=facts.verification,
            factors=facts.factors,
            second=facts.second_verification,
            second_factors=facts.second_factors,
        )

    async def session(self, session: Session, user: User) -> Resource:
        """A live session with a fresh token."""
        return await self._session(session, user, await self.second_factors(user))

    async def _session(self, session: Session, user: User, second: Mapping[UserId, Collection[str]]) -> Resource:
        jwt = await self.engine.tokens.for_session(
            self.instance, session, user, origin=self.origin, api_version=self.api_version
        )
        own = second.get(user.id, ())
        return session_resource(session, user, self.instance, self.now, jwt, second_factors=own)

    async def _current_sign_in(self, client: Client) -> Resource | None:
        facts = await self.engine.sign_ins.current(self.instance, client)
        return None if facts is None else self.sign_in(facts)

    async def _current_sign_up(self, client: Client) -> Resource | None:
        facts = await self.engine.sign_ups.current(self.instance, client)
        if facts is None:
            return None
        return sign_up_resource(facts.sign_up, self.instance, facts.verification, facts.strategies, self.now)

    async def hand_over(self, issued: Issued, view: ClientView | None) -> None:
        """Send the browser its new secret by cookie or header, and a replacement for its development browser."""
        if issued.secret is None or view is None:
            return
        identified = await self.identified()
        if identified.native:
            self.headers.append((b"authorization", issued.secret.reveal().encode()))
            return
        self.cookies.extend(self.rules.client(issued.secret, view, self.now))
        if issued.mark is not None:
            self.cookies.append(self.rules.device(issued.mark))
        if identified.dev_browser is not None:
            await self._hand_over_dev_browser(identified.dev_browser, view)

    async def _hand_over_dev_browser(self, presented: Secret, view: ClientView) -> None:
        client = view.client
        is_new = client.generation == 0 and not (view.sessions or client.sign_in_id or client.sign_up_id)
        successor = self.engine.dev_browsers.begun if is_new else self.engine.dev_browsers.replaced
        token = await successor(self.instance, presented, view.client)
        if not token.same_as(presented):
            # SDKs of the fourth major use the second name
            self.headers.extend((name, token.reveal().encode()) for name in (b"clerk-db-jwt", b"clerk-cookie"))
            self.cookies.extend(self.rules.dev_browser(self.instance, token))

    def note_state(self, view: ClientView | None) -> None:
        """Tell the app's server, by `__client_uat`, when this browser last signed in or out.

        Omitted if the browser already has this value; production only.
        """
        if self.instance.is_development or self.request.query.get("_is_native") == "1":
            return
        value = signed_in_value(view)
        known = self.request.cookies.get("__client_uat", [])
        if known != [str(value)] and (known or value or self.request.method != "GET"):
            self.cookies.extend(self.rules.signed_in_at(self.instance, value))

    def signed_out(self) -> None:
        """Delete the session cookies after the sign-out, so that the app's server sees it too (R-CKI-06)."""
        if self.request.query.get("_is_native") == "1":
            return
        self.cookies.extend(self.rules.sessions_gone(self.instance))
        self.cookies.extend(self.rules.signed_in_at(self.instance, 0))


Context = NamedDependency[ClientContext]
"""The injected context of the current request."""
