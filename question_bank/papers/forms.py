"""Forms of papers: drawing, sealing, opening, hand-overs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.people.models import Person
from question_bank.papers.keys import SHORTEST_PASSPHRASE
from question_bank.papers.models import SEALS, STEPS


def _text(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"class": "input", "rows": rows})


def _secret(**attributes: Any) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"class": "input", "autocomplete": "off", **attributes})


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class KeyForm(forms.Form):
    """A new custodian key."""

    passphrase = forms.CharField(
        label=_("Passphrase"),
        min_length=SHORTEST_PASSPHRASE,
        strip=False,
        widget=_secret(autocomplete="new-password"),
        help_text=_("At least 12 characters. Nobody can restore it: without it your envelopes stay closed."),
    )
    again = forms.CharField(label=_("Passphrase again"), strip=False, widget=_secret(autocomplete="new-password"))

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        data = super().clean() or {}
        if data.get("passphrase") != data.get("again"):
            self.add_error("again", _("The two passphrases differ."))
        return data


class SealForm(forms.Form):
    """Who receives envelopes, and when they may be opened."""

    custodians = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("Custodians"), widget=forms.CheckboxSelectMultiple, help_text=_("Any two of them open the paper")
    )
    opens_at = forms.DateTimeField(label=_("May be opened from"), widget=_moment())
    closes_at = forms.DateTimeField(label=_("until"), widget=_moment())

    def __init__(self, *args: Any, custodians: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["custodians"].queryset = custodians


class OpenForm(forms.Form):
    """The passphrase of one's own key."""

    passphrase = forms.CharField(label=_("Your passphrase"), strip=False, max_length=400, widget=_secret())


class HandOverForm(forms.Form):
    """One hand-over of a bag."""

    bag = forms.CharField(label=_("Bag number"), max_length=40, widget=forms.TextInput(attrs={"class": "input"}))
    step = forms.ChoiceField(label=_("Step"), choices=STEPS, widget=forms.Select(attrs={"class": "input"}))
    copies = forms.IntegerField(label=_("Copies"), min_value=1, max_value=100_000, widget=forms.NumberInput(attrs={"class": "input"}))
    seal_number = forms.CharField(label=_("Seal number as found"), max_length=40, widget=forms.TextInput(attrs={"class": "input"}))
    seal_state = forms.ChoiceField(label=_("State of the seal"), choices=SEALS, widget=forms.Select(attrs={"class": "input"}))
    giver = forms.ModelChoiceField(Person.objects.none(), label=_("Given by"), widget=forms.Select(attrs={"class": "input"}))
    receiver = forms.ModelChoiceField(Person.objects.none(), label=_("Received by"), widget=forms.Select(attrs={"class": "input"}))
    supervisor = forms.ModelChoiceField(
        Person.objects.none(), label=_("Hand-over supervisor"), widget=forms.Select(attrs={"class": "input"})
    )
    place = forms.CharField(
        label=_("Place of the hand-over"), max_length=120, widget=forms.TextInput(attrs={"class": "input"})
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=_text(2))

    def __init__(self, *args: Any, staff: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("giver", "receiver", "supervisor"):
            self.fields[name].queryset = staff
