"""Pages of scores and results: events being marked, one event, one sitting's scores, a change, and the candidate's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import spelling, workbook
from exams.access import may, needs
from exams.errors import Refused
from exams.listing import Column, Filter, Listing
from exams.people.session import confirmed_again
from exams.programme.models import Event
from exams.results import actions, grading, queries, sheets
from exams.results.forms import ChangeForm, ScoresForm, SettleForm, WorkbookForm
from exams.results.models import Result, ResultSheet
from exams.results.publishing import grading_blockers, publishing_blockers

OUTCOMES = [(id, gettext_lazy(title)) for id, title in grading.OUTCOMES.items()]


@needs("results.see")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Events with scores, newest first."""
    listing = Listing(
        queries.events_visible_to(request.actor).select_related("body"),
        [
            Column("number", _("Event"), kind="head", sort="number", link=lambda row: reverse("results:event", args=[row.pk])),
            Column("title", _("Title"), sort="title"),
            Column("body", _("Exam body"), "body.name", sort="body__name"),
            Column("ends_on", _("Last day"), kind="day", sort="ends_on"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["number", "title"],
        default_sort="-ends_on",
        name="results",
        title=_("Scores and results"),
        empty=_("Scores appear here once a room has been closed."),
    )
    return listing.answer(request, "exams/results/index.html")


@needs("results.see")
@require_safe
def event(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One event: what still blocks, its sittings, the conclusions, the signatures."""
    row = get_object_or_404(queries.events_visible_to(request.actor).select_related("body"), pk=pk)
    sheet = ResultSheet.objects.filter(event=row).prefetch_related("signatures__person").first()
    open_ones = grading_blockers(row) if row.state in ("running", "marking") else []
    listing = _results(request, row)
    context = {
        "event": row,
        "sheet": sheet,
        "open": open_ones,
        "unsigned": publishing_blockers(sheet) if sheet and sheet.state != "published" else [],
        "sittings": _sittings(request, row),
        "may": {name: bool(may(request.actor, f"results.{name}", row)) for name in ("grade", "sign_results", "publish_results")},
        "figures": [(grading.OUTCOMES[id], n, grading.TONES[id]) for id, n in queries.figures(row).items()],
    }
    return listing.answer(request, "exams/results/event.html", context)


def _sittings(request: HttpRequest, row: Event) -> Any:
    own = queries.with_counts(queries.sittings_visible_to(request.actor).filter(slot__event=row))
    return own.select_related("room", "slot__item__edition")


def _results(request: HttpRequest, row: Event) -> Listing:
    found = queries.results_visible_to(request.actor).filter(application__event=row)
    return Listing(
        found.select_related("application__item__qualification", "edition"),
        [
            Column("number", _("Application"), "application.number", kind="head", sort="application__number"),
            Column("item", _("Item"), "application.item.qualification.code", sort="application__item__qualification__code"),
            Column("lines", _("Subjects"), _lines),
            Column("outcome", _("Result"), lambda result: _(result.outcome_title), sort="outcome"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["application__number"],
        filters=[Filter("outcome", _("Result"), OUTCOMES)],
        default_sort="number",
        name=f"results-{row.number}",
        title=_("Results"),
        empty=_("Nothing is graded yet."),
    )


def _lines(result: Result) -> str:
    names = {subject.code: spelling.named(subject) for subject in result.edition.rulebook.subjects}
    return " · ".join(f"{names.get(line['subject']) or line['subject']} {line.get('score', '—')}" for line in result.lines)


@needs("results.see")
@confirmed_again
@require_POST
def act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponseBase:
    """Grade, sign or publish an event."""
    row = get_object_or_404(queries.events_visible_to(request.actor), pk=pk)
    done = {
        "grade": (actions.grade, _("Graded.")),
        "sign": (actions.sign_results, _("Signed.")),
        "publish": (actions.publish_results, _("Published.")),
    }
    action, said = done[verb]
    action(by=request.actor, event=row)
    messages.success(request, said)
    return redirect("results:event", pk)


@needs("results.see")
@require_http_methods(["GET", "POST"])
def sitting(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The scores of one room: recorded by one person, compared by another; without names."""
    row = get_object_or_404(
        queries.sittings_visible_to(request.actor).select_related(
            "slot__event", "slot__item__qualification", "slot__item__edition", "room"
        ),
        pk=pk,
    )
    checking = bool(may(request.actor, "results.check_marks", row))
    acting = checking or bool(may(request.actor, "results.enter_marks", row))
    places = list(queries.present(row.places.filter(state="held")).select_related("seat", "mark").order_by("seat__label"))
    wanted = [place for place in places if _waits(place, checking)] if acting else []
    form, refusal = ScoresForm(wanted, request.POST or None), None
    if request.method == "POST" and acting and form.is_valid():
        try:
            (actions.check_marks if checking else actions.enter_marks)(by=request.actor, sitting=row, scores=form.scores())
            messages.success(request, _("Compared.") if checking else _("Recorded."))
            return redirect("results:sitting", pk)
        except Refused as caught:
            refusal = caught
    context = {
        "sitting": row,
        "places": places,
        "form": form,
        "checking": checking,
        "acting": acting,
        "refusal": refusal,
        "workbook": WorkbookForm(),
        "when": spelling.span(row.starts_at, row.ends_at),
    }
    return render(request, "exams/results/sitting.html", context, status=409 if refusal or form.errors else 200)


def _waits(place: Any, checking: bool) -> bool:
    mark = getattr(place, "mark", None)
    return (mark is not None and mark.state == "recorded") if checking else mark is None


@needs("results.see")
@require_safe
def blank_workbook(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The workbook of a sitting to fill in."""
    row = get_object_or_404(queries.sittings_visible_to(request.actor), pk=pk)
    return _download(sheets.blank(row), f"scores-{row.pk.hex[-8:]}.xlsx")


@needs("results.see")
@require_POST
def take_workbook(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Take a filled workbook; with faults it comes back marked and nothing is taken."""
    row = get_object_or_404(queries.sittings_visible_to(request.actor).select_related("slot__event"), pk=pk)
    form = WorkbookForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a workbook."))
        return redirect("results:sitting", pk)
    data = form.cleaned_data["file"].read()
    read = actions.preview_marks_workbook(by=request.actor, sitting=row, file=data)
    if read.faults:
        return render(request, "exams/results/faults.html", {"sitting": row, "faults": read.faults}, status=409)
    taken = actions.import_marks_workbook(by=request.actor, sitting=row, file=data)
    messages.success(request, _("%(n)s scores taken.") % {"n": len(taken)})
    return redirect("results:sitting", pk)


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=workbook.MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@needs("results.see")
@require_http_methods(["GET", "POST"])
def mark(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """One score with every value it had: settle a difference, or ask for a change."""
    row = get_object_or_404(
        queries.visible_to(request.actor).select_related("place__sitting__slot__event", "place__slot__item__edition"), pk=pk
    )
    differs = row.state == "differing"
    form, refusal = (SettleForm if differs else ChangeForm)(request.POST or None), None
    allowed = bool(may(request.actor, "results.settle_mark" if differs else "results.ask_change", row))
    if request.method == "POST" and form.is_valid():
        try:
            (actions.settle_mark if differs else actions.ask_change)(by=request.actor, mark=row, **form.cleaned_data)
            return redirect("results:mark", pk)
        except Refused as caught:
            refusal = caught
    context = {"mark": row, "form": form, "refusal": refusal, "allowed": allowed and row.state != "recorded", "differs": differs}
    return render(request, "exams/results/mark.html", context, status=409 if refusal or form.errors else 200)


@needs("results.see")
@confirmed_again
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """One change of score: old, new, reason, approvals."""
    row = get_object_or_404(
        queries.changes_visible_to(request.actor).select_related("mark__place__sitting__slot__event", "asked_by"), pk=pk
    )
    if request.method == "POST":
        if request.POST.get("answer") == "refuse":
            actions.refuse_change(by=request.actor, change=row, reason=request.POST.get("reason", ""))
        else:
            actions.approve_change(by=request.actor, change=row)
        return redirect("results:change", pk)
    allowed = row.state in ("asked", "approved_once") and may(request.actor, "results.approve_change", row)
    return render(request, "exams/results/change.html", {"change": row, "allowed": bool(allowed)})


@needs("results.see_own")
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """A candidate's own published results, and what can be done about them."""
    rows = queries.results_visible_to(request.actor).select_related(
        "application__item__qualification", "application__event__body", "edition"
    )
    shown = [(row, [_told(row, line) for line in row.lines]) for row in rows.order_by("-published_at")]
    return render(request, "exams/results/mine.html", {"results": shown})


def _told(result: Result, line: dict[str, Any]) -> dict[str, Any]:
    subject = result.edition.rulebook.subject(line["subject"])
    return {
        **line,
        "name": spelling.named(subject) or subject.code,
        "title": _(grading.OUTCOMES[line["outcome"]]),
        "tone": grading.TONES[line["outcome"]],
    }
