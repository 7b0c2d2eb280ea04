"""The dashboard: the console's engine beside the application's, and how its administrators are known (R-ADM-03)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from urllib.parse import quote, urlsplit, urlunsplit

from sojourn.console.administrators import Administrators
from sojourn.engine import Engine
from sojourn.errors import NotFound
from sojourn.instances.instance import InstanceKind
from sojourn.instances.instances import OPERATOR
from sojourn.instances.settings import SessionSettings, Settings, SignUpSettings
from sojourn.secret import Secret
from sojourn.tokens.jws import VerificationKey
from sojourn.tokens.session_token import Verifier

PATH = "/dashboard"
"""The path of the dashboard below the public URL; its own APIs and pages are below this path."""

_DEVELOPER = "developer@example.com"
_LINK_LIFE = timedelta(hours=8)

_FIRST_SETTINGS = Settings(
    application_name="Sojourn dashboard",
    sessions=SessionSettings(lifetime_seconds=8 * 3600, inactivity_seconds=30 * 60),
    sign_up=SignUpSettings(mode="restricted"),
    test_mode=False,
    delete_self=False,
)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`application` is what is managed, `console` keeps the administrators and their sessions."""

    application: Engine
    console: Engine
    verifier: Verifier

    @classmethod
    async def open(cls, application: Engine, host: str = "") -> Self:
        """The dashboard of a server, made at first use. Closing the application's engine closes it.

        It is below the public URL, at `host` if that is given: an origin of its own beside an app's. Raises: ConfigError.
        """
        base = urlsplit(application.config.public_url)
        url = urlunsplit(base._replace(netloc=host)) if host else application.config.public_url
        console = await application.beside(InstanceKind.CONSOLE, f"{url}{PATH}", _FIRST_SETTINGS)

        def find(kid: str, /) -> VerificationKey | None:
            keys = console.key_store.find(console.instance).keys
            return next((key.verification_key for key in keys if key.kid == kid), None)

        verifier = Verifier(find, issuer=console.config.public_url, clock=console.clock)
        console.key_store.on_change(verifier.clear_cache)
        return cls(application, console, verifier)

    @classmethod
    async def of_command(cls, application: Engine) -> Self:
        """As `open`, at the address at which the server last opened it: a command never moves it. Raises: ConfigError."""
        rows = await application.store.instances.all()
        known = next((row for row in rows if row.is_console), None)
        return await cls.open(application, "" if known is None else urlsplit(known.public_url).netloc)

    async def development_link(self) -> str:
        """A link that signs in the owner of a development server, once, on this machine. Raises: NotFound in production."""
        instance = self.console.instance
        if not instance.is_development:
            raise NotFound("Only a development server has such a link: invite an administrator.")
        owner = await self.administrators.development_owner(instance, _DEVELOPER)
        _, secret = await self.console.tickets.create_sign_in_token(
            instance, owner.id, expires_in=_LINK_LIFE, actor=OPERATOR
        )
        return self.link("open", secret)

    def link(self, page: str, secret: Secret) -> str:
        """The address of a page of the dashboard that takes a one-time secret."""
        return f"{self.url}/{page}?token={quote(secret.reveal())}"

    @property
    def administrators(self) -> Administrators:
        return self.console.administrators

    @property
    def url(self) -> str:
        return self.console.config.public_url
