"""The form in which a gap is explained."""

from django import forms
from django.utils.translation import gettext_lazy as _

from proctoring.cameras.states import REASONS, word


class ExplainForm(forms.Form):
    """A reason of the list, and words."""

    reason = forms.ChoiceField(label=_("Reason"))
    text = forms.CharField(label=_("What happened"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].choices = [(code, word(code)) for code in REASONS]  # type: ignore[attr-defined]
