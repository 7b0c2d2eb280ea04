"""Every handler of the Backend API, in one list."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from sojourn.web.backend_api import (
    access_lists,
    addresses,
    app_data,
    clients,
    extensions,
    instance,
    jwt_templates,
    keys,
    redirect_urls,
    sessions,
    sign_ups,
    tickets,
    users,
)

HANDLERS: Sequence[HTTPRouteHandler] = [
    *keys.HANDLERS,
    *users.HANDLERS,
    *addresses.HANDLERS,
    *sessions.HANDLERS,
    *clients.HANDLERS,
    *sign_ups.HANDLERS,
    *tickets.HANDLERS,
    *jwt_templates.HANDLERS,
    *redirect_urls.HANDLERS,
    *access_lists.HANDLERS,
    *instance.HANDLERS,
    *extensions.HANDLERS,
    *app_data.HANDLERS,
]
