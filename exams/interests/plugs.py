"""What interests put on the rail and the agenda: who must declare, what a training body keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.access import Actor
from exams.agenda import OpenItem, agenda
from exams.capacities import CAPACITIES
from exams.interests.models import Authorship, Concealment, Declaration, TrainingEngagement
from exams.journal.projection import watch
from exams.navigation import entry

watch(TrainingEngagement, "person", "organisation", "family", "role", "since", "until")
watch(Authorship, "person", "title", "family", "published_on")
watch(Declaration, "person", "event_id", "version", "digest", "state")
watch(Concealment, "person", "proved_on", "rule_id")

# Where the rail has room for it; everybody else finds the page from the account.
entry(
    "interests.mine",
    gettext_lazy("My interests"),
    "interests:mine",
    "setter",
    "reviewer",
    "question_approver",
    "assembler",
    "paper_approver",
    "custodian",
    "invigilator",
    "roving_invigilator",
    "video_monitor",
    "assessor",
    "identity_officer",
    "technician",
    "marker",
    "score_clerk",
    "score_checker",
    order=80,
)
entry("interests.trainings", gettext_lazy("Training"), "interests:trainings", "training_manager", order=20)


@agenda("interests.declarations", *CAPACITIES, "candidate")
def declarations_due(actor: Actor) -> Iterator[OpenItem]:
    """Declarations of interest that the person must still sign."""
    if actor.person_id is None:
        return
    for row in Declaration.objects.filter(person=actor.person_id, state="due"):
        due = timezone.make_aware(datetime.combine(row.due_on, time(23, 59))) if row.due_on else None
        yield OpenItem(
            "todo",
            _("Sign the declaration of interest"),
            why=_("Unsigned, you cannot be put on duty."),
            basis=_("Civil Servant Law, Arts. 76 and 77; notice 2024 No. 34, I (3)"),
            due=due,
            url=reverse("interests:declare", args=[row.event_id]),
            link=_("Sign declaration"),
            group=row.event_text,
        )
