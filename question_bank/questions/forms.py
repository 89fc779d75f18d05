"""Forms of questions: the description on its own, the words as they are typed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from question_bank.questions.models import ABILITIES, DIFFICULTIES, KINDS

OPTION_FIELDS = 6


def _input(**attributes: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", **attributes})


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "input"})


class DescriptionForm(forms.Form):
    """What the draw knows of a question."""

    unit = forms.CharField(label=_("Syllabus unit"), max_length=80, widget=_input(), help_text=_("As it stands in the blueprint"))
    ability = forms.ChoiceField(label=_("Ability level"), choices=ABILITIES, initial="understand", widget=_select())
    difficulty = forms.TypedChoiceField(label=_("Difficulty"), choices=DIFFICULTIES, coerce=int, initial=3, widget=_select())
    marks = forms.DecimalField(
        label=_("Marks per question"),
        min_value=Decimal("0.1"),
        max_value=100,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"class": "input", "step": "0.1"}),
    )


class NewQuestionForm(DescriptionForm):
    """A question is begun with its family and kind; these never change."""

    field_order = ("family", "kind", "unit", "ability", "difficulty", "marks")
    family = forms.ChoiceField(label=_("Item family"), widget=_select())
    kind = forms.ChoiceField(label=_("Kind of question"), choices=KINDS, widget=_select())

    def __init__(self, *args: Any, families: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["family"].choices = families


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"class": "input", "rows": 3}))


def words_of(data: QueryDict, kind: str) -> tuple[dict[str, str], list[str] | None]:
    """The texts and options of a posted editor; empty options at the end are not options."""
    texts = {name: data.get(name, "") for name in ("stem", "explanation", "source", "answer_to_review")}
    texts["key"] = "".join(data.getlist("key")) if kind != "short_answer" else data.get("key", "")
    if kind not in ("single_choice", "multiple_choice"):
        return texts, None
    options = data.getlist("choice")
    while options and not options[-1].strip():
        options.pop()
    return texts, options


def options_shown(choices: list[str], key: str) -> list[dict[str, Any]]:
    """The option lines of the editor: those there are, and empty ones up to the usual number."""
    lines = choices + [""] * max(0, OPTION_FIELDS - len(choices))
    return [
        {"letter": chr(ord("A") + place), "text": text, "right": chr(ord("A") + place) in key} for place, text in enumerate(lines)
    ]
