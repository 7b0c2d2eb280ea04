"""Every value that the published documents allow in a request is accepted, or refused with the page that says why."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.errors import Json
from sojourn.ids import UserId
from sojourn.web.app import build, litestar_app
from sojourn.web.backend_api.openapi import backend_document
from sojourn.web.openapi import frontend_document

from ..backend_api.calling import PASSWORD, Caller
from ..second_factors import SENT, SentCodes, StepCodes
from ..wire.browsing import TEST_CODE, Browser
from .allowed_values import allowed_values
from .published import ROOT, Document, backend, frontend
from .test_published import implemented

PAGE = "docs/decisions/0015-published-values.md"

_WALLETS = {"web3_metamask_signature", "web3_base_signature", "web3_coinbase_wallet_signature",
            "web3_okx_wallet_signature"}  # fmt: skip
_ELSEWHERE = {"phone_code", "email_link", "saml", "oauth_[provider]"}
_CREATES_SIGN_UP = _ELSEWHERE | {
    "enterprise_sso", "google_one_tap", "oauth_token_[provider]", "ticket", "web3_[provider]_signature"
}  # fmt: skip

REFUSED: Mapping[str, set[str]] = {
    "createSignIn strategy": _ELSEWHERE
    | {"web3_[provider]_signature", "reset_password_phone_code", "oauth_token_[provider]", "passkey", "trusted_device",
       "google_one_tap"},
    "prepareSignInFactorOne strategy": _ELSEWHERE
    | _WALLETS
    | {"reset_password_phone_code", "passkey", "trusted_device", "enterprise_sso"},
    "attemptSignInFactorOne strategy": _WALLETS
    | {"email_link", "phone_code", "reset_password_phone_code", "passkey", "trusted_device", "google_one_tap"},
    "attemptSignInFactorOne algorithm": {"ES256"},
    "prepareSignInFactorTwo strategy": {"email_code", "email_link"},
    "attemptSignInFactorTwo strategy": {"email_code", "backup_code"},
    "createSignUps strategy": _CREATES_SIGN_UP,
    "updateSignUps strategy": _CREATES_SIGN_UP,
    "attemptSignUpsVerification strategy": _WALLETS
    | {"web3_solana_signature", "email_link", "phone_code", "google_one_tap"},
    "sendVerificationEmail strategy": {"email_link", "enterprise_sso"},
    "UpdateInstance preferred_sign_in_strategy_when_password_required": {"otp"},
    "UpdateInstanceOrganizationSettings domains_enrollment_modes": {"automatic_invitation", "automatic_suggestion"},
}  # fmt: skip
"""As the page lists them. All else that the documents name is accepted."""


@dataclass
class Asking:
    """Makes the smallest valid request with one value. Each is asked of people and browsers of its own."""

    engine: Engine
    api: Caller
    app: object
    count: int = field(default=0)

    def address(self) -> str:
        self.count += 1
        return f"user{self.count}+clerk_test@example.com"

    async def user(self) -> str:
        return (await self.api.user(self.address()))["id"]

    async def signed_in(self) -> Browser:
        browser = Browser(self.app)
        await browser.sign_in((await self.api.user(self.address()))["email_addresses"][0]["email_address"])
        return browser

    async def begun_sign_in(self, *prepared: str) -> tuple[Browser, str]:
        """A sign-in of a known person, with each of `prepared` asked for if it sends a code."""
        browser = Browser(self.app)
        known = (await self.api.user(self.address()))["email_addresses"][0]
        begun = (await browser.post("/v1/client/sign_ins", {"identifier": known["email_address"]}))["response"]
        where = f"/v1/client/sign_ins/{begun['id']}"
        for strategy in set(prepared) & {"email_code", "reset_password_email_code"}:
            await browser.post(f"{where}/prepare_first_factor", {"strategy": strategy})
        return browser, where

    async def begun_sign_up(self) -> tuple[Browser, str]:
        browser = Browser(self.app)
        given = {"email_address": self.address(), "password": PASSWORD}
        begun = (await browser.post("/v1/client/sign_ups", given))["response"]
        return browser, f"/v1/client/sign_ups/{begun['id']}"

    # -- Frontend API

    async def create_sign_in(self, value: str) -> httpx.Response:
        user = await self.api.user(self.address())
        given = {"strategy": value, "identifier": user["email_addresses"][0]["email_address"], "password": PASSWORD}
        if value == "ticket":
            made = await self.api.ok("POST", "/sign_in_tokens", {"user_id": user["id"]})
            given = {"strategy": value, "ticket": made["token"]}
        return await Browser(self.app).send("POST", "/v1/client/sign_ins", given)

    async def prepare_sign_in(self, value: str) -> httpx.Response:
        browser, where = await self.begun_sign_in()
        return await browser.send("POST", f"{where}/prepare_first_factor", {"strategy": value})

    async def attempt_sign_in(self, value: str) -> httpx.Response:
        browser, where = await self.begun_sign_in(value)
        given = (
            {"strategy": value, "password": PASSWORD} if value == "password" else {"strategy": value, "code": TEST_CODE}
        )
        return await browser.send("POST", f"{where}/attempt_first_factor", given)

    async def begun_second(self) -> tuple[Browser, str]:
        """A sign-in that owes its second factor."""
        made, browser = await self.api.user(self.address()), Browser(self.app)
        user = await self.engine.accounts.get(self.engine.instance, UserId(made["id"]))
        await self.engine.factors.of(StepCodes).enrol(user)
        await self.engine.factors.of(SentCodes).enrol(user)
        given = {"identifier": made["email_addresses"][0]["email_address"], "password": PASSWORD}
        begun = (await browser.post("/v1/client/sign_ins", given))["response"]
        return browser, f"/v1/client/sign_ins/{begun['id']}"

    async def prepare_second(self, value: str) -> httpx.Response:
        browser, where = await self.begun_second()
        return await browser.send("POST", f"{where}/prepare_second_factor", {"strategy": value})

    async def attempt_second(self, value: str) -> httpx.Response:
        browser, where = await self.begun_second()
        await browser.post(f"{where}/prepare_second_factor", {"strategy": "phone_code"})
        return await browser.send("POST", f"{where}/attempt_second_factor", {"strategy": value, "code": SENT})

    async def sign_with(self, value: str) -> httpx.Response:
        browser, where = await self.begun_sign_in()
        given = {"strategy": "trusted_device", "algorithm": value, "signature": "x"}
        return await browser.send("POST", f"{where}/attempt_first_factor", given)

    async def create_sign_up(self, value: str) -> httpx.Response:
        given = {"strategy": value, "email_address": self.address(), "password": PASSWORD}
        return await Browser(self.app).send("POST", "/v1/client/sign_ups", given)

    async def update_sign_up(self, value: str) -> httpx.Response:
        browser, where = await self.begun_sign_up()
        return await browser.send("PATCH", where, {"strategy": value})

    async def attempt_sign_up(self, value: str) -> httpx.Response:
        browser, where = await self.begun_sign_up()
        await browser.post(f"{where}/prepare_verification", {"strategy": "email_code"})
        return await browser.send("POST", f"{where}/attempt_verification", {"strategy": value, "code": TEST_CODE})

    async def handshake(self, value: str) -> httpx.Response:
        query: dict[str, Any] = {"redirect_url": "http://localhost:3000/", "format": value}
        return await (await self.signed_in()).send("GET", "/v1/client/handshake", **query)

    async def touch(self, value: str) -> httpx.Response:
        browser = await self.signed_in()
        id = (await browser.get("/v1/client"))["response"]["last_active_session_id"]
        return await browser.send("POST", f"/v1/client/sessions/{id}/touch", {"intent": value})

    async def prove_address(self, value: str) -> httpx.Response:
        browser = await self.signed_in()
        added = (await browser.post("/v1/me/email_addresses", {"email_address": self.address()}))["response"]
        where = f"/v1/me/email_addresses/{added['id']}/prepare_verification"
        return await browser.send("POST", where, {"strategy": value})

    # -- Backend API

    def replaced(self, kind: str) -> "Ask":
        async def ask(value: str) -> httpx.Response:
            given = {kind: self.address() if kind == "email_address" else self.number(), "identification_status": value}
            self.count += 1  # somebody with no address: the last proven one could not be given up (R-OTP-06)
            user = await self.api.ok("POST", "/users", {"username": f"name_{self.count}", "password": PASSWORD})
            return await self.api.send("PUT", f"/users/{user['id']}/{kind}", given)

        return ask

    def created(self, kind: str) -> "Ask":
        async def ask(value: str) -> httpx.Response:
            given = {kind: [self.address() if kind == "email_address" else self.number()]}
            return await self.api.send(
                "POST", "/users", {**given, "password": PASSWORD, f"{kind}_identification_status": [value]}
            )

        return ask

    def number(self) -> str:
        self.count += 1
        return f"+1500555{self.count:04}"

    def queried(self, path: str, name: str) -> "Ask":
        def ask(value: str) -> Awaitable[httpx.Response]:
            query: dict[str, Any] = {name: value}
            return self.api.send("GET", path, **query)

        return ask

    def patched(self, path: str, name: str) -> "Ask":
        several = name.endswith("modes")
        return lambda value: self.api.send("PATCH", path, {name: [value] if several else value})

    async def order(self, value: str) -> httpx.Response:
        for sign in ("+", "-"):
            await self.api.ok("GET", "/users", order_by=f"{sign}{value}")
        return await self.api.send("GET", "/users", order_by=value)

    async def invitations(self, value: str) -> httpx.Response:
        return await self.api.send("GET", f"/users/{await self.user()}/organization_invitations", status=value)

    async def refresh(self, value: str) -> httpx.Response:
        session = await self.api.session(await self.user())
        where = f"/sessions/{session['id']}"
        found = await self.engine.sessions.get(self.engine.instance, session["id"])
        given = {
            "expired_token": (await self.api.ok("POST", f"{where}/tokens", {}))["jwt"],
            "refresh_token": self.engine.refreshing.secret(found).reveal(),
            "request_origin": "https://app.example.com",
            "format": value,
        }
        return await self.api.send("POST", f"{where}/refresh", given)

    def hashed(self, *, new: bool) -> "Ask":
        """With a digest that fits no hasher: it alone may be at fault. `tests/factors` verifies a digest of each."""

        async def ask(value: str) -> httpx.Response:
            given = {"password_hasher": value, "password_digest": "x"}
            if new:
                return await self.api.send("POST", "/users", {"email_address": [self.address()], **given})
            return await self.api.send("PATCH", f"/users/{await self.user()}", given)

        return ask

    def ways(self) -> "Mapping[str, Ask]":
        return {
            "createSignIn strategy": self.create_sign_in,
            "prepareSignInFactorOne strategy": self.prepare_sign_in,
            "attemptSignInFactorOne strategy": self.attempt_sign_in,
            "attemptSignInFactorOne algorithm": self.sign_with,
            "prepareSignInFactorTwo strategy": self.prepare_second,
            "attemptSignInFactorTwo strategy": self.attempt_second,
            "createSignUps strategy": self.create_sign_up,
            "updateSignUps strategy": self.update_sign_up,
            "attemptSignUpsVerification strategy": self.attempt_sign_up,
            "handshakeClient format": self.handshake,
            "touchSession intent": self.touch,
            "sendVerificationEmail strategy": self.prove_address,
            "ReplaceUserEmailAddress identification_status": self.replaced("email_address"),
            "ReplaceUserPhoneNumber identification_status": self.replaced("phone_number"),
            "CreateUser email_address_identification_status": self.created("email_address"),
            "CreateUser phone_number_identification_status": self.created("phone_number"),
            "CreateUser password_hasher": self.hashed(new=True),
            "UpdateUser password_hasher": self.hashed(new=False),
            "GetUserList order_by": self.order,
            "GetSessionList status": self.queried("/sessions", "status"),
            "RefreshSession format": self.refresh,
            "UsersGetOrganizationInvitations status": self.invitations,
            "UpdateInstance preferred_sign_in_strategy_when_password_required": self.patched(
                "/instance", "preferred_sign_in_strategy_when_password_required"
            ),
            "UpdateInstanceOrganizationSettings domains_enrollment_modes": self.patched(
                "/instance/organization_settings", "domains_enrollment_modes"
            ),
        }


_LIMITS = ("create_client", "hashes", "create_sign_in", "create_sign_up", "update_sign_up", "attempts", "codes", "handshakes",
           "backend_api")  # fmt: skip


@pytest.fixture
async def asking(engine: Engine, api: Caller) -> Asking:
    limits: dict[str, Json] = {name: [10_000, 1] for name in _LIMITS}
    await engine.instances.update_settings(engine.instance, {"protection": {"rate_limits": limits}})
    return Asking(engine, api, build(engine))


Ask = Callable[[str], Awaitable[httpx.Response]]


def _published(document: Document, own: dict[str, object]) -> dict[str, list[str]]:
    ours = implemented(own)
    return {
        f"{operation.id} {name}": values
        for operation in document.operations
        if operation.key in ours
        for name, values in allowed_values(document, operation).items()
    }


async def test_a_published_value_is_accepted_or_refused_with_its_page(asking: Asking):
    app, page = litestar_app(), (ROOT / PAGE).read_text()
    published = _published(frontend(), frontend_document(app, "")) | _published(backend(), backend_document(app, ""))
    ways = asking.ways()
    assert set(published) == set(ways)
    faults: list[str] = []
    refused: dict[str, set[str]] = {}
    for name, values in published.items():
        for value in values:
            word = "metamask" if value.startswith("web3") else "google"
            response = await ways[name](value.replace("[provider]", word))
            if fault := _fault(name, value, response):
                faults.append(fault)
            elif PAGE in response.text:
                refused.setdefault(name, set()).add(value)
                if f"`{value}`" not in page:
                    faults.append(f"{value} is not on the page")
    assert faults == []
    assert refused == REFUSED


def _fault(name: str, value: str, response: httpx.Response) -> str | None:
    """A refusal that names no page. A digest alone may be wrong where a hasher was asked."""
    if response.status_code < 400:
        return None
    error = response.json()["errors"][0]
    if response.status_code == 422:
        if PAGE in error["long_message"]:
            return None
        if name.endswith("password_hasher") and error["meta"]["param_name"] == "password_digest":
            return None
    return f"{name}={value}: {response.status_code} {error['code']} {error['long_message']}"


async def test_a_value_that_nobody_published_is_refused(asking: Asking):
    """The requests of the test above would show it."""
    # the Frontend API reads past two, and every refusal of a refresh is a 401
    others = {"handshakeClient format", "touchSession intent", "RefreshSession format", "GetUserList order_by"}
    for name, ask in asking.ways().items():
        if name not in others:
            refused = await ask("nonsense")
            assert refused.status_code == 422, f"{name}: {refused.text}"
    assert await asking.api.refused("GET", "/users", order_by="nonsense") == (422, "form_param_value_invalid")
