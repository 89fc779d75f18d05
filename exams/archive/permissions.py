"""Who may seal, look at and take away dossiers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.archive.models import Bag
from exams.archive.queries import AUTHORITY, READERS
from exams.programme.models import Event


def event_of(obj: Any) -> Event:
    """The event of a bag or a sitting."""
    if isinstance(obj, Event):
        return obj
    return obj.event if isinstance(obj, Bag) else obj.slot.event


def own_body(actor: Actor, obj: Any) -> bool:
    return actor.capacity == "system" or event_of(obj).body_id == actor.organisation_id


def own_or_supervised(actor: Actor, obj: Any) -> bool:
    """Staff for their own body, the authority for the bodies it supervises; originals with personal data only for the two who need them."""
    if isinstance(obj, Bag) and obj.kind == "personal" and actor.capacity not in ("archivist", "oversight_inspector", "system"):
        return False
    if actor.capacity in AUTHORITY:
        return event_of(obj).body.supervised_by_id == actor.organisation_id
    return own_body(actor, obj)


permission("archive.see", _("See dossiers"), *READERS)
permission("archive.seal_sitting", _("Sealed the dossier"), "archivist", scope=own_body)
permission("archive.seal_event", _("Sealed the event package"), "archivist", scope=own_body)
permission("archive.add_supplement", _("Added a supplement"), "archivist", scope=own_body)
permission("archive.witness_bag", _("The seal was witnessed"), "system")
permission("archive.verify_bag", _("Verified the dossier"), "archivist", *AUTHORITY, "system", scope=own_or_supervised)
permission("archive.consult", _("Consulted the dossier"), "archivist", "head_of_body", *AUTHORITY, scope=own_or_supervised)
permission("archive.continuity", _("Get the proof of continuity"), *READERS)
