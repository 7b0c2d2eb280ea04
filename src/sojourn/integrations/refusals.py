"""What somebody who is not signed in is answered, in every kind of app alike."""

import json
from dataclasses import dataclass

from sojourn.integrations.gate import Asked, Elsewhere, Gate, SignedOut

Headers = list[tuple[bytes, bytes]]

KEPT_NOWHERE: Headers = [(b"cache-control", b"private, no-store"), (b"vary", b"Cookie, Authorization, Origin")]
"""What a protected page wears unless it says otherwise (R-CKI-07)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A whole answer; `headers` holds its length too."""

    status: int
    headers: Headers
    body: bytes = b""


def refusal(
    gate: Gate, asked: Asked, verdict: Elsewhere | SignedOut, *, is_protected: bool, sign_in_url: str
) -> Refusal | None:
    """The answer in the app's place; None where anybody may see the page, which then wears `said` of the verdict.

    People are sent to sign in, API calls get 401 with a challenge (RFC 6750 section 3).
    """
    if isinstance(verdict, Elsewhere):
        return _sized(307, b"", [(b"location", verdict.url.encode()), *said(verdict)])
    if not is_protected:
        return None
    if asked.is_page and "-redirects" not in verdict.reason:
        location = gate.sign_in_url(asked.url.partition("?__clerk_handshake=")[0], sign_in_url)
        return _sized(307, b"", [(b"location", location.encode()), *said(verdict)])
    if asked.is_page:
        return _sized(401, _stuck(verdict.reason), [(b"content-type", b"text/html; charset=utf-8"), *said(verdict)])
    typed = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
    return _sized(401, _refused(verdict.reason), [*typed, *said(verdict)])


def said(verdict: Elsewhere | SignedOut) -> Headers:
    """Why, and the cookies that belong to the answer, whatever it is."""
    why = [(b"x-clerk-auth-reason", verdict.reason.encode()), (b"cache-control", b"no-store")]
    return [*why, *((b"set-cookie", cookie.encode("latin-1")) for cookie in verdict.cookies)]


def _sized(status: int, body: bytes, headers: Headers) -> Refusal:
    return Refusal(status, [*headers, (b"content-length", str(len(body)).encode())], body)


def _refused(reason: str) -> bytes:
    error = {
        "code": "authentication_invalid",
        "message": "Not signed in",
        "long_message": "This request needs a signed-in session. Sign in and try again.",
        "meta": {"reason": reason},
    }
    return json.dumps({"errors": [error]}).encode()


def _stuck(reason: str) -> bytes:
    return (
        "<!doctype html><meta charset=utf-8><title>Not signed in</title>"
        "<p>You could not be signed in here. Reload the page in a moment."
        f"<p>Reason, for whoever runs this app: {reason}. Check that its keys and clock agree with those of the server."
    ).encode()
