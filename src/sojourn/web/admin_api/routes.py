"""Every handler of the console: the admin API, and the part of the Frontend API that administrators use."""

from litestar.types import ControllerRouterHandler

from sojourn.web.admin_api import administrators, claims, events, inspector, keys, me, settings, users
from sojourn.web.admin_api import sessions as sessions_of_application
from sojourn.web.frontend_api import client, environment, fast_paths, public, sessions, sign_ins

ADMIN_HANDLERS: tuple[ControllerRouterHandler, ...] = (
    *me.HANDLERS,
    *administrators.HANDLERS,
    *inspector.HANDLERS,
    *sessions_of_application.HANDLERS,
    *settings.HANDLERS,
    *claims.HANDLERS,
    *users.HANDLERS,
    *events.HANDLERS,
    *keys.HANDLERS,
)

HANDLERS: tuple[ControllerRouterHandler, ...] = (
    *public.HANDLERS,
    *environment.HANDLERS,
    *fast_paths.HANDLERS,
    *client.HANDLERS,
    *sessions.HANDLERS,
    *sign_ins.HANDLERS,
    *ADMIN_HANDLERS,
)
