"""Shapes of input: an appointment, and why one ends."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.access import Actor
from exams.appointments.rules import GRANTS
from exams.capacities import CAPACITIES
from exams.people.forms import DAY, Asked, PurposeForm
from exams.people.models import Organisation, Person

__all__ = ["AppointForm", "PurposeForm"]


class AppointForm(Asked):
    """Whom to appoint to what; persons and organisations are those the actor has to do with."""

    FIELD_OF: ClassVar = {
        "appointments.period": "until",
        "appointments.over": "until",
        "appointments.organisation": "organisation",
        "appointments.twice": "since",
    }
    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())
    capacity = forms.ChoiceField(label=_("Capacity"))
    organisation = forms.ModelChoiceField(label=_("For"), queryset=Organisation.objects.none())
    families = forms.MultipleChoiceField(
        label=_("Item families"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("What the person works on; recusal is asked for each."),
    )  # fmt: skip
    since = forms.DateField(label=_("From"), widget=DAY)
    until = forms.DateField(label=_("Until (last day)"), widget=DAY, required=False)

    def __init__(self, *args: Any, by: Actor, persons: Any, organisations: Any, families: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = persons
        self.fields["organisation"].queryset = organisations
        granted = [id for id in CAPACITIES if id in GRANTS.get(by.capacity, frozenset())]
        self.fields["capacity"].choices = [("", gettext("Choose")), *((id, gettext(CAPACITIES[id].title)) for id in granted)]
        self.fields["families"].choices = families
        if not families:
            del self.fields["families"]
