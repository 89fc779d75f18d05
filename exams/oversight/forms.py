"""Forms of supervision: opening an audit, ordering, reporting and deciding a rectification."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams import clock
from exams.access import Actor
from exams.appointments.models import Appointment
from exams.oversight import queries
from exams.oversight.models import BLOCKS, LEVELS, Audit
from exams.people.models import Person
from exams.programme.models import Event

INPUT = {"class": "input"}


def _area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={**INPUT, "rows": rows})


class OpenForm(forms.Form):
    """Body, event and inspectors; the choices are what the authority may choose from."""

    body = forms.ModelChoiceField(label=_("Exam body"), queryset=None, widget=forms.Select(attrs=INPUT))
    event = forms.ModelChoiceField(
        label=_("Event"), queryset=None, required=False, widget=forms.Select(attrs=INPUT), empty_label=_("All events of the body")
    )
    kind = forms.ChoiceField(label=_("Kind of audit"), choices=list(Audit.KINDS.items()), widget=forms.Select(attrs=INPUT))
    inspectors = forms.ModelMultipleChoiceField(label=_("Inspectors"), queryset=None, widget=forms.CheckboxSelectMultiple)

    def __init__(self, actor: Actor, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        bodies, today = queries.bodies_visible_to(actor), clock.today()
        in_force = Appointment.objects.filter(organisation=actor.organisation_id, capacity="oversight_inspector", state="in_force")
        current = in_force.filter(Q(until=None) | Q(until__gte=today), since__lte=today)
        self.fields["body"].queryset = bodies.order_by("name")
        self.fields["event"].queryset = Event.objects.filter(body__in=bodies, state__in=queries.LOOKED_AT)
        self.fields["inspectors"].queryset = Person.objects.filter(pk__in=current.values("person")).order_by("name_key")


class OrderForm(forms.Form):
    due_on = forms.DateField(label=_("Rectify by"), widget=forms.DateInput(attrs={**INPUT, "type": "date"}))
    text = forms.CharField(label=_("What is to be put right"), max_length=2000, widget=_area())


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=_area(3))


class FindingForm(forms.Form):
    block = forms.ChoiceField(label=_("Part of the audit"), choices=list(BLOCKS.items()), widget=forms.Select(attrs=INPUT))
    level = forms.ChoiceField(label=_("Level"), choices=list(LEVELS.items()), widget=forms.Select(attrs=INPUT))
    text = forms.CharField(label=_("Facts"), max_length=2000, widget=_area())
    basis = forms.CharField(label=_("Basis"), max_length=300, widget=forms.TextInput(attrs=INPUT))


class ReportForm(forms.Form):
    text = forms.CharField(label=_("Cause, measure, who, when"), max_length=4000, widget=_area(6))
    evidence = forms.FileField(label=_("Evidence"), required=False, widget=forms.ClearableFileInput(attrs=INPUT))


class DecideForm(forms.Form):
    answer = forms.CharField(label=_("Outcome of the re-check"), required=False, max_length=1000, widget=_area(3))
    due_on = forms.DateField(label=_("New last day"), required=False, widget=forms.DateInput(attrs={**INPUT, "type": "date"}))
