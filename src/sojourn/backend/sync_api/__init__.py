"""The Backend API, one call after the other. Written by `python -m tools.backend_client`; change that, and not this."""

from sojourn.backend.http_client import HttpClient
from sojourn.backend.sync_api.actor_tokens import ActorTokens
from sojourn.backend.sync_api.allowlist import Allowlist
from sojourn.backend.sync_api.app_data import AppData
from sojourn.backend.sync_api.blocklist import Blocklist
from sojourn.backend.sync_api.clients import Clients
from sojourn.backend.sync_api.email_addresses import EmailAddresses
from sojourn.backend.sync_api.instance import Instance
from sojourn.backend.sync_api.jwks import Jwks
from sojourn.backend.sync_api.jwt_templates import JwtTemplates
from sojourn.backend.sync_api.phone_numbers import PhoneNumbers
from sojourn.backend.sync_api.redirect_urls import RedirectUrls
from sojourn.backend.sync_api.sessions import Sessions
from sojourn.backend.sync_api.settings import Settings
from sojourn.backend.sync_api.sign_in_tokens import SignInTokens
from sojourn.backend.sync_api.sign_ups import SignUps
from sojourn.backend.sync_api.signing_keys import SigningKeys
from sojourn.backend.sync_api.testing_tokens import TestingTokens
from sojourn.backend.sync_api.users import Users


class BackendGroups:
    def __init__(self, http_client: HttpClient) -> None:
        self.jwks = Jwks(http_client)
        self.testing_tokens = TestingTokens(http_client)
        self.users = Users(http_client)
        self.email_addresses = EmailAddresses(http_client)
        self.phone_numbers = PhoneNumbers(http_client)
        self.sessions = Sessions(http_client)
        self.clients = Clients(http_client)
        self.sign_ups = SignUps(http_client)
        self.sign_in_tokens = SignInTokens(http_client)
        self.actor_tokens = ActorTokens(http_client)
        self.jwt_templates = JwtTemplates(http_client)
        self.redirect_urls = RedirectUrls(http_client)
        self.allowlist = Allowlist(http_client)
        self.blocklist = Blocklist(http_client)
        self.instance = Instance(http_client)
        self.settings = Settings(http_client)
        self.signing_keys = SigningKeys(http_client)
        self.app_data = AppData(http_client)
