"""Forms of scores: a table of inputs for a sitting, a workbook, a change."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.results import queries
from exams.sittings.models import Place


class ScoresForm(forms.Form):
    """One input per place. Empty ones are left for later."""

    def __init__(self, places: Iterable[Place], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.places = list(places)
        for place in self.places:
            label = _("Score of %(ticket)s") % {"ticket": place.ticket_number}
            widget = forms.TextInput(attrs={"class": "input num", "inputmode": "decimal", "autocomplete": "off", "aria-label": label})
            self.fields[self.name(place)] = forms.CharField(required=False, max_length=8, label=label, widget=widget)

    @staticmethod
    def name(place: Place) -> str:
        return f"score_{place.pk.hex}"

    def clean(self) -> dict[str, Any]:
        for name, text in list(self.cleaned_data.items()):
            if text.strip() and queries.score_of(text) is None:
                self.add_error(name, _("Enter a number, such as 71.5."))
        return self.cleaned_data

    def scores(self) -> dict[Any, Decimal]:
        found = {place.pk: queries.score_of(self.cleaned_data.get(self.name(place), "")) for place in self.places}
        return {pk: score for pk, score in found.items() if score is not None}

    def rows(self) -> list[tuple[Place, forms.BoundField]]:
        return [(place, self[self.name(place)]) for place in self.places]


class WorkbookForm(forms.Form):
    file = forms.FileField(label=_("Workbook"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx", "class": "input"}))


class ChangeForm(forms.Form):
    score = forms.DecimalField(
        label=_("New score"), max_digits=6, decimal_places=2, min_value=0, widget=forms.TextInput(attrs={"class": "input"})
    )
    reason = forms.CharField(label=_("Reason and proof"), max_length=1000, widget=forms.Textarea(attrs={"class": "input", "rows": 4}))


class SettleForm(forms.Form):
    score = forms.DecimalField(
        label=_("Settled score"), max_digits=6, decimal_places=2, min_value=0, widget=forms.TextInput(attrs={"class": "input"})
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"class": "input", "rows": 3}))
