"""Hidden fields of the forms of the hosted pages (R-WEB-03)."""

from collections.abc import Mapping
from types import MappingProxyType

from sojourn.errors import OriginRefused
from sojourn.factors.strategy import Level, Strategy
from sojourn.instances.settings import Use
from sojourn.secret import Secret
from sojourn.users.user import User
from sojourn.web.frontend_api.context import ClientContext
from sojourn.web.redirects import checked_redirect

_FIELDS = {
    "first_name": ("First name", "text", "given-name"),
    "last_name": ("Last name", "text", "family-name"),
    "username": ("User name", "text", "username"),
    "email_address": ("E-mail address", "email", "email"),
    "password": ("Password", "password", "new-password"),
}
"""Label, input type and `autocomplete` value."""


def plain_form(context: ClientContext, name: str, given: Secret | None = None) -> Mapping[str, object]:
    """Template values for the form of a hosted page; `given` is the secret that the same response sets.

    `ways` are the strategies that have a button.
    """
    browser = given.stored_form().hex() if given is not None else _browser(context)
    ways = labelled(context, Level.FIRST) if name == "sign-in" else []
    return {
        "form_token": context.engine.forms.made(name, browser),
        "redirect_url": checked_redirect(context.instance, context.request.query.get("redirect_url", "")) or "",
        "identifier": "",
        "sign_in": "",
        "strategy": "",
        "ways": ways,
        "may_sign_up": context.instance.settings.sign_up.mode == "public",
        "asks_password": any(way.field == "password" for way in ways),
    }


def labelled(context: ClientContext, level: Level) -> list[Strategy]:
    """The strategies that have a button on hosted pages without scripts."""
    return [
        strategy
        for strategy in context.engine.factors.strategies(context.instance, level)
        if strategy.label is not None
    ]


def sign_up_form(
    context: ClientContext, given: Secret | None = None, typed: Mapping[str, str] = MappingProxyType({})
) -> Mapping[str, object]:
    """As `plain_form`, for sign-up, with the fields that the application requires."""
    rules = context.instance.settings.sign_up
    uses: dict[str, Use] = {"first_name": rules.first_name, "last_name": rules.last_name, "username": rules.username}
    fields = [_field(name, use, typed.get(name, "")) for name, use in uses.items() if use != "off"]
    fields.append(_field("email_address", "required", typed.get("email_address", "")))
    if rules.password != "off":
        fields.append(_field("password", rules.password, ""))
    return {**plain_form(context, "sign-up", given), "sign_up": "", "fields": fields}


def profile_form(context: ClientContext, person: User | None, given: Secret | None = None) -> Mapping[str, object]:
    """As `plain_form`, for the profile; without a user it shows a sign-in link."""
    form = plain_form(context, "user", given)
    if person is None:
        return {**form, "person": None}
    rules = context.instance.settings.sign_up
    names: dict[str, tuple[Use, str | None]] = {
        "first_name": (rules.first_name, person.first_name),
        "last_name": (rules.last_name, person.last_name),
        "username": (rules.username, person.username),
    }
    fields = [_field(name, use, value or "") for name, (use, value) in names.items() if use != "off"]
    email = person.primary_email_address
    return {
        **form,
        "person": email.value if email else person.username,
        "fields": fields,
        "has_password": person.password is not None,
    }


def _field(name: str, use: Use, value: str) -> Mapping[str, object]:
    label, kind, fills = _FIELDS[name]
    return {"name": name, "label": label, "kind": kind, "fills": fills, "required": use == "required", "value": value}


def check_form(context: ClientContext, name: str, token: str) -> None:
    """Raises: OriginRefused for a form that does not come from our page in this browser, or is older than an hour."""
    if not context.engine.forms.is_good(token, name, _browser(context)):
        raise OriginRefused("This form has expired, or was not opened in this browser. Reload the page and try again.")


def _browser(context: ClientContext) -> str:
    presented = context.presented()
    return presented[0].stored_form().hex() if presented else ""
