"""User enumeration protection of an instance (R-ENU-01)."""

from sojourn.instances.instance import Instance


def is_strict(instance: Instance) -> bool:
    """True if responses must not reveal whether an identifier exists: the default in production."""
    chosen = instance.settings.protection.strict_enumeration
    return chosen if chosen is not None else not instance.is_development
