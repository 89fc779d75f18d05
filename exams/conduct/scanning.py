"""Reading the code of a ticket from a picture: the fallback for browsers that cannot do it themselves."""

from __future__ import annotations

import io

LARGEST = 2 * 1024 * 1024
LONGEST_SIDE = 2400


def read_code(data: bytes) -> str:
    """The text of a QR code in a camera frame, or an empty string. Nothing of the picture is kept."""
    import cv2  # noqa: PLC0415 - a large library, wanted only where a picture is read
    import numpy as np  # noqa: PLC0415

    if not data or len(data) > LARGEST:
        return ""
    size = _size(data)
    if size is None or max(size) > LONGEST_SIDE:
        return ""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        return ""
    for detector in (cv2.QRCodeDetectorAruco(), cv2.QRCodeDetector()):
        try:
            text, _points, _straight = detector.detectAndDecode(picture)
        except cv2.error:
            continue
        if text:
            return text
    return ""


def _size(data: bytes) -> tuple[int, int] | None:
    """Width and height from the head of the file, before anything is unpacked: a small file can hold a huge picture."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.size if picture.format in ("JPEG", "PNG", "WEBP") else None
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
