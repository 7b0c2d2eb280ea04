"""Turn an upload into a safe image: decoded, scaled down and encoded again (R-HDR-04). Only pixels are kept: no
metadata, no further frames, no bytes that a browser could interpret otherwise. SVG is rejected, because it can
contain scripts.
"""

from io import BytesIO
from typing import TYPE_CHECKING

from sojourn.errors import FieldError, ImageKindUnknown

if TYPE_CHECKING:
    from PIL import Image

SIDE = 512
MAX_PIXELS = 25_000_000
"""Maximum decoded size: 100 MB, briefly twice that. Enough for any 5 MB photo, too small for a decompression bomb."""

_MAX_SCANS = 100
"""Maximum number of JPEG scans. No program writes more, and many scans could keep the decoder busy for hours."""

_START_OF_SCAN = b"\xff\xda"
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_QUALITY = 85


def encoded(content: bytes) -> bytes:
    """The picture as WebP, upright, at most 512 pixels a side, first frame only. Slow; do not call it on the event
    loop.

    Raises: ImageKindUnknown, FieldError (too large when unpacked, empty or damaged). The errors name no field, because
    components cannot show an error beside a file field.
    """
    from PIL import Image as Pillow  # imported here, because most processes never handle a picture
    from PIL import UnidentifiedImageError

    if not content or content.count(_START_OF_SCAN) > _MAX_SCANS:
        raise _damaged()
    try:
        with Pillow.open(BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _too_large()
            return _drawn(picture)
    except FieldError:
        raise
    except UnidentifiedImageError as error:
        raise ImageKindUnknown() from error
    except Pillow.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # decoders raise many kinds of exceptions for hostile input
        raise _damaged() from error


def _drawn(picture: "Image.Image") -> bytes:
    from PIL import ImageOps

    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode not in ("RGB", "RGBA", "L", "CMYK") or "transparency" in picture.info:
        picture = picture.convert(mode)  # palette images cannot be scaled well
    picture.thumbnail((SIDE, SIDE))  # first, so that a JPEG is decoded no larger than needed
    upright = ImageOps.exif_transpose(picture).convert(mode)
    written = BytesIO()
    upright.save(written, "WEBP", quality=_QUALITY)
    return written.getvalue()


def _too_large() -> FieldError:
    return FieldError(f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels. Choose a smaller one.")


def _damaged() -> FieldError:
    return FieldError("The picture cannot be read: the file is empty, damaged or incomplete. Choose another one.")
