"""The shape of what is entered about recusal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exams import clock
from exams.people.models import Organisation, Person
from exams.recusal.models import RecusalRequest
from exams.recusal.rules import RULES, asked


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
    name = forms.CharField(
        label=_("Name of the person"), max_length=80, help_text=_("As far as you know it; the body says who is meant if several may be.")
    )
    filed_as = forms.ChoiceField(label=_("The request is made by"), choices=RecusalRequest.FiledAs.choices, initial="party")
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=_("What ties the person to the matter, and where and as what the person serves."),
    )
    event = forms.UUIDField(required=False, widget=forms.HiddenInput)


class RequestFor(Request):
    """The same filed by a clerk for somebody without an account."""

    for_name = forms.CharField(
        label=_("For whom you file it"), max_length=80, required=False, help_text=_("Only for somebody without an account.")
    )
    for_contact = forms.CharField(
        label=_("Where the decision is to be told"), max_length=120, required=False, help_text=_("Telephone number or address.")
    )


class Meant(forms.Form):
    """Whom a request means."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("The person who is meant"))

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


class LateGround(forms.Form):
    """A ground proved after the sitting, with its proof."""

    rule_id = forms.ChoiceField(label=_("Which rule stood against the person"))
    text = forms.CharField(
        label=_("What stood in the way and how it was proved"), widget=forms.Textarea(attrs={"rows": 5}), max_length=2000
    )
    proved_on = forms.DateField(label=_("Proved on"), widget=Day(), initial=clock.today)
    hidden = forms.ChoiceField(
        label=_("Did the person hide it?"),
        choices=[
            ("no", _("No: the person did not know it, or had declared it")),
            ("yes", _("Yes: no exam work this year and the next")),
        ],
        widget=forms.RadioSelect,
    )
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60, required=False)
    evidence = forms.FileField(label=_("Evidence"), required=False, help_text=_("A scan (PDF, JPEG, PNG) or a ZIP of several."))

    def __init__(self, *args: Any, capacity: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_id"].choices = [("", _("Choose")), *((entry.id, _(entry.title)) for entry in asked(capacity))]


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
