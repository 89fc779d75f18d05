"""The shape of what is entered about events, notices and plans."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams import clock, spelling
from exams.catalogue.models import Qualification
from exams.programme.models import Event, ForbiddenWord
from exams.programme.rules import CATEGORIES


class Day(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Items(forms.ModelMultipleChoiceField):
    """Qualifications by code and name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {spelling.named(obj)}"


def _text(label: Any, rows: int = 3, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), required=required, max_length=4000)


class Notice(forms.Form):
    """The fields of the notice, without number and items."""

    title = forms.CharField(label=_("Title"), max_length=200)
    apply_from = forms.DateField(label=_("Applications from"), widget=Day())
    apply_until = forms.DateField(label=_("Applications until"), widget=Day())
    starts_on = forms.DateField(label=_("First day of the examination"), widget=Day())
    ends_on = forms.DateField(label=_("Last day of the examination"), widget=Day())
    place = forms.CharField(label=_("Place"), max_length=200, help_text=_("As in the entrustment; several with 、 between them."))
    method = forms.ChoiceField(label=_("Form of the examination"), choices=Event.Method.choices)
    document_number = forms.CharField(label=_("Number of the notice"), max_length=60, required=False)
    basis = forms.CharField(label=_("Basis"), max_length=300, required=False)
    categories = forms.MultipleChoiceField(
        label=_("Admitted categories"), choices=list(CATEGORIES.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    eligibility = _text(_("Conditions (besides those of the rules, which are printed by themselves)"))
    syllabus = _text(_("Syllabus"))
    materials = _text(_("How to apply and what to hand in"))
    ticket_from = forms.DateField(label=_("Tickets from"), widget=Day(), required=False)
    ticket_until = forms.DateField(label=_("Tickets until"), widget=Day(), required=False)
    remarks = _text(_("Notes for candidates"))
    contact = forms.CharField(label=_("Contact"), max_length=200, required=False)
    complaint_phone = forms.CharField(label=_("Complaint phone"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = [(id, _(title)) for id, title in CATEGORIES.items()]  # type: ignore[attr-defined]


class Plan(Notice):
    """A new event: number, items, and the notice."""

    number = forms.CharField(label=_("Event number"), max_length=40)
    items = Items(Qualification.objects.order_by("regulation", "code"), label=_("Items"), widget=forms.CheckboxSelectMultiple)
    field_order = ("number", "title", "items")

    def given(self) -> dict[str, Any]:
        """What was filled in; what was left empty follows from the rest."""
        filled = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, [])}
        return {**filled, "items": list(self.cleaned_data["items"])}


class Word(forms.Form):
    """A word to be looked for in texts for applicants."""

    text = forms.CharField(label=_("Word"), max_length=60)
    weight = forms.ChoiceField(label=_("Weight"), choices=ForbiddenWord.Weight.choices)
    source = forms.CharField(label=_("Source"), max_length=240)


class Reason(forms.Form):
    """One reason."""

    reason = _text(_("Reason"), required=True)


class Consent(forms.Form):
    """The authority's decision on a late notice."""

    granted = forms.ChoiceField(label=_("Decision"), choices=[("yes", _("Consent")), ("no", _("Do not consent"))], widget=forms.RadioSelect)
    document_number = forms.CharField(label=_("Number of the notice"), max_length=60, required=False)


class Correction(forms.Form):
    """A correction of a published notice."""

    document_number = forms.CharField(label=_("Number of the notice"), max_length=60)
    text = _text(_("Text of the correction"), rows=5, required=True)


class AnnualPlan(forms.Form):
    """The plan of a year; one line for each item: code, month, last day of reservation."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    document_number = forms.CharField(label=_("Number of the notice"), max_length=60)
    basis = forms.CharField(label=_("Basis"), max_length=300)
    lines = forms.CharField(
        label=_("Items"),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("One line for each: item code, month, last day of reservation (2026-03-31)."),
    )

    def clean_lines(self) -> list[tuple[Qualification, int, date]]:
        codes = {row.code: row for row in Qualification.objects.all()}
        found, wrong = [], []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), start=1):
            match = re.fullmatch(r"(\S+)[\s,，]+(\d{1,2})[\s,，]+(\d{4}-\d\d-\d\d)", line.strip())
            if line.strip() and not (match and match[1] in codes and 1 <= int(match[2]) <= 12):
                wrong.append(number)
            elif match:
                found.append((codes[match[1]], int(match[2]), date.fromisoformat(match[3])))
        if wrong:
            raise forms.ValidationError(_("Not understood: line %(lines)s.") % {"lines": ", ".join(map(str, wrong))})
        return found


class Parameter(forms.Form):
    """A parameter of the programme with its source."""

    code = forms.ChoiceField(
        label=_("Parameter"),
        choices=[("NOTICE_LEAD_DAYS", _("Lead time of notices (days)"))],
    )
    value = forms.CharField(label=_("Value"), max_length=200)
    source = forms.CharField(label=_("Source"), max_length=240)
    effective_from = forms.DateField(label=_("In force from"), widget=Day(), initial=clock.today)
