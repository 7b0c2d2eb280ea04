"""All hosted pages in one list, which both the standalone server and the server inside an app use."""

from sojourn.ui import confirming, continuing, mailbox, pages, plain, plain_account

PAGES = [
    *pages.HANDLERS,
    *plain.HANDLERS,
    *plain_account.HANDLERS,
    *confirming.HANDLERS,
    *continuing.HANDLERS,
    *mailbox.HANDLERS,
]
"""The mailbox page returns 404 if mail is really sent, and always in production (R-AUZ-09).

The root belongs to the standalone server alone: `root_page` in production, `demo` in development.
"""
