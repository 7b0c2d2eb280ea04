"""Servers in Node: three generations of @clerk/backend, unmodified, believe our tokens and refuse everything else."""

import json
import subprocess
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sojourn.tokens.handshake import cookie_suffix
from tests.ports import free_port
from tests.sdk.processes import SOJOURN, server, settings

PORT = free_port()
URL = f"http://localhost:{PORT}"
APP = "http://localhost:3000"
NODE = Path(__file__).parent / "node"
GENERATIONS = (1, 2, 3)


@dataclass(frozen=True)
class Known:
    """A server and somebody who is signed in at it."""

    data: Path
    secret_key: str
    publishable_key: str
    user_id: str
    session_id: str

    def backend(self) -> httpx.Client:
        return httpx.Client(base_url=f"{URL}/v1", headers={"Authorization": f"Bearer {self.secret_key}"}, timeout=60)

    def token(self, **given: int) -> str:
        with self.backend() as backend:
            return backend.post(f"/sessions/{self.session_id}/tokens", json=given).raise_for_status().json()["jwt"]

    def pem(self) -> str:
        """The public key as an app's environment holds it, for verification without the network."""
        (key,) = httpx.get(f"{URL}/.well-known/jwks.json", timeout=60).json()["keys"]
        n, e = (int.from_bytes(urlsafe_b64decode(key[part] + "=="), "big") for part in "ne")
        return (
            RSAPublicNumbers(e, n).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        )

    def cookies(self, token: str, signed_in_at: int) -> str:
        """The app's cookies as the browser SDK writes them, each with its twin that names the application."""
        values = {"__session": token, "__client_uat": str(signed_in_at), "__clerk_db_jwt": "dvb_known"}
        suffix = cookie_suffix(self.publishable_key)
        return "; ".join(f"{name}{ending}={value}" for name, value in values.items() for ending in ("", f"_{suffix}"))

    def token_of_a_page(self) -> str:
        """A token that a browser on the app's page was given: it names the page's origin."""
        with self.backend() as backend:
            ticket = backend.post("/sign_in_tokens", json={"user_id": self.user_id}).raise_for_status().json()["token"]
        with httpx.Client(base_url=URL, headers={"Origin": APP}, timeout=60) as browser:
            begun = browser.post("/v1/client/sign_ins", data={"strategy": "ticket", "ticket": ticket})
        return begun.raise_for_status().json()["client"]["sessions"][0]["last_active_token"]["jwt"]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    data = tmp_path_factory.mktemp("node")
    running = server(PORT, data)
    running.start()
    settings(data, 'protection.rate_limits={"backend_api":[10000,1]}')
    lines = subprocess.run(
        [SOJOURN, "env", "express", "--port", str(PORT), "--data", data], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    named = dict(line.split("=", 1) for line in lines)
    secret, publishable = named["CLERK_SECRET_KEY"], named["CLERK_PUBLISHABLE_KEY"]
    with httpx.Client(base_url=f"{URL}/v1", headers={"Authorization": f"Bearer {secret}"}, timeout=60) as backend:
        user = {"email_address": ["ada@example.com"], "skip_password_requirement": True}
        user_id = backend.post("/users", json=user).raise_for_status().json()["id"]
        session_id = backend.post("/sessions", json={"user_id": user_id}).raise_for_status().json()["id"]
    yield Known(data, secret, publishable, user_id, session_id)
    running.stop()


def ask(known: Known, major: int, question: str, **more: Any) -> dict[str, Any]:
    client = {"secretKey": known.secret_key, "publishableKey": known.publishable_key, "apiUrl": URL}
    run = subprocess.run(
        ["node", "ask.mjs"],
        cwd=NODE,
        input=json.dumps({"major": major, "question": question, "client": client, **more}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def request(known: Known, major: int, headers: dict[str, str], **options: Any) -> dict[str, Any]:
    options = {"proxyUrl": URL, **options}
    return ask(known, major, "authenticateRequest", url=f"{APP}/page", headers=headers, options=options)


@pytest.mark.parametrize("major", GENERATIONS)
def test_a_bearer_token_and_a_session_cookie_are_believed(known: Known, major: int) -> None:  # R-JWT-12
    token = known.token()
    by_header = request(known, major, {"Authorization": f"Bearer {token}"})
    assert (by_header["status"], by_header["userId"], by_header["sessionId"]) == (
        "signed-in", known.user_id, known.session_id,
    )  # fmt: skip
    by_cookie = request(known, major, {"Cookie": known.cookies(token, int(time.time()) - 60)})
    assert (by_cookie["status"], by_cookie["userId"]) == ("signed-in", known.user_id), by_cookie


@pytest.mark.parametrize("major", GENERATIONS)
@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Bearer undefined", "Bearer a.b.c", "Basic YTpi"])
def test_a_broken_authorization_header_is_signed_out_and_no_error(  # R-JWT-11
    known: Known, major: int, value: str
) -> None:
    answer = request(known, major, {"Authorization": value})
    assert answer["status"] == "signed-out", answer
    assert answer["userId"] is None


@pytest.mark.parametrize("major", GENERATIONS)
def test_nobody_is_signed_out_with_a_reason(known: Known, major: int) -> None:
    answer = request(known, major, {"Cookie": "__clerk_db_jwt=dvb_known"})
    assert (answer["status"], answer["reason"]) == ("signed-out", "session-token-and-uat-missing")


@pytest.mark.parametrize("major", GENERATIONS)
def test_an_old_token_on_a_page_asks_our_server_for_a_new_one(known: Known, major: int) -> None:
    old = known.token(expires_in_seconds=30)
    headers = {
        "Cookie": known.cookies(old, int(time.time()) + 600),
        "Sec-Fetch-Dest": "document",
        "Accept": "text/html",
    }
    answer = request(known, major, headers)
    assert (answer["status"], answer["reason"]) == ("handshake", "session-token-iat-before-client-uat")
    server = (
        URL.replace("http:", "https:") if major == 1 else URL
    )  # it builds this address with https, whatever it was given
    assert answer["location"].startswith(f"{server}/v1/client/handshake?redirect_url=")


@pytest.mark.parametrize("major", GENERATIONS)
def test_a_token_is_verified_without_the_network_and_with_our_key_set(known: Known, major: int) -> None:
    for options in ({"jwtKey": known.pem()}, {"secretKey": known.secret_key, "apiUrl": URL}):
        answer = ask(known, major, "verifyToken", token=known.token(), options=options)
        assert answer == {"userId": known.user_id, "sessionId": known.session_id}


@pytest.mark.parametrize("major", GENERATIONS)
def test_forged_foreign_and_stale_tokens_are_refused(known: Known, major: int) -> None:
    token, key = known.token(), {"jwtKey": known.pem()}
    head, body, signature = token.split(".")
    unsigned = urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    changed = f"{head}.{body}.{signature[:-4]}AAAA"
    for forged in (f"{unsigned}.{body}.", f"{unsigned}.{body}.{signature}", changed):
        assert "error" in ask(known, major, "verifyToken", token=forged, options=key)


@pytest.mark.parametrize("major", GENERATIONS)
def test_a_token_made_for_another_origin_is_refused(known: Known, major: int) -> None:  # R-JWT-07
    header = {"Authorization": f"Bearer {known.token_of_a_page()}"}
    assert request(known, major, header, authorizedParties=[APP])["status"] == "signed-in"
    other = request(known, major, header, authorizedParties=["https://other.example.com"])
    assert (other["status"], other["reason"]) == ("signed-out", "token-invalid-authorized-parties")


@pytest.mark.parametrize("major", GENERATIONS)
def test_users_and_sessions_are_read_with_the_secret_key(known: Known, major: int) -> None:
    answer = ask(known, major, "read", userId=known.user_id, sessionId=known.session_id)
    assert answer == {"userId": known.user_id, "sessionId": known.session_id, "status": "active", "total": 1}
