"""Forms of the day: incidents and the room record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.conduct.incidents import GROUPS, KINDS, MEASURES
from exams.sittings.models import Place

INPUT = {"class": "input"}


class IncidentForm(forms.Form):
    """What happened, to whom, when."""

    kind = forms.ChoiceField(label=_("Kind"), widget=forms.Select(attrs=INPUT))
    place = forms.ModelChoiceField(
        label=_("Seat"), queryset=Place.objects.none(), required=False, widget=forms.Select(attrs=INPUT), empty_label=_("the whole room")
    )
    since = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={**INPUT, "type": "time", "step": 1}, format="%H:%M:%S"))
    until = forms.TimeField(
        label=_("Until"), required=False, widget=forms.TimeInput(attrs={**INPUT, "type": "time", "step": 1}, format="%H:%M:%S")
    )
    text = forms.CharField(label=_("Facts, in their order"), required=False, widget=forms.Textarea(attrs={**INPUT, "rows": 4}))

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (str(_(title)), [(kind.id, _(kind.title)) for kind in KINDS.values() if kind.group == group]) for group, title in GROUPS.items()
        ]
        self.fields["place"].queryset = places
        self.fields["place"].label_from_instance = lambda place: f"{place.seat.label} {place.application.person.name}"


class AmendForm(forms.Form):
    """Measures on the spot, held items, what was told and said."""

    text = forms.CharField(label=_("Facts, in their order"), required=False, widget=forms.Textarea(attrs={**INPUT, "rows": 4}))
    measures = forms.MultipleChoiceField(
        label=_("Measures"),
        required=False,
        choices=[(key, _(words)) for key, words in MEASURES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    held_items = forms.CharField(label=_("Held items, one per line"), required=False, widget=forms.Textarea(attrs={**INPUT, "rows": 2}))
    receipt_number = forms.CharField(label=_("Receipt number"), required=False, max_length=40, widget=forms.TextInput(attrs=INPUT))
    informed = forms.ChoiceField(
        label=_("Told to the candidate"),
        required=False,
        widget=forms.Select(attrs=INPUT),
        choices=[("", "—"), ("signed", _("told, signed")), ("refused", _("told, refused to sign")), ("not_told", _("not told"))],
    )
    statement = forms.CharField(label=_("Candidate’s statement"), required=False, widget=forms.Textarea(attrs={**INPUT, "rows": 2}))
    close = forms.BooleanField(label=_("Dealt with"), required=False)

    def values(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        found["held_items"] = [line.strip() for line in found["held_items"].splitlines() if line.strip()]
        return found


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=9999, widget=forms.NumberInput(attrs=INPUT))


def _line(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=120, widget=forms.TextInput(attrs=INPUT))


class FiguresForm(forms.Form):
    """What somebody counts or reads off; the rest the system knows."""

    bag_number = _line(_("Bag seal number at opening"))
    bag_state = forms.ChoiceField(
        label=_("State of the seal"),
        required=False,
        widget=forms.Select(attrs=INPUT),
        choices=[("", "—"), ("intact", _("intact")), ("abnormal", _("abnormal"))],
    )
    opened_at = _line(_("Opening time"))
    opened_by = _line(_("Opened and checked by (two names)"))
    papers_received = _count(_("Papers received"))
    papers_used = _count(_("Papers used"))
    papers_spare = _count(_("Spare papers"))
    papers_damaged = _count(_("Damaged papers"))
    papers_collected = _count(_("Papers collected"))
    answers_collected = _count(_("Answer papers collected"))
    return_seal = _line(_("Bag seal number after the exam"))
    other = forms.CharField(label=_("Other events"), required=False, widget=forms.Textarea(attrs={**INPUT, "rows": 3}))
    chief_opinion = _line(_("Chief’s opinion"))
