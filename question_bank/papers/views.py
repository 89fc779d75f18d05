"""Pages of papers: the list, one paper with its record, sealing and opening, printing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.access import may, needs, require
from exams.catalogue import queries as catalogue
from exams.errors import Refused
from exams.jobs.actions import start
from exams.lifecycle import LIFECYCLES
from exams.listing import Column, Filter, Listing
from exams.people.session import confirmed_again
from question_bank.assembly.models import Paper
from question_bank.assembly.queries import slots_of, spare_of, visible_to
from question_bank.papers import actions, queries
from question_bank.papers.forms import HandOverForm, KeyForm, OpenForm, SealForm
from question_bank.papers.printing import print_paper
from question_bank.papers.status import open_items, records

PERMISSIONS = ("assembly.read", "assembly.approve", "assembly.discard", "papers.seal", "papers.approve_opening", "papers.print",
               "papers.hand_over", "papers.decide_seal", "papers.report_leak", "papers.ask_spare", "papers.decide_spare")  # fmt: skip


@require_GET
@needs("assembly.list")
def papers(request: HttpRequest) -> HttpResponse:
    """The papers the actor may know of; no text stands here."""
    states, families = list(LIFECYCLES[Paper].labels.items()), catalogue.families()
    listing = Listing(
        queryset=visible_to(request.actor).select_related("sealed", "opening"),
        columns=[
            Column("number", _("Test paper"), kind="head", sort="number", link=lambda row: reverse("papers:page", args=[row.pk])),
            Column("state", _("State"), kind="state", sort="state"),
            Column("title", _("Title"), sort="title"),
            Column("family", _("Item family"), lambda row: families.get(row.family, row.family), sort="family"),
            Column("spare", _("Main or spare"), lambda row: _("Spare paper") if row.spare_of_id else _("Main paper")),
            Column("opens_at", _("May be opened from"), "sealed.opens_at", kind="when", sort="sealed__opens_at"),
            Column("opened_at", _("Opened at"), "opening.opened_at", kind="when", sort="opening__opened_at"),
        ],
        search=("number", "title", "family"),
        filters=[Filter("state", _("State"), states)],
        default_sort="-number",
        name="papers",
        empty=_("No paper is drawn yet. Papers are drawn from a blueprint."),
    )
    own_key = queries.own_key(request.actor) if request.actor.capacity == "custodian" else None
    return listing.answer(request, "question_bank/papers/list.html", {"own_key": own_key})


@require_GET
@never_cache
@needs("assembly.list")
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One paper: what blocks its opening, its forms in numbers, custodians, window, bags and record."""
    return shown(request, found(request, pk))


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters()
@needs("papers.enrol_key")
def key(request: HttpRequest) -> HttpResponse:
    """Enrol one's own custodian key."""
    form, refusal = KeyForm(request.POST or None), None
    if form.is_valid():
        try:
            actions.enrol_custodian_key(by=request.actor, passphrase=form.cleaned_data["passphrase"])
            return redirect("papers:list")
        except Refused as error:
            refusal = error
    context = {"form": form, "refusal": refusal, "own_key": queries.own_key(request.actor)}
    return render(request, "question_bank/papers/key.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "POST"])
@needs("papers.seal")
@confirmed_again
def seal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose custodians and window, and seal."""
    paper = found(request, pk)
    slots = slots_of(paper)
    initial = {"opens_at": slots[0].starts_at.replace(minute=0), "closes_at": slots[-1].ends_at} if slots else {}
    form, refusal = SealForm(request.POST or None, custodians=queries.key_holders(paper.organisation_id), initial=initial), None
    if form.is_valid():
        try:
            actions.seal_paper(by=request.actor, paper=paper, **form.cleaned_data)
            return redirect("papers:page", pk)
        except Refused as error:
            refusal = error
    context = {"paper": paper, "form": form, "refusal": refusal, "slots": slots, "spare": spare_of(paper)}
    return render(request, "question_bank/papers/seal.html", context, status=409 if refusal else 200)


@require_POST
@never_cache
@sensitive_post_parameters()
@needs("papers.approve_opening")
def approve_opening(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve the opening with one's own passphrase."""
    paper, form = found(request, pk), OpenForm(request.POST)
    if not form.is_valid():
        return shown(request, paper)
    try:
        actions.approve_opening(by=request.actor, paper=paper, passphrase=form.cleaned_data["passphrase"])
    except Refused as refusal:
        return shown(request, paper, refusal)
    return redirect("papers:page", pk)


@require_POST
@needs("papers.print")
def print_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Print one form of an opened paper, or its answer sheet."""
    paper, posted = found(request, pk), request.POST
    wanted = {"label": posted.get("label", ""), "part": posted.get("part", ""), "copies": _copies(request)}
    try:
        document = print_paper(by=request.actor, paper=paper, **wanted)
    except Refused as refusal:
        return shown(request, paper, refusal)
    return redirect("documents:download", document.pk)


@require_POST
@needs("papers.print")
def print_all(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Print every form with its answer sheet as one parcel, as long work."""
    paper = found(request, pk)
    require(request.actor, "papers.print", paper)
    copies = _copies(request)
    if copies == 0:
        return shown(request, paper)
    job = start(request.actor, "papers.print_all", paper.number, {"paper": str(paper.pk), "copies": copies}, about=paper)
    return redirect("jobs:job", job.pk)


@require_POST
@needs("papers.report_leak")
def report_leak(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop a paper at once."""
    actions.report_leak(by=request.actor, paper=found(request, pk), text=request.POST.get("text", ""))
    return redirect("papers:page", pk)


@require_POST
@needs("papers.ask_spare")
def ask_spare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask that the spare be used."""
    actions.ask_for_spare(by=request.actor, paper=found(request, pk), reason=request.POST.get("text", ""))
    return redirect("papers:page", pk)


@require_POST
@needs("papers.decide_spare")
@confirmed_again
def decide_spare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Grant or refuse the request."""
    actions.decide_spare(by=request.actor, paper=found(request, pk), granted=request.POST.get("granted") == "yes")
    return redirect("papers:page", pk)


def _copies(request: HttpRequest) -> int:
    """The number of copies asked for; 0 for what is no number, which printing refuses."""
    copies = request.POST.get("copies", "1")
    return int(copies) if copies.isascii() and copies.isdigit() and len(copies) < 6 else 0


def found(request: HttpRequest, pk: UUID) -> Paper:
    """The paper, if the actor may know of it."""
    known = visible_to(request.actor).select_related("blueprint", "drawn_by", "approved_by", "spare_of")
    return get_object_or_404(known, pk=pk)


def shown(request: HttpRequest, paper: Paper, refusal: Refused | None = None, bag_form: HandOverForm | None = None) -> HttpResponse:
    """The page of a paper, also after a refusal."""
    allowed = {name.split(".")[1]: bool(may(request.actor, name, paper)) for name in PERMISSIONS}
    context: dict[str, Any] = {"paper": paper, "may": allowed, "refusal": refusal, "spare": spare_of(paper), "slots": slots_of(paper)}
    context |= records(paper)
    context["open_items"] = open_items(paper, context)
    own = any(approval.person_id == request.actor.person_id for approval in context["approvals"])
    context["approved_already"] = own and paper.state in ("assigned", "spare_kept")
    context["open_form"] = OpenForm()
    if allowed["hand_over"]:
        context["bag_form"] = bag_form or HandOverForm(staff=queries.staff_of(paper.organisation_id))
    return render(request, "question_bank/papers/page.html", context, status=409 if refusal else 200)
