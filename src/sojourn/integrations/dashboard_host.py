"""The host of the dashboard of a server inside an app (R-ADM-03).

A script in the app's page must not be an administrator, so in development the dashboard has an origin of its own: the
app's port at the name `dashboard.localhost`, at which no page of the app is served.
"""

from sojourn.errors import SojournError
from sojourn.origin import is_loopback, name_of, port_of

NAME = "dashboard.localhost"


class DashboardHost(SojournError):
    code = "host_invalid"
    message = "This host serves the dashboard"
    advice = "This host name serves the dashboard and no page of the app. Open the app at its own host name."


def dashboard_host(public_host: str) -> str:
    """The Host of the dashboard beside an app at this Host of the same machine; empty if the app is elsewhere."""
    name, port = name_of(public_host), port_of(public_host)
    if not is_loopback(name) or name == NAME:
        return ""
    return NAME if port in (None, 80) else f"{NAME}:{port}"
