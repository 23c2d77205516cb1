"""Tells what kind of photo an upload is by its first bytes, and wipes where it was taken.

A phone writes its position into every photo. The city needs the place of the
problem, which the citizen tells himself, and not the place where he lives. In
JPEG, WebP and HEIC the position is overwritten where it stands, so that nothing
else moves and the photo stays upright; PNG chunks carry a checksum and are left out.
"""

import re
import struct
from collections.abc import Iterator

JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"
MEDIA_TYPES = (JPEG, PNG, WEBP, HEIC)
PDF = "application/pdf"

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_PNG_TALKATIVE = {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}
_TIFF_HEADER = re.compile(rb"II\*\x00|MM\x00\*")
_XMP_POSITION = re.compile(rb"""(exif:GPS\w+(?:=["']|>))([^"'<]{1,200})""")
_GPS = 0x8825  # Exif 2.3: the tag in the first directory that points to the GPS directory
_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8}  # TIFF 6.0: size of each field type


def media_type(content: bytes | bytearray) -> str | None:
    """None for anything that is not a photo which we take."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(_PNG_SIGNATURE):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp" and _HEIC_BRANDS & _brands(content):
        return HEIC
    return None


def sendable_type(content: bytes | bytearray) -> str | None:
    """Of what an agent sends: a photo that every channel shows, or a PDF. None for anything else."""
    if content.startswith(b"%PDF-"):
        return PDF
    kind = media_type(content)
    return kind if kind in (JPEG, PNG) else None


def _brands(content: bytes | bytearray) -> set[bytes]:
    size = min(int.from_bytes(content[:4], "big"), 256)
    return {bytes(content[n : n + 4]) for n in range(8, size, 4)}


def without_position(photo: bytearray) -> bytearray:
    """The same photo, wiped where it stands; a PNG is a new one."""
    if photo.startswith(_PNG_SIGNATURE):
        kept = (chunk for kind, chunk in _png_chunks(photo) if kind not in _PNG_TALKATIVE)
        return bytearray(_PNG_SIGNATURE) + bytearray().join(kept)
    for header in list(_TIFF_HEADER.finditer(photo)):
        _wipe_gps(photo, header.start(), "<" if header.group().startswith(b"II") else ">")
    for start, end in [match.span(2) for match in _XMP_POSITION.finditer(photo)]:
        photo[start:end] = b" " * (end - start)
    return photo


def _png_chunks(content: bytearray) -> Iterator[tuple[bytes, bytearray]]:
    """Kind and whole bytes of each chunk; what follows a broken one is given as it is."""
    at = len(_PNG_SIGNATURE)
    while at < len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")  # length, kind, data, checksum
        yield bytes(content[at + 4 : at + 8]), content[at:end]
        at = end


def _wipe_gps(photo: bytearray, tiff: int, order: str) -> None:
    """Empties the GPS directory of the Exif block that starts at `tiff`, if it is one."""
    try:
        (first,) = struct.unpack_from(order + "I", photo, tiff + 4)
        for tag, _, _, offset, _ in list(_directory(photo, tiff, first, order)):
            if tag == _GPS:
                _wipe_directory(photo, tiff, offset, order)
    except struct.error:
        return  # points outside the file: these four bytes were no Exif after all


def _directory(photo: bytearray, tiff: int, offset: int, order: str) -> Iterator[tuple[int, int, int, int, int]]:
    """Tag, field type, count, value or offset, and position of each entry."""
    (entries,) = struct.unpack_from(order + "H", photo, tiff + offset)
    for n in range(entries):
        at = tiff + offset + 2 + 12 * n
        yield *struct.unpack_from(order + "HHII", photo, at), at


def _wipe_directory(photo: bytearray, tiff: int, offset: int, order: str) -> None:
    for _, kind, count, value, at in list(_directory(photo, tiff, offset, order)):
        size = _BYTES.get(kind, 0) * count
        if size > 4:  # longer values stand elsewhere
            start, end = tiff + value, min(tiff + value + size, len(photo))
            photo[start:end] = bytes(max(end - start, 0))
        photo[at : at + 12] = bytes(12)
    struct.pack_into(order + "H", photo, tiff + offset, 0)
