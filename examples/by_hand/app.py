"""A session built by hand, done right, from Sojourn's small parts: `uvicorn app:app --port 8000`, then open /."""

import os
import re
import sqlite3
from contextlib import suppress
from datetime import timedelta
from html import escape

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sojourn.errors import FieldError, TokenRefused
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import PasswordHashing
from sojourn.factors.password_policy import check_new_password
from sojourn.instant import SystemClock
from sojourn.secret import Secret
from sojourn.tokens.bearer import bearer
from sojourn.tokens.claims import Claims
from sojourn.tokens.jws import Algorithm
from sojourn.tokens.session_token import TokenClaims, Verifier, mint
from sojourn.tokens.signing_keys import SigningKey, SigningKeySet

ISSUER = "http://localhost:8000"
LIFE = timedelta(seconds=int(os.environ.get("LIFE_SECONDS", "600")))
COOKIE = "session"
USERNAME = re.compile(r"[A-Za-z0-9_-]{3,30}", re.ASCII)

clock = SystemClock()
keys = SigningKeySet((SigningKey.generate(Algorithm.EDDSA, clock.now()),))

# one connection for the life of the process, instead of one per call
database = sqlite3.connect("users.db", check_same_thread=False, isolation_level=None)
database.execute("CREATE TABLE IF NOT EXISTS users (username TEXT PRIMARY KEY, hasher TEXT, digest TEXT)")
database.execute("CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, username TEXT, revoked INTEGER DEFAULT 0)")

passwords = PasswordHashing()
NOBODY = passwords.hash(Secret.random().reveal())


def is_revoked(session_id: str) -> bool:
    row = database.execute("SELECT revoked FROM sessions WHERE id = ?", (session_id,)).fetchone()
    return row is None or bool(row[0])


# one machine, one clock: nothing is forgiven
verifier = Verifier(keys.jwks(clock.now()), issuer=ISSUER, clock=clock, clock_skew=0, is_revoked=is_revoked)


def add_user(username: str, password: str) -> bool:
    """Whether the name was free: the primary key decides, also between two who ask at once."""
    stored = passwords.hash(password)
    row = (username, stored.hasher, stored.digest)
    return database.execute("INSERT OR IGNORE INTO users VALUES (?, ?, ?)", row).rowcount == 1


def stored_password(username: str) -> StoredPassword | None:
    row = database.execute("SELECT hasher, digest FROM users WHERE username = ?", (username,)).fetchone()
    return StoredPassword(*row) if row else None


def session_of(request: Request) -> Claims:
    """From the Authorization header or else the cookie. Raises: TokenRefused, for anything missing or malformed."""
    token = bearer(request.headers.getlist("authorization")) or request.cookies.get(COOKIE)
    if not token:
        raise TokenRefused("token-missing", "Sign in first.")
    return verifier.verify(token)


def refused(request: Request, form: str, said: str, status: int) -> Response:
    """The form again for people, JSON for programs."""
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(page_with(form, said), status)
    return JSONResponse({"error": said}, status)


async def login_page(request: Request) -> Response:
    return HTMLResponse(page_with(LOGIN, OVER if "over" in request.query_params else ""))


async def sign_up_page(request: Request) -> Response:
    return HTMLResponse(page_with(SIGN_UP))


async def typed(request: Request) -> tuple[str, str]:
    """User name, in its one spelling, and password; nothing from a form that a page elsewhere has sent."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return "", ""
    form = await request.form()
    return str(form.get("username", "")).strip().lower(), str(form.get("password", ""))


async def sign_up(request: Request) -> Response:
    username, password = await typed(request)
    if not USERNAME.fullmatch(username):
        return refused(request, SIGN_UP, "A user name has 3 to 30 letters, digits, _ or -.", 400)
    try:
        await run_in_threadpool(check_new_password, password, param="password", min_length=8, context=[username])
    except FieldError as error:
        return refused(request, SIGN_UP, error.long_message, 400)
    if not await run_in_threadpool(add_user, username, password):
        return refused(request, SIGN_UP, "That user name is taken.", 409)
    return with_session(username)


async def login(request: Request) -> Response:
    username, password = await typed(request)
    if not username or not password:
        return refused(request, LOGIN, "User name and password must be given.", 400)
    known = stored_password(username)
    # an unknown name costs the same as a wrong password, off the event loop
    fits = await run_in_threadpool(passwords.verify, known or NOBODY, password)
    if known is None or not fits.ok:
        return refused(request, LOGIN, "User name or password is wrong.", 401)
    return with_session(username)


def with_session(username: str) -> Response:
    """A session row, and a token that names it in a cookie that no script reads."""
    session_id = Secret.random("sess_").reveal()
    database.execute("INSERT INTO sessions (id, username) VALUES (?, ?)", (session_id, username))
    now = clock.now()
    token = mint(TokenClaims(ISSUER, username, session_id), keys.signing_key(now), now, life=LIFE)
    answer = RedirectResponse("/protected", 303)
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax")  # the token ends by itself, and the page says so
    return answer


async def protected_page(request: Request) -> Response:
    try:
        claims = session_of(request)
    except TokenRefused as over:
        return RedirectResponse("/?over=1" if over.reason == "token-expired" else "/", 303)
    # not kept by the browser, so that its back button shows nothing after logging out
    page = PAGE.format(title="Protected", body=PROTECTED.format(name=escape(claims.user_id)))
    # when the time is over the page leaves by itself, to the form that says so
    left = max(0, claims.expires_at.seconds - clock.now().seconds)
    return HTMLResponse(page, headers={"Cache-Control": "no-store", "Refresh": f"{left + 1}; url=/protected"})


async def protected_api(request: Request) -> Response:
    try:
        claims = session_of(request)
    except TokenRefused as refused:
        return JSONResponse({"error": refused.long_message}, 401, headers={"WWW-Authenticate": "Bearer"})
    return JSONResponse({"data": "Protected data", "user": claims.user_id})


async def logout(request: Request) -> Response:
    with suppress(TokenRefused):  # signed out already
        database.execute("UPDATE sessions SET revoked = 1 WHERE id = ?", (session_of(request).session_id,))
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; background: #f4f5f2; color: #1c211e; max-width: 22rem; margin: 4rem auto }}
main {{ background: #fff; border-radius: .5rem; padding: 1rem 2rem 2rem; margin: 0 1rem }}
label {{ display: block; margin-bottom: 1rem }}
input, button {{ display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem }}
button {{ background: #2f6f4f; color: #fff; border: 0; border-radius: .25rem }}
.wrong {{ color: #a3261a }}
</style>
</head>
<body><main><h1>{title}</h1>{body}</main></body>
</html>"""
LOGIN = """<form method="post" action="/api/login">{wrong}
<label>User name <input name="username" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button></form><p>No account yet? <a href="/sign-up">Sign up</a></p>"""
SIGN_UP = """<form method="post" action="/api/sign-up">{wrong}
<label>User name <input name="username" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="new-password" required></label>
<button>Sign up</button></form><p>An account already? <a href="/">Log in</a></p>"""
OVER = "Your session is over. Log in again."
PROTECTED = """<p>Protected content for <strong>{name}</strong>.</p>
<form method="post" action="/api/logout"><button>Log out</button></form>"""


def page_with(form: str, said: str = "") -> str:
    wrong = f'<p class="wrong" role="alert">{escape(said)}</p>' if said else ""
    return PAGE.format(title="Log in" if form is LOGIN else "Sign up", body=form.format(wrong=wrong))


add_user("ada", "correct horse battery staple")

app = Starlette(
    routes=[
        Route("/", login_page),
        Route("/sign-up", sign_up_page),
        Route("/protected", protected_page),
        Route("/api/sign-up", sign_up, methods=["POST"]),
        Route("/api/login", login, methods=["POST"]),
        Route("/api/protected", protected_api),
        Route("/api/logout", logout, methods=["POST"]),
    ]
)
