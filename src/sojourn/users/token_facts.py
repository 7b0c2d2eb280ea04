"""User and session values for custom claims: the roots of shortcodes (wire protocol section 8.4)."""

from collections.abc import Mapping

from sojourn.errors import Json
from sojourn.instant import Instant
from sojourn.sessions.session import Session
from sojourn.users.images import avatar_url
from sojourn.users.user import User


def token_facts(
    user: User, session: Session, now: Instant, public_url: str, *, has_second_factor: bool = False
) -> Mapping[str, Json]:
    """The context of `tokens/templates.py`: `user`, `session`, `org`, `org_membership` and `time`.

    Private metadata is excluded.
    """
    email = user.primary_email_address
    phone = user.primary_phone_number
    names = [name for name in (user.first_name, user.last_name) if name]
    return {
        "user": {
            "id": user.id,
            "external_id": user.external_id,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "full_name": " ".join(names) or None,
            "username": user.username,
            "image_url": avatar_url(user, public_url),
            "has_image": user.image_id is not None,
            "primary_email_address": email.value if email else None,
            "primary_phone_number": phone.value if phone else None,
            "email_verified": bool(email and email.is_verified),
            "phone_number_verified": bool(phone and phone.is_verified),
            "primary_web3_wallet": None,
            "created_at": user.created_at.millis,
            "updated_at": user.updated_at.millis,
            "last_sign_in_at": user.last_sign_in_at.millis if user.last_sign_in_at else None,
            "two_factor_enabled": has_second_factor,
            "public_metadata": dict(user.public_metadata),
            "unsafe_metadata": dict(user.unsafe_metadata),
            "organizations": {},
        },
        "session": {
            "id": session.id,
            "actor": dict(session.actor) if session.actor else None,
            "public_data": dict(session.public_data),
        },
        "org": {},
        "org_membership": {},
        "time": {"now": now.seconds},
    }
