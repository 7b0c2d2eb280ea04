"""What an instance shows of its accounts (R-ENU-01)."""

from sojourn.instances.instance import Instance


def is_strict(instance: Instance) -> bool:
    """Whether nothing may tell if an identifier is known: the default in production."""
    chosen = instance.settings.protection.strict_enumeration
    return chosen if chosen is not None else not instance.is_development
