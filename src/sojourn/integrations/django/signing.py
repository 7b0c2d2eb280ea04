"""Integration with Django's own sign-in and sign-out: `LOGIN_URL`, to which its decorators redirect, and `logout()`."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from sojourn.integrations.auth_context import AuthContext
from sojourn.integrations.denials import lacking, wrong_keys
from sojourn.integrations.django.conf import options
from sojourn.integrations.django.requests import answered, keep_cookie
from sojourn.integrations.requirement import Lack

_SESSIONS = "sojourn.integrations.django.middleware.SessionMiddleware"
_NOT_ALLOWED = Lack("not_allowed", "Not allowed", "You are signed in, and this page is for others.")


def is_login(request: HttpRequest) -> bool:
    """True if this path is `LOGIN_URL` and the app has no view there."""
    return request.path == _login_path()


def sent_to_sign_in(request: HttpRequest, visit: AuthContext, *, otherwise: str = "") -> HttpResponse:
    """The view behind `LOGIN_URL`, as `login_required` expects it. A signed-in user lacks a permission and gets 403
    instead of a redirect loop. After sign-in the browser returns to the requested page, or else to `otherwise`
    (`LOGIN_REDIRECT_URL` if empty).
    """
    if visit.gate.trouble:
        return answered(wrong_keys(visit.gate, visit.asked()))
    if visit.session is not None:
        return answered(lacking(visit.gate, _NOT_ALLOWED, visit.asked()))
    page = request.build_absolute_uri(wanted_page(request) or otherwise or resolve_url(settings.LOGIN_REDIRECT_URL))
    going = visit.gate.to_sign_in(visit.asked(), "signed-out", page=page, sign_in=visit.guard.sign_in_url)
    response = HttpResponse(status=307)
    response["Location"] = going.url
    response["Cache-Control"] = "no-store"
    for line in going.cookies:
        keep_cookie(response, line)
    return response


def wanted_page(request: HttpRequest) -> str:
    """The URL of this app's page in `?next=`; empty without one."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_own else ""


def end_session(*, request: HttpRequest | None, **_: object) -> None:
    """End the Sojourn session after Django's `logout()`. Raises: BadSecretKey, ServerUnreachable."""
    seen = getattr(request, "sojourn", None)
    if isinstance(seen, AuthContext) and seen.session is not None:
        options().sojourn.end_session_now(seen.session.session_id)
        seen.is_over = True


def explain_test_client(*, request: HttpRequest, **_: object) -> None:
    """Refuse `Client.login` and `Client.force_login`: they create a session that Sojourn does not read, so the user
    would silently stay signed out. Raises: RuntimeError that names the replacement.
    """
    if type(request) is HttpRequest and _SESSIONS in settings.MIDDLEWARE and "REQUEST_METHOD" not in request.META:
        raise RuntimeError(
            "Client.login() and Client.force_login() sign in with Django's own session, which Sojourn does not read. In a test, let "
            "sojourn.testing.FakeSojourn sign the user in: client.get(path, headers=fake.signed_in(user).headers), or put its token "
            'into client.cookies["__session"]'
        )


def farewell(visit: AuthContext) -> list[tuple[bytes, bytes]]:
    """Response headers that clear the cookies of a session that `logout()` has ended."""
    return [(b"set-cookie", line.encode()) for line in visit.gate.signed_out()]


@lru_cache(maxsize=1)
def _login_path() -> str:
    path = resolve_url(settings.LOGIN_URL)
    try:
        resolve(path)
    except Resolver404:
        return path
    return ""


def _clear_cache(*, setting: str, **_: Any) -> None:
    if setting in ("LOGIN_URL", "ROOT_URLCONF"):
        _login_path.cache_clear()


setting_changed.connect(_clear_cache)
