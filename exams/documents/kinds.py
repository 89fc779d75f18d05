"""What kinds of file are taken, told from their first bytes and never from their name."""

from __future__ import annotations

import io
import zipfile

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
MP4 = "video/mp4"
JSON = "application/json"
TEXT = "text/plain"
CSV = "text/csv"

# From people: scans and workbooks. From the system itself also what it makes.
SCANS = frozenset({PDF, PNG, JPEG})
WORKBOOKS = frozenset({XLSX})
ALL = SCANS | WORKBOOKS | {ZIP, MP4, JSON, TEXT, CSV}

EXTENSIONS = {PDF: "pdf", PNG: "png", JPEG: "jpg", XLSX: "xlsx", ZIP: "zip", MP4: "mp4", JSON: "json", TEXT: "txt", CSV: "csv"}
_TEXTUAL = (TEXT, CSV, JSON)


def sniff(content: bytes, declared: str = "") -> str:
    """The media type the bytes themselves show, or "" for what is not taken. `declared` only chooses between kinds of text."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _parcel(content)
    if content[4:8] == b"ftyp":
        return MP4
    return _text(content, declared)


def _parcel(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parcel:
            return XLSX if "xl/workbook.xml" in parcel.namelist() else ZIP
    except (zipfile.BadZipFile, ValueError):
        return ""


def _text(content: bytes, declared: str) -> str:
    """Text only where it was declared as text: what looks like a page or a program is not taken for it."""
    if declared.split(";")[0] not in _TEXTUAL or b"\x00" in content:
        return ""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return declared.split(";")[0]
