"""Pictures that tests upload, made here."""

import os
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image

Colour = tuple[int, ...]

RED = (200, 30, 40)
BLUE = (20, 40, 200)


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), colour: Colour = RED, **how: Any) -> bytes:
    """A file of one colour."""
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[len(colour)]
    return saved(Image.new(mode, size, colour), kind, **how)


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    written = BytesIO()
    image.save(written, kind, **how)
    return written.getvalue()


@cache
def noise(side: int) -> bytes:
    """A square PNG that nothing makes smaller: three bytes for each pixel."""
    return saved(Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)), "PNG")


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def is_close(pixel: Any, colour: Colour) -> bool:
    """Whether a pixel has about that colour; WebP keeps it no more exactly."""
    return all(abs(one - other) <= 12 for one, other in zip(pixel, colour, strict=True))
