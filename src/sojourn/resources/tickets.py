"""Sign-in tokens and actor tokens."""

from sojourn.instances.instance import Instance
from sojourn.resources import Resource
from sojourn.resources.environment import page_urls
from sojourn.secret import Secret
from sojourn.sign_ins.ticket import Ticket, TicketKind


def ticket_resource(ticket: Ticket, instance: Instance, secret: Secret | None = None) -> Resource:
    """`secret` is known at creation only; the object then includes the token and the URL that uses it."""
    shown: Resource = {
        "object": ticket.kind.value,
        "id": ticket.id,
        "status": ticket.status.value,
        "user_id": ticket.user_id,
        "created_at": ticket.created_at.millis,
        "updated_at": ticket.updated_at.millis,
    }
    if ticket.kind is TicketKind.ACTOR:
        shown["actor"] = ticket.actor
    if secret is not None:
        shown["token"] = secret.reveal()
        shown["url"] = _url(instance, secret)
    return shown


def _url(instance: Instance, secret: Secret) -> str:
    page = page_urls(instance, None)["sign_in_url"]
    return f"{page}{'&' if '?' in page else '?'}__clerk_ticket={secret.reveal()}"
