"""The link between rows of `AUTH_USER_MODEL` and Sojourn users."""

from django.conf import settings
from django.db import models


class SojournLink(models.Model):
    """`seen_session` is the last session for which the row was updated."""

    sojourn_id = models.CharField(max_length=64, unique=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sojourn_link")
    seen_session = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        app_label = "sojourn"
        verbose_name = "Sojourn user"

    def __str__(self) -> str:
        return self.sojourn_id
