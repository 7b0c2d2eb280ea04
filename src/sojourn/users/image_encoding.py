"""What people upload, made into a picture that is safe to show: read by a library, drawn small, written anew (R-HDR-04).

Nothing of the upload is kept but its pixels: no metadata, no second frame, no byte that a browser could read as something
else. SVG is no picture here but a document that runs.
"""

from io import BytesIO
from typing import TYPE_CHECKING

from sojourn.errors import FieldError, ImageKindUnknown

if TYPE_CHECKING:
    from PIL import Image

SIDE = 512
MOST_PIXELS = 25_000_000
"""What a picture may unpack to: 100 MB, for a moment twice. More than cameras put into 5 MB, less than a bomb."""

_MOST_SCANS = 100
"""A JPEG in more passes than any program writes keeps the decoder busy for hours."""

_START_OF_SCAN = b"\xff\xda"
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_QUALITY = 85


def encoded(content: bytes) -> bytes:
    """The picture as WebP, upright, at most 512 pixels a side, its first frame only. Slow: not for the event loop.

    Raises: ImageKindUnknown, FieldError (too large when unpacked, empty or damaged). None names a field: components have no
    place for words about one that is a file, and would say nothing.
    """
    from PIL import Image as Pillow  # imported here: most processes never see a picture
    from PIL import UnidentifiedImageError

    if not content or content.count(_START_OF_SCAN) > _MOST_SCANS:
        raise _damaged()
    try:
        with Pillow.open(BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_large()
            return _drawn(picture)
    except FieldError:
        raise
    except UnidentifiedImageError as error:
        raise ImageKindUnknown() from error
    except Pillow.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # a decoder stumbles over hostile bytes in more ways than it has names for
        raise _damaged() from error


def _drawn(picture: "Image.Image") -> bytes:
    from PIL import ImageOps

    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode not in ("RGB", "RGBA", "L", "CMYK") or "transparency" in picture.info:
        picture = picture.convert(mode)  # what has no shades cannot be made smaller well
    picture.thumbnail((SIDE, SIDE))  # first: a JPEG is then unpacked no larger than needed
    upright = ImageOps.exif_transpose(picture).convert(mode)
    written = BytesIO()
    upright.save(written, "WEBP", quality=_QUALITY)
    return written.getvalue()


def _too_large() -> FieldError:
    return FieldError(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels. Choose a smaller one.")


def _damaged() -> FieldError:
    return FieldError("The picture cannot be read: the file is empty, damaged or incomplete. Choose another one.")
