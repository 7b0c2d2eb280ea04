"""The Backend API, while other tasks go on. Written by `python -m tools.backend_client`; change that, and not this."""

from sojourn.backend.async_api.actor_tokens import AsyncActorTokens
from sojourn.backend.async_api.allowlist import AsyncAllowlist
from sojourn.backend.async_api.app_data import AsyncAppData
from sojourn.backend.async_api.blocklist import AsyncBlocklist
from sojourn.backend.async_api.clients import AsyncClients
from sojourn.backend.async_api.email_addresses import AsyncEmailAddresses
from sojourn.backend.async_api.instance import AsyncInstance
from sojourn.backend.async_api.jwks import AsyncJwks
from sojourn.backend.async_api.jwt_templates import AsyncJwtTemplates
from sojourn.backend.async_api.phone_numbers import AsyncPhoneNumbers
from sojourn.backend.async_api.redirect_urls import AsyncRedirectUrls
from sojourn.backend.async_api.sessions import AsyncSessions
from sojourn.backend.async_api.settings import AsyncSettings
from sojourn.backend.async_api.sign_in_tokens import AsyncSignInTokens
from sojourn.backend.async_api.sign_ups import AsyncSignUps
from sojourn.backend.async_api.signing_keys import AsyncSigningKeys
from sojourn.backend.async_api.testing_tokens import AsyncTestingTokens
from sojourn.backend.async_api.users import AsyncUsers
from sojourn.backend.http_client import AsyncHttpClient


class AsyncBackendGroups:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self.jwks = AsyncJwks(http_client)
        self.testing_tokens = AsyncTestingTokens(http_client)
        self.users = AsyncUsers(http_client)
        self.email_addresses = AsyncEmailAddresses(http_client)
        self.phone_numbers = AsyncPhoneNumbers(http_client)
        self.sessions = AsyncSessions(http_client)
        self.clients = AsyncClients(http_client)
        self.sign_ups = AsyncSignUps(http_client)
        self.sign_in_tokens = AsyncSignInTokens(http_client)
        self.actor_tokens = AsyncActorTokens(http_client)
        self.jwt_templates = AsyncJwtTemplates(http_client)
        self.redirect_urls = AsyncRedirectUrls(http_client)
        self.allowlist = AsyncAllowlist(http_client)
        self.blocklist = AsyncBlocklist(http_client)
        self.instance = AsyncInstance(http_client)
        self.settings = AsyncSettings(http_client)
        self.signing_keys = AsyncSigningKeys(http_client)
        self.app_data = AsyncAppData(http_client)
