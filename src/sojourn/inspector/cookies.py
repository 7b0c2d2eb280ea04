"""The cookies of a browser: what each is for, and why each of its attributes is as it is. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.inspector.inspection import Attribute, Cookie
from sojourn.instances.cookie_domain import cookie_domain
from sojourn.instances.instance import Instance
from sojourn.tokens.handshake import HANDSHAKE, NONCE, cookie_suffix

_HOST = "__Host-"
_SECRET = re.compile(r"(?:clt|sk|tkt|cin|dvb|dvm|hsn|rfs)_|eyJ", re.IGNORECASE)
"""How secrets and tokens of this server begin."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """`http_only` None: the browser SDK and the handshake set it differently."""

    meaning: str
    read_by: str
    http_only: bool | None
    is_shared: bool = False
    life: str = ""


_SERVER = "this server only"
_APP = "the app's server and scripts"
_KINDS: Mapping[str, _Kind] = {
    "__client": _Kind(
        "Stands for the browser and all its sessions: a copy of it is signed in too.", _SERVER, True,
        life="as long as the longest session of the browser, and without one as long as the client (twice sessions.lifetime_seconds)",
    ),
    "__device": _Kind(
        "Marks a device on which a user has signed in, so that others' wrong tries do not lock them out here. It opens nothing.",
        _SERVER, True, life="a year; it survives the client cookie",
    ),
    "__session": _Kind(
        "The session token, which the app verifies offline.", _APP, False,
        life="a year, or until the browser closes; what counts is `exp` inside the token (sessions.token_seconds)",
    ),
    "__client_uat": _Kind(
        "When the browser last signed in or out, in seconds; 0 for signed out. It grants nothing.", _APP, False, is_shared=True,
        life="as long as browsers keep a cookie: 400 days",
    ),
    "__refresh": _Kind(
        "Lets the app's server get a new token without a redirect, together with an expired token of the same session.",
        "the app's server only", True, life="a year; it ends with the session",
    ),
    "__clerk_db_jwt": _Kind(
        "Development: stands for the browser where this server's cookies do not reach.", _APP, False, life="a year",
    ),
    HANDSHAKE: _Kind(
        "The result of a handshake: cookies that the app's server sets.", "the app's server only", True, is_shared=True,
        life="a minute",
    ),
    NONCE: _Kind(
        "Names the result of a handshake, which the app's server fetches once.", "the app's server only", True, is_shared=True,
        life="a minute",
    ),
}  # fmt: skip


def expected_cookies(instance: Instance, *, is_secure: bool, domain: str) -> list[Cookie]:
    """The cookies of a signed-in browser, as this server sets them; `domain` is SOJOURN_COOKIE_DOMAIN."""
    suffix = cookie_suffix(instance.publishable_key)
    client = f"{_HOST}__client" if is_secure else f"__client_{suffix}"
    device = f"{_HOST}__device" if is_secure else f"__device_{suffix}"
    names = [client, device, f"__session_{suffix}", f"__client_uat_{suffix}", f"__refresh_{suffix}"]
    if instance.is_development:
        names.append(f"__clerk_db_jwt_{suffix}")
    site = _Site(instance, is_secure, cookie_domain(instance, domain))
    return [site.expected(name) for name in names]


def explained_lines(lines: Sequence[str], instance: Instance, *, is_secure: bool, domain: str) -> list[Cookie]:
    """Each pasted Set-Cookie line, with what this server would have set otherwise. Values are not repeated."""
    site = _Site(instance, is_secure, cookie_domain(instance, domain))
    return [site.pasted(line) for line in lines]


@dataclass(frozen=True, slots=True)
class _Site:
    """The facts that decide attributes: https or plain http, and the domain that this server shares with the apps."""

    instance: Instance
    is_secure: bool
    domain: str

    def expected(self, name: str) -> Cookie:
        kind = _kind_of(name) or _UNKNOWN
        attributes = [
            Attribute(name="Path", value="/", why="Every path of the host needs it."),
            Attribute(name="Max-Age", value=kind.life, why=_WHY_LIFE),
            self._domain(name, kind),
            Attribute(name="SameSite", value="Lax", why=_WHY_LAX),
            self._secure(self.is_secure),
            _http_only(kind.http_only is True, kind),
        ]
        return Cookie(
            name=name, meaning=kind.meaning, read_by=kind.read_by, attributes=[*_of_name(name, self), *attributes]
        )

    def pasted(self, line: str) -> Cookie:
        pair, *rest = [part.strip() for part in line.split(";")]
        name, _, value = pair.partition("=")
        kind = _kind_of(name)
        pairs = [each.partition("=") for each in rest if each]
        given = {_without_secret(key.lower()): _without_secret(text) for key, _, text in pairs}
        if kind is None:
            attributes = [Attribute(name=key, value=text[:128], why=_NOT_OURS) for key, text in given.items()]
            return Cookie(
                name=_without_secret(name)[:128],
                meaning=_UNKNOWN.meaning,
                read_by=_UNKNOWN.read_by,
                attributes=attributes,
                bytes=len(pair),
            )
        life = given.get("max-age", "")
        gone = life == "0" or not value
        attributes = [
            *_of_name(name, self),
            _checked("Path", given.get("path", "absent"), "/", "Every path of the host needs it."),
            Attribute(
                name="Max-Age",
                value=life or "absent",
                why="0 deletes the cookie." if gone else f"{kind.life}. {_WHY_LIFE}",
            ),
            self._pasted_domain(name, kind, given.get("domain")),
            _checked("SameSite", given.get("samesite", "absent"), "Lax", _WHY_LAX),
            self._secure("secure" in given),
            _http_only("httponly" in given, kind),
        ]
        return Cookie(
            name=name, meaning=kind.meaning, read_by=kind.read_by, attributes=attributes, bytes=len(name) + len(value)
        )

    def _domain(self, name: str, kind: _Kind) -> Attribute:
        if name.startswith(_HOST):
            return Attribute(
                name="Domain",
                value="absent",
                why="The prefix __Host- forbids it: no other host of the domain can set or read the cookie.",
            )
        if not kind.is_shared:
            return Attribute(name="Domain", value="absent", why="Only the host that set it gets it.")
        if not self.domain:
            return Attribute(
                name="Domain", value="absent", why=_WHY_NO_DOMAIN if self.instance.is_development else _WHY_NOT_SHARED
            )
        return Attribute(name="Domain", value=self.domain, why=_WHY_DOMAIN)

    def _pasted_domain(self, name: str, kind: _Kind, given: str | None) -> Attribute:
        wanted = self._domain(name, kind)
        shown = given or "absent"
        is_right = shown.lstrip(".") == wanted.value
        why = wanted.why if is_right else f"This server would send {wanted.value}. {wanted.why}"
        return Attribute(name="Domain", value=shown[:128], why=why, expected=is_right)

    def _secure(self, present: bool) -> Attribute:
        if self.is_secure:
            why = "Sent over https only, because this server's URL is https."
        else:
            why = "Absent, because this server's URL is plain http, which is development on this machine."
        return Attribute(name="Secure", value=_presence(present), why=why, expected=present == self.is_secure)


def _without_secret(text: str) -> str:
    """Pasted text that may be shown again: a secret in an odd place is not."""
    return "(hidden: it looks like a secret)" if _SECRET.search(text) else text


def _of_name(name: str, site: _Site) -> list[Attribute]:
    if name.startswith(_HOST):
        return [Attribute(name="prefix", value=_HOST, why="The browser accepts it over https for this very host only.")]
    suffix = cookie_suffix(site.instance.publishable_key)
    if name.endswith(f"_{suffix}"):
        why = f"From the publishable key: it keeps the cookies of applications on one host apart. Ours is {suffix}."
        return [Attribute(name="suffix", value=suffix, why=why)]
    base = _base_of(name)
    if name != base and name.startswith(f"{base}_") and base not in (HANDSHAKE, NONCE):
        why = f"This suffix is another application's; ours is {suffix}."
        return [Attribute(name="suffix", value=name[len(base) + 1 :], why=why, expected=False)]
    return []


def _http_only(present: bool, kind: _Kind) -> Attribute:
    if kind.http_only:
        why = "No script can read it."
    else:
        why = "Absent, because the SDK's script reads and renews it."
    return Attribute(name="HttpOnly", value=_presence(present), why=why, expected=present == bool(kind.http_only))


def _checked(name: str, given: str, wanted: str, why: str) -> Attribute:
    is_right = given.lower() == wanted.lower()
    return Attribute(
        name=name,
        value=given[:128],
        why=why if is_right else f"This server would send {wanted}. {why}",
        expected=is_right,
    )


def _presence(present: bool) -> str:
    return "present" if present else "absent"


def is_of_another_application(name: str, instance: Instance) -> bool:
    """True for a cookie whose suffix is not that of this instance's key."""
    base = _base_of(name)
    suffix = name.removeprefix(f"{base}_") if name != base else ""
    return base in _SUFFIXED and len(suffix) == 8 and suffix != cookie_suffix(instance.publishable_key)


def _base_of(name: str) -> str:
    """The name without the suffix of an application or redirect."""
    plain = name.removeprefix(_HOST)
    known = [base for base in _KINDS if plain == base or plain.startswith(f"{base}_")]
    return max(known, key=len, default=plain)


def _kind_of(name: str) -> _Kind | None:
    return _KINDS.get(_base_of(name))


_SUFFIXED = frozenset({"__client", "__device", "__session", "__client_uat", "__refresh", "__clerk_db_jwt"})

_UNKNOWN = _Kind("A cookie that Sojourn does not set.", "unknown", None)
_NOT_OURS = "Sojourn does not set this cookie."
_WHY_LIFE = "What counts is the server's record, not the cookie's age."
_WHY_LAX = "Other sites' requests go without it, but links to a page carry it."
_WHY_DOMAIN = (
    "The narrowest domain that this server and the apps share (SOJOURN_COOKIE_DOMAIN, or from allowed_origins)."
)
_WHY_NO_DOMAIN = "In development the SDK writes it for the app's own host."
_WHY_NOT_SHARED = "This server and the apps share no domain, or there is only this host."
