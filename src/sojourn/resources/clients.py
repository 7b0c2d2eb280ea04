"""Clients: the whole state of one browser, and the administrator's view of it."""

from collections.abc import Sequence

from sojourn.instant import Instant
from sojourn.resources import Resource
from sojourn.resources.sessions import backend_session
from sojourn.sessions.client import ClientView


def client_resource(
    view: ClientView, sessions: Sequence[Resource], *, sign_in: Resource | None, sign_up: Resource | None
) -> Resource:
    """The client as its browser sees it.

    `updated_at` is when sessions last started or ended: development browsers copy it to `__client_uat`, and a value
    later than the `iat` of a token in use would send every page through a handshake.
    """
    client = view.client
    last = view.last_active_session
    return {
        "object": "client",
        "id": client.id,
        "sessions": sessions,
        "sign_in": sign_in,
        "sign_up": sign_up,
        "last_active_session_id": None if last is None else last.id,
        "last_authentication_strategy": client.last_authentication_strategy,
        "cookie_expires_at": None,
        "captcha_bypass": False,
        "created_at": client.created_at.millis,
        "updated_at": client.signed_in_changed_at.millis,
    }


def backend_client(view: ClientView, now: Instant) -> Resource:
    """The client as the Backend API shows it."""
    client = view.client
    last = view.last_active_session
    return {
        "object": "client",
        "id": client.id,
        "session_ids": [session.id for session in view.sessions],
        "sessions": [backend_session(session, now) for session in view.sessions],
        "sign_in_id": client.sign_in_id,
        "sign_up_id": client.sign_up_id,
        "last_active_session_id": None if last is None else last.id,
        "last_authentication_strategy": client.last_authentication_strategy,
        "created_at": client.created_at.millis,
        "updated_at": client.updated_at.millis,
    }
