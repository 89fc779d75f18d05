"""What the journal does by itself: sequence what was committed, sign the head."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.journal.checkpoints import checkpoint
from exams.journal.exchange import exchange
from exams.journal.sequencer import sequence
from exams.navigation import entry
from exams.ticks import tick

entry("journal.entries", _("Journal"), "journal:entries", "audit_administrator", "oversight_inspector", "authority_officer", order=80)
entry("journal.witness", _("Witness"), "journal:witness", "audit_administrator", order=85)


@tick("journal.sequence", every=1)
def sequence_entries() -> None:
    """Turn committed entries into leaves."""
    sequence()


@tick("journal.checkpoint", every=300)
def sign_head() -> None:
    """Sign the head of the log, so that the authority's witness can counter-sign it."""
    checkpoint()


@tick("journal.exchange", every=5)
def exchange_with_witness() -> None:
    """Drop what the witness should sign, pick up what it has signed."""
    exchange()
