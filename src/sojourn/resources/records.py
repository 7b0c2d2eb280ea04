"""JWT templates, redirect URLs and entries of the allowlist and blocklist."""

from sojourn.instances.access_lists import ListedIdentifier, ListName
from sojourn.instances.instance import Instance
from sojourn.instances.jwt_templates import JwtTemplate
from sojourn.instances.redirect_urls import RedirectUrl
from sojourn.resources import Resource


def jwt_template(each: JwtTemplate, instance: Instance) -> Resource:
    own = each.signing
    return {
        "object": "jwt_template",
        "id": each.id,
        "name": each.name,
        "claims": each.claims,
        "lifetime": each.lifetime,
        "allowed_clock_skew": each.allowed_clock_skew,
        "custom_signing_key": own is not None,
        "signing_algorithm": instance.settings.sessions.token_algorithm if own is None else own.algorithm.value,
        "created_at": each.created_at.millis,
        "updated_at": each.updated_at.millis,
    }


def redirect_url(each: RedirectUrl) -> Resource:
    return {
        "object": "redirect_url",
        "id": each.id,
        "url": each.url,
        "created_at": each.created_at.millis,
        "updated_at": each.updated_at.millis,
    }


def listed_identifier(each: ListedIdentifier, name: ListName, instance: Instance) -> Resource:
    return {
        "object": name,
        "id": each.id,
        "identifier": each.identifier,
        "identifier_type": each.identifier_type,
        "instance_id": instance.id,
        "created_at": each.created_at.millis,
        "updated_at": each.updated_at.millis,
    }
