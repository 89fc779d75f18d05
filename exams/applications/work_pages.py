"""Several applications at once, as officers work: what waits for this capacity, ticked and done together or not at all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from exams.access import needs
from exams.applications import actions, queries, rules
from exams.applications.models import Verification
from exams.errors import Refused
from exams.programme.models import Event

MOST = 100
INPUT = {"class": "input"}


class LookForm(forms.Form):
    """What an officer looked at, the same for all that are ticked; only what was found true is recorded together."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What was looked at"), choices=list(Verification.KINDS.items()), widget=forms.Select(attrs=INPUT)
    )
    method = forms.ChoiceField(label=gettext_lazy("Way of verifying"), widget=forms.Select(attrs=INPUT))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = {key: label for methods in rules.METHODS.values() for key, label in methods.items() if key != "other"}
        self.fields["method"].choices = [(key, _(label)) for key, label in found.items()]


def _waiting(request: HttpRequest) -> Any:
    """The applications that wait for the actor's capacity, oldest period first."""
    rows = queries.visible_to(request.actor)
    if request.actor.capacity == "verifier":
        rows = rows.filter(state__in=("employer_confirmed", "accepted"))
    elif request.actor.capacity == "application_approver":
        rows = rows.filter(state="accepted")
    else:
        rows = rows.filter(state="employer_confirmed")
    if request.GET.get("event"):
        rows = rows.filter(event_id__in=Event.objects.filter(number=request.GET["event"]).values("pk"))
    return rows.prefetch_related("verifications").order_by("accept_by", "number")[:MOST]


@require_safe
@needs("applications.work")
def work(request: HttpRequest) -> HttpResponse:
    """What waits."""
    return _page(request)


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    rows = []
    for application in _waiting(request):
        looks = list(application.verifications.all())
        mine = {look.kind for look in looks if look.officer_id == request.actor.person_id}
        rows.append({"application": application, "looks": len(looks), "mine": [Verification.KINDS[kind] for kind in sorted(mine)]})
    context = {"rows": rows, "form": LookForm() if request.actor.capacity == "verifier" else None, "most": MOST, **more}
    return render(
        request, "exams/applications/work.html", context, status=409 if more.get("refusal") else 422 if more.get("wrong") else 200
    )


class DrawForm(forms.Form):
    """Of which event, and which share."""

    event = forms.ModelChoiceField(queryset=Event.objects.none(), label=gettext_lazy("Event"), widget=forms.Select(attrs=INPUT))
    percent = forms.IntegerField(label=gettext_lazy("Share in per cent"), min_value=1, max_value=100, widget=forms.NumberInput(attrs=INPUT))

    def __init__(self, *args: Any, events: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].queryset = events


@needs("applications.draw_recheck")
def draw(request: HttpRequest) -> HttpResponse:
    """Draw the spot re-check of an event; seed and result stand in the journal, so that the draw can be repeated."""
    events = Event.objects.filter(body=request.actor.organisation_id, applications__state="accepted").distinct()
    form, refusal = DrawForm(request.POST or None, events=events), None
    if request.method == "POST" and form.is_valid():
        try:
            listed = actions.draw_recheck(by=request.actor, **form.cleaned_data)
            messages.success(request, _("%(n)d applications drawn.") % {"n": len(listed)})
            return redirect(f"{reverse('applications:list')}?recheck=1&event={form.cleaned_data['event'].pk}")
        except Refused as refused:
            refusal = refused
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "exams/applications/draw.html", {"form": form, "refusal": refusal}, status=status)


@require_POST
@needs("applications.work")
def done(request: HttpRequest) -> HttpResponse:
    """Do it for all that are ticked; if anything objects nothing is written and every reason is shown."""
    chosen = list(queries.visible_to(request.actor).filter(pk__in=request.POST.getlist("application")[:MOST]))
    if not chosen:
        return _page(request, wrong=True, nothing=True)
    form = LookForm(request.POST) if request.actor.capacity == "verifier" else None
    if form is not None and not form.is_valid():
        return _page(request, form=form, wrong=True)
    try:
        _do(request, chosen, form)
    except Refused as refusal:
        return _page(request, form=form, refusal=refusal)
    messages.success(request, _("%(n)d applications done.") % {"n": len(chosen)})
    return redirect("applications:work")


def _do(request: HttpRequest, chosen: list[Any], form: LookForm | None) -> None:
    if form is not None:
        numbers = {one.pk: request.POST.get(f"number-{one.pk}", "") for one in chosen}
        actions.verify_many(by=request.actor, applications=chosen, outcome="confirmed", report_numbers=numbers, **form.cleaned_data)
    elif request.actor.capacity == "application_approver":
        actions.approve_many(by=request.actor, applications=chosen)
    else:
        actions.accept_many(by=request.actor, applications=chosen)
