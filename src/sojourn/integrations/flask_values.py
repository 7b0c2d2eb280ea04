"""Value types of `flask.session` and Quart's session: those of Flask's serializer, with times to the microsecond."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask.json import tag as tags
from werkzeug.http import parse_date

from sojourn.errors import Json
from sojourn.integrations.session_values import lack_of_json


class _Time(tags.TagDateTime):
    """ISO 8601; Flask's own format loses fractions of a second and the time zone."""

    __slots__ = ()

    def to_json(self, value: datetime) -> str:
        return value.isoformat()

    def to_python(self, value: str) -> Any:
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return parse_date(value)


class _Serializer(tags.TaggedJSONSerializer):
    default_tags = [
        tags.TagDict, tags.PassDict, tags.TagTuple, tags.PassList, tags.TagBytes, tags.TagMarkup, tags.TagUUID, _Time,
    ]  # fmt: skip


class FlaskValues:
    """JSON with Flask's tags for tuple, bytes, Markup, UUID and datetime."""

    def __init__(self) -> None:
        self._serializer = _Serializer()

    def lack(self, value: object) -> str:
        if isinstance(value, bytes | UUID | datetime) or callable(getattr(value, "__html__", None)):
            return ""
        return lack_of_json(value, self.lack)

    def to_json(self, value: Any) -> Json:
        return self._serializer.tag(value)

    def from_json(self, value: Json) -> Any:
        if isinstance(value, list):
            return [self.from_json(item) for item in value]
        if isinstance(value, dict):
            return self._serializer.untag({name: self.from_json(item) for name, item in value.items()})
        return value


FLASK_VALUES = FlaskValues()
