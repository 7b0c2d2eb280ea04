"""A development server with its dashboard, and an administrator who asks the inspector through the admin API."""

from ..admin_api.conftest import administration, dashboard
from ..engines import clock, mailbox, started

__all__ = ["administration", "clock", "dashboard", "mailbox", "started"]
