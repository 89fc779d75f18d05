"""Storing files and fetching them: every file is refused by its bytes, encrypted, and each look is on record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from exams import clock
from exams.access import Actor
from exams.documents import kinds, shelf
from exams.documents.keeping import content_of, place
from exams.documents.models import Document
from exams.encryption import encrypt_bytes
from exams.errors import refuse
from exams.journal.actions import Act, action, record, record_many
from exams.keys import uuid7
from exams.verdicts import gettext_noop as _

MB = 1024 * 1024
LARGEST = 20 * MB


def store(
    by: Actor,
    content: bytes,
    title: str,
    media_type: str = "",
    owner_type: str = "",
    owner_id: UUID | str = "",
    *,
    accept: frozenset[str] = kinds.ALL,
    limit: int = LARGEST,
) -> Document:
    """Keep a file for its owner. Called inside the action that needs it; the same bytes twice are one document."""
    return store_for_each(by, content, {owner_id: title}, media_type, owner_type, accept=accept, limit=limit)[owner_id]


def store_for_each(
    by: Actor,
    content: bytes,
    titles: Mapping[UUID | str, str],
    media_type: str = "",
    owner_type: str = "",
    *,
    accept: frozenset[str] = kinds.ALL,
    limit: int = LARGEST,
) -> dict[UUID | str, Document]:
    """Keep a copy of one file for each of several owners, named by their keys with the title it has for them."""
    found = _checked(content, media_type, accept, limit)
    digest = hashlib.sha256(content).hexdigest()
    held = Document.objects.filter(owner_type=owner_type, owner_id__in=[str(owner) for owner in titles], sha256=digest)
    known = {document.owner_id: document for document in held}
    new = [
        _copy(by, content, sha256=digest, media_type=found, title=title[:200], owner_type=owner_type, owner_id=str(owner))
        for owner, title in titles.items()
        if str(owner) not in known
    ]
    with transaction.atomic():
        Document.objects.bulk_create(new)
        record_many((_stored(document) for document in new), by=by)
    known |= {document.owner_id: document for document in new}
    return {owner: known[str(owner)] for owner in titles}


def _copy(by: Actor, content: bytes, **values: str) -> Document:
    """A document whose bytes lie on the shelf, encrypted for it alone."""
    key = uuid7()
    file_name = shelf.put(encrypt_bytes(content, place(key)))
    who = {"stored_by": by.person_id, "stored_by_name": by.name[:120]}
    return Document(id=key, size=len(content), file_name=file_name, stored_at=clock.now(), **who, **values)


def _stored(document: Document) -> Act:
    about = [(document.owner_type, document.owner_id)]
    return Act("documents.store", document, about=about, facts={"sha256": document.sha256, "size": document.size})


@action("documents.fetch", on="document")
def fetch(*, by: Actor, document: Document) -> bytes:
    """Hand out a file; who looked is on record."""
    content = content_of(document)
    record("documents.fetch", document, by=by, about=[(document.owner_type, document.owner_id)], sha256=document.sha256)
    return content


def forget(document: Document) -> None:
    """Destroy the bytes; the row with the digest stays. For disposal, which records why and on whose decision."""
    name = document.file_name
    transaction.on_commit(lambda: shelf.drop(name))


def _checked(content: bytes, declared: str, accept: frozenset[str], limit: int) -> str:
    """The media type of the bytes; refuses what is empty, too large, not taken or not what it says."""
    if not content:
        refuse("documents.empty", _("The file is empty."), remedy=_("Choose another file."))
    if len(content) > limit:
        refuse(
            "documents.too_large",
            _("The file has %(size)s MB; at most %(limit)s MB are taken."),
            remedy=_("Scan with a lower resolution, or divide the file."),
            size=_megabytes(len(content)),
            limit=_megabytes(limit),
        )
    found = kinds.sniff(content, declared)
    if found not in accept:
        refuse(
            "documents.kind",
            _("This kind of file is not taken here. Possible: %(kinds)s."),
            remedy=_("Save the file in one of these kinds and choose it again."),
            kinds=", ".join(sorted(kinds.EXTENSIONS[kind].upper() for kind in accept)),
        )
    if declared and declared.split(";")[0] != found:
        refuse(
            "documents.not_what_it_says",
            _("The file says it is %(declared)s, but its content is %(found)s."),
            remedy=_("Choose the original file, not one that was renamed."),
            declared=declared,
            found=found,
        )
    return found


def _megabytes(size: int) -> str:
    return f"{size / MB:.1f}".removesuffix(".0")
