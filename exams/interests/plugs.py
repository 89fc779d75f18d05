"""What interests put on the rail and the agenda: who must declare, what a training body keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exams.access import SYSTEM, Actor
from exams.agenda import OpenItem, agenda
from exams.capacities import CAPACITIES
from exams.documents.access import document_access
from exams.documents.models import Document
from exams.interests import actions, identifying, importing, matching, queries
from exams.interests.models import (
    Authorship,
    Concealment,
    Course,
    Declaration,
    Dispute,
    MatchDoubt,
    ReportBatch,
    TrainingEngagement,
    Unmatched,
)  # fmt: skip
from exams.jobs.work import Progress, job
from exams.journal.projection import watch
from exams.navigation import entry
from exams.people.arrivals import on_arrival
from exams.people.models import Person
from exams.people.sections import person_section
from exams.ticks import tick
from exams.verdicts import gettext_noop

watch(TrainingEngagement, "person", "organisation", "family", "role", "since", "until")
watch(Authorship, "person", "title", "family", "published_on")
watch(Declaration, "person", "event_id", "version", "digest", "state")
watch(Concealment, "person", "proved_on", "rule_id", "revoked_on")
watch(Course, "organisation", "number", "family", "since", "until")
watch(Dispute, "person", "other_person", "other_organisation", "since", "until", "withdrawn_on")
watch(Unmatched, "kind", "same_key", "state", "matched_to")
watch(MatchDoubt, "unmatched", "person", "state")

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
entry("interests.imports", gettext_lazy("Reports by workbook"), "interests:imports", "training_manager", "employer_clerk", order=25)


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


@agenda("interests.undeclared", "head_of_body", "exam_clerk")
def people_to_remind(actor: Actor) -> Iterator[OpenItem]:
    """Events for which people who were asked have not declared, by the day on which they must have."""
    for row in queries.undeclared_by_event(actor):
        due = timezone.make_aware(datetime.combine(row["due_on"], time(23, 59))) if row["due_on"] else None
        yield OpenItem(
            "wait",
            ngettext("%(n)d person has not declared yet", "%(n)d people have not declared yet", row["n"]) % {"n": row["n"]},
            why=_("Unsigned, nobody can be put on duty; everybody is reminded three days before."),
            due=due,
            url=reverse("interests:declarations") + "?state=due",
            link=_("See who"),
            group=row["event_text"],
        )


@agenda("interests.doubts", "head_of_body", "authority_officer")
def doubts_to_decide(actor: Actor) -> Iterator[OpenItem]:
    """People whom reports name without a number, and of whom somebody has to say who they are."""
    rows = queries.unmatched_to_decide(actor)
    for unmatched in rows[:10]:
        yield OpenItem(
            "todo",
            _("Decide who %(name)s is") % {"name": queries.told(unmatched)["name"]},
            why=ngettext("%(n)d registered person may be meant.", "%(n)d registered people may be meant.", unmatched.possible)
            % {"n": unmatched.possible},
            basis=_("Civil Servant Law, Arts. 74 and 76; notice 2024 No. 34, I (3)"),
            url=reverse("interests:name", args=[unmatched.pk]),
            link=_("Decide"),
            group=unmatched.get_kind_display(),
        )


@document_access("exams.ReportBatch")
def batch_files(actor: Actor, document: Document) -> bool:
    """Whoever may handle the import."""
    return queries.batches_visible_to(actor).filter(pk=document.owner_id).exists()


@on_arrival("interests.matching")
def somebody_registered(by: Actor, persons: Sequence[Person]) -> None:
    """Reports may have waited for this name."""
    matching.look_for(by, persons)


@tick("interests.match_again", every=900)
def match_again() -> None:
    """Doubts that a report and a registration of the same moment did not raise."""
    if matching.missed():
        identifying.match_again(by=SYSTEM)


@tick("interests.remind", every=3600)
def remind() -> None:
    """Declarations that are due within days."""
    if queries.to_remind().exists():
        actions.remind(by=SYSTEM)


@job("interests.preview")
def preview(progress: Progress, *, by: Actor, batch: str) -> dict[str, Any]:
    """Read a large workbook."""
    progress.begin(1, gettext_noop("Reading the workbook"))
    found = importing.preview_batch(by=by, batch=ReportBatch.objects.select_related("organisation").get(pk=batch))
    return {"new": found.new, "changed": found.changed, "same": found.same, "wrong": found.wrong}


@job("interests.import")
def import_many(progress: Progress, *, by: Actor, batch: str) -> dict[str, Any]:
    """Put many rows on record, all in one transaction."""
    progress.begin(1, gettext_noop("Importing"))
    found = importing.import_reports(by=by, batch=ReportBatch.objects.get(pk=batch))
    return {"new": found.new, "changed": found.changed}


@person_section("interests.record", "exams/interests/_of_person.html")
def record_of(actor: Actor, person: Person) -> dict[str, Any] | None:
    """Training, works and proved concealment, as far as the actor sees them; relatives and disputes never stand here."""
    shown = {
        "trainings": list(queries.visible_to(actor).filter(person=person).select_related("organisation")),
        "works": list(queries.authorships_visible_to(actor).filter(person=person)),
        "concealments": list(queries.concealments_visible_to(actor).filter(person=person)),
        "doubts": list(queries.doubts_visible_to(actor).filter(person=person, state="open").exclude(unmatched__kind="kin")),
    }
    return shown if any(shown.values()) else None
