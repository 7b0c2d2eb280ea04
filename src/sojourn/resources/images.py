"""The picture of a user as an object of its own."""

from sojourn.instances.instance import Instance
from sojourn.resources import Resource
from sojourn.users.images import image_url
from sojourn.users.user import User


def image(owner: User, instance: Instance) -> Resource:
    """The response to an upload. The file name is not stored."""
    return {
        "object": "image",
        "id": owner.image_id,
        "name": f"{owner.image_id}.webp",
        "public_url": image_url(owner, instance.public_url),
    }
