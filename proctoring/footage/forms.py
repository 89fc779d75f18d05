"""Forms of footage."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from proctoring.footage.models import CLASSES, Hold, SampleItem


def _text(label: object, most: int = 1000, help_text: object = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 3}), help_text=help_text)


class AskForm(forms.Form):
    reason = _text(_("Why you want to see it"))


class DecideForm(forms.Form):
    grounds = _text(_("Grounds"), help_text=_("The candidate reads them."))


class ShowForm(forms.Form):
    present = forms.CharField(label=_("Who was present besides you and the candidate"), max_length=120)
    shown = forms.CharField(label=_("Cameras and time that were shown"), max_length=240)
    masked = forms.BooleanField(label=_("Everybody else was masked"), required=False)
    no_copy = forms.BooleanField(label=_("Nothing was copied or filmed"), required=False)


class LookForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What was found"), choices=SampleItem.OUTCOMES)
    note = forms.CharField(label=_("In words"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class KeepingForm(forms.Form):
    of_class = forms.ChoiceField(label=_("Class of footage"), choices=CLASSES)
    days = forms.IntegerField(label=_("Kept for, in days"), min_value=1, max_value=36_500)
    source = forms.CharField(label=_("Document and clause"), max_length=240)


class HoldForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"), choices=Hold.GROUNDS)
    reason = forms.CharField(label=_("Grounds"), max_length=240)


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Reason"), max_length=240)


class RemoveForm(forms.Form):
    digest = forms.CharField(label=_("Digest of the list that was worked through"), max_length=64)
    note = forms.CharField(label=_("How and where the files were removed"), max_length=240)
