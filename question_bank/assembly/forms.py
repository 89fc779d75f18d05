"""The form of a draw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DrawForm(forms.Form):
    """For which slots a paper is drawn."""

    slots = forms.MultipleChoiceField(label=_("Time slots"), widget=forms.CheckboxSelectMultiple)
    seed = forms.CharField(
        label=_("Seed"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"class": "input"}),
        help_text=_("Left empty, it is drawn at random. It is committed to now and disclosed at the opening."),
    )

    def __init__(self, *args: Any, slots: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["slots"].choices = slots
