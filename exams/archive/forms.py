"""Forms of the archive: the purpose of a consultation, a supplement, the authority's checkpoint size."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PurposeForm(forms.Form):
    purpose = forms.CharField(label=_("Purpose of the consultation"), max_length=300, widget=forms.TextInput(attrs={"class": "input"}))


class SupplementForm(forms.Form):
    title = forms.CharField(label=_("What is added and why"), max_length=200, widget=forms.TextInput(attrs={"class": "input"}))
    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput(attrs={"class": "input"}))


class SizeForm(forms.Form):
    size = forms.IntegerField(
        label=_("Number of entries of your checkpoint"), min_value=1, widget=forms.NumberInput(attrs={"class": "input"})
    )
