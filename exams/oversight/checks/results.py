"""Checks over scores and results: the journal against the tables, two persons, changes by request, recomputation, the period."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from exams import spelling
from exams.errors import Refused
from exams.journal import naming, projection
from exams.oversight.registry import Draft, Scope, audit_check
from exams.results import grading
from exams.results.models import Mark, Result, ResultSheet, ScoreChange
from exams.verdicts import gettext_noop

# Where a watched row of results belongs to an event.
EVENT_OF = {Mark: "place__slot__event", Result: "application__event", ResultSheet: "event", ScoreChange: "mark__place__slot__event"}
SCORE_RULES = _("Patent Agent Qualification Rules, Art. 41, by analogy; score rules of the body")


@audit_check(
    "results.E001",
    _("Scores or results not as the journal says"),
    basis=_("Notice 2024 No. 34, I (3); Archives Law, Art. 14"),
    level="serious",
)
def not_as_recorded(scope: Scope) -> Iterator[Draft]:
    """Every score and result equals what the journal last said of it: a change past the actions shows here."""
    for model, path in EVENT_OF.items():
        own = {str(pk) for pk in model.objects.filter(**{f"{path}__in": scope.events}).values_list("pk", flat=True)}
        for difference in projection.differences(model):
            gone = difference.table is None
            if difference.pk in own or gone:
                yield _difference(difference)


def _difference(difference: projection.Difference) -> Draft:
    shown = {
        "table": naming.table(difference.model._meta.label),
        "field": naming.column(difference.field) if difference.field else gettext_noop("row"),
        "journal": _plain(difference.journal),
    }
    return Draft(
        gettext_noop("%(table)s: the journal says %(field)s = %(journal)s, the table says %(found)s."),
        {**shown, "found": _plain(difference.table)},
        about=(difference.model._meta.label, f"{difference.pk}:{difference.field}"[:60]),
        facts={"row": difference.pk},
    )


def _plain(value: Any) -> str:
    return "—" if value is None else str(value)[:120]


@audit_check("results.E002", _("One person recorded and checked a score"), level="serious")
def one_person(scope: Scope) -> Iterator[Draft]:
    """Recording and checking lie with two persons."""
    for mark in Mark.objects.filter(place__slot__event__in=scope.events, checked_by=F("entered_by")).select_related("place"):
        yield Draft(
            gettext_noop("The score of %(ticket)s was recorded and checked by one person."),
            {"ticket": mark.place.ticket_number},
            about=mark,
        )


@audit_check("results.E003", _("Score changed without a request"), basis=SCORE_RULES, level="serious")
def changed_without_request(scope: Scope) -> Iterator[Draft]:
    """A score that is not what was agreed rests on a change request with two approvers."""
    marks = Mark.objects.filter(place__slot__event__in=scope.events).exclude(state__in=["recorded", "differing", "void"])
    for mark in marks.select_related("place").prefetch_related("changes"):
        allowed = {change.new for change in mark.changes.all() if change.state == "applied"}
        agreed = mark.settled_by_id is not None or mark.score == mark.checked_score
        if not agreed and mark.score not in allowed:
            params = {"ticket": mark.place.ticket_number, "score": str(mark.score), "checked": str(mark.checked_score)}
            yield Draft(
                gettext_noop("The score of %(ticket)s is %(score)s; %(checked)s was agreed and no request changed it."), params, about=mark
            )


@audit_check(
    "results.E004", _("Results published late"), basis=_("Example value (a provincial rule); the body sets its own"), level="ordinary"
)
def published_late(scope: Scope) -> Iterator[Draft]:
    """Results are out within the period after the last sitting."""
    for sheet in ResultSheet.objects.filter(event__in=scope.events, published_at__isnull=False).select_related("event"):
        day = spelling.local(sheet.published_at).date()
        if sheet.publish_by and day > sheet.publish_by:
            params = {"event": sheet.event.number, "day": day.isoformat(), "due": sheet.publish_by.isoformat()}
            yield Draft(gettext_noop("Results of %(event)s were published on %(day)s instead of by %(due)s."), params, about=sheet)


@audit_check("results.E005", _("Conclusion does not follow from the scores"), level="serious")
def wrong_conclusion(scope: Scope) -> Iterator[Draft]:
    """Every conclusion is computed again from the stored lines by the rule version."""
    rows = Result.objects.filter(application__event__in=scope.events).select_related("application", "edition")
    for result in rows:
        expected = _again(result)
        if expected != result.outcome:
            params = {
                "number": result.application.number,
                "found": grading.OUTCOMES[result.outcome],
                "expected": grading.OUTCOMES.get(expected, "—"),
            }
            yield Draft(
                gettext_noop("Application %(number)s: the conclusion is %(found)s; the scores give %(expected)s."), params, about=result
            )


def _again(result: Result) -> str:
    lines = [line for line in result.lines if line["outcome"] not in (grading.CARRIED, grading.NOT_TAKEN)]
    score = {line["subject"]: Decimal(line["score"]) if "score" in line else None for line in lines}
    taken = [grading.Taken(line["subject"], score[line["subject"]], line["outcome"] == grading.VOID) for line in lines]
    carried = {line["subject"]: result.graded_at.date() for line in result.lines if line["outcome"] == grading.CARRIED}
    try:
        return grading.grade(result.edition.rulebook, taken, carried).outcome
    except Refused:
        return ""
