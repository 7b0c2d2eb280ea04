"""HTML error pages for browsers: not found, not signed in, not allowed, and other refused requests."""

import math
from urllib.parse import urlsplit

from sojourn.errors import SojournError, TooManyRequests
from sojourn.instances.instance import Instance
from sojourn.ui.pages import page_policy, templates
from sojourn.ui.theme import look
from sojourn.web.headers import Headers

_TITLES = {
    400: "Invalid request",
    401: "Sign in first",
    403: "Not allowed",
    404: "Page not found",
    405: "Method not allowed",
    413: "Request too large",
    421: "Unknown host",
    429: "Too many requests",
    503: "Temporarily unavailable",
}


def refusal_page(instance: Instance, status: int, refusal: SojournError) -> tuple[bytes, Headers]:
    """The page in the instance's theme, with one title for each status, and its headers."""
    nonce, headers = page_policy(instance)
    theme = instance.settings.theme
    html = templates().get_template("refused.html").render(
        nonce=nonce, base=instance.public_url, application=instance.settings.application_name, theme=theme,
        look=look(theme), title=_TITLES.get(status, "Something went wrong"), said=_said(status, refusal), status=status,
        home=_home(instance), is_development=instance.is_development,
    )  # fmt: skip
    return html.encode(), [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _said(status: int, refusal: SojournError) -> str:
    if status == 404:
        return "There is no page here."
    if not isinstance(refusal, TooManyRequests):
        return refusal.long_message
    seconds = math.ceil(refusal.retry_after.total_seconds())
    wait = f"{seconds} s" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
    return f"Too many requests came from this address. Try again in {wait}."


def _home(instance: Instance) -> str:
    """The application's home page. A server whose public URL has a path shares its origin with the application."""
    address = urlsplit(instance.public_url)
    if instance.settings.paths.home_url:
        return instance.settings.paths.home_url
    return f"{address.scheme}://{address.netloc}/" if address.path.strip("/") else f"{instance.public_url}/sign-in"
