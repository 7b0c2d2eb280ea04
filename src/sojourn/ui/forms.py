"""What the forms of the hosted pages carry (R-WEB-03)."""

from collections.abc import Mapping

from sojourn.errors import OriginRefused
from sojourn.secret import Secret
from sojourn.web.exchange import Exchange
from sojourn.web.redirects import checked_redirect


def plain_form(exchange: Exchange, name: str, given: Secret | None = None) -> Mapping[str, str]:
    """What the template of a hosted page needs for its form; `given` is the secret that the same answer hands out."""
    browser = given.stored_form().hex() if given is not None else _browser(exchange)
    return {
        "form_token": exchange.engine.forms.made(name, browser),
        "redirect_url": checked_redirect(exchange.instance, exchange.incoming.query.get("redirect_url", "")) or "",
        "identifier": "",
        "sign_in": "",
    }


def check_form(exchange: Exchange, name: str, token: str) -> None:
    """Raises: OriginRefused for a form that is no page of ours, of another browser, or older than an hour."""
    if not exchange.engine.forms.is_good(token, name, _browser(exchange)):
        raise OriginRefused("This form is too old, or was not opened in this browser. Reload the page and try again.")


def _browser(exchange: Exchange) -> str:
    presented = exchange.presented()
    return presented[0].stored_form().hex() if presented else ""
