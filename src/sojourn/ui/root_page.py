"""The root of a server, for people who open its bare address."""

from litestar import get
from litestar.response import Redirect

from sojourn.instances.instance import Instance
from sojourn.ui.pages import PAGE_HEADERS
from sojourn.web.frontend_api.context import Context
from sojourn.web.operation import frontend


@get("/", include_in_schema=False, opt=frontend(limit=None))
async def root(context: Context) -> Redirect:
    """Redirects to the application's home page, or to the user's account."""
    return Redirect(_home(context.instance), headers=PAGE_HEADERS)


def _home(instance: Instance) -> str:
    """A home page that is this root itself would redirect for ever, so the account stands in for it."""
    base, home = instance.public_url, instance.settings.paths.home_url
    address = f"{base}{home}" if home.startswith("/") else home
    return f"{base}/user" if address.rstrip("/") in ("", base) else address


HANDLERS = [root]
