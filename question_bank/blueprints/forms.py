"""The form of a blueprint: title and time, and a table of rows typed as parallel fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

FIELDS = ("unit", "kind", "marks", "count", "easiest", "hardest")
SPARE_LINES = 3


class BlueprintForm(forms.Form):
    """What stands over the rows."""

    family = forms.ChoiceField(label=_("Item family"), widget=forms.Select(attrs={"class": "input"}))
    title = forms.CharField(label=_("Title"), max_length=120, widget=forms.TextInput(attrs={"class": "input"}))
    minutes = forms.IntegerField(
        label=_("Time in minutes"), min_value=10, max_value=480, widget=forms.NumberInput(attrs={"class": "input"})
    )

    def __init__(self, *args: Any, families: list[tuple[str, str]], fixed: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if fixed:
            del self.fields["family"]
        else:
            self.fields["family"].choices = families


def rows_of(data: QueryDict) -> list[dict[str, str]]:
    """The posted rows; a line without unit and count is no row."""
    columns = [data.getlist(name) for name in FIELDS]
    rows = [dict(zip(FIELDS, values, strict=True)) for values in zip(*columns, strict=False)]
    return [row for row in rows if row["unit"].strip() or row["count"].strip()]


def lines(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows and some empty lines to type into."""
    empty = {"unit": "", "kind": "single_choice", "marks": "", "count": "", "easiest": 1, "hardest": 5}
    return [*rows, *[dict(empty) for _line in range(SPARE_LINES)]]
