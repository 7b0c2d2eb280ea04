"""The row of `AUTH_USER_MODEL` of a Sojourn user: created at the first sign-in, updated at each later one."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import DataError, IntegrityError, transaction
from django.http import HttpRequest

from sojourn.backend.user import User
from sojourn.errors import NotFound
from sojourn.integrations.django.conf import options
from sojourn.integrations.django.models import SojournLink
from sojourn.integrations.django.requests import visit
from sojourn.tokens.claims import Claims

_CACHED = "_sojourn_user"


def user_of(request: HttpRequest) -> Any:
    """The row, loaded once per request; `AnonymousUser` for unauthenticated requests and inactive rows."""
    if not hasattr(request, _CACHED):
        session = visit(request).session
        found = row_of(session) if session is not None else None
        setattr(request, _CACHED, found if found is not None and found.is_active else AnonymousUser())
    return getattr(request, _CACHED)


async def auser_of(request: HttpRequest) -> Any:
    return await sync_to_async(user_of)(request)


def row_of(claims: Claims) -> Any | None:
    """None for a deleted user. Raises: PermissionDenied if the row belongs to another user, BadSecretKey,
    ServerUnreachable.
    """
    link = _link(claims.user_id)
    if link is not None and link.seen_session == claims.session_id:
        return link.user
    try:
        user = options().sojourn.user_now(claims.user_id)
    except NotFound:
        return None
    link = _made(user) if link is None else _revised(link, user)
    _bring_up_to_date(link, user, claims.session_id)
    return link.user


def _link(sojourn_id: str) -> SojournLink | None:
    return SojournLink.objects.select_related("user").filter(sojourn_id=sojourn_id).first()


def _made(user: User) -> SojournLink:
    """Create the link at a user's first sign-in. Of concurrent requests one creates it, the others find it."""
    if options().link_by_email and _awaits_proof(user):
        raise PermissionDenied(
            "An account of this app has your e-mail address. Prove that the address is yours, and come back."
        )
    try:
        with transaction.atomic():
            row = (_row_with_address(user) if options().link_by_email else None) or _new_row(user)
            return SojournLink.objects.create(sojourn_id=user.id, user=row)
    except (IntegrityError, DataError) as error:
        link = _link(user.id)
        if link is None:  # another row has this address or username, and linking by address is off
            raise PermissionDenied("An account of this app has the same name or address already.") from error
        return link


def _awaits_proof(user: User) -> bool:
    """True if an unverified address already belongs to a row: a new row would conflict once the address is verified."""
    unproven = [email.email_address for email in user.email_addresses if not email.is_verified]
    return _row_with_address(user) is None and any(_unlinked_row(address) is not None for address in unproven)


def _revised(link: SojournLink, user: User) -> SojournLink:
    """Relink the user after they verified an address: to the row with that address, if their own row was created here
    and is unused. A row that the app references stays linked.
    """
    row = _row_with_address(user) if options().link_by_email else None
    made_here = getattr(link.user, get_user_model().USERNAME_FIELD) == user.id and not link.user.has_usable_password()
    if row is None or not made_here or _is_used(link.user):
        return link
    with transaction.atomic():
        left = link.user
        link.user = row
        link.save(update_fields=["user"])
        left.delete()
    return link


def _is_used(row: Any) -> bool:
    """True if another row of the database references this one, beside its link."""
    for relation in row._meta.related_objects:
        if (
            relation.related_model is not SojournLink
            and relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        ):
            return True
    return any(getattr(row, field.name).exists() for field in row._meta.many_to_many)


def _new_row(user: User) -> Any:
    model = get_user_model()
    name_field = model.USERNAME_FIELD
    if _is_email(model, name_field) and not _verified_address(user):
        raise PermissionDenied("This app knows people by their e-mail address. Prove yours, and come back.")
    row = model(**{name_field: _verified_address(user) if _is_email(model, name_field) else user.id})
    row.set_unusable_password()
    _take_over(row, user)
    row.save()
    return row


def _row_with_address(user: User) -> Any | None:
    """Link only by a verified address (account takeover), and only a row that is not linked to another user."""
    address = _verified_address(user)
    return _unlinked_row(address) if address else None


def _unlinked_row(address: str) -> Any | None:
    model = get_user_model()
    rows = model._default_manager.filter(
        **{f"{model.get_email_field_name()}__iexact": address}, sojourn_link__isnull=True
    )[:2]
    return rows[0] if len(rows) == 1 else None


def _bring_up_to_date(link: SojournLink, user: User, session_id: str) -> None:
    if _take_over(link.user, user):
        try:
            with transaction.atomic():
                link.user.save()
        except (
            IntegrityError,
            DataError,
        ):  # another row has the address, and the model requires it to be unique: keep the old one
            link.user.refresh_from_db()
    SojournLink.objects.filter(pk=link.pk).update(seen_session=session_id)


def _take_over(row: Any, user: User) -> bool:
    """Copy names and the verified address to the fields that the model has. True if any changed."""
    wanted: dict[str, str] = {"first_name": user.first_name or "", "last_name": user.last_name or ""}
    address = _verified_address(user)
    if address:
        wanted[row.get_email_field_name()] = address
    changed = False
    for name, value in wanted.items():
        try:
            max_length = row._meta.get_field(name).max_length
        except FieldDoesNotExist:
            continue
        is_address = name == row.get_email_field_name()
        if is_address and max_length is not None and len(value) > max_length:
            continue  # a truncated address would be another address
        fitting = value[:max_length]
        if getattr(row, name) != fitting:
            setattr(row, name, fitting)
            changed = True
    return changed


def _verified_address(user: User) -> str:
    primary = user.primary_email_address
    return primary.email_address if primary and primary.is_verified else ""


def _is_email(model: Any, name: str) -> bool:
    return name == model.get_email_field_name()
