"""The app's Django configuration."""

from django.apps import AppConfig


class SojournConfig(AppConfig):
    name = "sojourn.integrations.django"
    label = "sojourn"
    verbose_name = "Sojourn"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # imported here, because models are not loaded before
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from sojourn.integrations.django.signing import end_session, explain_test_client

        user_logged_out.connect(end_session, dispatch_uid="sojourn")
        user_logged_in.connect(explain_test_client, dispatch_uid="sojourn")
