"""What training bodies and exam bodies report about others: trainings with their trainees, works, proved concealment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exams.access import may, needs
from exams.catalogue.queries import families
from exams.errors import Refused
from exams.interests import actions, forms, queries
from exams.interests.models import Dispute, TrainingEngagement
from exams.listing import Column, Filter, Listing
from exams.people.models import Organisation


@require_safe
@needs("interests.trainings")
def trainings(request: HttpRequest) -> HttpResponse:
    """Training engagements one's organisation holds or reported."""
    listing = Listing(
        queries.visible_to(request.actor).select_related("person", "organisation").order_by("-since"),
        [
            Column("person", _("Trainer"), "person.name", kind="head", sort="person__name_key", link=_training_page),
            Column("organisation", _("Organised by"), "organisation.name", sort="organisation__name"),
            Column("family", _("Item family"), sort="family"),
            Column("role", _("Part taken"), lambda row: row.get_role_display(), sort="role"),
            Column("since", _("From"), kind="day", sort="since"),
            Column("until", _("Until"), kind="day", sort="until"),
        ],
        search=["person__name", "person__name_key", "course", "family"],
        filters=[Filter("role", _("Part taken"), TrainingEngagement.Role.choices)],
        default_sort="-since",
        name="trainings",
        title=_("Training engagements"),
        empty=_("No training engagement is on record."),
        empty_url=reverse("interests:new_training") if may(request.actor, "interests.record_training") else "",
        empty_link=_("Record a training engagement"),
    )
    context = {
        "may_record": may(request.actor, "interests.record_training"),
        "may_conceal": may(request.actor, "interests.record_concealment"),
    }
    context |= {
        "may_import": may(request.actor, "interests.hand_in"),
        "may_names": may(request.actor, "interests.names"),
        "may_disputes": may(request.actor, "interests.disputes"),
    }
    return listing.answer(request, "exams/interests/trainings.html", context)


def _training_page(row: TrainingEngagement) -> str:
    return reverse("interests:training", args=[row.pk])


def _form_page(request: HttpRequest, form: Any, title: Any, act: Any, back: str = "interests:trainings") -> HttpResponse:
    context = {"form": form, "form_title": title, "back": reverse(back)}
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/interests/report.html", {**context, "refusal": refusal}, status=409)
        messages.success(request, _("On record. Everybody whom it concerns is asked again."))
        return redirect(back)
    return render(request, "exams/interests/report.html", context)


@require_http_methods(["GET", "POST"])
@needs("interests.record_training")
def new_training(request: HttpRequest) -> HttpResponse:
    """Report a trainer; a training manager reports for the own training body."""

    def act(given: dict[str, Any]) -> None:
        own = get_object_or_404(Organisation, pk=request.actor.organisation_id)
        values = {name: given[name] for name in ("person", "family", "role", "course", "since", "until")}
        actions.record_training(by=request.actor, organisation=given["organisation"] or own, **values)

    return _form_page(request, forms.ReportedTraining(request.POST or None), _("Record a training engagement"), act)


@require_http_methods(["GET", "POST"])
@needs("interests.record_authorship")
def new_work(request: HttpRequest) -> HttpResponse:
    """Report who wrote material."""

    def act(given: dict[str, Any]) -> None:
        values = {name: given[name] for name in ("person", "title", "family", "published_on")}
        actions.record_authorship(by=request.actor, **values)

    return _form_page(request, forms.ReportedWork(request.POST or None), _("Record authorship"), act)


@require_http_methods(["GET", "POST"])
@needs("interests.record_concealment")
def new_concealment(request: HttpRequest) -> HttpResponse:
    """Record that a ground was hidden."""

    def act(given: dict[str, Any]) -> None:
        values = {name: given[name] for name in ("person", "proved_on", "text", "decision_number")}
        actions.record_concealment(by=request.actor, rule_id="", **values)

    return _form_page(request, forms.Concealment(request.POST or None), _("Record a proved concealment"), act)


@require_http_methods(["GET", "POST"])
@needs("interests.trainings")
def training(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One training engagement with its trainees; the list is entered here, all lines at once."""
    rows = queries.visible_to(request.actor).select_related("person", "organisation", "reported_by")
    found = get_object_or_404(rows, pk=pk)
    may_enter = bool(may(request.actor, "interests.record_attendance", found))
    ending = "until" in request.POST
    form = forms.Trainees(request.POST if request.method == "POST" and not ending else None)
    end_form = forms.Ending(request.POST if ending else None)
    context: dict[str, Any] = {
        "training": found,
        "trainees": found.attendances.select_related("trainee").order_by("trainee__name_key"),
        "form": form,
        "end_form": end_form,
        "may_enter": may_enter,
    }
    try:
        if ending and end_form.is_valid():
            actions.end_training(by=request.actor, engagement=found, until=end_form.cleaned_data["until"])
            return redirect("interests:training", pk=pk)
        if request.method == "POST" and form.is_valid():
            actions.record_attendance(by=request.actor, engagement=found, trainees=form.cleaned_data["lines"])
            return redirect("interests:training", pk=pk)
    except Refused as refusal:
        return render(request, "exams/interests/training.html", {**context, "refusal": refusal}, status=409)
    return render(request, "exams/interests/training.html", context)


@require_safe
@needs("interests.trainings")
def courses(request: HttpRequest) -> HttpResponse:
    """Training courses one's organisation held or reported."""
    rows = queries.courses_visible_to(request.actor).select_related("organisation")
    names = families()
    counted = rows.annotate(taught=Count("engagements", distinct=True), trained=Count("attendances", distinct=True))
    listing = Listing(
        counted,
        [
            Column("number", _("Course number"), kind="head", sort="number", link=lambda row: reverse("interests:course", args=[row.pk])),
            Column("title", _("Course"), sort="title"),
            Column("organisation", _("Organised by"), "organisation.name", sort="organisation__name"),
            Column("family", _("Item family"), lambda row: names.get(row.family, row.family), sort="family"),
            Column("since", _("From"), kind="day", sort="since"),
            Column("until", _("Until"), kind="day", sort="until"),
            Column("taught", _("Teachers"), kind="number", sort="taught"),
            Column("trained", _("Trainees"), kind="number", sort="trained"),
        ],
        search=["number", "title", "organisation__name", "organisation__name_key"],
        default_sort="-since",
        name="courses",
        title=_("Training courses"),
        empty=_("No course is on record. Courses come with the workbook of reports."),
        empty_url=reverse("interests:imports") if may(request.actor, "interests.hand_in") else "",
        empty_link=_("Reports by workbook"),
    )
    return listing.answer(request, "exams/interests/courses.html")


@require_safe
@needs("interests.trainings")
def course(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One course with its teachers, its trainees, and whom its reports name without a number."""
    found = get_object_or_404(queries.courses_visible_to(request.actor).select_related("organisation", "reported_by"), pk=pk)
    waiting = queries.unmatched_visible_to(request.actor).filter(course=found, state="open")
    context = {
        "course": found,
        "teachers": found.engagements.select_related("person").order_by("person__name_key"),
        "trainees": found.attendances.select_related("trainee").order_by("trainee__name_key"),
        "names": [{"row": row, "said": queries.told(row)} for row in queries.with_doubts(waiting)],
    }
    return render(request, "exams/interests/course.html", context)


@require_safe
@needs("interests.disputes")
def disputes(request: HttpRequest) -> HttpResponse:
    """Disputes and earlier complaints that one's own body or authority has put on record."""
    rows = queries.disputes_visible_to(request.actor).filter(reported_by=request.actor.organisation_id)
    listing = Listing(
        rows.select_related("person", "other_person", "other_organisation"),
        [
            Column("person", _("Person"), "person.name", kind="head", sort="person__name_key", link=_dispute_page),
            Column("other", _("With"), lambda row: (row.other_person or row.other_organisation).name),
            Column("kind", _("Kind"), lambda row: row.get_kind_display(), sort="kind"),
            Column("number", _("Number"), sort="number"),
            Column("since", _("Since"), kind="day", sort="since"),
            Column("until", _("Until"), kind="day", sort="until"),
        ],
        search=["person__name", "person__name_key", "number"],
        filters=[Filter("kind", _("Kind"), Dispute.Kind.choices)],
        default_sort="-since",
        name="disputes",
        title=_("Disputes and earlier complaints"),
        empty=_("Your body has put no dispute on record. People declare their own; rulings show what concerns a decision."),
        empty_url=reverse("interests:new_dispute"),
        empty_link=_("Record a dispute or complaint"),
    )
    return listing.answer(request, "exams/interests/disputes.html")


def _dispute_page(row: Dispute) -> str:
    return reverse("interests:dispute", args=[row.pk])


@require_http_methods(["GET", "POST"])
@needs("interests.disputes")
def new_dispute(request: HttpRequest) -> HttpResponse:
    """A superior records a dispute or an earlier complaint of one of the own people."""
    form = forms.DisputeOf(request.POST or None)

    def act(given: dict[str, Any]) -> None:
        actions.record_dispute(by=request.actor, person=given["person"], **form.given())

    return _form_page(request, form, _("Record a dispute or complaint"), act, "interests:disputes")
