"""The form of an opinion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from question_bank.review.models import VERDICTS
from question_bank.review.rules import VERDICTS as BY_STEP


class OpinionForm(forms.Form):
    """Verdict and words; which verdicts there are depends on the step."""

    verdict = forms.ChoiceField(label=_("Opinion"), widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Words to the setter"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
        help_text=_("Needed for every opinion but a favourable one"),
    )

    def __init__(self, *args: Any, step: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["verdict"].choices = [(value, label) for value, label in VERDICTS if value in BY_STEP[step]]
