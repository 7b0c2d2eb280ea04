"""The server cannot answer now; the same request may succeed later."""

from datetime import timedelta

from sojourn.errors.error import SojournError


class TooManyRequests(SojournError):
    code = "too_many_requests"
    message = "Too many requests"

    def __init__(self, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        super().__init__("Too many requests, retry later")


class ServerUnreachable(SojournError):
    """Raised in apps whose server is elsewhere; whoever asked is not told yes."""

    code = "server_unreachable"
    message = "The Sojourn server does not answer"
    advice = "The Sojourn server could not be reached, or failed. Check its address and that it runs, then try again."


class Overloaded(SojournError):
    code = "service_unavailable"
    message = "Busy"

    def __init__(self, retry_after: timedelta = timedelta(seconds=1)) -> None:
        self.retry_after = retry_after
        super().__init__("The server is busy. Try again in a moment.")
