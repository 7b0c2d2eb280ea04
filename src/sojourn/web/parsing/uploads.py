"""Reads a file from a request body: in a form, as the whole body, or as base64 text, which native apps send (wire
protocol 4.1).
"""

from base64 import b64decode
from binascii import Error as NotBase64

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from sojourn.errors import FieldMissing, Malformed
from sojourn.web.errors import UnsupportedMediaType
from sojourn.web.http_request import HttpRequest

_FORM = "multipart/form-data"
_RAW = "application/octet-stream"
_MAX_FIELDS = 10


def upload_of(request: HttpRequest, body: bytes, field: str) -> bytes:
    """The file that was sent. Raises: UnsupportedMediaType, FieldMissing, Malformed; all about `field`."""
    stated, options = parse_options_header(request.header(b"content-type") or "")
    if stated == _FORM:
        return _in_form(options.get("boundary", ""), body, field)
    if stated == _RAW:
        return _decoded(body)
    raise UnsupportedMediaType(f"Send the file in a form ({_FORM}), in the field {field}.", param=field)


def _in_form(boundary: str, body: bytes, field: str) -> bytes:
    files: list[bytearray] = []
    named = ""
    try:
        with PushMultipartParser(boundary, max_segment_count=_MAX_FIELDS) as parser:
            for part in parser.parse(body):
                if isinstance(part, MultipartSegment):
                    named = part.name
                    if named == field:
                        files.append(bytearray())
                elif part and named == field:
                    files[-1] += part
    except (MultipartError, UnicodeError) as error:
        raise Malformed("The form cannot be read.", param=field) from error
    if len(files) > 1:
        raise Malformed("A field is given more than once.", param=field)
    if not files:
        raise FieldMissing(field)
    return bytes(files[0])


def _decoded(body: bytes) -> bytes:
    """The decoded file; no picture format consists of base64 characters only."""
    text = body.partition(b",")[2] if body.startswith(b"data:") else body
    try:
        return b64decode(text.strip(), validate=True)
    except NotBase64:
        return body
