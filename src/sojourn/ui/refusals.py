"""The page that a person sees in place of one that is refused: not found, not signed in, not allowed."""

from sojourn.errors import SojournError
from sojourn.instances.instance import Instance
from sojourn.ui.pages import page_policy, templates
from sojourn.ui.theme import look
from sojourn.web.headers import Headers

_TITLES = {
    400: "This address cannot be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Page not found",
    405: "Not possible here",
    413: "Too large",
    421: "Unknown address",
    429: "Too many tries",
    503: "Busy for a moment",
}


def refusal_page(instance: Instance, status: int, refusal: SojournError) -> tuple[bytes, Headers]:
    """The page in the instance's theme, with one title for each status, and its headers."""
    nonce, headers = page_policy(instance)
    theme = instance.settings.theme
    html = templates().get_template("refused.html").render(
        nonce=nonce, base=instance.public_url, application=instance.settings.application_name, theme=theme,
        look=look(theme), title=_TITLES.get(status, "Something went wrong"), said=refusal.long_message, status=status,
        home=instance.settings.paths.home_url or f"{instance.public_url}/sign-in", is_development=instance.is_development,
    )  # fmt: skip
    return html.encode(), [(name.lower().encode(), value.encode()) for name, value in headers.items()]
