"""Reads of stored files; whoever may not fetch one does not learn that it exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404

from exams import clock
from exams.access import Actor
from exams.documents import shelf
from exams.documents.access import may_fetch
from exams.documents.keeping import Damaged, content_of
from exams.documents.models import Document


def visible_or_404(actor: Actor, pk: UUID) -> Document:
    """The document if its owner lets the actor have it."""
    document = Document.objects.filter(pk=pk).first()
    if document is None or not may_fetch(actor, document):
        raise Http404
    return document


def of_owner(owner_type: str, owner_id: Any) -> list[Document]:
    """The files kept for one owner, oldest first. The caller answers for who may see the list."""
    return list(Document.objects.filter(owner_type=owner_type, owner_id=str(owner_id)).order_by("stored_at", "pk"))


def by_ids(ids: Iterable[UUID | None]) -> dict[UUID, Document]:
    """Several documents at once."""
    return Document.objects.in_bulk([pk for pk in ids if pk])


def damaged(documents: Iterable[Document]) -> Iterator[Document]:
    """Those whose bytes are gone or altered."""
    for document in documents:
        try:
            content_of(document)
        except Damaged:
            yield document


def orphans() -> list[str]:
    """Files without a row: written by an action that was then refused. A day's grace for those still running."""
    names = list(shelf.names_before(clock.machine() - timedelta(days=1)))
    known = set(Document.objects.filter(file_name__in=names).values_list("file_name", flat=True))
    return [name for name in names if name not in known]
