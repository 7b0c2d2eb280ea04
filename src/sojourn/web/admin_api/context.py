"""The context of an admin API request, and who sent it: an administrator's session or a secret key (R-ADM-01, R-ADM-03)."""

from dataclasses import dataclass

from litestar.di import NamedDependency

from sojourn.console.administrator import Administrator
from sojourn.console.roles import Permission, Role, may
from sojourn.dashboard import Dashboard
from sojourn.errors import (
    BadSecretKey,
    Forbidden,
    NotAuthenticated,
    NotFound,
    OriginRefused,
    ReadOnlyKey,
    SessionEnded,
    TokenRefused,
)
from sojourn.ids import SessionId, UserId
from sojourn.instances.instance import Instance
from sojourn.limits.rate_limit import WRONG_TOKENS
from sojourn.origin import origin_of
from sojourn.sessions.session import Session
from sojourn.tokens.bearer import bearer
from sojourn.users.profile import require_fresh
from sojourn.users.user import User
from sojourn.web.client_ip import client_address, limit_key
from sojourn.web.http_request import HttpRequest
from sojourn.web.operation import Operation
from sojourn.web.request_context import RequestContext
from sojourn.web.secret_keys import good_key, presented_key

_KEY_ROLE = Role.EDITOR
"""A secret key works in the admin API as this role; what needs a fresh factor stays closed to it."""


@dataclass(frozen=True, slots=True)
class SignedInAdministrator:
    """An administrator, their user and the session of the console that asks."""

    administrator: Administrator
    user: User
    session: Session


class AdminContext(RequestContext):
    """One request. `engine` and `instance` are those of the managed application.

    `signed_in` is None for a secret key; `actor` stands in the audit log: `admin:` and the administrator's id, or the key's id.
    """

    __slots__ = ("actor", "dashboard", "role", "signed_in")

    def __init__(
        self,
        dashboard: Dashboard,
        request: HttpRequest,
        instance: Instance,
        operation: Operation,
        *,
        signed_in: SignedInAdministrator | None,
        actor: str,
        role: Role,
    ) -> None:
        super().__init__(dashboard.application, request, instance, operation)
        self.dashboard = dashboard
        self.signed_in = signed_in
        self.actor = actor
        self.role = role

    @property
    def stated_version(self) -> str | None:
        return None

    @property
    def console(self) -> Instance:
        """The console's own instance."""
        return self.dashboard.console.instance

    @property
    def administrator(self) -> Administrator | None:
        """The administrator; None for a secret key."""
        return None if self.signed_in is None else self.signed_in.administrator

    def may(self, permission: Permission) -> bool:
        return may(self.role, permission)


Context = NamedDependency[AdminContext]
"""The injected context of the current request."""


async def admit_administrator(dashboard: Dashboard, request: HttpRequest, operation: Operation) -> AdminContext:
    """Find who asks, and refuse what their role or the age of their factor does not allow. Raises: NotAuthenticated,
    OriginRefused, BadSecretKey, ReadOnlyKey, Forbidden, ReverificationRequired, TooManyRequests.
    """
    _check_same_origin(dashboard, request)
    instance = await dashboard.application.instances.current()
    text = request.header(b"authorization") or ""
    if text[:10].lower() == "bearer sk_":
        context = await _of_secret_key(dashboard, request, operation, instance)
    else:
        context = await _of_session(dashboard, request, operation, instance)
    if operation.permission is not None and not context.may(operation.permission):
        raise Forbidden(f"Your role, {context.role.value}, does not include {operation.permission.value}.")
    if operation.fresh:
        if context.signed_in is None:
            raise Forbidden(
                "This needs an administrator who has just verified who they are: a secret key cannot do it."
            )
        require_fresh(context.signed_in.session, context.now)
    return context


def _check_same_origin(dashboard: Dashboard, request: HttpRequest) -> None:
    """No page but the dashboard's own may ask, whatever it holds (R-ADM-03). Raises: OriginRefused."""
    origin, site = request.header(b"origin"), request.header(b"sec-fetch-site")
    if (origin is not None and origin != origin_of(dashboard.url)) or site not in (None, "same-origin", "none"):
        raise OriginRefused("Only the dashboard's own page may call the admin API from a browser.")


async def _of_secret_key(
    dashboard: Dashboard, request: HttpRequest, operation: Operation, instance: Instance
) -> AdminContext:
    if request.header(b"origin") is not None or request.header(b"sec-fetch-site") is not None:
        raise BadSecretKey("A secret key belongs on a server; requests of browsers are refused. Replace the key.")
    secret = presented_key(request)
    if secret is None:
        raise BadSecretKey()
    engine = dashboard.application
    _, key = await good_key(engine, request, secret)
    engine.key_use.note(key, engine.clock.now())
    if not key.scope.allows(request.method):
        raise ReadOnlyKey()
    if operation.limit is not None:
        await engine.limiter.hit(operation.limit, secret.stored_form().hex(), instance)
    return AdminContext(dashboard, request, instance, operation, signed_in=None, actor=key.id, role=_KEY_ROLE)


async def _of_session(
    dashboard: Dashboard, request: HttpRequest, operation: Operation, instance: Instance
) -> AdminContext:
    signed_in = await _signed_in(dashboard, request)
    if operation.limit is not None:
        await dashboard.application.limiter.hit(operation.limit, signed_in.user.id, instance)
    return AdminContext(
        dashboard,
        request,
        instance,
        operation,
        signed_in=signed_in,
        actor=f"admin:{signed_in.user.id}",
        role=signed_in.administrator.role,
    )


async def _signed_in(dashboard: Dashboard, request: HttpRequest) -> SignedInAdministrator:
    """The administrator of the token, looked up, so that a removed one is refused at once (R-AUZ-05).

    Raises: NotAuthenticated, TooManyRequests.
    """
    console = dashboard.console
    try:
        token = bearer(request.headers_of(b"authorization"))
        if token is None:
            raise NotAuthenticated("Sign in to the dashboard, or send a secret key.")
        claims = dashboard.verifier.verify(token)
        session_id, user_id = SessionId(claims.session_id), UserId(claims.user_id)
    except TokenRefused as error:
        address = client_address(request, console.config.trusted_proxies)
        await console.limiter.hit(WRONG_TOKENS, limit_key(address), console.instance)
        raise NotAuthenticated("This token is not one of the dashboard, or has expired. Sign in again.") from error
    try:
        session, user = await console.sessions.live(console.instance, session_id)
    except (NotFound, SessionEnded) as error:
        raise NotAuthenticated("Your session has ended. Sign in again.") from error
    administrator = await dashboard.administrators.find(console.instance, user_id)
    if administrator is None or session.user_id != user_id or session.actor is not None:
        raise NotAuthenticated("You are not an administrator of this server.")
    return SignedInAdministrator(administrator, user, session)
