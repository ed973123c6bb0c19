"""A picture's file as people get it: its own pixels, nothing else, and that a machine made it.

Whatever is not needed to show the picture is left out (EXIF, text, comments, the prompt); colour profiles
stay. Then XMP is put in that names the picture's source as IPTC does: `trainedAlgorithmicMedia`. Nothing is
decoded or encoded again. Knows nothing of Django's models.

Reference: https://iptc.org/std/photometadata/documentation/userguide/#_digital_source_type
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

Part = bytes | memoryview

XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    b"Iptc4xmpExt:DigitalSourceType="
    b'"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>'
    b'</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)


class Unreadable(Exception):
    """The file is not built as its format says. Some programs show it all the same."""


def marked(data: bytes, extension: str, *, mark: bool, bare: int = 0) -> list[Part]:
    """Return the file in `data` (jpg, png or webp) in parts, without metadata, with the `mark` if wanted.

    `bare` is its `weight`, where that is known: it may spare a search. Raises Unreadable.
    """
    try:
        return list(_WRITERS[extension](memoryview(data), mark, bare))
    except (struct.error, IndexError, ValueError) as error:
        raise Unreadable(extension) from error


def weight(data: bytes, extension: str) -> int:
    """Return how many bytes the file has without metadata and mark; 0 if it cannot be read."""
    try:
        return sum(map(len, marked(data, extension, mark=False)))
    except Unreadable:
        return 0


def mark_weight(extension: str) -> int:
    """Return how many bytes the mark adds to any file with this extension."""
    return len(_MARKS[extension])


# JPEG: segments up to the first scan, then scans until the end of the image.

_SOI, _EOI, _SOS, _APP0, _APP2, _APP14, _APP15, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE2, 0xEE, 0xEF, 0xFE
# In coded data a stuffed zero or a restart follows 0xFF; anything else ends it.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_XMP_SEGMENT = b"http://ns.adobe.com/xap/1.0/\0" + XMP
_JPEG_MARK = b"\xff\xe1" + struct.pack(">H", len(_XMP_SEGMENT) + 2) + _XMP_SEGMENT


def _jpeg(data: memoryview, mark: bool, bare: int) -> Iterator[Part]:
    if bytes(data[:2]) != b"\xff\xd8":
        raise ValueError
    yield data[:2]
    missing, is_marked = bare - 2, not mark
    for kind, at, end in _jpeg_segments(data):
        # The mark stands behind JFIF's header, which has to come first.
        if not is_marked and kind != _APP0:
            yield _JPEG_MARK
            is_marked = True
        if is_marked and missing == len(data) - at:
            # Nothing in the rest goes: no need to search megabytes of coded data for where they end.
            yield data[at:]
            return
        if not _is_jpeg_metadata(kind, data[at:end]):
            missing -= end - at
            yield data[at:end]


def _jpeg_segments(data: memoryview) -> Iterator[tuple[int, int, int]]:
    """Walk the segments behind the first marker: kind, start, and end, behind its scan if it has one.

    What follows the end of the picture is left out.
    """
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError
        kind = data[at + 1]
        if kind == 0xFF:  # padding, of which any number may stand before a marker
            at += 1
            continue
        if kind == _EOI:
            yield kind, at, at + 2
            return
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if kind == _SOS:
            found = _MARKER.search(data, end)
            end = found.start() if found else len(data)
        yield kind, at, end
        if end >= len(data):
            return  # the end is missing; decoders do not mind
        at = end


def _is_jpeg_metadata(kind: int, segment: memoryview) -> bool:
    """Tell what no decoder needs. JFIF, Adobe's colour transform and colour profiles stay."""
    if kind == _APP2:
        return bytes(segment[4:16]) != b"ICC_PROFILE\0"
    return kind == _COM or (_APP0 < kind <= _APP15 and kind != _APP14)


# PNG: chunks.

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"mDCV", b"cLLI"}
_XMP_CHUNK = b"iTXtXML:com.adobe.xmp\0\0\0\0\0" + XMP
_PNG_MARK = struct.pack(">I", len(_XMP_CHUNK) - 4) + _XMP_CHUNK + struct.pack(">I", zlib.crc32(_XMP_CHUNK))


def _png(data: memoryview, mark: bool, bare: int) -> Iterator[Part]:
    if bytes(data[:8]) != _PNG_HEAD:
        raise ValueError
    yield data[:8]
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        # Chunks whose name begins with a capital are the picture itself.
        if kind[:1].isupper() or kind in _PNG_KEPT:
            yield data[at:end]
        if kind == b"IHDR" and mark:
            yield _PNG_MARK
        if kind == b"IEND":
            return
        at = end


# WebP: chunks in a RIFF, which says its own length. Always with the extended header, which XMP needs.

_WEBP_KEPT = {b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"}
_HAS_ICC, _HAS_ALPHA, _HAS_XMP, _IS_ANIMATED = 0x20, 0x10, 0x04, 0x02
_WEBP_MARK = b"XMP " + struct.pack("<I", len(XMP)) + XMP + b"\0" * (len(XMP) % 2)


def _webp(data: memoryview, mark: bool, bare: int) -> Iterator[Part]:
    if bytes(data[:4]) + bytes(data[8:12]) != b"RIFFWEBP":
        raise ValueError
    chunks = list(_webp_chunks(data))
    kept = [chunk for kind, chunk in chunks if kind in _WEBP_KEPT]
    body: list[Part] = [_webp_header(chunks, mark), *kept, *([_WEBP_MARK] if mark else [])]
    yield b"RIFF" + struct.pack("<I", 4 + sum(map(len, body))) + b"WEBP"
    yield from body


def _webp_chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at, end = 12, 8 + struct.unpack_from("<I", data, 4)[0]
    while at + 8 <= min(end, len(data)):
        kind, length = struct.unpack_from("<4sI", data, at)
        after = at + 8 + length + length % 2
        yield kind, data[at:after]
        at = after


def _webp_header(chunks: list[tuple[bytes, memoryview]], mark: bool) -> bytes:
    """Return the extended header: what the file holds, and its size."""
    kind, first = chunks[0]
    if kind == b"VP8X":
        flags = first[8] & (_HAS_ICC | _HAS_ALPHA | _IS_ANIMATED)
        size = bytes(first[12:18])
    else:
        flags, width, height = _webp_size(kind, first)
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X" + struct.pack("<IB3x", 10, flags | (_HAS_XMP if mark else 0)) + size


def _webp_size(kind: bytes, chunk: memoryview) -> tuple[int, int, int]:
    """Return flags, width and height of a picture without an extended header."""
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", chunk, 9)[0]
        return _HAS_ALPHA if bits >> 28 & 1 else 0, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind != b"VP8 ":
        raise ValueError
    width, height = struct.unpack_from("<HH", chunk, 14)
    return 0, width & 0x3FFF, height & 0x3FFF


_WRITERS = {"jpg": _jpeg, "png": _png, "webp": _webp}
_MARKS = {"jpg": _JPEG_MARK, "png": _PNG_MARK, "webp": _WEBP_MARK}
