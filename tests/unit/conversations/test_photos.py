import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import photos
from conversations.photos import HEIC, JPEG, PNG, WEBP, media_type

LATITUDE = struct.pack("<6I", 50, 1, 49, 1, 123456, 10000)  # degrees, minutes, seconds: three fractions


def exif(order: str = "<") -> bytes:
    """A TIFF block with an orientation (6) and a GPS directory holding a latitude."""
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    first = struct.pack(order + "H", 2)
    first += struct.pack(order + "HHIHH", 0x0112, 3, 1, 6, 0)
    first += struct.pack(order + "HHII", 0x8825, 4, 1, 38)
    gps = struct.pack(order + "H", 2)
    gps += struct.pack(order + "HHI4s", 1, 2, 2, b"N\x00\x00\x00")
    gps += struct.pack(order + "HHII", 2, 5, 3, 68)
    return mark + struct.pack(order + "I", 8) + first + bytes(4) + gps + bytes(4) + LATITUDE


def jpeg(block: bytes) -> bytes:
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\x00\x00" + block + b"\xff\xdapixels\xff\xd9"


def without_position(photo: bytes) -> bytes:
    return bytes(photos.without_position(bytearray(photo)))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


HEIC_HEAD = struct.pack(">I", 24) + b"ftypmif1\x00\x00\x00\x00mif1heic"
AVIF_HEAD = struct.pack(">I", 24) + b"ftypmif1\x00\x00\x00\x00mif1avif"
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (jpeg(exif()), JPEG),
        (PNG_HEAD + chunk(b"IHDR", bytes(13)), PNG),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", WEBP),
        (HEIC_HEAD + b"rest", HEIC),
        (AVIF_HEAD + b"rest", None),
        (b"GIF89a", None),
        (b"%PDF-1.7", None),
        (b"<svg onload=alert(1)>", None),
        (b"", None),
    ],
)
def test_a_photo_is_known_by_its_first_bytes(content: bytes, expected: str | None) -> None:
    assert media_type(content) == expected


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("head", [b"\xff\xd8\xff\xe1..Exif\x00\x00", b"RIFF\x10\x00\x00\x00WEBPEXIF", HEIC_HEAD])
def test_the_position_is_wiped_and_nothing_else_moves(order: str, head: bytes) -> None:
    block = exif(order)

    clean = without_position(head + block + b"pixels")

    assert LATITUDE not in clean
    assert len(clean) == len(head + block + b"pixels")
    assert clean.startswith(head + block[:22])  # the orientation stays
    assert clean.endswith(b"pixels")
    assert struct.unpack_from(order + "H", clean, len(head) + 38) == (0,)


def test_a_position_in_xmp_is_wiped() -> None:
    photo = b'\xff\xd8\xff\xe1<rdf exif:GPSLatitude="50,49.2N"><exif:GPSLongitude>3,15.6E</exif:GPSLongitude>'

    clean = without_position(photo)

    assert b"50,49" not in clean
    assert b"3,15" not in clean
    assert len(clean) == len(photo)


def test_a_png_loses_what_it_tells_beside_the_picture() -> None:
    start, data, end = chunk(b"IHDR", bytes(13)), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")
    photo = PNG_HEAD + start + chunk(b"eXIf", exif()) + chunk(b"tEXt", b"Location\x00thuis") + data + end

    assert without_position(photo) == PNG_HEAD + start + data + end


@given(st.binary(max_size=300))
def test_rubbish_that_looks_like_a_photo_is_left_in_one_piece(rubbish: bytes) -> None:
    for head in (b"\xff\xd8\xff\xe1Exif\x00\x00II*\x00", HEIC_HEAD + b"MM\x00*"):
        assert len(without_position(head + rubbish)) == len(head + rubbish)
    without_position(PNG_HEAD + rubbish)
