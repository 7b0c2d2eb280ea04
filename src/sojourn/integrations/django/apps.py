"""The app as Django lists it."""

from django.apps import AppConfig


class SojournConfig(AppConfig):
    name = "sojourn.integrations.django"
    label = "sojourn"
    verbose_name = "Sojourn"
    default_auto_field = "django.db.models.BigAutoField"
