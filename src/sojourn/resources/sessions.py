"""Sessions: as the browser sees its own, as a user's list of devices, and as the Backend API shows them."""

from collections.abc import Collection
from ipaddress import ip_address

from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.origin import is_loopback
from sojourn.resources import Resource, token, without_nulls
from sojourn.resources.users import public_user_data, user_resource
from sojourn.sessions.session import Session, SessionStatus
from sojourn.users.user import User

_NEVER = -1


def session_resource(
    session: Session,
    owner: User,
    instance: Instance,
    now: Instant,
    jwt: str | None,
    *,
    second_factors: Collection[str] = (),
) -> Resource:
    """A session of the requesting browser, with its user and a fresh token, so that no second request is needed."""
    return {
        **_shared(session, now),
        "last_active_organization_id": session.last_active_organization_id,
        "last_active_token": None if jwt is None else token(jwt),
        "actor": session.actor,
        "tasks": None,
        "user": user_resource(owner, instance, now, second_factors=second_factors),
        "public_user_data": public_user_data(owner, instance),
        "factor_verification_age": factor_age(session, now),
    }


def listed_session(session: Session, now: Instant) -> Resource:
    """One of a person's devices. Published components show `IP (city, country)`, with nothing between when both are absent."""
    return {
        **_shared(session, now),
        "last_active_token": None,
        "actor": session.actor,
        "tasks": None,
        "latest_activity": _placed_activity(session),
    }


def ended_device(
    session: Session, owner: User, instance: Instance, now: Instant, *, second_factors: Collection[str] = ()
) -> Resource:
    """The device that its user has just signed out from another one.

    Published components read the row of their list anew from it, so it holds what `listed_session` does.
    """
    shown = session_resource(session, owner, instance, now, None, second_factors=second_factors)
    return {**shown, "latest_activity": _placed_activity(session)}


def own_session(session: Session, owner: User, instance: Instance, now: Instant) -> Resource:
    """One of a user's sessions, live or ended.

    The published document has no `replaced` status here, so it is shown as `ended`.
    """
    status = session.status_at(now)
    return {
        **listed_session(session, now),
        "status": (SessionStatus.ENDED if status is SessionStatus.REPLACED else status).value,
        "last_active_organization_id": session.last_active_organization_id,
        "public_user_data": public_user_data(owner, instance),
        "factor_verification_age": factor_age(session, now),
    }


def backend_session(session: Session, now: Instant) -> Resource:
    """The session as the Backend API shows it. Session data has its own path."""
    return {
        **_shared(session, now),
        "user_id": session.user_id,
        "client_id": session.client_id,
        "actor": session.actor,
        "last_active_organization_id": session.last_active_organization_id,
        "latest_activity": activity(session),
        "tasks": None,
    }


def _placed_activity(session: Session) -> Resource:
    return {"country": _place(session.device.ip_address)} | activity(session)


def activity(session: Session) -> Resource:
    device = session.device
    known: dict[str, object] = {
        "device_type": device.device_type,
        "browser_name": device.browser_name,
        "browser_version": device.browser_version,
        "ip_address": device.ip_address,
        "city": device.city,
        "country": device.country,
    }
    fixed: Resource = {"object": "session_activity", "id": _activity_id(session), "is_mobile": device.is_mobile}
    return fixed | without_nulls(known)


def _place(address: str | None) -> str:
    """The location, as far as it follows from an IP address without a geolocation database."""
    if address is None:
        return "unknown place"
    if is_loopback(address):
        return "this computer"
    return "local network" if ip_address(address).is_private else "unknown place"


def factor_age(session: Session, now: Instant) -> list[int]:
    """Whole minutes since the first and the second factor were proven, -1 for never."""
    return [_minutes(session.first_factor_at, now), _minutes(session.second_factor_at, now)]


def _minutes(at: Instant | None, now: Instant) -> int:
    return _NEVER if at is None else max(0, (now.millis - at.millis) // 60_000)


def _activity_id(session: Session) -> str:
    return "sess_activity_" + session.id.removeprefix("sess_")


def _shared(session: Session, now: Instant) -> Resource:
    return {
        "object": "session",
        "id": session.id,
        "status": session.status_at(now).value,
        "expire_at": session.expire_at.millis,
        "abandon_at": session.abandon_at.millis,
        "last_active_at": session.last_active_at.millis,
        "created_at": session.created_at.millis,
        "updated_at": session.updated_at.millis,
    }
