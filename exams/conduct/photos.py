"""The registered photo at the door: shown to those on duty, each look on record, nothing kept."""

from __future__ import annotations

from exams.access import Actor
from exams.documents.keeping import content_of
from exams.journal.actions import action, record
from exams.sittings.models import Place, Sitting
from exams.sittings.photos import photo_of


@action("conduct.see_photo", on="sitting")
def see_photo(*, by: Actor, sitting: Sitting, place: Place) -> tuple[bytes, str] | None:
    """Picture and media type."""
    document = photo_of(place)
    record("conduct.see_photo", place, by=by, about=[sitting], found=document is not None)
    return (content_of(document), document.media_type) if document else None
