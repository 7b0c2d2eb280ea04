"""Explains each reason in `x-clerk-auth-reason` and `__clerk_hs_reason`, and what to do about it (wire protocol section 7.1).

Our adapters and the published SDKs send the same reasons; some are sent by one of them only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuthReason:
    """`meaning` says what the app saw, `advice` what to do about it; `by_itself`: the next page mends it without help."""

    meaning: str
    advice: str
    by_itself: bool = False


_RENEWED = "Nothing: on a page the app fetches a new token by a redirect, and API calls get one from the SDK."
_CLOCKS = "Set the clocks of the app's machine and the server by NTP. They may differ by five seconds."
_SAME_KEYS = "Check that the app's keys belong to this server: run `sojourn env` again and restart the app."

REASONS: Mapping[str, AuthReason] = {
    "signed-out": AuthReason(
        "The browser has no session: its cookies say that it is signed out, or there are none.", "Sign in."
    ),
    "session-token-missing": AuthReason(
        "The browser is signed in, but it sent no session token.", _RENEWED, by_itself=True
    ),
    "client-uat-but-no-session-token": AuthReason(
        "The browser is signed in, but it sent no session token.", _RENEWED, by_itself=True
    ),
    "session-token-but-no-client-uat": AuthReason(
        "The browser sent a session token without the cookie `__client_uat` that belongs to it.",
        _RENEWED,
        by_itself=True,
    ),
    "session-token-and-uat-missing": AuthReason(
        "The browser sent neither a session token nor the cookie `__client_uat`.", "Sign in."
    ),
    "session-token-iat-before-client-uat": AuthReason(
        "The token was issued before the last sign-in or sign-out in this browser, so it may belong to someone else.",
        _RENEWED,
        by_itself=True,
    ),
    "token-expired": AuthReason("The token's lifetime, a minute by default, is over.", _RENEWED, by_itself=True),
    "session-token-expired": AuthReason(
        "The token's lifetime, a minute by default, is over.", _RENEWED, by_itself=True
    ),
    "session-token-expired-refresh": AuthReason(
        "The token has expired, and it could not be refreshed without a redirect; the end of the reason says why.",
        _RENEWED,
        by_itself=True,
    ),
    "token-not-active-yet": AuthReason(
        "The token is not valid yet by the clock of the app's machine, which is behind the server's.", _CLOCKS
    ),
    "session-token-nbf": AuthReason(
        "The token is not valid yet by the clock of the app's machine, which is behind the server's.", _CLOCKS
    ),
    "token-iat-in-the-future": AuthReason(
        "The token was issued in the future by the clock of the app's machine, which is behind the server's.", _CLOCKS
    ),
    "session-token-iat-in-the-future": AuthReason(
        "The token was issued in the future by the clock of the app's machine, which is behind the server's.", _CLOCKS
    ),
    "token-invalid": AuthReason(
        "The token is malformed, or not a session token.",
        "Send the token that `getToken()` returns, whole and in one header. `sojourn inspect TOKEN` prints its claims.",
    ),
    "token-invalid-algorithm": AuthReason(
        "The token is signed with an algorithm that the app does not accept.",
        "Send a session token of this server. SDKs accept RS256 only.",
    ),
    "token-invalid-signature": AuthReason(
        "The signature does not match the key: the token was changed, or is another server's.", _SAME_KEYS
    ),
    "token-invalid-issuer": AuthReason("The token was issued by another server.", _SAME_KEYS),
    "token-invalid-audience": AuthReason(
        "The token was made for another audience.",
        "Check the `aud` of the JWT template and the audience that the app expects.",
    ),
    "token-invalid-authorized-parties": AuthReason(
        "The token was issued to a page whose origin this app does not trust.",
        "If the page is yours, add its origin to `authorized_parties` of the app, or to the setting `allowed_origins`.",
    ),
    "jwk-kid-mismatch": AuthReason(
        "The token was signed with a key that the app does not know: a key that was dropped, or another server's.",
        f"After an emergency rotation: sign in again. Else: {_SAME_KEYS[0].lower()}{_SAME_KEYS[1:]}",
    ),
    "jwk-remote-failed-to-load": AuthReason(
        "The app could not fetch the signing keys, so no request can be authenticated.",
        "Check that the app reaches the server's `/.well-known/jwks.json`.",
    ),
    "keys-wrong": AuthReason("The server rejects the app's keys, so no request can be authenticated.", _SAME_KEYS),
    "session-revoked": AuthReason(
        "The session has been ended, and the app asks the server on each request.",
        "Sign in again. `sojourn inspect` says who ended it.",
    ),
    "session-not-active": AuthReason(
        "The session is pending: the user must complete a task first, such as setting a password.",
        "Open the sign-in page, which shows the task.",
    ),
    "session-token-too-large": AuthReason(
        "The token is larger than a browser's cookie, so the browser cannot be signed in with it.",
        "Make the custom claims, or the metadata that they contain, smaller.",
    ),
    "session-tokens-of-two-people": AuthReason(
        "Two cookies of one name contain valid tokens of different users, so one of them was planted, perhaps by another subdomain.",
        "Delete the cookies of this site, then sign in. Find out which host of the domain sets `__session`.",
    ),
    "redirect-cookie-missing": AuthReason(
        "The browser returned from the server without the cookie of its redirect: it blocks cookies, or took longer than 15 minutes.",
        "Allow cookies for the app and the server, and serve both on the same site over HTTPS.",
    ),
    "handshake-missing": AuthReason(
        "The browser returned from the server without the result of the handshake.",
        "Allow cookies for both sites, then load the page again.",
    ),
    "handshake-used": AuthReason(
        "The result of this handshake has been used, as after the browser's Back button.",
        "Load the page again.",
        by_itself=True,
    ),
    "handshake-nonce-unknown": AuthReason(
        "The server does not know this handshake: it was used, or is older than a minute.",
        "Load the page again.",
        by_itself=True,
    ),
    "handshake-of-another-browser": AuthReason(
        "The result of a handshake arrived in a browser that did not begin it: a link with it was shared, or planted.",
        "Load the page without the parameters of the link.",
        by_itself=True,
    ),
    "dev-browser-missing": AuthReason(
        "Development: the app has no cookie `__clerk_db_jwt` yet, as on a first visit.",
        "Nothing on a page. An API alone gets it once the browser has loaded the SDK's script.",
        by_itself=True,
    ),
    "dev-browser-sync": AuthReason(
        "Development: the page's URL contains `__clerk_db_jwt`, which the app stores.", "Nothing.", by_itself=True
    ),
    "satellite-needs-syncing": AuthReason(
        "The app is a satellite domain and asks the primary domain who is signed in.", "Nothing.", by_itself=True
    ),
    "primary-responds-to-syncing": AuthReason(
        "The primary domain answers a satellite domain.", "Nothing.", by_itself=True
    ),
    "primary-domain-cross-origin-sync": AuthReason(
        "The browser came from another origin, so the app asks the server for a new token.", "Nothing.", by_itself=True
    ),
    "active-organization-mismatch": AuthReason(
        "The page's URL names another organization than the token.",
        "Nothing: the app asks for a token with that organization.",
        by_itself=True,
    ),
    "unexpected-error": AuthReason("The SDK met an error that it does not name.", "Look into the app's log."),
}

_AFTER_REDIRECTS = re.compile(r"(.+)-after-(\d+)-redirects")
_REFRESH = "session-token-expired-refresh"


def explained(reason: str) -> AuthReason | None:
    """The explanation of a reason, also of one with a suffix; None if it is not one."""
    if looped := _AFTER_REDIRECTS.fullmatch(reason):
        inner = REASONS.get(looped[1])
        return inner and AuthReason(
            f"After {looped[2]} redirects in a row the app still saw the same: {inner.meaning[0].lower()}{inner.meaning[1:]}",
            "The browser does not keep the cookies that the server sends through the app. Check that the app's URL is that of the browser"
            f" (proxy headers), that both are HTTPS, and that cookies are allowed. {inner.advice if not inner.by_itself else ''}".rstrip(),
        )
    if reason.startswith(_REFRESH + "-"):
        return REASONS[_REFRESH]
    return REASONS.get(reason)
