"""manage.py verify_journal: recompute the journal and compare it with the tables."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exams import wording
from exams.journal import checkpoints, queries, verify
from exams.journal.sequencer import sequence


class Command(BaseCommand):
    help = "Recomputes every entry, leaf, signed head and watched table; exits with 1 and names what does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        sequence()
        found = 0
        for fault in verify.faults():
            found += 1
            self.stdout.write(f"{fault.id}  {wording.render(fault.message, fault.params)}")
        if found:
            raise CommandError(f"{found} faults")
        head = checkpoints.latest_witnessed()
        self.stdout.write(f"{len(queries.hashes())} entries verified; witnessed up to {head.size if head else 0}")
