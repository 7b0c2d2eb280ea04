"""Error responses: the one table from code to status, and the JSON envelope of every error.

A caller sees only the texts of a `SojournError`; an unexpected exception is a generic 500 with its trace id.
"""

import re
import secrets
import traceback
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from http import HTTPStatus
from typing import cast

import msgspec
import structlog
from litestar.exceptions import HTTPException

from sojourn.errors import (
    FieldError,
    FieldMissing,
    FieldUnknown,
    Malformed,
    NotFound,
    Overloaded,
    SeveralErrors,
    SojournError,
    TooManyRequests,
)
from sojourn.resources import Resource

_log = structlog.get_logger("sojourn.web")

_STATUS: Mapping[str, int] = {
    "authentication_invalid": 401,
    "signed_out": 401,
    "session_not_found": 401,
    "dev_browser_unauthenticated": 401,
    "secret_key_invalid": 401,
    "publishable_key_invalid": 401,
    "token_invalid": 401,
    "development_key_asked": 401,
    "request_body_invalid": 400,
    "request_path_invalid": 400,
    "session_exists": 400,
    "identifier_already_signed_in": 400,
    "verification_not_sent": 400,
    "verification_expired": 400,
    "verification_already_verified": 400,
    "verification_failed": 422,  # R-OTP-01; the published list says 400, but no SDK depends on it
    "origin_invalid": 403,
    "development_help_refused": 403,
    "authorization_invalid": 403,
    "secret_key_read_only": 403,
    "user_banned": 403,
    "user_locked": 403,
    "password_disabled": 403,
    "session_reverification_required": 403,
    "not_allowed_access": 403,
    "sign_up_mode_restricted": 403,
    "feature_not_enabled": 403,
    "resource_not_found": 404,
    "method_not_allowed": 405,
    "ask_again": 307,
    "conflict": 409,
    "secret_replaced": 409,
    "gone": 410,
    "request_body_too_large": 413,
    "unsupported_media_type": 415,
    "avatar_file_type_invalid": 415,
    "host_invalid": 421,
    "strategy_for_user_invalid": 422,
    "last_identifier_deletion_failed": 422,
    "too_many_requests": 429,
    "request_headers_too_large": 431,
    "configuration_invalid": 500,
    "internal_error": 500,
    "service_unavailable": 503,
}
"""Codes that start with `form_` and are not listed are invalid values: 422."""

_BOUND = re.compile(r"Expected `[a-z]{1,8}` (of length )?(>=|<=) (-?\d{1,20})(?: |$)")
_TYPE = re.compile(r"Expected `([a-z |]{1,64})`, got")
_AT = {">=": "at least", "<=": "at most"}
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}

_TOKEN_EXPECTED = frozenset({"secret_key_invalid", "token_invalid"})


class MethodNotAllowed(SojournError):
    code = "method_not_allowed"
    message = "Method not allowed"
    advice = "This path does not accept that method."

    def __init__(self, long_message: str | None = None, *, allowed: Sequence[str] = ()) -> None:
        super().__init__(long_message)
        self.allowed = allowed


class HostUnknown(SojournError):
    code = "host_invalid"
    message = "Unknown host"
    advice = "This server does not serve that host name. To serve it, add it to SOJOURN_ALLOWED_HOSTS."


class AskAgain(SojournError):
    """A read with a secret that was just replaced: the redirect makes the browser repeat the request with the new secret."""

    code = "ask_again"
    message = "Repeat the request"
    advice = "This browser has just signed in or out. Send the same request again."

    def __init__(self, location: str) -> None:
        super().__init__()
        self.location = location


class BodyTooLarge(SojournError):
    code = "request_body_too_large"
    message = "Request too large"
    advice = "The request body is larger than this operation accepts."


class HeadersTooLarge(SojournError):
    code = "request_headers_too_large"
    message = "Headers too large"
    advice = "The request headers are larger than this server accepts. Clearing this site's cookies may help."


class UnsupportedMediaType(SojournError):
    code = "unsupported_media_type"
    message = "Unsupported content type"
    advice = "Send a form body (application/x-www-form-urlencoded) here."


def status_of(error: SojournError) -> int:
    """The HTTP status of an error; several field errors share that of the first."""
    if isinstance(error, SeveralErrors) and error.errors:
        return status_of(error.errors[0])
    known = _STATUS.get(error.code)
    if known is not None:
        return known
    return 422 if error.code.startswith("form_") else 400


def trace_id() -> str:
    return secrets.token_hex(16)


def envelope(error: SojournError, trace: str, client: Resource | None = None) -> Resource:
    """`{"errors": […], "clerk_trace_id": …}`; the list is never empty. SDKs take the client from `meta`."""
    beside: Resource = {} if client is None else {"meta": {"client": client}}
    return {"errors": [_shown(single) for single in _single_errors(error)], **beside, "clerk_trace_id": trace}


def _single_errors(error: SojournError) -> Iterator[SojournError]:
    if isinstance(error, SeveralErrors) and error.errors:
        for inner in error.errors:
            yield from _single_errors(inner)
    else:
        yield error
        if error.stands_above_form:
            above = copy(error)
            above.param = None
            yield above


def _shown(error: SojournError) -> Resource:
    meta: Resource = dict(error.meta)
    if error.param is not None:
        meta["param_name"] = error.param
    message = error.long_message if error.says_one_thing else error.message
    return {"code": error.code, "message": message, "long_message": error.long_message, "meta": meta}


def answer_of(
    error: Exception, *, path: str, client: Resource | None = None
) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    """Status, JSON body and extra headers of any exception; an unexpected one is logged but not shown (R-DEP-02).
    `client` is included beside the error.
    """
    refusal = as_refusal(error)
    trace = trace_id()
    if refusal is None:
        # log the place only: a message or local variable may contain user input (R-LOG-02)
        where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        _log.error("web.unhandled", trace_id=trace, path=path, error=type(error).__name__, where=where[-8:])
        refusal = SojournError()
    status = status_of(refusal)
    headers = list(_headers(refusal, status))
    if status >= 500:
        _log.warning("web.failed", trace_id=trace, path=path, code=refusal.code)
    return status, msgspec.json.encode(envelope(refusal, trace, client)), headers


def _headers(error: SojournError, status: int) -> Iterator[tuple[bytes, bytes]]:
    if isinstance(error, TooManyRequests | Overloaded):
        seconds = max(1, -int(-error.retry_after.total_seconds() // 1))
        yield b"retry-after", str(seconds).encode()
    if isinstance(error, MethodNotAllowed) and error.allowed:
        yield b"allow", ", ".join(error.allowed).encode()
    if isinstance(error, AskAgain):
        yield b"location", error.location.encode("ascii")
    if status == HTTPStatus.UNAUTHORIZED and error.code in _TOKEN_EXPECTED:
        yield b"www-authenticate", b"Bearer"
    if error.code == "development_key_asked":
        yield b"www-authenticate", b'Basic realm="Sojourn: the secret key as password", charset="UTF-8"'


def as_refusal(error: Exception) -> SojournError | None:
    """The error for an exception: our own unchanged, the framework's converted, None for an unexpected one."""
    if isinstance(error, SojournError):
        return error
    if isinstance(error, msgspec.ValidationError):
        return of_validation(str(error))
    if isinstance(error, msgspec.DecodeError | UnicodeDecodeError | RecursionError):
        return Malformed()
    if isinstance(error, HTTPException):
        return _of_framework(error)
    return None


def _of_framework(error: HTTPException) -> SojournError | None:
    match error.status_code:
        case 404:
            return NotFound("This server has no resource at this path.")
        case 405:
            return MethodNotAllowed()
        case 413:
            return BodyTooLarge()
        case 415:
            return UnsupportedMediaType()
        case 400 | 422:
            return _of_bad_request(error)
        case _:
            return None


def _of_bad_request(error: HTTPException) -> SojournError:
    cause = error.__cause__
    if isinstance(cause, msgspec.ValidationError):
        return of_validation(str(cause))
    extra: object = error.extra
    if isinstance(extra, list) and extra and isinstance(extra[0], dict):
        first = cast("dict[str, object]", extra[0])
        return of_validation(str(first.get("message", "")), param=str(first.get("key", "")) or None)
    return Malformed()


def of_validation(text: str, *, param: str | None = None) -> FieldError:
    """The field error for a parser's message, which names the field or its path. It repeats only field names, never a
    value of the request.
    """
    path = text.partition("`$")[2].rstrip("`").lstrip(".") or param
    if "unknown field" in text:
        return FieldUnknown(_joined(path, _quoted(text)))
    if "missing required field" in text:
        return FieldMissing(_joined(path, _quoted(text)))
    return FieldError(_expectation(text, path or "This value"), param=path)


def _expectation(text: str, name: str) -> str:
    """A sentence with the expected value, from the bounds and types in the parser's message."""
    if bound := _BOUND.match(text):
        size = "hold " if bound[1] else "be "
        return f"{name} must {size}{_AT[bound[2]]} {bound[3]}."
    if text.startswith(("Invalid RFC3339", "Expected `datetime`")):
        return f"{name} must be a time with its zone, such as 2026-01-31T12:00:00Z."
    kinds = [_KINDS[kind] for kind in _kinds(text) if kind in _KINDS]
    return f"{name} must be {' or '.join(kinds)}." if kinds else "This value has the wrong type or shape."


def _kinds(text: str) -> list[str]:
    expected = _TYPE.match(text)
    return expected[1].split(" | ") if expected else []


def _quoted(text: str) -> str:
    return text.partition("`")[2].partition("`")[0][:64]


def _joined(path: str | None, name: str) -> str:
    inside = path if path and path != name and not path.startswith("`") else ""
    return f"{inside}.{name}" if inside else name
