"""The server cannot process the request now; a retry may succeed."""

from datetime import timedelta

from sojourn.errors.error import SojournError


class TooManyRequests(SojournError):
    code = "too_many_requests"
    message = "Too many requests"

    def __init__(self, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        super().__init__("Too many requests, retry later")


class ServerUnreachable(SojournError):
    """Raised in apps with a remote server. The request stays unauthenticated."""

    code = "server_unreachable"
    message = "The Sojourn server is unreachable"
    advice = "The Sojourn server could not be reached or returned an error. Check its URL and that it is running, then try again."


class Overloaded(SojournError):
    code = "service_unavailable"
    message = "Busy"

    def __init__(self, retry_after: timedelta = timedelta(seconds=1)) -> None:
        self.retry_after = retry_after
        super().__init__("The server is busy. Try again in a moment.")
