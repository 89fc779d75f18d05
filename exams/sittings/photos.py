"""The photo registered with an application, for the ticket and for the comparison at the door."""

from __future__ import annotations

from exams.applications.models import Material
from exams.documents.keeping import content_of
from exams.documents.models import Document
from exams.sittings.models import Place

PICTURES = ("image/jpeg", "image/png")


def photo_of(place: Place) -> Document | None:
    """The current photo of the application, if there is one."""
    material = Material.objects.filter(application=place.application_id, kind="photo", replaced_at=None).first()
    document = Document.objects.filter(pk=material.document_id).first() if material else None
    return document if document and document.media_type in PICTURES else None


def content(place: Place) -> bytes | None:
    """The picture itself."""
    document = photo_of(place)
    return content_of(document) if document else None
