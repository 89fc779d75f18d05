"""Forms of the catalogue: a file of rules, a reason, a calendar day."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.catalogue.models import CalendarDay

LARGEST = 512 * 1024


class RulesFile(forms.Form):
    """A file with rule versions."""

    file = forms.FileField(
        label=_("File with rule versions (.toml)"),
        help_text=_(
            "Every value needs its source. All faults are listed at once with their lines; nothing is entered until there is none."
        ),
        widget=forms.FileInput(attrs={"class": "input", "accept": ".toml"}),
    )

    def clean_file(self) -> str:
        """The text of the file."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is too large for rules."))
        try:
            return file.read().decode("utf-8")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not text in UTF-8.")) from None


class Reason(forms.Form):
    """Why a rule version goes back."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"class": "input", "rows": 3}))


class Day(forms.Form):
    """One day of the calendar."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"class": "input", "type": "date"}))
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[*CalendarDay.KINDS.items(), ("", _("as the week says (take the entry away)"))],
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
    name = forms.CharField(label=_("Name"), max_length=80, required=False, widget=forms.TextInput(attrs={"class": "input"}))
    source = forms.CharField(
        label=_("Source"), max_length=200, help_text=_("Number and date of the notice."), widget=forms.TextInput(attrs={"class": "input"})
    )
