"""E-mail messages: one template per kind, rendered as text and HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from sojourn.errors import SojournError
from sojourn.ids import new_id
from sojourn.instances.instance import Instance
from sojourn.instant import Instant

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Message"]

_UNSAFE = re.compile(r"[\r\n\x00]")
_CODE = re.compile(r"\b\d{6}\b")

_SUBJECTS: Mapping[str, str] = {
    "verification_code": "{code} is your code for {app}",
    "reset_password_code": "{code} is your password reset code for {app}",
    "account_exists": "You already have a {app} account",
    "password_changed": "Your {app} password was changed",
    "password_disabled": "Your {app} password was disabled",
    "password_compromised": "Your {app} password is no longer safe",
    "new_device": "New sign-in to {app}",
    "address_added": "An e-mail address was added to your {app} account",
    "address_removed": "An e-mail address was removed from your {app} account",
    "address_changed": "The primary e-mail address of your {app} account changed",
    "credential_added": "A way to sign in was added to your {app} account",
    "credential_removed": "A way to sign in was removed from your {app} account",
    "account_locked": "Your {app} account is temporarily locked",
    "account_locked_by_administrator": "Your {app} account is locked",
    "impersonated": "The {app} team signed in to your account",
}


class UnsafeHeader(SojournError):
    """A mail header would contain a line break."""

    code = "mail_header_unsafe"
    message = "Mail refused"
    advice = "An address or subject contains a line break."


@dataclass(frozen=True, slots=True)
class Message:
    """One e-mail. `kind` names its template; `at` is when the development mailbox received it."""

    kind: str
    to: str
    subject: str
    text: str
    html: str
    id: str = field(default_factory=lambda: new_id("eml_"), compare=False)
    at: Instant | None = field(default=None, compare=False)

    @property
    def code(self) -> str | None:
        """The six-digit code in the text, for the mailbox page and for tests."""
        found = _CODE.search(self.text)
        return found[0] if found else None


def compose(kind: str, to: str, instance: Instance, values: Mapping[str, str]) -> Message:
    """Render the e-mail of one kind. Raises: UnsafeHeader when a header would contain a line break (R-INP-03, R-WEB-09)."""
    settings = instance.settings
    app = settings.application_name
    given = {**values, "app": app, "support": settings.support_email, "color": settings.theme.color}
    subject = _SUBJECTS[kind].format(app=app, code=values.get("code", ""))
    if _UNSAFE.search(to) or _UNSAFE.search(subject):
        raise UnsafeHeader()
    templates = _templates()
    text = templates.get_template(f"{kind}.txt").render(given)
    html = templates.get_template("mail.html").render(given, subject=subject, paragraphs=_paragraphs(text, values))
    return Message(kind, to, subject, text, html)


def _paragraphs(text: str, values: Mapping[str, str]) -> list[str]:
    """The paragraphs of the text without the code itself, which the HTML shows in large type."""
    code = values.get("code")
    return [paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip() and paragraph.strip() != code]


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape  # with the first mail

    return Environment(
        loader=PackageLoader("sojourn.messages"),
        autoescape=select_autoescape(("html",), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
    )
