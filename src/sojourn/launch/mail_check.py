"""A look at the mail server: it greets, encrypts and lets this server in. No mail is sent."""

from email.utils import parseaddr

from sojourn.messages.mailer import Mailer
from sojourn.messages.smtp import SmtpMailer


async def mail_check(mailer: Mailer, sender: str) -> tuple[bool, str, str]:
    """True if it works, then the finding, and the advice."""
    if not isinstance(mailer, SmtpMailer):
        found = "No mail server is set: mail lands in the mailbox of development."
        return False, found, "Set SOJOURN_SMTP_HOST, SOJOURN_SMTP_PORT, SOJOURN_SMTP_SECURITY and SOJOURN_MAIL_FROM."
    place = f"{mailer.host}:{mailer.port}"
    try:
        await mailer.probe()
    except Exception as error:  # whatever a foreign server does is a finding
        kind = type(error).__name__
        return False, f"{place} cannot be used ({mailer.security}): {kind}: {_one_line(error)}", _advice(kind)
    domain = parseaddr(sender)[1].rpartition("@")[2]
    if "." not in domain:
        found = f"{place} lets this server in, but mail would come from {sender}."
        return False, found, "Set SOJOURN_MAIL_FROM to an address that your mail server may send for."
    return True, f"{place} lets this server in ({mailer.security}); mail comes from {sender}.", ""


def _advice(kind: str) -> str:
    if kind == "SMTPAuthenticationError":
        return "Check SOJOURN_SMTP_USERNAME and SOJOURN_SMTP_PASSWORD."
    return "Check SOJOURN_SMTP_HOST, SOJOURN_SMTP_PORT (587 for starttls, 465 for tls) and SOJOURN_SMTP_SECURITY, and the firewall."


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return "".join(letter for letter in text if letter.isprintable())[:200] or "no answer"
