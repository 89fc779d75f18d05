"""Who may store and fetch files: the owner of each file answers."""

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.documents.access import may_fetch
from exams.documents.models import Document


def _its_owner_lets(actor: Actor, document: Document) -> bool:
    return may_fetch(actor, document)


permission("documents.store", _("Store a file"), "anyone", "system")
permission("documents.fetch", _("Fetch a file"), "anyone", scope=_its_owner_lets)
