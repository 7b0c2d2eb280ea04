"""The object of a redirect URL."""

from sojourn.instances.redirect_urls import RedirectUrl
from sojourn.resources import Resource


def redirect_url(url: RedirectUrl) -> Resource:
    return {
        "object": "redirect_url",
        "id": url.id,
        "url": url.url,
        "created_at": url.created_at.millis,
        "updated_at": url.updated_at.millis,
    }
