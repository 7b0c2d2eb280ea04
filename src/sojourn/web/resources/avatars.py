"""The picture that stands for a user: the one they chose, else a colour of their own and their initials, drawn here."""

from functools import lru_cache
from urllib.parse import quote
from zlib import crc32

from sojourn.instances.instance import Instance
from sojourn.users.images import image_url
from sojourn.users.user import User

_NO_INITIALS = "-"
_quoted = lru_cache(maxsize=4096)(quote)


def avatar_url(user: User, instance: Instance) -> str:
    """Where the picture is served. Components draw a broken image without one; the address tells no id and no name."""
    chosen = image_url(user, instance.public_url)
    if chosen is not None:
        return chosen
    return f"{instance.public_url}/v1/avatars/{crc32(user.id.encode()) % 360}/{_quoted(_initials(user))}.svg"


def _initials(user: User) -> str:
    letters = [name[0].upper() for name in (user.first_name, user.last_name) if name and name[0].isalpha()]
    return "".join(letters) or _NO_INITIALS


def drawn(hue: int, initials: str) -> str:
    """The picture as SVG; `initials` are letters only, so nothing in it can be markup (R-HDR-04)."""
    letters = "".join(letter for letter in initials[:4] if letter.isalpha())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">'
        f'<rect width="96" height="96" fill="hsl({hue % 360} 38% 42%)"/>'
        f'<circle cx="72" cy="20" r="58" fill="hsl({(hue + 36) % 360} 48% 54%)" fill-opacity="0.55"/>'
        '<text x="48" y="50" fill="#fff" font-family="system-ui,sans-serif" font-size="38" font-weight="600"'
        f' text-anchor="middle" dominant-baseline="central">{letters}</text></svg>'
    )
