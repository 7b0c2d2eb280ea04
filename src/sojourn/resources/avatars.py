"""Generates the avatar of a user without a picture (`users/images.py` has its URL)."""


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
