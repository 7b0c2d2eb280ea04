"""The object of an entry in the allowlist or blocklist."""

from sojourn.instances.access_lists import ListedIdentifier, ListName
from sojourn.instances.instance import Instance
from sojourn.resources import Resource


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
