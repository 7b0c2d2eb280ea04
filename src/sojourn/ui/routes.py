"""The hosted pages as the server and an app around it mount them: one list, so that neither forgets a page."""

from sojourn.ui import confirming, mailbox, pages, plain, plain_account

PAGES = [*pages.HANDLERS, *plain.HANDLERS, *plain_account.HANDLERS, *confirming.HANDLERS, *mailbox.HANDLERS]
"""The mailbox is not found where mail is really sent, and never in production (R-AUZ-09)."""
