"""Forms of applications: what the applicant states, what an officer found, which file, which reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams import clock, spelling
from exams.applications import rules
from exams.applications.models import CATEGORIES, MATERIALS, Application, Verification
from exams.applications.submission import health_of
from exams.catalogue.rulebook import EDUCATION_LABELS
from exams.people.models import Organisation
from exams.programme.models import Event

INPUT = {"class": "input"}
DATE = {**INPUT, "type": "date"}
SCAN = {**INPUT, "accept": ".pdf,.png,.jpg,.jpeg"}
WORKBOOK = {**INPUT, "accept": ".xlsx"}
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
COLOUR = [("yes", _("Normal")), ("no", _("Colour blind"))]


def _translated(labels: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(key, _(label) if isinstance(label, str) else label) for key, label in labels.items()]


class StartForm(forms.Form):
    """Which item, in which category, confirmed by which employer."""

    item = forms.ChoiceField(label=_("Item"), widget=forms.Select(attrs=INPUT))
    category = forms.ChoiceField(label=_("Category"), widget=forms.Select(attrs=INPUT))
    employer = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("Employer"),
        help_text=_("The body you are employed by; it confirms and stamps your material."),
        widget=forms.Select(attrs=INPUT),
    )

    def __init__(self, *args: Any, event: Event, employers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {str(item.pk): item for item in event.items.all()}
        items = {pk: item.qualification for pk, item in self.items.items()}
        self.fields["item"].choices = [(pk, f"{one.code} {spelling.named(one)}") for pk, one in items.items()]
        wanted = {key: label for key, label in CATEGORIES.items() if not event.categories or key in event.categories}
        self.fields["category"].choices = list(wanted.items())
        self.fields["employer"].queryset = employers

    def clean_item(self) -> Any:
        """The row instead of its key."""
        return self.items[self.cleaned_data["item"]]


class FactsForm(forms.Form):
    """Education, title, work and health as stated."""

    education = forms.ChoiceField(label=_("Education"), choices=_translated(EDUCATION_LABELS), widget=forms.Select(attrs=INPUT))
    school = forms.CharField(label=_("School"), max_length=200, required=False, widget=forms.TextInput(attrs=INPUT))
    education_number = forms.CharField(
        label=_("Number of the education certificate"), max_length=80, required=False, widget=forms.TextInput(attrs=INPUT)
    )
    graduated_on = forms.DateField(label=_("Graduated on"), required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    major = forms.CharField(label=_("Major"), max_length=120, required=False, widget=forms.TextInput(attrs=INPUT))
    science = forms.ChoiceField(label=_("Science or engineering"), choices=YES_NO, required=False, widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Professional title"),
        max_length=120,
        required=False,
        help_text=_("Only if a title is claimed."),
        widget=forms.TextInput(attrs=INPUT),
    )
    title_number = forms.CharField(
        label=_("Number of the title certificate"), max_length=80, required=False, widget=forms.TextInput(attrs=INPUT)
    )
    years = forms.DecimalField(
        label=_("Years of related work"), min_value=0, max_value=60, widget=forms.NumberInput(attrs={**INPUT, "step": "0.1"})
    )
    eyesight = forms.DecimalField(
        label=_("Eyesight"),
        min_value=0,
        max_value=6,
        required=False,
        help_text=_("Per GB 11533-2011, where the item asks for it."),
        widget=forms.NumberInput(attrs={**INPUT, "step": "0.1"}),
    )
    colour_vision = forms.ChoiceField(label=_("Colour vision"), choices=COLOUR, required=False, widget=forms.RadioSelect)

    HEALTH = ("eyesight", "colour_vision")

    @classmethod
    def initial_of(cls, application: Application) -> dict[str, Any]:
        """What stands there already."""
        return {**application.stated, **health_of(application)}

    def stated(self) -> dict[str, str]:
        """The facts that are not medical, as kept."""
        return {key: str(value) for key, value in self.cleaned_data.items() if key not in self.HEALTH and value not in (None, "")}

    def health(self) -> str:
        """The medical part, as kept encrypted."""
        return ";".join(f"{key}={self.cleaned_data[key]}" for key in self.HEALTH if self.cleaned_data[key] not in (None, ""))


class PerformanceForm(forms.Form):
    """One inspection."""

    equipment = forms.CharField(label=_("Equipment"), max_length=120, widget=forms.TextInput(attrs=INPUT))
    equipment_number = forms.CharField(label=_("Equipment number"), max_length=80, required=False, widget=forms.TextInput(attrs=INPUT))
    inspected_on = forms.DateField(label=_("Date of the inspection"), widget=forms.DateInput(attrs=DATE))
    report_number = forms.CharField(label=_("Report number"), max_length=80, widget=forms.TextInput(attrs=INPUT))


class MaterialForm(forms.Form):
    """One file of one kind."""

    kind = forms.ChoiceField(label=_("Kind of material"), choices=_translated(MATERIALS), widget=forms.Select(attrs=INPUT))
    file = forms.FileField(label=_("File"), help_text=_("PDF, PNG or JPEG, at most 20 MB."), widget=forms.FileInput(attrs=SCAN))


class WorkbookForm(forms.Form):
    """A filled-in workbook; the body's clerk says for which employer."""

    employer = forms.ModelChoiceField(queryset=Organisation.objects.none(), label=_("Employer"), widget=forms.Select(attrs=INPUT))
    file = forms.FileField(
        label=_("Filled-in workbook (.xlsx)"),
        help_text=_("At most 10 MB. Nothing is written before you have seen the preview."),
        widget=forms.FileInput(attrs=WORKBOOK),
    )

    def __init__(self, *args: Any, employers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employer"].queryset = employers
        if employers.count() == 1:
            self.fields["employer"].initial = employers.first()
            self.fields["employer"].empty_label = None


class StampForm(forms.Form):
    """The scan that bears the employer's stamp."""

    stamp = forms.FileField(
        label=_("Stamped material, scanned"),
        help_text=_("One PDF, PNG or JPEG with the stamped education certificate, title certificate (if claimed) and performance form."),
        widget=forms.FileInput(attrs=SCAN),
    )


def _methods() -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for methods in rules.METHODS.values():
        found.update(methods)
    return list(found.items())


class VerifyForm(forms.Form):
    """One officer's record."""

    kind = forms.ChoiceField(label=_("What was looked at"), choices=list(Verification.KINDS.items()), widget=forms.Select(attrs=INPUT))
    method = forms.ChoiceField(label=_("Way of verifying"), widget=forms.Select(attrs=INPUT))
    report_number = forms.CharField(label=_("Report number"), max_length=80, required=False, widget=forms.TextInput(attrs=INPUT))
    check_code = forms.CharField(label=_("Check code"), max_length=80, required=False, widget=forms.TextInput(attrs=INPUT))
    queried_at = forms.DateTimeField(
        label=_("Queried at"), widget=forms.DateTimeInput(attrs={**INPUT, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    valid_until = forms.DateField(label=_("Report valid until"), required=False, widget=forms.DateInput(attrs=DATE))
    certificate_number = forms.CharField(
        label=_("Certificate number on the platform"),
        max_length=60,
        required=False,
        help_text=_("Only for a certificate on the public platform."),
        widget=forms.TextInput(attrs=INPUT),
    )
    certificate_until = forms.DateField(
        label=_("Certificate valid until, on the platform"), required=False, widget=forms.DateInput(attrs=DATE)
    )
    outcome = forms.ChoiceField(
        label=_("Outcome of the verification"), choices=list(Verification.OUTCOMES.items()), widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("What the officer found"), required=False, widget=forms.Textarea(attrs={**INPUT, "rows": 3}))
    evidence = forms.FileField(
        label=_("Evidence"), required=False, help_text=_("Screenshot or report as PDF, PNG or JPEG."), widget=forms.FileInput(attrs=SCAN)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = [(key, _(label)) for key, label in _methods()]
        self.fields["queried_at"].initial = clock.now

    def record(self) -> dict[str, Any]:
        """What the action is given; what was read on the platform is kept beside the outcome."""
        given = dict(self.cleaned_data)
        number, until = given.pop("certificate_number"), given.pop("certificate_until")
        given["found"] = {"number": number, "valid_until": until.isoformat() if until else ""} if number or until else {}
        given["evidence"] = given["evidence"].read() if given["evidence"] else None
        return given

    def clean_queried_at(self) -> datetime:
        """Nobody has asked in the future."""
        at: datetime = self.cleaned_data["queried_at"]
        if at > clock.now():
            raise forms.ValidationError(_("This moment is in the future."))
        return at


class CorrectionForm(forms.Form):
    """The complete list of what is missing."""

    kinds = forms.MultipleChoiceField(
        label=_("Missing or not usable"), choices=_translated(MATERIALS), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(
        label=_("Further points, one on each line"), required=False, max_length=2000, widget=forms.Textarea(attrs={**INPUT, "rows": 4})
    )

    def missing(self) -> list[str]:
        """Kinds and sentences together."""
        return [*self.cleaned_data["kinds"], *self.cleaned_data["text"].splitlines()]


class ReasonForm(forms.Form):
    """Why not."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={**INPUT, "rows": 3}))
