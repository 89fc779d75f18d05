"""Fetching a stored file: always as an attachment, never for the browser to run."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from exams.access import needs
from exams.documents import actions, queries
from exams.documents.kinds import EXTENSIONS
from exams.documents.models import Document


@require_safe
@needs("documents.fetch")
def download(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One file, if its owner lets the actor have it."""
    document = queries.visible_or_404(request.actor, pk)
    return attachment(document, actions.fetch(by=request.actor, document=document))


def attachment(document: Document, content: bytes) -> HttpResponse:
    """The bytes as a download that no browser opens by itself and no cache keeps."""
    response = HttpResponse(content, content_type=document.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name(document), safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def file_name(document: Document) -> str:
    """The title as a file name, with the extension its kind has."""
    stem = "".join(" " if sign in '\\/:*?"<>|' or ord(sign) < 32 else sign for sign in document.title).strip() or "file"
    ending = f".{EXTENSIONS.get(document.media_type, 'bin')}"
    return stem if stem.lower().endswith(ending) else stem + ending
