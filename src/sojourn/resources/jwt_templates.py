"""The object of a JWT template."""

from sojourn.instances.instance import Instance
from sojourn.instances.jwt_templates import JwtTemplate
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
