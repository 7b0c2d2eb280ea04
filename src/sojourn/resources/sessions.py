"""Sessions: the browser's own, a person's list of devices, and the administrator's view."""

from ipaddress import ip_address

from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.origin import is_loopback
from sojourn.resources import Resource, token, without_nulls
from sojourn.resources.users import public_user_data, user
from sojourn.sessions.session import Session, SessionStatus
from sojourn.users.user import User

_NEVER = -1


def session(each: Session, owner: User, instance: Instance, now: Instant, jwt: str | None) -> Resource:
    """A session of the asking browser, with its user and a fresh token, so that no second request is needed."""
    return {
        **_shared(each, now),
        "last_active_organization_id": each.last_active_organization_id,
        "last_active_token": None if jwt is None else token(jwt),
        "actor": each.actor,
        "tasks": None,
        "user": user(owner, instance, now),
        "public_user_data": public_user_data(owner, instance),
        "factor_verification_age": factor_age(each, now),
    }


def listed_session(each: Session, now: Instant) -> Resource:
    """One of a person's devices. Published components show `IP (city, country)`, with nothing between when both are absent."""
    return {
        **_shared(each, now),
        "last_active_token": None,
        "actor": each.actor,
        "tasks": None,
        "latest_activity": {"country": _place(each.device.ip_address)} | activity(each),
    }


def own_session(each: Session, owner: User, instance: Instance, now: Instant) -> Resource:
    """One of a person's sessions, live or over. The published document knows no `replaced` here: such a one has ended."""
    status = each.status_at(now)
    return {
        **listed_session(each, now),
        "status": (SessionStatus.ENDED if status is SessionStatus.REPLACED else status).value,
        "last_active_organization_id": each.last_active_organization_id,
        "public_user_data": public_user_data(owner, instance),
        "factor_verification_age": factor_age(each, now),
    }


def backend_session(each: Session, now: Instant) -> Resource:
    """The session as the Backend API shows it. Session data has its own path."""
    return {
        **_shared(each, now),
        "user_id": each.user_id,
        "client_id": each.client_id,
        "actor": each.actor,
        "last_active_organization_id": each.last_active_organization_id,
        "latest_activity": activity(each),
        "tasks": None,
    }


def activity(each: Session) -> Resource:
    device = each.device
    known: dict[str, object] = {
        "device_type": device.device_type,
        "browser_name": device.browser_name,
        "browser_version": device.browser_version,
        "ip_address": device.ip_address,
        "city": device.city,
        "country": device.country,
    }
    fixed: Resource = {"object": "session_activity", "id": _activity_id(each), "is_mobile": device.is_mobile}
    return fixed | without_nulls(known)


def _place(address: str | None) -> str:
    """The location that can be told from an IP address alone, without a geolocation database."""
    if address is None:
        return "unknown place"
    if is_loopback(address):
        return "this computer"
    return "local network" if ip_address(address).is_private else "unknown place"


def factor_age(each: Session, now: Instant) -> list[int]:
    """Whole minutes since the first and the second factor were proven, -1 for never."""
    return [_minutes(each.first_factor_at, now), _minutes(each.second_factor_at, now)]


def _minutes(at: Instant | None, now: Instant) -> int:
    return _NEVER if at is None else max(0, (now.millis - at.millis) // 60_000)


def _activity_id(each: Session) -> str:
    return "sess_activity_" + each.id.removeprefix("sess_")


def _shared(each: Session, now: Instant) -> Resource:
    return {
        "object": "session",
        "id": each.id,
        "status": each.status_at(now).value,
        "expire_at": each.expire_at.millis,
        "abandon_at": each.abandon_at.millis,
        "last_active_at": each.last_active_at.millis,
        "created_at": each.created_at.millis,
        "updated_at": each.updated_at.millis,
    }
