"""Who may fetch a stored file: each owner says so for its own, and what nobody answers for is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exams.access import Actor
from exams.documents.models import Document
from exams.registry import Registry

DOCUMENT_ACCESS = Registry("document access")


def document_access(owner_type: str) -> Callable[[Callable[[Actor, Document], bool]], Any]:
    """Register who may fetch the files of this owner type: f(actor, document) -> bool."""
    return DOCUMENT_ACCESS.register(owner_type)


def may_fetch(actor: Actor, document: Document) -> bool:
    """Deny by default."""
    if document.owner_type not in DOCUMENT_ACCESS:
        return False
    return bool(DOCUMENT_ACCESS.get(document.owner_type)(actor, document))
