"""The shape of what is entered about exam bodies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exams import clock
from exams.bodies.models import ManagementDocument, OtherBusiness
from exams.bodies.rules import places_of
from exams.catalogue import queries as catalogue
from exams.people.queries import found_by_number


class Day(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _families() -> list[tuple[str, str]]:
    return list(catalogue.families().items())


class Entrustment(forms.Form):
    """Which items at which places for which period."""

    document_number = forms.CharField(label=_("Number of the document"), max_length=60)
    families = forms.MultipleChoiceField(label=_("Items"), choices=_families, widget=forms.CheckboxSelectMultiple)
    places = forms.CharField(label=_("Places"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("One line for each place."))
    since = forms.DateField(label=_("From"), widget=Day())
    until = forms.DateField(label=_("Until"), widget=Day())

    def clean_places(self) -> list[str]:
        return places_of(self.cleaned_data["places"])


class Document(forms.Form):
    """One version of a management document."""

    kind = forms.ChoiceField(label=_("Management document"), choices=ManagementDocument.Kind.choices)
    version = forms.CharField(label=_("Version"), max_length=20)
    approved_on = forms.DateField(label=_("Approved on"), widget=Day())
    published_on = forms.DateField(label=_("Published on"), widget=Day(), required=False)
    review_on = forms.DateField(label=_("Next review"), widget=Day())


class Business(forms.Form):
    """Which other business the body does."""

    businesses = forms.MultipleChoiceField(
        label=_("Other business"),
        choices=OtherBusiness.Business.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None marked means: no other business."),
    )


class Decision(forms.Form):
    """The authority's decision on other business."""

    allowed = forms.ChoiceField(label=_("Decision"), choices=[("yes", _("Allow")), ("no", _("Do not allow"))], widget=forms.RadioSelect)
    conditions = forms.CharField(label=_("Conditions"), max_length=500, required=False)


class Staff(forms.Form):
    """A person for the list of staff and assessors."""

    person_name = forms.CharField(label=_("Name"), max_length=80)
    person_number = forms.CharField(label=_("Identity number"), max_length=18)
    full_time = forms.BooleanField(label=_("Full-time staff"), required=False)
    assessor = forms.BooleanField(label=_("Assessor"), required=False)
    qualification = forms.CharField(label=_("Qualification"), max_length=100, required=False)
    years = forms.IntegerField(label=_("Years of experience"), min_value=0, max_value=60, initial=0)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("person_name") and given.get("person_number"):
            given["person"] = found_by_number("resident_id", given["person_number"], given["person_name"])
            if given["person"] is None:
                self.add_error("person_number", _("Nobody with this number and name is registered. Register the person first."))
        return given


class Check(forms.Form):
    """A finding of the internal check."""

    checked_on = forms.DateField(label=_("Checked on"), widget=Day(), initial=clock.today)
    item = forms.CharField(label=_("What was checked"), max_length=200)
    finding = forms.CharField(
        label=pgettext_lazy("internal check", "What was found"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )
    major = forms.BooleanField(label=_("Major finding"), required=False)
    due_on = forms.DateField(label=_("Correct by"), widget=Day(), required=False)


class Correction(forms.Form):
    """How a finding was corrected."""

    correction = forms.CharField(label=_("How it was corrected"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500)


class Reason(forms.Form):
    """One reason."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=300)


class Standard(forms.Form):
    """What the authority asks of its bodies."""

    full_time = forms.IntegerField(label=_("Full-time staff at least"), min_value=0, max_value=100)
    assessors = forms.IntegerField(label=_("Assessors at least"), min_value=0, max_value=100)
    many_candidates = forms.IntegerField(label=_("From so many candidates a year"), min_value=0, max_value=100000, initial=0)
    assessors_if_many = forms.IntegerField(label=_("Assessors then at least"), min_value=0, max_value=100, initial=0)
    findings_block = forms.BooleanField(label=_("Open major findings stop new events"), required=False)
    source = forms.CharField(label=_("Source"), max_length=240)
    effective_from = forms.DateField(label=_("In force from"), widget=Day(), initial=clock.today)
