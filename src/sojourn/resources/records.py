"""JWT templates, redirect URLs and entries of the allowlist and blocklist."""

from sojourn.instances.access_lists import ListedIdentifier, ListName
from sojourn.instances.instance import Instance
from sojourn.instances.jwt_templates import JwtTemplate
from sojourn.instances.redirect_urls import RedirectUrl
from sojourn.resources import Resource


def jwt_template(template: JwtTemplate, instance: Instance) -> Resource:
    own = template.signing
    return {
        "object": "jwt_template",
        "id": template.id,
        "name": template.name,
        "claims": template.claims,
        "lifetime": template.lifetime,
        "allowed_clock_skew": template.allowed_clock_skew,
        "custom_signing_key": own is not None,
        "signing_algorithm": instance.settings.sessions.token_algorithm if own is None else own.algorithm.value,
        "created_at": template.created_at.millis,
        "updated_at": template.updated_at.millis,
    }


def redirect_url(url: RedirectUrl) -> Resource:
    return {
        "object": "redirect_url",
        "id": url.id,
        "url": url.url,
        "created_at": url.created_at.millis,
        "updated_at": url.updated_at.millis,
    }


def listed_identifier(entry: ListedIdentifier, name: ListName, instance: Instance) -> Resource:
    return {
        "object": name,
        "id": entry.id,
        "identifier": entry.identifier,
        "identifier_type": entry.identifier_type,
        "instance_id": instance.id,
        "created_at": entry.created_at.millis,
        "updated_at": entry.updated_at.millis,
    }
