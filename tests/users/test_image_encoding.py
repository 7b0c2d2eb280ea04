"""What is made of an upload, without a server."""

import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from sojourn.errors import FieldError, ImageKindUnknown, SojournError
from sojourn.users.image_encoding import MAX_PIXELS, SIDE, encoded

from ..pictures import BLUE, RED, is_close, opened, picture, saved

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_kind_becomes_one_kind(kind: str) -> None:  # R-HDR-04
    drawn = opened(encoded(picture(kind)))
    assert (drawn.format, drawn.size) == ("WEBP", (64, 48))
    assert is_close(drawn.convert("RGB").getpixel((30, 20)), RED)


@pytest.mark.parametrize(
    ("size", "drawn"),
    [((2000, 1000), (512, 256)), ((900, 3000), (154, 512)), ((1, 9000), (1, 512)), ((40, 40), (40, 40))],
)
def test_no_side_is_longer_than_512_pixels(size: tuple[int, int], drawn: tuple[int, int]) -> None:
    assert SIDE == 512
    for kind in ("PNG", "JPEG"):
        assert opened(encoded(picture(kind, size))).size == drawn


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_way_to_store_pixels_is_read(mode: str) -> None:
    deep = Image.new("I;16", (600, 30), 0xFFFF)
    white = deep if mode == "I;16" else Image.new("RGB", (600, 30), (255, 255, 255)).convert(mode)
    drawn = opened(encoded(saved(white, "PNG"))).convert("RGB")
    assert drawn.size == (512, 26)
    assert is_close(drawn.getpixel((100, 10)), (255, 255, 255))


def test_a_print_s_colours_are_read_too() -> None:
    assert opened(encoded(saved(Image.new("CMYK", (10, 10), (0, 0, 0, 0)), "JPEG"))).size == (10, 10)


@pytest.mark.parametrize("image", [Image.new("RGBA", (20, 20), (*RED, 0)), Image.new("LA", (20, 20), (9, 0))])
def test_what_is_transparent_stays_so(image: Image.Image) -> None:
    assert opened(encoded(saved(image, "PNG"))).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_a_colour_that_stands_for_transparent_is_transparent() -> None:
    drawn = opened(encoded(saved(Image.new("RGB", (20, 20), RED), "PNG", transparency=RED)))
    assert drawn.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_only_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    for kind in ("GIF", "WEBP", "PNG"):
        drawn = opened(encoded(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)))
        assert getattr(drawn, "n_frames", 1) == 1
        assert is_close(drawn.convert("RGB").getpixel((5, 5)), RED)


def test_a_photograph_is_turned_upright_and_tells_nothing_of_where_it_was_taken() -> None:  # R-HDR-04
    image = Image.new("RGB", (1200, 600), RED)
    image.paste(BLUE, (0, 0, 600, 600))
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825)[1] = "N"
    drawn_file = encoded(saved(image, "JPEG", exif=exif, comment=b"at home", icc_profile=b"profile " * 20))
    drawn = opened(drawn_file)
    assert drawn.size == (256, 512)
    assert is_close(drawn.getpixel((128, 60)), BLUE)
    assert is_close(drawn.getpixel((128, 450)), RED)
    assert not drawn.getexif()
    for word in (b"Camera", b"at home", b"profile", b"EXIF"):
        assert word not in drawn_file


def test_texts_and_what_hangs_after_the_picture_are_left_behind() -> None:  # R-HDR-04
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "<script>alert(1)</script>", zip=True)
    drawn = encoded(saved(Image.new("RGB", (20, 20), RED), "PNG", pnginfo=told) + PAGE)
    assert b"script" not in drawn
    assert opened(drawn).size == (20, 20)


@pytest.mark.parametrize(
    "content", [SVG, PAGE, b"GIF", b"\0" * 100, b"BM" + b"\0" * 100, picture("BMP"), picture("TIFF"), picture("ICO")]
)
def test_what_is_no_picture_of_those_kinds_is_refused(content: bytes) -> None:  # R-HDR-04
    with pytest.raises(ImageKindUnknown) as refused:
        encoded(content)
    assert refused.value.param is None  # a component says nothing of a field that it has no place for


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FieldError) as refused:
        encoded(b"")
    assert "empty" in refused.value.long_message


def _png(width: int, height: int, packed: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(5001, 5000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_what_would_unpack_to_too_much_is_refused_unread(size: tuple[int, int]) -> None:  # R-HDR-04, R-LIM-07
    assert size[0] * size[1] > MAX_PIXELS
    with pytest.raises(FieldError) as refused:
        encoded(_png(*size, zlib.compress(b"")))
    assert type(refused.value) is FieldError
    assert "million pixels" in refused.value.long_message


def test_a_jpeg_in_more_passes_than_any_program_writes_is_refused_unread() -> None:  # R-LIM-07
    file = picture("JPEG", (64, 64), progressive=True)
    last = file.rindex(b"\xff\xda")
    endless = file[:last] + file[last:-2] * 5000 + file[-2:]
    with pytest.raises(FieldError):
        encoded(endless)
    assert encoded(file)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_file_that_is_cut_off_or_spoilt_is_refused_and_nothing_else_happens(kind: str) -> None:  # R-DEP-02
    whole = saved(Image.effect_noise((90, 90), 80).convert("RGB"), kind)
    for end in (4, 8, 12, 20, 40, len(whole) // 2):
        with pytest.raises(SojournError):
            encoded(whole[:end])
    for place in range(0, min(len(whole), 400), 7):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0xFF
        try:
            assert opened(encoded(bytes(spoilt))).format == "WEBP"
        except SojournError as refused:
            assert refused.param is None
