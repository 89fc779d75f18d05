"""Who may read the journal, and who may bring the witness's answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.access import permission

READERS = ("audit_administrator", "oversight_inspector", "authority_officer", "archivist", "head_of_body")

permission("journal.read", _("Read the journal"), *READERS)
permission("journal.carry", _("Carry checkpoints to the witness"), "audit_administrator", "archivist", "system")
