"""Pages of people whom reports name without a number: the list, what was reported, who may be meant, and the decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import cells, spelling
from exams.access import may, needs
from exams.errors import Refused
from exams.interests import actions, forms, identifying, queries
from exams.interests.models import MatchDoubt, Unmatched
from exams.listing import Column, Filter, Listing
from exams.people import relations
from exams.people.models import Person


@require_safe
@needs("interests.names")
def names(request: HttpRequest) -> HttpResponse:
    """Everybody reported without a number, as far as one reported it or decides who it is."""
    rows = queries.with_doubts(queries.unmatched_visible_to(request.actor))
    listing = Listing(
        rows.select_related("organisation", "course", "person", "reported_by"),
        [
            Column("name", _("Name as reported"), lambda row: queries.told(row)["name"], kind="head", link=_name_page),
            Column("kind", _("Reported as"), lambda row: row.get_kind_display(), sort="kind"),
            Column("what", _("Concerns"), what_of),
            Column("reported_by", _("Reported by"), lambda row: row.reported_by.name if row.reported_by else spelling.NOTHING),
            Column("possible", _("May be meant"), kind="number", sort="possible"),
            Column("recorded_at", _("Reported at"), kind="when", sort="recorded_at"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        filters=[
            Filter("state", _("State"), list(cells.lifecycle.LIFECYCLES[Unmatched].labels.items())),
            Filter("kind", _("Reported as"), Unmatched.Kind.choices),
        ],
        default_sort="-recorded_at",
        name="reported-names",
        title=_("Reported without a number"),
        empty=_("Nobody is reported without a number."),
    )
    return listing.answer(request, "exams/interests/names.html")


def _name_page(row: Unmatched) -> str:
    return reverse("interests:name", args=[row.pk])


def what_of(row: Unmatched) -> str:
    """What the report is about, in a few words; words of disputes stay on their page."""
    said = queries.told(row)
    if row.course:
        return str(row.course)
    if row.kind == "authorship":
        return str(said["title"])
    if row.kind == "kin":
        return _("%(relation)s of %(person)s") % {"relation": _(relations.TITLES.get(said["relation"], "")), "person": row.person.name}
    return str(row.organisation or row.person or "")


@require_http_methods(["GET", "POST"])
@needs("interests.mine")
def name(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One name: what was reported, who may be meant; the decision for a superior, the number for whoever reported it."""
    found = get_object_or_404(
        queries.unmatched_visible_to(request.actor).select_related("organisation", "course__organisation", "person", "reported_by"), pk=pk
    )
    doubts = list(queries.doubts_visible_to(request.actor).filter(unmatched=found).select_related("person", "decided_by"))
    still_open = [one for one in doubts if one.state == "open"]
    may_decide = bool(still_open) and found.state == "open" and bool(may(request.actor, "interests.decide_doubt", found))
    form = forms.Decision(request.POST or None, people=[(str(one.pk), _person_line(one.person)) for one in still_open])
    context: dict[str, Any] = {
        "unmatched": found,
        "said": queries.told(found),
        "what": what_of(found),
        "people": _people(doubts),
        "may_decide": may_decide,
        "form": form,
        "may_identify": found.state == "open" and may(request.actor, "interests.identify", found),
        "number_form": forms.Number(),
        "reopenable": {one.pk for one in doubts if found.state == "open" and _reopens(request, one)},
    }
    if request.method == "POST" and may_decide and form.is_valid():
        try:
            _decide(request, found, still_open, form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/interests/name.html", {**context, "refusal": refusal}, status=409)
        return redirect("interests:name", pk=pk)
    return render(request, "exams/interests/name.html", context)


def _decide(request: HttpRequest, found: Unmatched, doubts: list[MatchDoubt], given: dict[str, Any]) -> None:
    if given["who"] == "none":
        identifying.none_of_them(by=request.actor, unmatched=found, reason=given["reason"])
        messages.success(request, _("None of them is meant. Who is registered later under this name raises a new doubt."))
        return
    doubt = next(one for one in doubts if str(one.pk) == given["who"])
    identifying.decide_doubt(by=request.actor, doubt=doubt, same=True, reason=given["reason"])
    messages.success(request, _("It is decided; what was reported is on record for this person."))


def _reopens(request: HttpRequest, doubt: MatchDoubt) -> bool:
    return doubt.state == "other_person" and bool(may(request.actor, "interests.reopen_doubt", doubt))


def _person_line(person: Person) -> str:
    """Enough to tell people of one name apart, the number masked."""
    born = spelling.day(person.birth_date) if person.birth_date else _("date of birth not known")
    return f"{person.name} · {born} · {spelling.masked(person.id_number)}"


def _people(doubts: list[MatchDoubt]) -> list[dict[str, Any]]:
    posts = queries.posts_now([one.person_id for one in doubts])
    return [{"doubt": one, "line": _person_line(one.person), "posts": posts.get(one.person_id, [])} for one in doubts]


def _one(request: HttpRequest, pk: UUID) -> Unmatched:
    found: Unmatched = get_object_or_404(queries.unmatched_visible_to(request.actor), pk=pk)
    return found


@require_POST
@needs("interests.identify")
def identify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever reported it gives the number."""
    found, form = _one(request, pk), forms.Number(request.POST)
    if form.is_valid():
        identifying.identify(by=request.actor, unmatched=found, **form.cleaned_data)
        messages.success(request, _("With the number nothing is left to be decided."))
    return redirect("interests:name", pk=pk)


@require_POST
@needs("interests.withdraw_name")
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back a report made in error."""
    identifying.withdraw_name(by=request.actor, unmatched=_one(request, pk), reason=request.POST.get("reason", ""))
    return redirect("interests:name", pk=pk)


@require_POST
@needs("interests.reopen_doubt")
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take up again a doubt answered with “another person”."""
    doubt = get_object_or_404(queries.doubts_visible_to(request.actor).select_related("unmatched", "person"), pk=pk)
    identifying.reopen_doubt(by=request.actor, doubt=doubt, reason=request.POST.get("reason", ""))
    return redirect("interests:name", pk=doubt.unmatched_id)


@require_http_methods(["GET", "POST"])
@needs("interests.declare_relative")
def declare_relative(request: HttpRequest) -> HttpResponse:
    """Declare an own relative whose number one does not know."""
    person = get_object_or_404(Person, pk=request.actor.person_id)
    form = forms.Relative(request.POST or None)
    context: dict[str, Any] = {"form": form, "form_title": _("Declare a relative by name")}
    context["note"] = _("A superior compares name and date of birth with who sits and who serves. With the number it is certain at once.")
    if request.method == "POST" and form.is_valid():
        try:
            actions.declare_relative(by=request.actor, person=person, **form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/interests/own_form.html", {**context, "refusal": refusal}, status=409)
        messages.success(request, _("Declared. Rulings made from now on take it into account."))
        return redirect("interests:mine")
    return render(request, "exams/interests/own_form.html", context)
