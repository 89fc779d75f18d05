"""Pages of questions: own list, secrecy letter, the editor and its record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.access import Actor, may, needs
from exams.errors import Refused
from exams.lifecycle import LIFECYCLES
from exams.listing import Column, Filter, Listing
from question_bank.questions import actions, queries
from question_bank.questions.comparison import changes
from question_bank.questions.forms import DescriptionForm, NewQuestionForm, ReasonForm, options_shown, words_of
from question_bank.questions.models import KINDS, Question, Version
from question_bank.questions.rules import problems
from question_bank.questions.wall import has_signed


@require_GET
@never_cache
@needs("questions.list")
def questions(request: HttpRequest) -> HttpResponse:
    """The questions of the actor's present step; numbers and states, never text."""
    states = [(state, label) for state, label in LIFECYCLES[Question].labels.items()]
    listing = Listing(
        queryset=queries.visible_to(request.actor),
        columns=[
            Column("number", _("Question"), kind="head", sort="number", link=lambda row: reverse("questions:page", args=[row.pk])),
            Column("state", _("State"), kind="state", sort="state"),
            Column("kind", _("Kind of question"), "get_kind_display", sort="kind"),
            Column("unit", _("Syllabus unit"), sort="unit"),
            Column("difficulty", _("Difficulty"), "get_difficulty_display", sort="difficulty"),
            Column("marks", _("Marks per question"), kind="number", sort="marks"),
            Column("changed_at", _("Changed"), kind="when", sort="changed_at"),
        ],
        search=("number", "unit"),
        filters=[Filter("state", _("State"), states), Filter("kind", _("Kind of question"), KINDS)],
        default_sort="number",
        name="questions",
        empty=_("Nothing waits for you here."),
    )
    writes = bool(may(request.actor, "questions.write"))
    context = {"title": _title(request.actor), "signed": has_signed(request.actor), "can_write": writes}
    return listing.answer(request, "question_bank/questions/list.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@needs("questions.sign_letter")
def letter(request: HttpRequest) -> HttpResponse:
    """The secrecy letter, to be read and signed."""
    if request.method == "POST":
        actions.sign_letter(by=request.actor)
        return redirect("home")
    context = {"letter": _(actions.LETTER), "signed": has_signed(request.actor)}
    return render(request, "question_bank/questions/letter.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@needs("questions.write")
def write(request: HttpRequest) -> HttpResponse:
    """Begin a question: family, kind and description; the words come on its own page."""
    form = NewQuestionForm(request.POST or None, families=queries.known_families(request.actor))
    refusal = None
    if form.is_valid():
        try:
            version = actions.write_question(by=request.actor, stem="", choices=[], key="", **form.cleaned_data)
            return redirect("questions:page", version.question_id)
        except Refused as error:
            refusal = error
    return render(request, "question_bank/questions/write.html", {"form": form, "refusal": refusal}, status=409 if refusal else 200)


@require_GET
@never_cache
@needs("questions.list")
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One question: its text if the actor's step opens it, its record in any case."""
    question = _found(request, pk)
    return _page(request, question)


@require_POST
@needs("questions.save")
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save the words without a socket; the same action as the autosave."""
    question = _found(request, pk)
    try:
        _save(request, question)
    except Refused as refusal:
        return _page(request, question, refusal)
    return redirect("questions:page", pk)


@require_POST
@needs("questions.describe")
def describe(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change unit, ability, difficulty and marks."""
    question = _found(request, pk)
    form = DescriptionForm(request.POST)
    if not form.is_valid():
        return _page(request, question, form=form)
    actions.describe_question(by=request.actor, question=question, **form.cleaned_data)
    return redirect("questions:page", pk)


@require_POST
@needs("questions.submit")
def submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save what stands in the editor, then hand the question on."""
    question = _found(request, pk)
    try:
        if "stem" in request.POST:
            _save(request, question)
        actions.submit_question(by=request.actor, question=question)
    except Refused as refusal:
        return _page(request, question, refusal)
    return redirect("questions:list")


@require_POST
@needs("questions.new_version")
def new_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a question of the bank back to the desk."""
    question = _found(request, pk)
    actions.new_version(by=request.actor, question=question, reason=request.POST.get("reason", ""))
    return redirect("questions:page", pk)


@require_POST
@needs("questions.withdraw")
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a question out of use."""
    question = _found(request, pk)
    actions.withdraw_question(by=request.actor, question=question, reason=request.POST.get("reason", ""))
    return redirect("questions:list")


def _title(actor: Actor) -> str:
    titles = {"setter": _("My questions"), "reviewer": _("Questions to review"), "question_approver": _("Questions to approve")}
    return titles.get(actor.capacity, _("Questions"))


def _found(request: HttpRequest, pk: UUID) -> Question:
    return get_object_or_404(queries.visible_to(request.actor).select_related("setter"), pk=pk)


def _save(request: HttpRequest, question: Question) -> None:
    texts, choices = words_of(request.POST, question.kind)
    revision = request.POST.get("revision", "")
    number = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 9 else -1
    actions.save_draft(by=request.actor, question=question, revision=number, texts=texts, choices=choices)


def _page(request: HttpRequest, question: Question, refusal: Refused | None = None, form: DescriptionForm | None = None) -> HttpResponse:
    open_now = may(request.actor, "questions.read", question)
    context: dict[str, Any] = {"question": question, "closed": None if open_now else open_now.reason, "refusal": refusal}
    context |= {"title": _title(request.actor), "readers": queries.readers(question), "versions": queries.versions(question)}
    if open_now:
        version = actions.read_question(by=request.actor, question=question, address=request.META.get("REMOTE_ADDR", ""))
        context |= _text_of(request, question, version, form)
    if may(request.actor, "questions.new_version", question) and question.state == "in_bank":
        context["new_version"] = ReasonForm()
    if may(request.actor, "questions.withdraw", question) and question.state == "in_bank":
        context["withdraw"] = ReasonForm()
    return render(request, "question_bank/questions/page.html", context, status=409 if refusal else 200)


def _text_of(request: HttpRequest, question: Question, version: Version, form: DescriptionForm | None) -> dict[str, Any]:
    shown = {"version": version, "options": options_shown(version.choices, version.key), "opinions": queries.opinions(question)}
    shown["editable"] = request.actor.capacity == "setter"
    earlier = queries.previous(version)
    if earlier:
        shown["changes"] = changes(queries.texts(earlier), queries.texts(version))
        shown["earlier"] = earlier
    if shown["editable"]:
        shown["problems"] = problems(question.kind, version.stem, version.choices, version.key, version.source)
        initial = {name: getattr(question, name) for name in ("unit", "ability", "difficulty", "marks")}
        shown["form"] = form or DescriptionForm(initial=initial)
    return shown
