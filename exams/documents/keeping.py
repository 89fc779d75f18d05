"""Reading what was stored: decrypted with the row's own key, compared with its digest."""

from __future__ import annotations

import hashlib
from uuid import UUID

from cryptography.exceptions import InvalidTag

from exams.documents import shelf
from exams.documents.models import Document
from exams.encryption import decrypt_bytes


class Damaged(Exception):
    """The stored bytes are gone, or are no longer those that were stored."""


def content_of(document: Document) -> bytes:
    """The bytes, compared with their digest. Raises Damaged. For code that has asked who may; pages use actions.fetch."""
    try:
        content = decrypt_bytes(shelf.get(document.file_name), place(document.pk))
    except (FileNotFoundError, InvalidTag, ValueError) as gone:
        raise Damaged(document) from gone
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Damaged(document)
    return content


def place(key: UUID) -> str:
    """The associated data that binds the bytes to their row."""
    return f"exams_document.file:{key}"
