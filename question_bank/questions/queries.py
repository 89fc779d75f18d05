"""Reads of questions: what an actor may see of them, and what they may read in full."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from exams.access import Actor
from exams.catalogue import queries as catalogue
from question_bank.questions.models import Question, Reading, Version
from question_bank.questions.wall import live_appointment

# Which states of a question are whose business: nobody sees more than his step needs.
TEXTS = ("stem", "choices_text", "key", "explanation", "source", "answer_to_review")
STATES_SEEN = {
    "reviewer": ("in_review",),
    "question_approver": ("reviewed", "in_bank", "withdrawn"),
}


def visible_to(actor: Actor) -> QuerySet[Question]:
    """The questions an actor may know of: setters their own, the next two steps what waits for them."""
    appointment = live_appointment(actor)
    if appointment is None:
        return Question.objects.none()
    found = Question.objects.filter(organisation_id=actor.organisation_id)
    if appointment.families:
        found = found.filter(family__in=appointment.families)
    if actor.capacity == "setter":
        return found.filter(setter_id=actor.person_id)
    states = STATES_SEEN.get(actor.capacity)
    if states is None:
        return Question.objects.none()
    found = found.filter(state__in=states).exclude(setter_id=actor.person_id)
    other = "review" if actor.capacity == "question_approver" else "approval"
    return found.exclude(pk__in=judged(actor.person_id, other))


def judged(person_id: UUID | None, step: str) -> QuerySet[Version, UUID]:
    """Keys of the questions on which a person gave an opinion in this step, whatever the version."""
    return Version.objects.filter(reviews__person_id=person_id, reviews__step=step).values_list("question_id", flat=True)


def families_of(actor: Actor) -> list[str]:
    """The families of the live appointment; empty means all of them."""
    appointment = live_appointment(actor)
    return list(appointment.families) if appointment else []


def known_families(actor: Actor) -> list[tuple[str, str]]:
    """The item families the actor's appointment covers, for a choice; those of the catalogue where it names none."""
    own = families_of(actor)
    titles = catalogue.families()
    return [(family, titles.get(family, family)) for family in own or titles]


def latest_version(question: Question) -> Version:
    """The version that is being worked on or stands in the bank."""
    return question.versions.select_related("question").get(ordinal=question.latest)


def judges(question: Question, step: str) -> list[str]:
    """Persons who gave an opinion on any version of the question in this step."""
    found = question.versions.filter(reviews__step=step).values_list("reviews__person_id", flat=True)
    return [str(person) for person in found]


def readers(question: Question) -> list[dict[str, object]]:
    """Who read the question, how often and when last; setters see capacities of others, not names."""
    return list(
        Reading.objects.filter(version__question=question)
        .values("person_id", "person__name", "capacity")
        .annotate(times=Count("id"), last=Max("at"))
        .order_by("capacity", "person_id")
    )


def versions(question: Question) -> list[Version]:
    """All versions, newest first, for the record at the side; their texts stay closed."""
    return list(question.versions.defer(*TEXTS).prefetch_related("reviews").order_by("-ordinal"))


def previous(version: Version) -> Version | None:
    """The version before this one."""
    return Version.objects.filter(question_id=version.question_id, ordinal=version.ordinal - 1).first()


def texts(version: Version) -> dict[str, str]:
    """The words of a version by the label of their field, for a comparison."""
    letters = [chr(ord("A") + place) for place in range(len(version.choices))]
    options = {_("Option %(letter)s") % {"letter": letter}: text for letter, text in zip(letters, version.choices, strict=True)}
    return {_("Stem"): version.stem, **options, _("Right answer"): version.key, _("Source of the answer"): version.source}


def opinions(question: Question) -> list[dict[str, object]]:
    """What reviewers and approvers said about earlier versions: step, verdict and words, never who."""
    found = []
    for version in question.versions.prefetch_related("reviews").defer(*TEXTS):
        for review in version.reviews.all():
            found.append({"ordinal": version.ordinal, "step": review.get_step_display(), "verdict": review.get_verdict_display(),
                          "comment": review.comment, "at": review.at})
    return found
