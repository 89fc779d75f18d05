"""The shape of what is entered about recusal."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from exams import clock
from exams.people.models import Organisation
from exams.recusal.rules import RULES


class Day(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Waive(forms.Form):
    """A reasoned waiver with its last day."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}), max_length=1000)
    until = forms.DateField(label=_("Valid until"), widget=Day())


class Reason(forms.Form):
    """One reason."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class Request(forms.Form):
    """Who is to step back, at which body, and why."""

    body = forms.ModelChoiceField(Organisation.objects.filter(kind="exam_body"), label=_("Exam body"))
    name = forms.CharField(label=_("Name of the person"), max_length=80)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}), max_length=1000)
    event = forms.UUIDField(required=False, widget=forms.HiddenInput)


class Decision(forms.Form):
    """The decision on a request, with its reason."""

    granted = forms.ChoiceField(
        label=_("Decision"), choices=[("yes", _("Grant")), ("no", _("Do not grant"))], widget=forms.RadioSelect
    )
    decision = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


def _codes() -> list[tuple[str, object]]:
    numbers = [("TRAINER_COOLOFF_YEARS", _("Cooling-off period (years)")), ("ROTATION_TIMES", _("Same pair at most (times)"))]
    return [*numbers, *((f"severity:{entry.id}", entry.id) for entry in RULES if entry.waivable)]


class Policy(forms.Form):
    """A parameter of the rules with its source."""

    code = forms.ChoiceField(label=_("Parameter"), choices=_codes)
    value = forms.CharField(label=_("Value"), max_length=20, help_text=_("A number, or block, decide, disclose for a rule."))
    source = forms.CharField(label=_("Source"), max_length=240)
    effective_from = forms.DateField(label=_("In force from"), widget=Day(), initial=clock.today)
