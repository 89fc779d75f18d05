"""Forms of the register: a bar as decided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.encryption import blind_index
from exams.people.identity import tidy
from exams.people.models import Person
from exams.register.models import Bar

TEXT = {"class": "input"}


class BarForm(forms.Form):
    """A bar on applying; the person is named by the number of the document."""

    id_number = forms.CharField(label=_("Identity number"), max_length=40, widget=forms.TextInput(attrs={**TEXT, "autocomplete": "off"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=list(Bar.KINDS.items()), widget=forms.Select(attrs=TEXT))
    since = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={**TEXT, "type": "date"}))
    until = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={**TEXT, "type": "date"}))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={**TEXT, "rows": 3}))
    basis = forms.CharField(label=_("Basis"), max_length=200, widget=forms.TextInput(attrs=TEXT))
    decided_by = forms.CharField(label=_("Authority that decided"), max_length=200, widget=forms.TextInput(attrs=TEXT))
    document_number = forms.CharField(label=_("Number of the document"), max_length=80, required=False, widget=forms.TextInput(attrs=TEXT))

    def clean(self) -> dict[str, Any]:
        """The person instead of the number, which is not kept here."""
        data = super().clean() or {}
        number = data.pop("id_number", "")
        person = Person.objects.filter(id_index=blind_index(tidy(number))).first() if number else None
        if number and person is None:
            self.add_error("id_number", _("No person with this number is registered."))
        data["person"] = person
        return data
